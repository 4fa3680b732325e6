import { parse as parseAgent } from 'bowser'
import { lru } from 'tiny-lru'
import { apps, headless, scripts } from './agent-names.ts'

/**
 * What an agent is: a `browser`; a `headless` one; a `script` (a tool or a library of a program); a `bot` that says so; an
 * `app` (a library that programs on telephones use); `empty`; `other`, which names nothing that is known.
 */
export type AgentKind = 'browser' | 'headless' | 'script' | 'bot' | 'app' | 'empty' | 'other'

export interface Agent {
  kind: AgentKind
  /** Family and system without versions, "Chrome on Windows": the same after every update. */
  device: string
}

/** Real agents are shorter. The parser's time grows with the square of the length: at this one it is below 1 ms. */
const maxLength = 512
const maxNameLength = 60
/** Agents kept, with what they are: most requests come from few. */
const maxAgents = 5_000

/** "Cubot" makes telephones. */
const bot = /(?<!cu)bot(?![a-z])|crawler|spider|slurp|facebookexternalhit/

const known = lru<Agent>(maxAgents)

/** What the agent that calls itself so is. Any text is parsed in bounded time: it comes from whoever sends a request. */
export function agentOf(userAgent: string): Agent {
  const text = userAgent.slice(0, maxLength).trim()
  const before = known.get(text)
  if (before !== undefined) return before
  const agent = text === '' || text === '-' ? { kind: 'empty' as const, device: 'none' } : parse(text)
  known.set(text, agent)
  return agent
}

function parse(text: string): Agent {
  const { browser, engine, os, platform } = parseAgent(text)
  const lower = text.toLowerCase()
  const names = lower.split(/[\s/;(),+]+/)
  const named = (set: ReadonlySet<string>) => names.find((name) => set.has(name))
  const on = (name: string) => (os.name ? `${name} on ${os.name}` : name)
  const ownName = text.split(/[\s/(;]/, 1)[0]?.slice(0, maxNameLength) || 'unnamed'

  const automated = named(headless)
  if (automated !== undefined) return { kind: 'headless', device: on(automated) }
  if (platform.type === 'bot') return { kind: 'bot', device: browser.name ?? ownName }
  if (bot.test(lower)) return { kind: 'bot', device: names.find((name) => bot.test(name)) ?? ownName }
  const script = named(scripts)
  if (script !== undefined) return { kind: 'script', device: script }
  if (browser.name && engine.name) return { kind: 'browser', device: on(browser.name) }
  const app = named(apps)
  // Names its program before the library, where it does: "Example/3.1 CFNetwork/1494 Darwin/23".
  if (app !== undefined) return { kind: 'app', device: on(ownName) }
  return { kind: 'other', device: on(ownName) }
}
