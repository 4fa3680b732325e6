import { describe, expect, it } from 'vitest'
import { agentOf } from '../../../../src/main/engine/watch/enrich/agent.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'

describe('an agent', () => {
  it.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/126.0.0.0 Safari/537.36`,
      'browser',
      'Chrome on Windows',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/126.0 Safari/537.36 Edg/126.0`,
      'browser',
      'Microsoft Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
      'browser',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
      'browser',
      'Safari on iOS',
    ],
    ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0', 'browser', 'Firefox on Linux'],
    [
      `Mozilla/5.0 (Linux; Android 10; CUBOT X30) ${webkit} Chrome/120.0 Mobile Safari/537.36`,
      'browser',
      'Chrome on Android',
    ],
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/126.0.0.0 Safari/537.36`,
      'headless',
      'headlesschrome on Linux',
    ],
    [
      'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1',
      'headless',
      'phantomjs on Linux',
    ],
    ['curl/8.5.0', 'script', 'curl'],
    ['Wget/1.21.4', 'script', 'wget'],
    ['python-requests/2.31.0', 'script', 'python-requests'],
    ['Go-http-client/2.0', 'script', 'go-http-client'],
    ['axios/1.7.2', 'script', 'axios'],
    ['node', 'script', 'node'],
    ['Apache-HttpClient/4.5.14 (Java/17)', 'script', 'apache-httpclient'],
    ['Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621', 'script', 'windowspowershell'],
    ['Mozilla/5.0 zgrab/0.x', 'script', 'zgrab'],
    ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'bot', 'Googlebot'],
    ['Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)', 'bot', 'ahrefsbot'],
    ['okhttp/4.12.0', 'app', 'okhttp'],
    ['Example/3.2 CFNetwork/1494.0.7 Darwin/23.4.0', 'app', 'Example'],
    ['kube-probe/1.29', 'other', 'kube-probe'],
    ['Mozilla/5.0', 'other', 'Mozilla'],
    ['', 'empty', 'none'],
    ['  -  ', 'empty', 'none'],
    ['(((', 'other', 'unnamed'],
    ['__proto__', 'other', '__proto__'],
  ])('%s is a %s: %s', (text, kind, device) => expect(agentOf(text)).toEqual({ kind, device }))

  it('stays the same device when it is updated', () => {
    const chrome = (version: string) =>
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/${version} Safari/537.36`
    expect(agentOf(chrome('126.0.0.0')).device).toBe(agentOf(chrome('131.0.6778.69')).device)
  })

  it('is judged by the first 512 characters, however long it is', () => {
    expect(agentOf(`Mozilla/5.0 ${'('.repeat(2_000_000)} curl/8`)).toEqual({ kind: 'other', device: 'Mozilla' })
    expect(agentOf('x'.repeat(100_000)).device).toBe('x'.repeat(60))
  })

  it('is told apart also when there are more than are kept', () => {
    for (let number = 0; number < 12_000; number++)
      expect(agentOf(`Program${number}/1`).device).toBe(`Program${number}`)
    expect(agentOf('Program0/1')).toEqual({ kind: 'other', device: 'Program0' })
  })
})
