import { describe, expect, test } from 'vitest'
import { glimpse } from '../../../src/main/engine/sessions/glimpse.ts'
import { javaNumber, javaText, spellings } from '../../../src/main/engine/sessions/profiles/java-values.ts'
import { formatOf } from '../../../src/main/engine/sessions/profiles/opaque.ts'
import * as layouts from '../../fixtures/session-layouts.ts'

const bytesOf = ([, , , value]: layouts.Command): Buffer => Buffer.from(value as string | Buffer)

describe('values of Java', () => {
  test('are read where every byte is as Java writes it', () => {
    expect(javaNumber(layouts.javaLong(1_763_600_000_000))).toBe(1_763_600_000_000)
    expect(javaNumber(layouts.javaInteger(1_800))).toBe(1_800)
    expect(javaText(layouts.javaString('alice'))).toBe('alice')
    // -1: an Integer of a session that never expires.
    expect(javaNumber(Buffer.concat([layouts.javaInteger(0).subarray(0, -4), Buffer.from('ffffffff', 'hex')]))).toBe(-1)
  })

  test.each([
    ['["java.lang.Long",1763600000000]', 1_763_600_000_000],
    ['1800', 1_800],
    ['-1', -1],
    ['12.5', null],
    ['"1800"', null],
    ['', null],
    [`9${'9'.repeat(30)}`, null],
  ])('a number as JSON, %s, is %s', (text, number) => expect(javaNumber(Buffer.from(text))).toBe(number))

  test.each([
    ['cut', layouts.javaLong(1).subarray(0, -1)],
    ['longer', Buffer.concat([layouts.javaLong(1), Buffer.alloc(1)])],
    ['of another class', Buffer.from(layouts.javaLong(1).toString('latin1').replace('Long', 'Evil'), 'latin1')],
    ['beyond what a number holds', layouts.javaLong(Number.MAX_SAFE_INTEGER * 4)],
    ['a text', layouts.javaString('1')],
  ])('a number that is %s is none', (_what, bytes) => expect(javaNumber(bytes)).toBeNull())

  test('a text whose length is another is none; bare and JSON texts are texts', () => {
    expect(javaText(layouts.javaString('alice').subarray(0, -1))).toBeNull()
    expect(javaText(Buffer.from('"al\\"ice"'))).toBe('al"ice')
    expect(javaText(Buffer.from('"al"ice"'))).toBe('"al"ice"')
    expect(javaText(Buffer.from('alice'))).toBe('alice')
    expect(javaText(Buffer.from('fffe', 'hex'))).toBeNull()
  })

  test('every spelling of a text is read as that text', () => {
    expect(spellings('expires:a-1').map(javaText)).toEqual(['expires:a-1', 'expires:a-1', 'expires:a-1'])
    expect(spellings('a-1')[0]).toEqual(layouts.javaString('a-1'))
  })
})

test.each([
  ['pickle', layouts.djangoPickle],
  ['MessagePack', bytesOf(layouts.flaskMessagePack('x')[0] ?? expect.fail())],
  ['PHP serialization', bytesOf(layouts.laravel('x')[0] ?? expect.fail())],
  ['PHP session', bytesOf(layouts.symfony('x')[0] ?? expect.fail())],
  ['Java serialization', layouts.javaLong(1)],
  ['JSON', Buffer.from(' {"a":1}')],
  ['unknown', Buffer.from('hello')],
  ['empty', Buffer.alloc(0)],
])('%s is known by its first bytes', (format, bytes) => expect(formatOf(bytes)).toBe(format))

describe('a glimpse of foreign bytes', () => {
  test('shows texts, and credentials by their length', () => {
    expect(glimpse(layouts.djangoPickle)).toEqual([
      '_auth_user_id',
      '_auth_user_backend',
      ')django.contrib.auth.backends.ModelBackend',
      '_auth_user_hash',
      ' [32 characters]',
    ])
  })

  test('shows what stands after the name of a secret by its length, across lengths and type marks', () => {
    expect(glimpse(Buffer.from('user|s:5:"paula";password|s:6:"geheim";visits|i:3;'))).toEqual([
      'user|s:5:"paula";password|s:6:"[6 characters]";visits|i:3;',
    ])
    expect(glimpse(Buffer.from('\x0eaccess_token\x00\x06geheim\x00\x04name\x05paula'))).toEqual([
      'access_token',
      '[6 characters]',
      'name',
      'paula',
    ])
  })

  test('is bounded', () => {
    const texts = glimpse(Buffer.from(`${'x '.repeat(300)}\x00${'text\x00'.repeat(100)}`))
    expect(texts[0]).toMatch(/^(x )+… \(600 characters\)$/)
    expect(texts).toHaveLength(51)
    expect(texts.at(-1)).toBe('… and 51 more')
  })
})
