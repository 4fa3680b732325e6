import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

export interface ScreenFile {
  body: Buffer<ArrayBuffer>
  type: string
  /** Its name changes with its content, so that a browser may keep it for good. */
  immutable: boolean
}

/** The built screen, read once: what is not in here cannot be asked for, so no request ever forms a path. */
export interface Screen {
  /** A file by the path of its address, exactly as it was built; null if there is none. */
  file(pathname: string): ScreenFile | null
  /** True for the addresses of the one page; its views are told apart by the fragment. */
  isPage(pathname: string): boolean
  /** The page, with the nonce that its policy names (page-policy.ts). */
  page(nonce: string): string
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** In index.html, where the screen reads it for the style elements that it makes. */
const noncePlaceholder = '%CSP_NONCE%'

/** The folder that the build puts beside out/main. */
export const builtScreenDir = (): string => path.join(import.meta.dirname, '..', 'renderer')

/** Reads the built screen in `dir`. Links and files of other types are left out. Rejects if there is no index.html. */
export async function loadScreen(dir: string): Promise<Screen> {
  const template = await readFile(path.join(dir, 'index.html'), 'utf8')
  const files = new Map<string, ScreenFile>()
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    const type = types[path.extname(entry.name)]
    if (!entry.isFile() || type === undefined) continue
    const full = path.join(entry.parentPath, entry.name)
    const pathname = `/${path.relative(dir, full).split(path.sep).join('/')}`
    files.set(pathname, { body: await readFile(full), type, immutable: pathname.startsWith('/assets/') })
  }
  return {
    file: (pathname) => files.get(pathname) ?? null,
    isPage: (pathname) => pathname === '/' || pathname === '/index.html',
    page: (nonce) => template.replaceAll(noncePlaceholder, nonce),
  }
}
