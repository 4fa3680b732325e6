import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { pino } from 'pino'
import { afterEach, describe, expect, test } from 'vitest'
import { ConfigSchema, type ConfigInput } from '../../src/main/engine/config-schema.ts'
import type { RedisConnection } from '../../src/main/engine/redis/connection.ts'
import { openRedis } from '../../src/main/engine/redis/open.ts'
import { defineScript } from '../../src/main/engine/redis/script.ts'
import { createCertificate } from '../helpers/certificate.ts'
import { freePort } from '../helpers/ports.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'

const opened: RedisConnection[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()))
})

function open(url: string | null, settings: ConfigInput['redis'] = {}): RedisConnection {
  const config = ConfigSchema.parse({ redis: { ...settings, url } }).redis
  const connection = openRedis(config, pino({ level: 'silent' }))
  opened.push(connection)
  return connection
}

const down = (connection: RedisConnection) =>
  waitFor(() => (connection.state().status === 'down' ? connection.state() : null), { what: 'a reason' })

describe('a Redis that can be used', () => {
  test('answers, and says what it is', async () => {
    const { url, port } = await startRedis()
    const redis = open(url)
    await redis.ready()
    expect(await redis.client.ping()).toBe('PONG')
    await waitFor(() => redis.state().server?.match(/^(Redis|Valkey) \d/), { what: 'the version' })
    expect(redis.state()).toMatchObject({ status: 'connected', reason: null, target: `127.0.0.1:${port}/0` })
  })

  test('is used in the database that the URL names', async () => {
    const { url } = await startRedis()
    const redis = open(`${url}/3`)
    await redis.ready()
    await redis.client.set('greeting', 'hello')
    expect(await redisCli(`${url}/3`, ['GET', 'greeting'])).toBe('hello')
    expect(await redisCli(url, ['GET', 'greeting'])).toBe('')
  })

  test('a parameter in the URL sets no option of the driver', async () => {
    const { url, port } = await startRedis()
    const redis = open(`${url}?host=192.0.2.1&port=1`)
    await redis.ready()
    expect(redis.state().target).toBe(`127.0.0.1:${port}/0`)
  })

  test('a subscription made before it is connected outlives a restart', async () => {
    const port = await freePort()
    const redis = open(`redis://127.0.0.1:${port}`)
    const subscriber = redis.dedicated('test')
    const subscribed = subscriber.subscribe('news')
    const first = await startRedis({ port })
    await subscribed
    await first.stop()
    await down(redis)
    const second = await startRedis({ port })
    await redis.ready()
    await waitFor(async () => (await redisCli(second.url, ['PUBSUB', 'NUMSUB', 'news'])) === 'news\n1', {
      what: 'the subscription to be back',
    })
    const message = once(subscriber, 'message')
    await redisCli(second.url, ['PUBLISH', 'news', 'again'])
    expect(await message).toEqual(['news', 'again'])
  })

  test('closing ends every client', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    const subscriber = redis.dedicated('test')
    await subscriber.subscribe('news')
    await redis.close()
    expect(redis.state().status).toBe('off')
    await waitFor(async () => !(await redisCli(url, ['CLIENT', 'LIST'])).includes('name=gatehouse'), {
      what: 'the connections to be gone',
    })
    await expect(redis.ready()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
  })
})

describe('a Redis that cannot be used says which, why and what to do', () => {
  test('a password is wanted', async () => {
    const { url } = await startRedis({ args: ['--requirepass', 'right'] })
    expect((await down(open(url))).reason).toMatch(/wants a password: put it into REDIS_URL/)
  })

  test('the password is wrong', async () => {
    const { url } = await startRedis({ args: ['--requirepass', 'right'] })
    const state = await down(open(url.replace('//', '//:quite-wrong@')))
    expect(state.reason).toMatch(/refuses the password of user "default"/)
    expect(state.nextRetryAt).toBeInstanceOf(Date)
    expect(JSON.stringify(state)).not.toContain('quite-wrong')
  })

  test('nothing listens', async () => {
    const state = await down(open(`redis://127.0.0.1:${await freePort()}`))
    expect(state.reason).toMatch(/Nothing listens on Redis at 127\.0\.0\.1:\d+: start the server/)
  })

  test('the host is not known', async () => {
    const state = await down(open('redis://nowhere.invalid'))
    expect(state.reason).toMatch(/nowhere\.invalid:6379 was not found|name server did not answer/)
  })

  test('TLS is asked for and not spoken', async () => {
    const plain = createServer((socket) => socket.on('error', () => socket.destroy()).end('-ERR unknown command\r\n'))
    await once(plain.listen(0, '127.0.0.1'), 'listening')
    const { port } = plain.address() as AddressInfo
    expect((await down(open(`rediss://127.0.0.1:${port}`))).reason).toMatch(/does not speak TLS/)
    plain.close()
  })

  test('no Redis is configured', async () => {
    const redis = open(null)
    expect(redis.state()).toMatchObject({ status: 'off', reason: expect.stringContaining('REDIS_URL') })
    await expect(redis.client.ping()).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
    await expect(redis.ready(AbortSignal.abort(new Error('no longer needed')))).rejects.toThrow('no longer needed')
  })

  test('a certificate file that is not there is a setting that is wrong', () => {
    expect(() => open('rediss://localhost', { tls: { caFile: '/nowhere/ca.pem' } })).toThrow(
      /redis\.tls\.caFile.*ENOENT/,
    )
  })
})

describe('TLS', () => {
  test('a certificate of a trusted authority for this host is accepted, one for another host is not', async () => {
    const { url, caFile } = await startTlsRedis('localhost')
    const trusted = open(url, { tls: { caFile } })
    await trusted.ready()
    expect(await trusted.client.ping()).toBe('PONG')
    expect((await down(open(url))).reason).toMatch(/not signed by an authority that this machine trusts/)
    const other = open(url.replace('localhost', '127.0.0.1'), { tls: { caFile } })
    expect((await down(other)).reason).toMatch(/is for another host name/)
  })
})

describe('commands while Redis is away', () => {
  test('fail at once with the reason, alone and in a pipeline', async () => {
    const redis = open(`redis://127.0.0.1:${await freePort()}`)
    await down(redis)
    await expect(redis.client.get('x')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      message: expect.stringContaining('Nothing listens'),
    })
    const results = await redis.client.pipeline().get('x').get('y').exec()
    expect(results?.map(([error]) => error)).toEqual([
      expect.objectContaining({ code: 'REDIS_UNAVAILABLE' }),
      expect.objectContaining({ code: 'REDIS_UNAVAILABLE' }),
    ])
  })

  test('that were under way are told, and are not sent again', async () => {
    const server = await startRedis({ args: ['--appendonly', 'yes'] })
    const redis = open(server.url)
    await redis.ready()
    await redisCli(server.url, ['CLIENT', 'PAUSE', '60000', 'WRITE'])
    const push = redis.client.rpush('list', 'once')
    const told = expect(push).rejects.toMatchObject({ code: 'REDIS_UNAVAILABLE' })
    await server.kill()
    await told
    const again = await startRedis({ port: server.port, dir: server.dir, args: ['--appendonly', 'yes'] })
    await redis.ready()
    expect(await redis.client.ping()).toBe('PONG')
    expect(await redisCli(again.url, ['LLEN', 'list'])).toBe('0')
  })

  test('that are not answered in time are told so', async () => {
    const server = await startRedis()
    const redis = open(server.url, { commandTimeoutMs: 200 })
    await redis.ready()
    await redisCli(server.url, ['CLIENT', 'PAUSE', '2000', 'ALL'])
    await expect(redis.client.get('x')).rejects.toMatchObject({
      code: 'REDIS_UNAVAILABLE',
      message: expect.stringContaining('did not answer in time'),
    })
  })

  test('errors of Redis itself come through as they are', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    await redis.ready()
    await redis.client.set('text', 'x')
    await expect(redis.client.llen('text')).rejects.toThrow(/^WRONGTYPE/)
  })
})

describe('a script', () => {
  const append = defineScript({
    name: 'append',
    keys: 1,
    lua: `redis.call('RPUSH', KEYS[1], ARGV[1]) return redis.call('LRANGE', KEYS[1], 0, -1)`,
  })

  test('runs once, also on a Redis that does not know it yet or has forgotten it', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    await redis.ready()
    expect(await append.run(redis.client, ['list'], ['first'])).toEqual(['first'])
    await redisCli(url, ['SCRIPT', 'FLUSH'])
    expect(await append.run(redis.client, ['list'], ['second'])).toEqual(['first', 'second'])
    expect(await append.run(redis.client, ['list'], [3])).toEqual(['first', 'second', '3'])
    expect(await redisCli(url, ['INFO', 'commandstats'])).toMatch(/cmdstat_eval:calls=2,/)
  })

  test('takes and returns bytes as they are', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    await redis.ready()
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28])
    expect(await append.runBuffer(redis.client, ['list'], [bytes])).toEqual([bytes])
    expect(await append.runBuffer(redis.client, ['list'], [bytes])).toEqual([bytes, bytes])
  })

  test('with a wrong number of keys is not sent', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    await redis.ready()
    await expect(append.run(redis.client, [], ['x'])).rejects.toThrow('Script append takes 1 keys, got 0')
  })

  test('may take any number of keys', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    await redis.ready()
    await redis.client.mset('a', '1', 'b', '2')
    const get = defineScript({ name: 'get', keys: 'any', lua: `return redis.call('MGET', unpack(KEYS))` })
    expect(await get.run(redis.client, ['a', 'b', 'c'])).toEqual(['1', '2', null])
    expect(await get.runBuffer(redis.client, ['b'])).toEqual([Buffer.from('2')])
  })

  test('that fails in Redis says so', async () => {
    const { url } = await startRedis()
    const redis = open(url)
    await redis.ready()
    const broken = defineScript({ name: 'broken', keys: 0, lua: `return redis.error_reply('MY bad')` })
    await expect(broken.run(redis.client, [])).rejects.toThrow('MY bad')
  })
})

test('while it loads its data the state says how far it is', async () => {
  const { url, port, dir, stop } = await startRedis({ args: ['--enable-debug-command', 'yes'] })
  await redisCli(url, ['DEBUG', 'POPULATE', '3000', 'key', '100'])
  await redisCli(url, ['SAVE'])
  await stop()
  const redis = open(url)
  const slow = ['--key-load-delay', '500', '--loading-process-events-interval-bytes', '1024']
  const starting = startRedis({ port, dir, args: slow })
  await waitFor(() => redis.state().reason?.match(/is loading its data: \d+ % so far/), {
    what: 'the reason',
    intervalMs: 5,
  })
  expect(redis.state().status).toBe('connecting')
  await redis.ready()
  await starting
  expect(await redis.client.dbsize()).toBe(3000)
})

/** A Redis that speaks TLS alone, with a certificate for `name` by an authority of the test. */
async function startTlsRedis(name: string): Promise<{ url: string; caFile: string }> {
  const { caFile, certFile, keyFile } = await createCertificate(name)
  const port = await freePort()
  const files = `--tls-cert-file ${certFile} --tls-key-file ${keyFile} --tls-ca-cert-file ${caFile}`
  await startRedis({ args: `--tls-port ${port} --tls-auth-clients no ${files}`.split(' ') })
  return { url: `rediss://localhost:${port}`, caFile }
}
