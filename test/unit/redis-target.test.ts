import { describe, expect, it } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { formatHostList, parseHostList } from '../../src/main/engine/host-list.ts'
import { queueGroups } from '../../src/main/engine/queue/groups.ts'
import { isRedisUrl, redisTarget } from '../../src/main/engine/redis/target.ts'

describe('the URL of Redis', () => {
  it('names one server', () => {
    expect(redisTarget('rediss://user:p%40ss@redis.example:6380/3?db=9')).toEqual({
      kind: 'single',
      hosts: [{ host: 'redis.example', port: 6380 }],
      masterName: '',
      username: 'user',
      password: 'p@ss',
      db: 3,
      tls: true,
      at: 'redis.example:6380',
      label: 'redis.example:6380/3',
    })
    expect(redisTarget('redis://')).toMatchObject({
      hosts: [{ host: '127.0.0.1', port: 6379 }],
      label: '127.0.0.1:6379/0',
    })
    expect(redisTarget('redis://:secret@/2')).toMatchObject({ password: 'secret', label: '127.0.0.1:6379/2' })
    expect(redisTarget('redis://[::1]:7')).toMatchObject({ hosts: [{ host: '::1', port: 7 }], at: '[::1]:7' })
  })

  it('names servers of a Cluster', () => {
    expect(redisTarget('redis+cluster://u:p@one:7000,[::1]:7001,three')).toMatchObject({
      kind: 'cluster',
      hosts: [
        { host: 'one', port: 7000 },
        { host: '::1', port: 7001 },
        { host: 'three', port: 6379 },
      ],
      username: 'u',
      password: 'p',
      tls: false,
      label: 'cluster one:7000,[::1]:7001,three:6379',
    })
  })

  it('names Sentinels and their master', () => {
    expect(redisTarget('rediss+sentinel://one,two:5000/my%20master/4')).toMatchObject({
      kind: 'sentinel',
      hosts: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 5000 },
      ],
      masterName: 'my master',
      db: 4,
      tls: true,
      label: 'my master (Sentinels one:26379,two:5000)/4',
    })
  })

  it.each([
    'http://host',
    'no url',
    'redis://one,two',
    'redis+cluster://',
    'redis+cluster://one,,two',
    'redis+cluster://one:port',
    'redis+cluster://one/3',
    'redis+sentinel://one',
    'redis+sentinel://one/%zz',
    'redis+unix:///tmp/redis.sock',
  ])('is not %s', (url) => {
    expect(isRedisUrl(url)).toBe(false)
  })

  it('is written again with all its hosts, and another password', () => {
    const list = parseHostList('redis+sentinel://user:old@one:1,two/main/0')!
    list.url.password = encodeURIComponent('new@,/')
    expect(formatHostList(list)).toBe('redis+sentinel://user:new%40%2C%2F@one:1,two/main/0')
    expect(redisTarget(formatHostList(list)).password).toBe('new@,/')
  })
})

describe('the keys of a queue in a Cluster', () => {
  const groups = (queue: string) => queueGroups(ConfigSchema.parse({ redis: { keys: { queue } } }).redis.keys, true)

  it('share its slot', () => {
    expect(groups('audit:queue')[1]).toMatchObject({
      sources: [{ name: 'queue', key: 'audit:queue' }],
      leases: '{audit:queue}:leases',
      failed: '{audit:queue}:failed',
    })
    expect(groups('{app}:queue')[1]).toMatchObject({ leases: '{app}:queue:leases', batchPrefix: '{app}:queue:p:' })
    expect(groups('a{b}c{d}')[1]).toMatchObject({ leases: 'a{b}c{d}:leases' })
  })

  it.each(['odd}key', 'empty{}tag'])('cannot with %s, and the error says what to do', (key) => {
    expect(() => groups(key)).toThrow(/redis\.keys\.queue: .* give it a tag, as in \{audit\}:queue/)
  })
})
