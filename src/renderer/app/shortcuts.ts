import { dialogs } from './dialogs.ts'
import { pageKeys } from './page-keys.ts'
import { pages } from './pages.ts'
import { pageAt, pageNames } from './place.ts'
import { currentPlace, goTo, moveTo } from './router.ts'

/** How long `g` waits for the letter of a page. */
const chordMs = 1_200

const typesText = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

const inDialog = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('[role="dialog"], [role="menu"]') !== null

/** What had the focus in it may be gone, and the focus with it: keys are the dialog's all the same. */
const isModal = () => document.querySelector('[aria-modal="true"]') !== null

/** Keys that work everywhere. Returns the way to stop listening. */
export function listenForShortcuts(window: Window): () => void {
  let goAtMs = -Infinity
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented) return
    const { key, target } = event
    if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k') {
      event.preventDefault()
      dialogs.set('commands')
      return
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typesText(target) || inDialog(target) || isModal()) return
    const page = event.timeStamp - goAtMs < chordMs ? pageNames.find((name) => pages[name].key === key) : undefined
    goAtMs = key === 'g' ? event.timeStamp : -Infinity
    if (page !== undefined) goTo(pageAt(page))
    else if (key === '/') focusOn('[data-query-box]')
    else if (key === '?') dialogs.set('help')
    else if (key === 'Escape') closeDrawer()
    else if (key === 'j' || key === 'k') focusOn('[data-grid]')
    else if (pageKeys.get()[key] !== undefined) pageKeys.get()[key]?.()
    else return
    event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}

function focusOn(selector: string): void {
  const element = document.querySelector<HTMLElement>(selector)
  element?.focus()
  if (element instanceof HTMLInputElement) element.select()
}

/** The focus goes back to the rows that the drawer was opened from. */
function closeDrawer(): void {
  if (currentPlace().row === null) return
  moveTo({ row: null })
  focusOn('[data-grid]')
}
