import { homedir } from 'node:os'
import path from 'node:path'
import type { z } from 'zod'
import { GatehouseError } from '../../shared/errors.ts'
import { readConfigFile } from './config-file.ts'
import { ConfigSchema, type Config } from './config-schema.ts'
import { refuseLinkLocal } from './link-local.ts'
import { nearest } from './nearest.ts'

export type SettingSource = 'flag' | 'environment' | 'file' | 'default'

export interface ConfigSources {
  /** By dotted name (`mirror.intervalMs`) or by one of the short names: `redis-url`, `postgres-url`, `home`. */
  flags?: Readonly<Record<string, string>>
  env: Readonly<Record<string, string | undefined>>
  /** Where the host keeps its data, unless flags or environment say otherwise. */
  home?: string
  /** Opens saved passwords; null: there is none. Left out by who tells nobody of alerts, as commands do. */
  secretKey?: Uint8Array | null
}

export interface LoadedConfig {
  config: Config
  /** Where each setting that is not a default came from, by dotted name. */
  sources: Readonly<Record<string, SettingSource>>
  /** Both stores are configured. */
  configured: boolean
}

const shortFlags: Readonly<Record<string, string>> = {
  'redis-url': 'redis.url',
  'postgres-url': 'postgres.url',
  home: 'home',
}
const variables: Readonly<Record<string, string>> = {
  REDIS_URL: 'redis.url',
  REDIS_SENTINEL_PASSWORD: 'redis.sentinel.password',
  POSTGRES_URL: 'postgres.url',
  AUDIT_LOG_ENABLED: 'audit.enabled',
  AUDIT_LOG_RETENTION_DAYS: 'audit.retentionDays',
  GATEHOUSE_HOME: 'home',
  GATEHOUSE_METRICS_TOKEN: 'web.metricsToken',
}

interface Setting {
  value: unknown
  source: SettingSource
  /** As the person wrote it: `--redis-url`, `REDIS_URL`, `redis.url in …/config.yaml`. */
  written: string
}

/** The folder of settings, cache and exports that these sources name. */
export function homeOf({ flags = {}, env, home }: ConfigSources): string {
  return path.resolve(flags['home'] ?? (env['GATEHOUSE_HOME'] || (home ?? path.join(homedir(), '.gatehouse'))))
}

/**
 * Reads the settings: flags go before environment, environment before file, file before defaults.
 * @throws GatehouseError CONFIG_INVALID naming the key, where it was set, what was expected and what was found
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const home = homeOf(sources)
  const settings = new Map<string, Setting>()
  for (const [name, value] of leavesOf(readConfigFile(home, sources.secretKey))) {
    settings.set(name, { value, source: 'file', written: `${name} in config.yaml` })
  }
  for (const [variable, name] of Object.entries(variables)) {
    const text = sources.env[variable]
    if (text !== undefined && text !== '')
      settings.set(name, { value: plain(text), source: 'environment', written: variable })
  }
  for (const [flag, text] of Object.entries(sources.flags ?? {})) {
    settings.set(shortFlags[flag] ?? flag, { value: plain(text), source: 'flag', written: `--${flag}` })
  }
  settings.set('home', { value: home, source: settings.get('home')?.source ?? 'default', written: 'home' })

  const config = validate(settings)
  const { redis, postgres } = config
  refuseHalf(config)
  refuseLinkLocal(config)
  return {
    config,
    configured: redis.url !== null && postgres.url !== null,
    sources: Object.fromEntries([...settings].map(([name, { source }]) => [name, source])),
  }
}

function validate(settings: ReadonlyMap<string, Setting>): Config {
  const input: Record<string, unknown> = {}
  for (const [name, { value }] of settings) setAt(input, name.split('.'), value)
  const parsed = ConfigSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => explain(issue, settings))
  throw new GatehouseError('CONFIG_INVALID', problems.join('\n'), { key: parsed.error.issues[0]?.path.join('.') ?? '' })
}

function explain(issue: z.core.$ZodIssue, settings: ReadonlyMap<string, Setting>): string {
  const at = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const name = at === '' ? key : `${at}.${key}`
        const setting = settings.get(name) ?? [...settings].find(([other]) => other.startsWith(`${name}.`))?.[1]
        const meant = nearest(name, settingNames())
        return `${setting?.written ?? name}: there is no such setting${meant === null ? '' : `; did you mean ${meant}?`}`
      })
      .join('\n')
  }
  const setting = settings.get(at)
  const found =
    setting === undefined || /url|password|token|secret/i.test(at) ? '' : `, found ${JSON.stringify(setting.value)}`
  return `${setting?.written ?? at}: expected ${expectation(issue)}${found}`
}

function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return `a ${issue.expected === 'int' ? 'whole number' : issue.expected}`
  if (issue.code === 'invalid_value') return issue.values.map((value) => JSON.stringify(value)).join(' or ')
  if (issue.code === 'too_small') return `at least ${issue.minimum}`
  if (issue.code === 'too_big') return `at most ${issue.maximum}`
  return issue.message
}

/** Every dotted name that the schema has. */
const settingNames = (): string[] => leavesOf(ConfigSchema.parse({})).map(([name]) => name)

function leavesOf(value: Record<string, unknown>, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
    const dotted = `${prefix}${name}`
    const inner = typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.entries(item) : []
    return inner.length > 0 ? leavesOf(item as Record<string, unknown>, `${dotted}.`) : [[dotted, item]]
  })
}

function setAt(target: Record<string, unknown>, [name = '', ...rest]: string[], value: unknown): void {
  if (name === '__proto__') throw new GatehouseError('CONFIG_INVALID', '__proto__: there is no such setting')
  if (rest.length === 0) {
    target[name] = value
    return
  }
  const inner = target[name]
  const section = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
  target[name] = section
  setAt(section, rest, value)
}

/** Flags and variables are text: what reads as a number or a truth value is one. */
function plain(text: string): unknown {
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  if (text === 'null') return null
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
}

function refuseHalf({ redis, postgres }: Config): void {
  if ((redis.url === null) === (postgres.url === null)) return
  const [given, missing, variable] =
    redis.url === null ? ['postgres.url', 'redis.url', 'REDIS_URL'] : ['redis.url', 'postgres.url', 'POSTGRES_URL']
  throw new GatehouseError(
    'CONFIG_INVALID',
    `${missing} is missing beside ${given}: set ${variable}, or neither of both for the sample workspace.`,
    { key: missing },
  )
}
