/** Open windows in the order in which they were opened; apart from both so that windows and application can know it. */
export interface OpenWindow {
  close(): void
}

export const openWindows = new Set<OpenWindow>()
