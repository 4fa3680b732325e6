import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../shared/errors.ts'
import { createEnrichment } from '../engine/watch/enrich/enrichment.ts'
import { ruleFolders } from '../engine/watch/rules/folders.ts'
import type { SourceFile } from '../engine/watch/rules/rule-set.ts'
import { runRuleTests, type TestResult } from '../engine/watch/rules/tests/run-tests.ts'
import { resourcePath } from '../resources.ts'
import { UsageError, type LocalCommand } from './command.ts'

export const rules: LocalCommand = {
  usage: 'rules check|test [FILE|DIR ...]',
  does: "reads rule files (those shipped and one's own, if none is named) and says what is wrong; test also runs the tests they carry",
  options: {},
  needs: 'nothing',
  async run(context) {
    const [act, ...places] = context.args.words
    if (act !== 'check' && act !== 'test') throw new UsageError('rules takes check or test, then files or folders')
    const named = await filesAt(places.length > 0 ? places : ruleFolders(context.config))
    // Rules refer to others: those shipped are there as they are when the engine runs.
    const shipped = places.length > 0 ? await filesAt([resourcePath('rules')]) : []
    const names = new Set(named.map(({ file }) => file))
    const enrichment = createEnrichment(context.config.watch, (reason, key) =>
      process.stderr.write(`${reason}: ${key}\n`),
    )
    await enrichment.look()
    const sources = [...named, ...shipped.filter(({ file }) => !names.has(file))]
    const run = runRuleTests(sources, enrichment.environment)
    const refused = run.refused.filter(({ file }) => names.has(file))
    const results = act === 'test' ? run.results.filter(({ file }) => names.has(file)) : []
    const loaded = run.rules.filter(({ file }) => names.has(file)).length
    const failed = results.filter(({ passed }) => !passed).length
    context.answer({ files: names.size, rules: loaded, refused, tests: results, failed }, () =>
      [
        ...refused.map(({ message }) => message),
        ...results.flatMap(described),
        `${names.size} files, ${loaded} rules, ${refused.length} refused${act === 'test' ? `; ${results.length - failed} tests passed, ${failed} failed` : ''}`,
      ].join('\n'),
    )
    if (refused.length + failed > 0) process.exitCode = 1
  },
}

const described = ({ file, name, passed, differences }: TestResult): string[] => [
  `${passed ? 'passed' : 'FAILED'}  ${file}: ${name}`,
  ...differences.map((difference) => `        ${difference}`),
]

/** Rule files named one by one and those of folders; of files of one name the last counts. */
async function filesAt(places: readonly string[]): Promise<SourceFile[]> {
  const files = new Map<string, string>()
  for (const place of places) {
    try {
      const names = (await stat(place)).isDirectory()
        ? (await readdir(place)).filter((name) => /\.ya?ml$/i.test(name)).map((name) => path.join(place, name))
        : [place]
      for (const name of names.toSorted()) files.set(path.basename(name), await readFile(name, 'utf8'))
    } catch (error) {
      throw new UsageError(`${place} cannot be read: ${messageOf(error)}`)
    }
  }
  return [...files].map(([file, text]) => ({ file, text }))
}
