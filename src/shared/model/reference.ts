import { z } from 'zod'

/** A file that events are looked up in: a geographic database, or a list of addresses. */
export const ReferenceFile = z.object({
  /** As alerts name it beside its version. */
  name: z.string(),
  file: z.string(),
  type: z.enum(['database', 'list']),
  /** What it tells: country, city, network, anonymity of a database; tor, vpn, proxy, relay, hosting, other of a list. */
  provides: z.array(z.string()),
  /** `kept`: the file is gone or cannot be used, and what was read before is used; `absent`: nothing could be read yet. */
  state: z.enum(['current', 'kept', 'absent']),
  /** The first 12 hex digits of the SHA-256 of the file that is used. */
  version: z.string().nullable(),
  /** When a database was made, or a list was last written. */
  madeAt: z.date().nullable(),
  /** When this engine read it. */
  readAt: z.date().nullable(),
  /** Addresses and ranges of a list. */
  entries: z.number().nullable(),
  /** Lines of a list that were not understood, and left out. */
  badLines: z.number(),
  /** What is wrong, where, and what to do. */
  message: z.string().nullable(),
})
export type ReferenceFile = z.infer<typeof ReferenceFile>
