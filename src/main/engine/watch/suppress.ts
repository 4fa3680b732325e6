import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Suppression } from '../../../shared/model/suppression.ts'
import { addressKey, parseAddress } from '../addresses.ts'
import type { RuleEnvironment } from './rules/environment.ts'
import { compileGlob } from './rules/glob.ts'
import { spanOf } from './suppress-pattern.ts'
import { SpanIndex } from './suppress-spans.ts'

/** Whether a rule is to leave an event out. */
export type SuppressionTest = (event: AuditEvent, ruleId: string) => boolean

/** What a suppression says, and from when to when it does: by the events' own time, the end excluded. */
export type Suppressing = Pick<Suppression, 'kind' | 'pattern' | 'ruleId' | 'createdAt' | 'expiresAt' | 'endedAt'>

interface Scope {
  ruleId: string | null
  fromMs: number
  untilMs: number
}

/** More of an agent than a person would write decides nothing. */
const maxAgentLength = 512
/** Agents and addresses come again and again: so many are remembered with what they match. */
const maxRemembered = 10_000

/**
 * One test of many suppressions: an event is looked up by what it has, whatever their number. Depends on the event alone,
 * so that live, after a restart and in a back-test it says the same.
 */
export function compileSuppressions(
  suppressions: readonly Suppressing[],
  networksOf: (event: AuditEvent) => readonly string[],
): SuppressionTest {
  if (suppressions.length === 0) return () => false
  const ofKind = (kind: Suppressing['kind']) => suppressions.filter((one) => one.kind === kind)
  const users = byPattern(ofKind('user'))
  const sessions = byPattern(ofKind('session'))
  const networks = byPattern(ofKind('network'), folded)
  const ofAddress = addressScopes(ofKind('address'))
  const ofAgent = agentScopes(ofKind('agent'))

  const scopesOf = (event: AuditEvent): readonly Scope[] => [
    ...(event.userId === null ? [] : (users.get(event.userId) ?? [])),
    ...(event.sessionId === null ? [] : (sessions.get(event.sessionId) ?? [])),
    ...(event.ipAddress === null ? [] : ofAddress(event.ipAddress)),
    ...(event.userAgent === null ? [] : ofAgent(event.userAgent)),
    ...(networks.size === 0 ? [] : networksOf(event).flatMap((name) => networks.get(folded(name)) ?? [])),
  ]

  // Many rules ask of the same event, one after the other.
  let last: { event: AuditEvent; scopes: readonly Scope[] } | null = null
  return (event, ruleId) => {
    if (last?.event !== event) last = { event, scopes: scopesOf(event) }
    const { scopes } = last
    if (scopes.length === 0) return false
    const atMs = event.createdAt.getTime()
    return scopes.some(
      (scope) => (scope.ruleId === null || scope.ruleId === ruleId) && atMs >= scope.fromMs && atMs < scope.untilMs,
    )
  }
}

/** The names of an event's networks, as rules know them: `AS64500`, and the lists that its address is on. */
export function networksFrom(environment: RuleEnvironment): (event: AuditEvent) => string[] {
  const [asn, lists] = [environment.field('geo.asn'), environment.field('ip.list')]
  return (event) => {
    const number = asn?.read(event) ?? null
    const names = lists?.read(event) ?? null
    return [
      ...(number === null ? [] : [/^\d+$/.test(String(number)) ? `AS${String(number)}` : String(number)]),
      ...(names === null ? [] : Array.isArray(names) ? (names as readonly string[]) : [String(names)]),
    ]
  }
}

const scopeOf = ({ ruleId, createdAt, expiresAt, endedAt }: Suppressing): Scope => ({
  ruleId,
  fromMs: createdAt.getTime(),
  untilMs: Math.min(expiresAt.getTime(), endedAt?.getTime() ?? Number.POSITIVE_INFINITY),
})

const folded = (text: string): string => text.toLowerCase()

function byPattern(suppressions: readonly Suppressing[], keyOf = (text: string) => text): Map<string, Scope[]> {
  const scopes = new Map<string, Scope[]>()
  for (const one of suppressions) {
    const key = keyOf(one.pattern)
    scopes.set(key, [...(scopes.get(key) ?? []), scopeOf(one)])
  }
  return scopes
}

function addressScopes(suppressions: readonly Suppressing[]): (address: string) => readonly Scope[] {
  if (suppressions.length === 0) return () => []
  const index = new SpanIndex(suppressions.map((one) => ({ ...spanOf(one.pattern), item: scopeOf(one) })))
  return remembered((address) => {
    const plain = parseAddress(address)
    return plain === null ? [] : index.at(addressKey(plain))
  })
}

function agentScopes(suppressions: readonly Suppressing[]): (agent: string) => readonly Scope[] {
  if (suppressions.length === 0) return () => []
  const globs = suppressions.map((one) => ({
    literal: longestLiteral(one.pattern.toLowerCase()),
    fits: compileGlob(one.pattern.toLowerCase()),
    scope: scopeOf(one),
  }))
  return remembered((agent) => {
    const lower = agent.slice(0, maxAgentLength).toLowerCase()
    return globs.flatMap(({ literal, fits, scope }) => (lower.includes(literal) && fits(lower) ? [scope] : []))
  })
}

/** What every match has in it; nothing where a backslash makes that harder to say. */
const longestLiteral = (glob: string): string =>
  glob.includes('\\') ? '' : glob.split(/[*?]/).reduce((best, piece) => (piece.length > best.length ? piece : best), '')

function remembered(find: (text: string) => readonly Scope[]): (text: string) => readonly Scope[] {
  const known = new Map<string, readonly Scope[]>()
  return (text) => {
    const there = known.get(text)
    if (there !== undefined) return there
    const found = find(text)
    // What a hostile producer makes up is forgotten at once with the rest: each look-up is short without it.
    if (known.size >= maxRemembered) known.clear()
    known.set(text, found)
    return found
  }
}
