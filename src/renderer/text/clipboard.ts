/**
 * Puts a text on the clipboard. A host that grants no permissions refuses the clipboard interface, but still lets a click
 * copy a selection: that is the second way. Returns whether one of them worked.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Refused: the selection below is left.
    return copySelection(text)
  }
}

function copySelection(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.className = 'gh-offscreen'
  const focused = document.activeElement
  // Inside the dialog that traps the focus, if there is one.
  const place = focused?.closest('[role="dialog"]') ?? document.body
  place.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return copied
}
