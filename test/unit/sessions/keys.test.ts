import { describe, expect, test } from 'vitest'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'
import { earliest } from '../../../src/main/engine/sessions/earliest.ts'
import { keyspace } from '../../../src/main/engine/sessions/profiles/keyspace.ts'
import { plainJson } from '../../../src/main/engine/sessions/profiles/plain-json.ts'
import { Profiles } from '../../../src/main/engine/sessions/profiles/profiles.ts'
import { SessionKeys } from '../../../src/main/engine/sessions/session-keys.ts'
import { globOf } from '../../../src/main/engine/sessions/source/scan.ts'
import type { RedisKey } from '../../../src/shared/model/ids.ts'

const ids = createSessionIds('hmac', () => Buffer.alloc(32, 7))
const profiles = new Profiles(['app:', 'app:session:', 'other:'].map((prefix) => keyspace(prefix, [plainJson])))
const key = (text: string) => text as RedisKey

describe('globOf', () => {
  test.each([
    ['session:', 'session:*'],
    ['a*b?c[d]e\\f', 'a\\*b\\?c\\[d\\]e\\\\f*'],
    ['', '*'],
  ])('%s matches as %s', (prefix, glob) => expect(globOf(prefix)).toBe(glob))
})

describe('Profiles', () => {
  test('a key belongs to the longest prefix', () => {
    expect(profiles.keyspaceOf(key('app:session:1'))?.prefix).toBe('app:session:')
    expect(profiles.keyspaceOf(key('app:1'))?.prefix).toBe('app:')
    expect(profiles.keyspaceOf(key('else'))).toBeNull()
  })
})

describe('SessionKeys', () => {
  test('a key names its session, unless its value names another', () => {
    const keys = new SessionKeys(profiles, ids)
    expect(keys.sessionOf(key('app:x'))).toBe(ids.of('x'))
    keys.note(key('app:x'), 'y', ids.of('y'))
    expect(keys.sessionOf(key('app:x'))).toBe(ids.of('y'))
    keys.note(key('app:x'), 'x', ids.of('x'))
    expect(keys.sessionOf(key('app:x'))).toBe(ids.of('x'))
  })

  test('rivals are the keys that could hold the same session, where keys were met', () => {
    const keys = new SessionKeys(profiles, ids)
    expect(keys.meet(key('else'))).toBe(false)
    expect([key('app:y'), key('other:p')].map((met) => keys.meet(met))).toEqual([true, true])
    expect(keys.rivalsOf(key('app:y'), 'y', ids.of('y'))).toEqual(['other:y'])
    keys.meet(key('app:session:z'))
    keys.note(key('other:p'), 'y', ids.of('y'))
    expect(keys.rivalsOf(key('app:y'), 'y', ids.of('y'))).toEqual(['other:y', 'app:session:y', 'other:p'])
    keys.forget(key('other:p'))
    expect(keys.rivalsOf(key('app:y'), 'y', ids.of('y'))).toEqual(['other:y', 'app:session:y'])
  })

  test('a key is shown without its credential', () => {
    const shown = new SessionKeys(profiles, ids).shown(key('app:session:my-secret-id'))
    expect(shown).toBe(`app:session:…${ids.of('my-secret-id').slice(0, 12)}`)
  })
})

describe('earliest', () => {
  test('finds the first of some times; an unknown one is before all', () => {
    expect(earliest([new Date(3), new Date(1), new Date(2)])).toEqual(new Date(1))
    expect(earliest([new Date(3), null, new Date(2)])).toBeNull()
    expect(earliest([])).toBeNull()
  })
})
