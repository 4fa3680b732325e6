import { Reader, type Response } from 'maxmind'
import { lru } from 'tiny-lru'
import { messageOf } from '../../../../shared/errors.ts'
import { readGeoRecord, type GeoRecord } from './geo-record.ts'

/** A geographic database in memory. */
export interface GeoDatabase {
  /** As the file names it: "GeoLite2-City". */
  type: string
  builtAt: Date
  /** What it can tell: country, city, network, anonymity. */
  provides: readonly string[]
  /**
   * What it says of an address, or null where it does not know it.
   * @throws GeoDatabaseError where the file is broken at that place
   */
  find(address: string): GeoRecord | null
}

/** Why a file cannot be used. The message says what is wrong and what to do; the caller names the file. */
export class GeoDatabaseError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GeoDatabaseError'
  }
}

/** What stands before the metadata, and how far from the end at most (MaxMind DB format 2.0, "Database Metadata"). */
const metadataMark = Buffer.from('\xAB\xCD\xEFMaxMind.com', 'latin1')
const metadataReach = 128 * 1024
/** Zero bytes between the search tree and the data. */
const separatorBytes = 16
/** Decoded records kept: a country database has 250 in all, a city database has those of the cities that are seen. */
const maxRecords = 10_000

/** What types of databases tell, by a word in their name. */
const contents: readonly [RegExp, readonly string[]][] = [
  [/enterprise|insights/i, ['country', 'city', 'network', 'anonymity']],
  [/city|location/i, ['country', 'city']],
  [/country/i, ['country']],
  [/asn|isp/i, ['network']],
  [/anonymous|privacy|anonymizer/i, ['anonymity']],
]

/**
 * Opens a database (.mmdb) that was read into memory: what then happens to the file does not matter.
 * @throws GeoDatabaseError where it is no such file, is cut short, or tells nothing that rules read
 */
export function openGeoDatabase(bytes: Buffer): GeoDatabase {
  const mark = bytes.lastIndexOf(metadataMark)
  if (mark < 0 || mark < bytes.length - metadataReach) {
    throw new GeoDatabaseError(
      bytes[0] === 0x1f && bytes[1] === 0x8b
        ? 'it is compressed (gzip): unpack it, and give the .mmdb that is inside'
        : 'it is no MaxMind DB, or is cut short: the metadata at its end is missing. Download it again',
    )
  }
  const reader = readerOf(bytes)
  const { databaseType: type, ipVersion, searchTreeSize, binaryFormatMajorVersion: format } = reader.metadata
  if (format !== 2 || (ipVersion !== 4 && ipVersion !== 6)) {
    throw new GeoDatabaseError(`it is of format ${format} for IP version ${ipVersion}: only format 2 can be read`)
  }
  const separator = bytes.subarray(searchTreeSize, searchTreeSize + separatorBytes)
  if (searchTreeSize + separatorBytes > mark || separator.some((byte) => byte !== 0)) {
    throw new GeoDatabaseError('its search tree is not as long as its metadata say: it is damaged. Download it again')
  }
  const provides = [...new Set(contents.flatMap(([name, told]) => (name.test(type) ? told : [])))]
  if (provides.length === 0) {
    throw new GeoDatabaseError(
      `it is a ${type} database, which tells nothing that rules read: give one of type City, Country, ASN, ISP or Anonymous-IP`,
    )
  }
  /** Many addresses share a record, which the reader gives as one object as long as it keeps it. */
  const read = new WeakMap<object, GeoRecord>()
  return { type, builtAt: reader.metadata.buildEpoch, provides, find }

  function find(address: string): GeoRecord | null {
    // An address of the other family has no place in a tree of 32 bits.
    if (ipVersion === 4 && address.includes(':')) return null
    try {
      const record: object | null = reader.get(address)
      if (record === null) return null
      const known = read.get(record) ?? readGeoRecord(record)
      read.set(record, known)
      return known
    } catch (error) {
      throw new GeoDatabaseError(`it is damaged where it should tell of an address: ${messageOf(error)}`, {
        cause: error,
      })
    }
  }
}

function readerOf(bytes: Buffer): Reader<Response> {
  try {
    return new Reader<Response>(bytes, { cache: lru(maxRecords) })
  } catch (error) {
    throw new GeoDatabaseError(`its metadata cannot be read: ${messageOf(error)}. Download it again`, { cause: error })
  }
}
