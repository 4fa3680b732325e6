/** An entry as Redis gives it: its id, and its fields, flat. */
export type RawEntry = [id: Buffer, fields: Buffer[]]

/**
 * The item that an entry carries, as it would lie in a list: the value of `field`; or where the entry has no such field,
 * all its fields as one object of texts.
 */
export function itemOf([, fields]: RawEntry, field: string): Buffer {
  const entries: [string, string][] = []
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [name, value] = [String(fields[i]), fields[i + 1] as Buffer]
    if (name === field) return value
    entries.push([name, String(value)])
  }
  return Buffer.from(JSON.stringify(Object.fromEntries(entries)))
}

const latestMs = 8.64e15

/** When an entry was added: the first half of its id (an id that the producer made up says what it says). */
export const timeOfEntry = (id: string): Date => new Date(Math.min(Number.parseInt(id, 10) || 0, latestMs))
