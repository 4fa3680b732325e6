import { expect, test } from './helpers/fixtures.ts'
import { createWorkspace } from './helpers/workspace.ts'

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
