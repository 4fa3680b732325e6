import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { saveConnections, saveNotify } from '../../src/main/engine/config-file.ts'
import { loadConfig, type ConfigSources } from '../../src/main/engine/config.ts'
import { createTempDir as createFolder } from '../helpers/temp.ts'

const createTempDir = async (): Promise<string> => (await createFolder()).path
const urls = { REDIS_URL: 'redis://127.0.0.1:6379', POSTGRES_URL: 'postgres://me:geheim@127.0.0.1/audit' }
const homeWith = async (yaml: string): Promise<string> => {
  const home = await createTempDir()
  writeFileSync(path.join(home, 'config.yaml'), yaml)
  return home
}
const load = (sources: Partial<ConfigSources> & { home: string }) => loadConfig({ env: {}, ...sources })

describe('loadConfig', () => {
  it('takes flags before environment before file before defaults, and says which', async () => {
    const home = await homeWith('mirror: { intervalMs: 1000, scanCount: 500 }\nweb: { port: 1 }\n')
    const { config, sources, configured } = load({
      home,
      env: { ...urls, AUDIT_LOG_ENABLED: 'false', AUDIT_LOG_RETENTION_DAYS: '30' },
      flags: { 'mirror.intervalMs': '2000', 'redis-url': 'redis://127.0.0.1:7000' },
    })
    expect(config.mirror).toMatchObject({ intervalMs: 2000, scanCount: 500, readChunk: 50 })
    expect(config.audit).toMatchObject({ enabled: false, retentionDays: 30 })
    expect(config.redis.url).toBe('redis://127.0.0.1:7000')
    expect(sources).toMatchObject({
      'mirror.intervalMs': 'flag',
      'mirror.scanCount': 'file',
      'postgres.url': 'environment',
    })
    expect(configured).toBe(true)
  })

  it('is not configured without connections', async () => {
    expect(load({ home: await createTempDir() })).toMatchObject({ configured: false })
  })

  it.each([
    ['mirror: { intervalMs: often }', /mirror\.intervalMs in config\.yaml: expected a number, found "often"/],
    ['mirror: { intervalMs: 5 }', /mirror\.intervalMs in config\.yaml: expected at least 250, found 5/],
    ['miror: { intervalMs: 500 }', /there is no such setting/],
    [
      'mirror: { intervalMS: 500 }',
      /mirror\.intervalMS in config\.yaml: there is no such setting; did you mean mirror\.intervalMs/,
    ],
    ['workspace: { kind: production }', /workspace\.kind in config\.yaml: expected "prod" or "staging"/],
    ['mirror: [', /config\.yaml: .*line 1/],
    ['just a word', /must hold settings by name/],
  ])('%s is refused by name', async (yaml, message) => {
    const home = await homeWith(yaml)
    expect(() => load({ home })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) as string }),
    )
  })

  it('names the flag and the variable, never the password', async () => {
    const home = await createTempDir()
    expect(() => load({ home, flags: { 'web.port': '99999' } })).toThrow(
      /--web\.port: expected at most 65535, found 99999/,
    )
    const wrong = () => load({ home, env: { REDIS_URL: 'http://:geheim@h', POSTGRES_URL: urls.POSTGRES_URL } })
    expect(wrong).toThrow(/REDIS_URL: expected a URL that begins with redis:\/\/ or rediss:\/\//)
    expect(wrong).not.toThrow(/geheim/)
  })

  it('takes a token for metrics that nobody guesses, and never shows one', async () => {
    const home = await createTempDir()
    const token = 'geheim/+=aaaaaaaaaaaaaaa'
    expect(load({ home, env: { GATEHOUSE_METRICS_TOKEN: token } }).config.web.metricsToken).toBe(token)
    expect(load({ home }).config.web.metricsToken).toBeNull()
    const weak = () => load({ home, env: { GATEHOUSE_METRICS_TOKEN: 'geheim' } })
    expect(weak).toThrow(/^GATEHOUSE_METRICS_TOKEN: expected 16 to 200 letters/)
    expect(weak).not.toThrow(/geheim/)
  })

  it('takes a stream, and names what is wrong with one', async () => {
    const home = await homeWith('queue:\n  stream:\n    key: audit:events\n')
    expect(load({ home }).config.queue.stream).toEqual({
      key: 'audit:events',
      group: 'gatehouse',
      field: 'event',
      consumerPrefix: 'gatehouse/',
    })
    const wrong = await homeWith('queue:\n  stream:\n    key: audit:events\n    groop: mine\n')
    expect(() => load({ home: wrong })).toThrow(/queue\.stream\.groop in config\.yaml: there is no such setting/)
  })

  it('wants both connections or none', async () => {
    const home = await createTempDir()
    expect(() => load({ home, env: { REDIS_URL: urls.REDIS_URL } })).toThrow(
      /postgres\.url is missing beside redis\.url: set POSTGRES_URL/,
    )
  })

  it('refuses metadata addresses unless allowed', async () => {
    const home = await createTempDir()
    const env = { ...urls, REDIS_URL: 'redis://169.254.169.254:80' }
    expect(() => load({ home, env })).toThrow(/redis\.url: 169\.254\.169\.254 is a link-local/)
    expect(() => load({ home, env: { ...urls, POSTGRES_URL: 'postgres://[fe80::1]/x' } })).toThrow(/link-local/)
    for (const host of ['2852039166', '0xa9fea9fe', '[::ffff:169.254.169.254]', '[fd00:ec2::254]']) {
      expect(() => load({ home, env: { ...urls, REDIS_URL: `redis://${host}` } })).toThrow(
        /is a link-local or metadata/,
      )
    }
    expect(() => load({ home, env: { ...urls, REDIS_URL: 'redis+cluster://one:1,169.254.169.254:2' } })).toThrow(
      /is a link-local or metadata/,
    )
    expect(load({ home, env, flags: { allowLinkLocal: 'true' } }).configured).toBe(true)
  })
})

describe('saved connections', () => {
  const key = new Uint8Array(32).fill(7)
  const saved = { redis: 'redis://:p%40ss@127.0.0.1:6379/2', postgres: urls.POSTGRES_URL }

  it('keep passwords sealed, and the other settings and comments as they are', async () => {
    const home = await homeWith('# mine\nmirror:\n  intervalMs: 1000 # quick\n')
    await saveConnections(home, saved, key)
    const file = path.join(home, 'config.yaml')
    const text = readFileSync(file, 'utf8')
    expect(text).not.toMatch(/geheim|p%40ss|p@ss/)
    expect(text).toContain('# mine')
    expect(text).toContain('# quick')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const { config } = load({ home, secretKey: key })
    expect(config.redis.url).toBe(saved.redis)
    expect(config.postgres.url).toBe(saved.postgres)
    expect(config.mirror.intervalMs).toBe(1000)
  })

  it('of several hosts keep them all', async () => {
    const home = await createTempDir()
    const redis = 'redis+sentinel://user:p%40ss@one:26379,two:26380/main/0'
    await saveConnections(home, { ...saved, redis }, key)
    expect(readFileSync(path.join(home, 'config.yaml'), 'utf8')).toContain(
      'redis+sentinel://user@one:26379,two:26380/main/0',
    )
    expect(load({ home, secretKey: key }).config.redis.url).toBe(redis)
  })

  it('need a key for a password, and the same key later', async () => {
    const home = await createTempDir()
    await expect(saveConnections(home, saved, null)).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' })
    expect(load({ home }).configured).toBe(false)
    await saveConnections(home, saved, key)
    expect(() => load({ home })).toThrow(/GATEHOUSE_PASSPHRASE/)
    expect(() => load({ home, secretKey: new Uint8Array(32) })).toThrow(/does not open with this key/)
  })
})

describe('saveNotify', () => {
  const key = new Uint8Array(32).fill(7)
  const webhook = { url: 'https://hooks.example.org/T0/B0/very-secret', secret: 'a secret of sixteen' }
  const email = {
    host: 'mail.example.org',
    port: 465,
    security: 'tls' as const,
    user: 'gatehouse',
    password: 'geheim',
    from: 'gatehouse@example.org',
    to: ['soc@example.org'],
  }

  it('seals what is secret, keeps the rest and its comments, and opens it again', async () => {
    const home = await homeWith('# ours\nnotify:\n  perHour: 5 # enough\n')
    await saveNotify(home, { webhook, email }, key)
    const text = readFileSync(path.join(home, 'config.yaml'), 'utf8')
    expect(text).toMatch(/# ours[^]*perHour: 5 # enough/)
    expect(text).toContain('mail.example.org')
    expect(text).not.toMatch(/hooks\.example|very-secret|sixteen|geheim/)
    expect(statSync(path.join(home, 'config.yaml')).mode & 0o077).toBe(0)
    const { notify } = load({ home, secretKey: key }).config
    expect(notify).toMatchObject({ perHour: 5, webhook, email })
    await saveNotify(home, { webhook: null }, key)
    expect(load({ home, secretKey: key }).config.notify).toMatchObject({ perHour: 5, webhook: null, email })
  })

  it('says what to do where the key is not there, and does not keep commands from working', async () => {
    const home = await homeWith('notify: { perHour: 5 }\n')
    await saveNotify(home, { webhook }, key)
    expect(() => load({ home, secretKey: null })).toThrow(/notify\.webhook .*GATEHOUSE_PASSPHRASE/)
    expect(() => load({ home, secretKey: new Uint8Array(32) })).toThrow(/does not open with this key/)
    expect(load({ home }).config.notify).toMatchObject({ perHour: 5, webhook: null })
  })

  it('saves nothing without a key', async () => {
    const home = await homeWith('notify: { perHour: 5 }\n')
    await expect(saveNotify(home, { webhook }, null)).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' })
    expect(readFileSync(path.join(home, 'config.yaml'), 'utf8')).toBe('notify: { perHour: 5 }\n')
  })
})
