import { mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { answer } from '../../src/main/desktop/answer.ts'
import { mayOpen } from '../../src/main/desktop/known-links.ts'
import { loadScreen, type Screen } from '../../src/main/screen-files.ts'
import { createTempDir } from '../helpers/temp.ts'

let screen: Screen
beforeAll(async () => {
  const { path: dir } = await createTempDir()
  await mkdir(path.join(dir, 'screen', 'assets'), { recursive: true })
  await writeFile(path.join(dir, 'secret.js'), 'secret')
  await writeFile(path.join(dir, 'screen', 'index.html'), '<meta content="%CSP_NONCE%">')
  await writeFile(path.join(dir, 'screen', 'assets', 'main.js'), 'run()')
  await writeFile(path.join(dir, 'screen', 'assets', 'main.js.map'), '{}')
  await symlink(path.join(dir, 'secret.js'), path.join(dir, 'screen', 'assets', 'link.js'))
  await symlink(dir, path.join(dir, 'screen', 'up'))
  screen = await loadScreen(path.join(dir, 'screen'))
})

const get = (address: string) => answer(new Request(address), screen)

it('serves what was built, with its type', async () => {
  const script = get('app://gatehouse/assets/main.js')
  expect(script.headers.get('content-type')).toMatch('text/javascript')
  expect(await script.text()).toBe('run()')
})

it.each(['app://gatehouse/', 'app://gatehouse/index.html', 'app://gatehouse/?window=2#/sessions'])(
  'serves the page at %s, each time with a nonce of its own',
  async (address) => {
    const [first, second] = [get(address), get(address)]
    const policy = first.headers.get('content-security-policy') ?? ''
    const nonce = /style-src 'self' 'nonce-([^']+)'/.exec(policy)?.[1] ?? 'none'
    expect(await first.text()).toBe(`<meta content="${nonce}">`)
    expect(await second.text()).not.toContain(nonce)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("connect-src 'none'")
    expect(policy).not.toMatch(/unsafe|\*/)
    expect(first.headers.get('x-content-type-options')).toBe('nosniff')
  },
)

it.each([
  'app://gatehouse/../secret.js',
  'app://gatehouse/%2e%2e/secret.js',
  'app://gatehouse/..%2fsecret.js',
  'app://gatehouse/assets%2fmain.js',
  'app://gatehouse/assets%5cmain.js',
  'app://gatehouse/assets/main.js%00',
  'app://gatehouse//assets/main.js',
  'app://gatehouse/assets/main.js/',
  'app://gatehouse/assets/',
  'app://gatehouse/assets/main.js.map',
  'app://gatehouse/assets/link.js',
  'app://gatehouse/up/secret.js',
])('has nothing at %s', (address) => {
  expect(get(address).status).toBe(404)
})

it('is no other host, and takes nothing', () => {
  expect(get('app://elsewhere/index.html').status).toBe(403)
  const post = new Request('app://gatehouse/', { method: 'POST', body: 'x' })
  expect(answer(post, screen).status).toBe(405)
})

it('opens https pages of known sites in the browser, and nothing else', () => {
  expect(mayOpen('https://attack.mitre.org/techniques/T1110/')).toBe(true)
  const refused = [
    'http://attack.mitre.org/',
    'https://attack.mitre.org.example.com/',
    'https://attack.mitre.org:8443/',
    'https://user@attack.mitre.org/',
    'https://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'not an address',
  ]
  expect(refused.filter(mayOpen)).toEqual([])
})
