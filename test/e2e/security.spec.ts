import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './helpers/fixtures.ts'
import { createWorkspace } from './helpers/workspace.ts'

test.describe('on either host', () => {
  test('the page has a strict policy and no rights beyond it', async ({ launch, host }) => {
    const { page } = await launch((await createWorkspace()).env)
    const headers = (await page.reload())?.headers() ?? {}
    const policy = headers['content-security-policy'] ?? ''
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      expect.stringMatching(/^style-src 'self' 'nonce-[\w+/=]{20,}'$/),
      "img-src 'self'",
      "font-src 'self'",
      host === 'web' ? "connect-src 'self'" : "connect-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
  })

  test('neither inline scripts nor injected styles run, and nothing is asked of another server', async ({ launch }) => {
    const program = await launch((await createWorkspace()).env)
    const ran = await program.page.evaluate(async () => {
      const violations: string[] = []
      document.addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'window.ran = true'
      const style = document.createElement('style')
      style.textContent = 'body { --injected: 1 }'
      const image = document.createElement('img')
      image.src = 'https://other.example/pixel.png'
      const link = document.createElement('a')
      link.setAttribute('onclick', 'window.ran = true')
      document.body.append(script, style, image, link)
      link.click()
      await fetch('https://other.example/').catch(() => undefined)
      await new Promise((resolve) => setTimeout(resolve, 200))
      const injected = getComputedStyle(document.body).getPropertyValue('--injected')
      return { ran: 'ran' in window, injected, violations: violations.toSorted() }
    })
    expect(ran).toEqual({
      ran: false,
      injected: '',
      violations: ['connect-src', 'img-src', 'script-src-attr', 'script-src-elem', 'style-src-elem'],
    })
    expect(program.violations.splice(0)).not.toEqual([])
  })

  test('the page sees nothing of Node and nothing of Electron but one frozen object', async ({ launch, host }) => {
    const { page } = await launch((await createWorkspace()).env)
    const facts = await page.evaluate(() => ({
      leaked: ['require', 'process', 'module', 'Buffer', 'ipcRenderer', 'electron'].filter((name) => name in window),
      bridge: window.gatehouse && Object.keys(window.gatehouse).toSorted(),
      frozen: Object.isFrozen(window.gatehouse),
      polluted: Reflect.get({}, 'polluted') as unknown,
    }))
    const bridge = host === 'desktop' ? ['connectEngine', 'onCommand', 'platform', 'saveExport'] : undefined
    expect(facts).toEqual({ leaked: [], bridge, frozen: true, polluted: undefined })
  })
})

test.describe('of the web host', () => {
  test.skip(({ host }) => host !== 'web')

  test('the token leaves the address, and no script can read the cookie that it bought', async ({ launch }) => {
    const { page, url } = await launch((await createWorkspace()).env)
    await expect.poll(() => page.url()).not.toContain('token')
    expect(await page.evaluate(() => document.cookie)).toBe('')
    const cookies = await page.context().cookies()
    expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' })])
    const token = new URL(url ?? '').hash.slice('#token='.length)
    expect(cookies[0]?.value).not.toContain(token)
    // What counts is the cookie now: the page comes back without the token.
    await page.reload()
    const status = () => page.evaluate(async () => (await fetch('/auth')).status)
    expect(await status()).toBe(204)
  })

  test('a browser without the token gets nothing but the empty screen', async ({ launch, browser }) => {
    const { url } = await launch((await createWorkspace()).env)
    const stranger = await browser.newContext()
    const page = await stranger.newPage()
    await page.goto(new URL('/', url).href)
    const facts = await page.evaluate(async () => {
      const socket = new WebSocket(`ws://${location.host}/rpc`)
      const opened = await new Promise((resolve) => {
        socket.addEventListener('open', () => resolve(true))
        socket.addEventListener('close', () => resolve(false))
      })
      const statusOf = async (address: string) => (await fetch(address)).status
      return {
        opened,
        auth: await statusOf('/auth'),
        file: await statusOf('/exports/0198a4c6-55d0-7bbb-9f5f-3f2b5c6d7e8f'),
      }
    })
    expect(facts).toEqual({ opened: false, auth: 401, file: 401 })
    await stranger.close()
  })

  test('a page of another site cannot use the cookie', async ({ launch }) => {
    const { page, url } = await launch((await createWorkspace()).env)
    const { host } = new URL(url ?? '')
    const foreign = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html').end('<title>another site</title>')
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => foreign.once('listening', resolve))
    // Another port is the same site, to which the cookie is sent: only the Origin tells the two apart.
    const other = await page.context().newPage()
    await other.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
    const facts = await other.evaluate(async (target) => {
      const socket = new WebSocket(`ws://${target}/rpc`)
      const opened = await new Promise((resolve) => {
        socket.addEventListener('open', () => resolve(true))
        socket.addEventListener('close', () => resolve(false))
      })
      const read = await fetch(`http://${target}/auth`, { credentials: 'include' }).then(
        () => true,
        () => false,
      )
      return { opened, read }
    }, host)
    expect(facts).toEqual({ opened: false, read: false })
    foreign.close()
  })
})
