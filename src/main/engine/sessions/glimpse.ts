import { isSecret } from '../../../shared/secrets.ts'

const mostTexts = 50
const longestText = 200
/** Long enough to be a credential, of one alphabet of those, with digits among its letters. */
const token = /^(?=.*\d)[A-Za-z0-9+/=_-]{20,}$/

/**
 * The texts that can be made out in bytes of a foreign format: runs of at least four printable ASCII characters. Nothing
 * is interpreted. What looks like a credential, or stands after a name of one, is shown by its length.
 */
export function glimpse(bytes: Buffer): string[] {
  const runs = bytes.toString('latin1').match(/[\x20-\x7e]{4,}/g) ?? []
  const shown: string[] = []
  let isAfterSecret = false
  for (const run of runs.slice(0, mostTexts)) {
    const words = run.split(/([^A-Za-z0-9+/=_.-]+)/)
    for (const [at, word] of words.entries()) {
      // Between words stands what separates them.
      if (at % 2 === 1 || word === '') continue
      const isStructure = structure.test(word)
      if (token.test(word) || (isAfterSecret && !isStructure)) words[at] = `[${word.length} characters]`
      if (!isStructure) isAfterSecret = isSecret(word, '')
    }
    const text = words.join('')
    shown.push(text.length <= longestText ? text : `${text.slice(0, longestText)}… (${text.length} characters)`)
  }
  if (runs.length > mostTexts) shown.push(`… and ${runs.length - mostTexts} more`)
  return shown
}

/** Lengths and type marks between a name and its value, of PHP above all: `s:5:"…"`. */
const structure = /^[a-zA-Z]?\d*$/
