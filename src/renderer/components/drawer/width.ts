export const minWidth = 320
export const maxWidth = 960
const stepPx = 24
/** What stays of the grid beside the drawer. */
const gridPx = 360

export const clampWidth = (width: number, windowPx: number) =>
  Math.round(Math.max(minWidth, Math.min(width, maxWidth, windowPx - gridPx)))

/** The width after a key on the edge; null for a key that means nothing there. */
export function widthAfterKey(key: string, width: number): number | null {
  if (key === 'ArrowLeft') return width + stepPx
  if (key === 'ArrowRight') return width - stepPx
  if (key === 'Home') return maxWidth
  return key === 'End' ? minWidth : null
}
