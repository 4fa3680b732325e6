import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { bareEnvironment } from '../../../src/main/engine/watch/rules/environment.ts'
import { createRuleSource, type RuleSource } from '../../../src/main/engine/watch/rules/rule-source.ts'
import { createTempDir } from '../../helpers/temp.ts'
import { ruleText } from './support.ts'

const rule = (limit: number) => ruleText(`group-by: [user_id]\ntimespan: 60s\ncondition: {gt: ${limit}}`)
const other = rule(1).replaceAll('failed', 'other').replace('name: test', 'name: other_test')

let folder: string
let source: RuleSource
let changes: number
let refused: string[]

beforeEach(async () => {
  folder = (await createTempDir()).path
  changes = 0
  refused = []
  await write('a.yml', rule(5))
  source = openSource([folder])
  // Once: what follows looks when the test says so.
  await source.look()
  changes = 0
})

const openSource = (folders: readonly string[]) =>
  createRuleSource({
    folders: () => folders,
    environment: bareEnvironment,
    onChange: () => changes++,
    onRefused: (_file, message) => refused.push(message),
  })

const write = (file: string, text: string) => writeFile(path.join(folder, file), text)
const limits = () => source.loaded.rules.map(({ ruleId, levels }) => [ruleId, levels[0].conditions[0].bounds.gt])
/** A change is read by the second look that finds it the same. */
const settle = async () => {
  await source.look()
  await source.look()
}

describe('rule files that change', () => {
  test('are read once they are no longer written', async () => {
    await write('a.yml', rule(7))
    await source.look()
    expect(limits()).toEqual([['test', 5]])
    await source.look()
    expect(limits()).toEqual([['test', 7]])
    expect(changes).toBe(1)
  })

  test('are left alone when nothing in them changes', async () => {
    const before = source.loaded
    await settle()
    expect(source.loaded).toBe(before)
    await write('a.yml', rule(5))
    await settle()
    expect(changes).toBe(0)
  })

  test('come and go', async () => {
    await write('b.yml', other)
    await settle()
    expect(limits()).toEqual([
      ['test', 5],
      ['other_test', 1],
    ])
    await rm(path.join(folder, 'a.yml'))
    await settle()
    expect(limits()).toEqual([['other_test', 1]])
    expect(changes).toBe(2)
  })

  test('and are half written are refused, and their last good version goes on', async () => {
    await write('a.yml', rule(7).slice(0, 200))
    await settle()
    expect(limits()).toEqual([['test', 5]])
    expect(changes).toBe(0)
    expect(source.loaded.refused).toEqual([
      { file: 'a.yml', message: expect.stringMatching(/^a\.yml:\d+: .*\. The version read before goes on$/s) },
    ])
    expect(refused).toHaveLength(1)
    await write('b.yml', other)
    await settle()
    expect(refused).toHaveLength(1)
    await write('a.yml', rule(7))
    await settle()
    expect(source.loaded.refused).toEqual([])
    expect(limits()).toEqual([
      ['test', 7],
      ['other_test', 1],
    ])
  })

  test('have the shipped version in their place when they were never good', async () => {
    const own = (await createTempDir()).path
    await writeFile(path.join(own, 'a.yml'), 'title: [')
    source = openSource([folder, own])
    await source.look()
    expect(limits()).toEqual([['test', 5]])
    expect(source.loaded.refused[0]?.message).toMatch(/The shipped version goes on$/)
  })

  test('that are gone with their folder are said to be', async () => {
    await rm(folder, { recursive: true })
    await settle()
    expect(limits()).toEqual([])
    expect(refused[0]).toContain('cannot be read')
  })
})
