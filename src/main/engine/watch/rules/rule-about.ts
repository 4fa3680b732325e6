import type { Rule } from '../rule.ts'
import type { BaseDocument, CorrelationDocument } from './documents.ts'

/** Where a rule comes from, and the name its alerts are filed under. */
export interface Origin {
  ruleId: string
  file: string
  version: string
}

/** What a rule says of itself to readers. */
export const aboutRule = (
  document: BaseDocument | CorrelationDocument,
  origin: Origin,
): Pick<
  Rule,
  'ruleId' | 'version' | 'file' | 'title' | 'description' | 'falsePositives' | 'references' | 'attack'
> => ({
  ...origin,
  title: document.title,
  description: document.description ?? null,
  falsePositives: document.falsepositives ?? [],
  references: document.references ?? [],
  attack: techniquesOf(document.tags),
})

/** Names of techniques in ATT&CK's own spelling; other tags only say something to readers. */
const techniquesOf = (tags: readonly string[]): string[] =>
  tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? [])
