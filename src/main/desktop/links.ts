import { dialog, shell } from 'electron'
import { mayOpen } from './known-links.ts'

/** Opens a page of a known site in the user's browser, after asking. Anything else is not opened. */
export async function askToOpen(address: string): Promise<void> {
  if (!mayOpen(address)) return
  const { href } = new URL(address)
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: 'Open this page in your browser?',
    detail: href,
    buttons: ['Open', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
  })
  if (response === 0) await shell.openExternal(href)
}
