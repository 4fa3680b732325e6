import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { findExport } from '../export-files.ts'
import { refuse } from './answers.ts'

/** Streams a finished export as a download, and deletes it once all of it was sent: an interrupted one can be repeated. */
export async function sendExport(response: ServerResponse, home: string, id: string): Promise<void> {
  const waiting = await findExport(home, id)
  if (waiting === null) return refuse(response, { status: 404, message: 'No export waits here. Export again.' })
  const file = await open(waiting.file, constants.O_RDONLY | constants.O_NOFOLLOW)
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': waiting.bytes,
    'Content-Disposition': attachment(waiting.name),
    'Cache-Control': 'no-store',
  })
  await pipeline(file.createReadStream(), response)
  await waiting.remove()
}

/**
 * RFC 6266: a plain name for old clients, and the true one percent-encoded as RFC 8187 says (encodeURIComponent leaves
 * four characters more than its attr-char allows).
 */
function attachment(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._ -]/g, '_')
  const encode = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`
  const encoded = encodeURIComponent(name).replaceAll(/['()*]/g, encode)
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
