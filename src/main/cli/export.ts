import { stat } from 'node:fs/promises'
import type { ExportFile } from '../../shared/contract/reports.ts'
import { messageOf } from '../../shared/errors.ts'
import { findExport } from '../export-files.ts'
import { saveAs } from '../save-file.ts'
import { choiceOption, textOption, UsageError, type Command } from './command.ts'

export const exportRows: Command = {
  usage: 'export --out FILE [--of events|sessions] [--query QUERY] [--format csv|jsonl] [--force]',
  does: 'writes what a query finds to a file',
  options: {
    out: { type: 'string', does: 'the file to write' },
    of: { type: 'string', does: 'what to export: events (default) or sessions' },
    query: { type: 'string', does: 'which rows (all)' },
    format: { type: 'string', does: 'csv (default) or jsonl' },
    force: { type: 'boolean', does: 'replace the file if it exists' },
  },
  needs: [],
  async run({ client, args, home, answer, signal }) {
    const out = textOption(args, 'out')
    if (out === undefined || args.words.length > 0) throw new UsageError('export takes --out FILE and no words')
    if (args.options['force'] !== true && (await exists(out)))
      throw new UsageError(`${out} exists: choose another name, or add --force`)
    const spec = {
      source: choiceOption(args, 'of', ['events', 'sessions']),
      format: choiceOption(args, 'format', ['csv', 'jsonl']),
      query: textOption(args, 'query') ?? '',
    }
    let file: ExportFile | null = null
    for await (const progress of await client.reports.export(spec, { signal })) file = progress.file ?? file
    const waiting = file === null ? null : await findExport(home, file.exportId)
    if (file === null || waiting === null) throw new Error('the export ended without a file: try again')
    try {
      await saveAs(waiting.file, out)
    } catch (error) {
      throw new Error(`the export is complete, but ${out} could not be written: ${messageOf(error)}`, { cause: error })
    } finally {
      await waiting.remove()
    }
    const { rows, bytes, sha256 } = file
    answer({ file: out, rows, bytes, sha256 }, () => `${rows} rows, ${bytes} bytes in ${out}\nSHA-256 ${sha256}`)
  },
}

const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  )
