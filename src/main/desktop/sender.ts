import { BrowserWindow, type IpcMainInvokeEvent, type WebFrameMain } from 'electron'
import { appOrigin } from './answer.ts'

export interface TrustedSender {
  window: BrowserWindow
  frame: WebFrameMain
}

/** The window behind a message, if its top frame shows our own origin; throws for anyone else. */
export function trustedSender(event: IpcMainInvokeEvent): TrustedSender {
  const frame = event.senderFrame
  const window = BrowserWindow.fromWebContents(event.sender)
  if (window === null || frame === null || frame.parent !== null || frame.origin !== appOrigin) {
    throw new Error('Only the top frame of a Gatehouse window may ask for this.')
  }
  return { window, frame }
}
