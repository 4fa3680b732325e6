import { BrowserWindow } from './browser-window.ts'
import { strict } from './strict.ts'

/** By this Playwright finds the window of a page. */
export const webContents = strict('webContents', {
  getAllWebContents: () => BrowserWindow.getAllWindows().map((window) => window.webContents),
  fromDevToolsTargetId: (targetId: string) =>
    BrowserWindow.getAllWindows()
      .map((window) => window.webContents)
      .find((contents) => contents.targetId === targetId),
})
