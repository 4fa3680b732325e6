import { createRequire } from 'node:module'
import path from 'node:path'
import type { ReferenceFile } from '../../../../shared/model/reference.ts'
import type { Config } from '../../config-schema.ts'
import { readAddressList, type AddressList } from './address-list.ts'
import { openGeoDatabase, type GeoDatabase } from './geo-database.ts'
import { KeptFile } from './kept-file.ts'

export interface DatabaseFile {
  name: string
  file: string
  kept: KeptFile<GeoDatabase>
  /** The one that is shipped: it knows no address that is not public. */
  isBuiltIn: boolean
  /** What went wrong when an address was looked up in the version in use; null while nothing did. */
  damage: string | null
}

export interface ListFile {
  name: string
  file: string
  kind: Config['watch']['lists'][number]['kind']
  kept: KeptFile<AddressList>
}

/** What events are looked up in: databases, the first to know an address wins, and lists. */
export interface References {
  databases: readonly DatabaseFile[]
  lists: readonly ListFile[]
}

const megabyte = 1024 * 1024
/** Enterprise databases have some hundred megabytes; the longest lists (Apple's relay) some ten. */
const maxDatabaseBytes = 2_000 * megabyte
const maxListBytes = 100 * megabyte

/** Countries by address, with data of the regional registries: docs/geography.md names its makers and their terms. */
const builtInDatabase = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'

/** The files that the settings name, and the database that is shipped. Nothing is read yet. */
export function namedReferences({ geo, lists }: Pick<Config['watch'], 'geo' | 'lists'>): References {
  const builtIn = createRequire(import.meta.url).resolve(builtInDatabase)
  const names = geo.databases.map((file) => path.basename(file))
  const isShared = (name: string) => names.indexOf(name) !== names.lastIndexOf(name)
  return {
    databases: [
      ...geo.databases.map((file) =>
        databaseFile(file, isShared(path.basename(file)) ? file : path.basename(file), false),
      ),
      databaseFile(builtIn, path.basename(builtIn), true),
    ],
    lists: lists.map(({ name, file, kind }) => {
      const read = (bytes: Buffer) => usableList(bytes.toString('utf8'))
      return { name, file, kind, kept: new KeptFile(file, { maxBytes: maxListBytes, read }) }
    }),
  }
}

function databaseFile(file: string, name: string, isBuiltIn: boolean): DatabaseFile {
  const kept = new KeptFile(file, { maxBytes: maxDatabaseBytes, read: openGeoDatabase })
  return { name, file, kept, isBuiltIn, damage: null }
}

async function usableList(text: string): Promise<AddressList> {
  const list = await readAddressList(text)
  if (list.entries > 0) return list
  const [first] = list.examples
  throw new Error(
    first === undefined
      ? 'it is empty'
      : `no line of it is an address; line ${first.line}: "${first.text}", ${first.reason}`,
  )
}

/** How the files stand, as the screen shows them. */
export const referenceStates = ({ databases, lists }: References): ReferenceFile[] => [
  ...databases.map(({ name, file, kept, damage }): ReferenceFile => ({
    ...stateOf(kept, damage === null ? null : `${damage}. Download it again`),
    name,
    file,
    type: 'database',
    provides: [...(kept.kept?.contents.provides ?? [])],
    madeAt: kept.kept?.contents.builtAt ?? null,
    entries: null,
    badLines: 0,
  })),
  ...lists.map(({ name, file, kind, kept }): ReferenceFile => ({
    ...stateOf(kept, badLinesOf(kept.kept?.contents)),
    name,
    file,
    type: 'list',
    provides: [kind],
    madeAt: kept.kept?.writtenAt ?? null,
    entries: kept.kept?.contents.entries ?? null,
    badLines: kept.kept?.contents.badLines ?? 0,
  })),
]

function stateOf({ kept, problem }: KeptFile<unknown>, flaw: string | null) {
  const readAt = kept?.readAt ?? null
  const version = kept?.version ?? null
  if (problem === null) return { state: kept === null ? 'absent' : 'current', version, readAt, message: flaw } as const
  const message = `${problem}. ${kept === null ? 'Put a good file there' : 'What was read before is used: put a good file there'}`
  return { state: kept === null ? 'absent' : 'kept', version, readAt, message } as const
}

function badLinesOf(list: AddressList | undefined): string | null {
  const [first] = list?.examples ?? []
  if (list === undefined || first === undefined) return null
  const count = list.badLines === 1 ? '1 line was' : `${list.badLines} lines were`
  return `${count} not understood and left out, the first of them line ${first.line}: "${first.text}", ${first.reason}`
}
