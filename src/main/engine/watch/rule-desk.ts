import { setImmediate as others } from 'node:timers/promises'
import type { EngineClient } from '../../../shared/contract/index.ts'
import { GatehouseError } from '../../../shared/errors.ts'
import { infoOf, versionOfText } from './rule-info.ts'
import type { RuleEnvironment } from './rules/environment.ts'
import type { LoadedFile, LoadedRules } from './rules/load.ts'
import { rulesUnderTest, type TestResult } from './rules/tests/run-tests.ts'

type Out<Call extends keyof EngineClient['rules']> = Awaited<ReturnType<EngineClient['rules'][Call]>>

export interface RuleDeskDeps {
  /** Resolves once there is something to look at. */
  opened: () => Promise<void>
  loaded: () => LoadedRules
  environment: RuleEnvironment
  watching: boolean
}

/** Where people look at rules and their files. */
export interface RuleDesk {
  list(): Promise<Out<'list'>>
  /** A file as it is in use. @throws GatehouseError NOT_FOUND where its rules are not loaded */
  file(name: string): Out<'get'>
}

export function createRuleDesk({ opened, loaded, environment, watching }: RuleDeskDeps): RuleDesk {
  let tested: { files: readonly LoadedFile[]; results: readonly TestResult[] | null } | null = null
  /** Run when somebody looks, once for the same files, one test at a time: hundreds take seconds. null until they have. */
  function testsOf(files: readonly LoadedFile[]): readonly TestResult[] | null {
    if (tested?.files === files) return tested.results
    const now: NonNullable<typeof tested> = { files, results: null }
    tested = now
    void runAll(files).then((results) => (now.results = results))
    return null
  }
  async function runAll(files: readonly LoadedFile[]): Promise<TestResult[]> {
    const { tests, run } = rulesUnderTest(files, environment)
    const results: TestResult[] = []
    for (const test of tests) {
      results.push(run(test))
      await others()
    }
    return results
  }

  return {
    async list() {
      // Who asks an engine that has just begun would be shown that there are no rules, and take it for the answer.
      await opened()
      const { rules, files, refused } = loaded()
      return {
        rules: rules.map((rule) => infoOf(rule, environment)),
        files: files.map((file) => ({ ...fileOf(file), tests: testsIn(file.file, testsOf(files)) })),
        refused: [...refused],
        watching,
      }
    },
    file(name) {
      const found = loaded().files.find(({ file }) => file === name)
      if (found === undefined) {
        throw new GatehouseError('NOT_FOUND', `No rules of a file "${name}" are loaded: see the list of rules.`)
      }
      return { file: found.file, version: versionOfText(found.text), text: found.text }
    },
  }
}

const testsIn = (name: string, results: readonly TestResult[] | null) =>
  results
    ?.filter(({ file }) => file === name)
    .map(({ name: test, passed, differences }) => ({ name: test, passed, differences })) ?? null

const fileOf = ({ file, text, origin }: LoadedFile) => ({
  file,
  origin,
  version: versionOfText(text),
  bytes: Buffer.byteLength(text),
})
