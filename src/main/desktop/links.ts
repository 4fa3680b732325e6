import { dialog, shell } from 'electron'

/** Sites that the screen links to: techniques of alerts, and the manuals of the two stores. */
const knownHosts: ReadonlySet<string> = new Set(['attack.mitre.org', 'redis.io', 'www.postgresql.org'])

/** True for an https address of a site on the list; addresses come from pages that show hostile data. */
export function mayOpen(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, host, username, password } = new URL(address)
  return protocol === 'https:' && knownHosts.has(host) && username === '' && password === ''
}

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
