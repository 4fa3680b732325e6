import os from 'node:os'
import path from 'node:path'
import { z } from 'zod'
import { CustomStores } from './custom-store.ts'
import { Notify } from './notify-schema.ts'
import { isRedisUrl, redisUrlForms } from './redis/target.ts'

const key = z.string().min(1)
const ms = z.number().int().min(0)
const count = z.number().int().min(1)

/** Only these schemes ever reach a driver; anything else is refused before a socket opens. */
const urlWith = (...schemes: string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), {
      error: `a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`,
    })
    .nullable()
    .default(null)

/** Every setting and every default, in one place. */
export const ConfigSchema = z.strictObject({
  /** Folder for the config file, the cache and exports. */
  home: z
    .string()
    .min(1)
    .default(() => path.join(os.homedir(), '.gatehouse')),
  /** Name under which acts are recorded. */
  actor: z
    .string()
    .min(1)
    .default(() => os.userInfo().username),
  /** Lets connections go to link-local and metadata addresses. */
  allowLinkLocal: z.boolean().default(false),
  workspace: z
    .strictObject({
      name: z.string().min(1).max(60).default('Gatehouse'),
      kind: z.enum(['prod', 'staging', 'dev', 'sample']).default('dev'),
      /** `sync` mirrors and drains; `view` reads and acts only. */
      role: z.enum(['sync', 'view']).default('sync'),
      readOnly: z.boolean().default(false),
    })
    .prefault({}),
  redis: z
    .strictObject({
      url: z.string().refine(isRedisUrl, { error: redisUrlForms }).nullable().default(null),
      /** The Sentinels' own user and password, where they have any: those of the URL are the master's. */
      sentinel: z.strictObject({ username: key.optional(), password: key.optional() }).prefault({}),
      /** PEM files for rediss://; the host name is always checked. */
      tls: z
        .strictObject({
          caFile: key.optional(),
          certFile: key.optional(),
          keyFile: key.optional(),
          serverName: key.optional(),
        })
        .prefault({}),
      commandTimeoutMs: ms.default(5_000),
      keys: z
        .strictObject({
          queue: key.default('audit:queue'),
          critical: key.default('audit:critical'),
          failed: key.default('audit:failed'),
          recent: key.default('audit:recent'),
          logsChannel: key.default('audit:logs'),
          /** Each claimed batch is a list of its own: this prefix and the batch id. */
          batchPrefix: key.default('audit:p:'),
          /** Sorted set of batch ids by the Redis time (ms) at which their lease ends. */
          leases: key.default('audit:leases'),
          /** Hash of batch ids to the worker that holds them. */
          owners: key.default('audit:owners'),
          /** How far Redis's time had come when an engine last looked; it goes back only with all of Redis. */
          mark: key.default('audit:mark'),
          /** Hash in which producers count: `overflow_events`, `dropped_events`. */
          counters: key.default('audit:counters'),
          forceLogoutChannel: key.default('force_logout'),
          /** Sorted set of revoked session keys by the Redis time (ms) until which they are guarded. */
          revoked: key.default('audit:revoked'),
        })
        .prefault({}),
    })
    .prefault({}),
  postgres: z
    .strictObject({ url: urlWith('postgres:', 'postgresql:'), maxConnections: count.max(100).default(8) })
    .prefault({}),
  mirror: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** From one reconcile to the next while Redis does not name the keys that are touched. */
      intervalMs: ms.min(250).default(5_000),
      /** Whether Redis is asked to name them (CLIENT TRACKING). */
      tracking: z.boolean().default(true),
      /** From one reconcile to the next while it does; longer where one takes more than a twentieth of it. */
      trackedIntervalMs: ms.min(250).default(60_000),
      /** Named keys are collected for so long before they are read: a hot one is read once. */
      hintIntervalMs: ms.min(10).default(50),
      /** When more named keys wait, one reconcile takes their place. */
      maxHints: count.default(100_000),
      /** COUNT of SCAN: some 0.3 ms of Redis. 1,000 would take it a millisecond or two, and the rate is the same. */
      scanCount: count.max(10_000).default(250),
      /** Hashes read by one script call: some 0.6 ms of Redis with ten fields. Of short strings it is three times as many. */
      readChunk: count.max(2_000).default(50),
      /** How often a scan looks at all keys for session stores that nobody configured, at least; 0: never. */
      surveyIntervalMs: ms.default(600_000),
      plainPrefix: key.default('session:'),
      connectRedisPrefix: key.default('sess:'),
      /** Sessions of one's own application, in keys and fields of its own. */
      custom: CustomStores.default([]),
      /** How long ends wait that nothing explains, when most sessions are gone at once: is it the right Redis? */
      massEndHoldMs: ms.default(60_000),
    })
    .prefault({}),
  queue: z
    .strictObject({
      enabled: z.boolean().default(true),
      workers: count.max(16).default(2),
      leaseMs: ms.min(1_000).default(30_000),
      /** Items that may wait in the queue: those beyond are counted as overflow, and shown while there are any. */
      depthLimit: count.default(10_000),
      /** How long an idle worker waits before it looks again. */
      idleMs: ms.min(10).default(200),
      batch: z
        .strictObject({
          small: count.max(5_000).default(100),
          medium: count.max(5_000).default(300),
          large: count.max(5_000).default(1_000),
          /** 5,000 would take 20 MB more for little: each worker holds two batches. */
          bulk: count.max(5_000).default(2_500),
          /** Waiting items from which the medium, the large and the bulk size are used. */
          mediumFrom: count.default(1_000),
          largeFrom: count.default(5_000),
          bulkFrom: count.default(10_000),
        })
        .prefault({}),
      /** A stream with the same events, beside the lists. null: none. */
      stream: z
        .strictObject({
          key: key.max(200),
          group: key.default('gatehouse'),
          /** Field of an entry that holds the event as JSON; an entry without it is the event itself, field by field. */
          field: key.default('event'),
          /** The name of each consumer begins with it. */
          consumerPrefix: z.string().default('gatehouse/'),
        })
        .nullable()
        .default(null),
    })
    .prefault({}),
  watch: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Folder with the user's own rules, beside those shipped; null: the folder `rules` in `home`. */
      rulesDir: z.string().min(1).nullable().default(null),
      geo: z
        .strictObject({
          /** Geographic databases (.mmdb: City, Country, ASN, ISP, Anonymous-IP), asked in this order, then the shipped one. */
          databases: z.array(key).max(8).default([]),
        })
        .prefault({}),
      /** Files of addresses and ranges; rules know a list by its name (ip.list), and by what it holds (ip.kind). */
      lists: z
        .array(
          z.strictObject({
            name: z.string().regex(/^[\w.-]{1,60}$/, { error: 'a name of letters, digits and ._-' }),
            file: key,
            kind: z.enum(['tor', 'vpn', 'proxy', 'relay', 'hosting', 'other']),
          }),
        )
        .max(50)
        .refine((lists) => new Set(lists.map(({ name }) => name)).size === lists.length, { error: 'names that differ' })
        .default([]),
      /** Events this much older than the newest are still placed where they belong. */
      latenessMs: ms.default(60_000),
    })
    .prefault({}),
  notify: Notify.prefault({}),
  revocation: z
    .strictObject({
      /** How long a revoked session is watched for coming back: the application's longest request time. */
      guardMs: ms.default(60_000),
      planTtlMs: ms.min(10_000).default(600_000),
    })
    .prefault({}),
  cache: z
    .strictObject({
      maxAgeDays: z.number().positive().default(7),
      maxBytes: z
        .number()
        .int()
        .min(1_048_576)
        .default(512 * 1024 * 1024),
    })
    .prefault({}),
  audit: z
    .strictObject({
      /** Off: the engine neither mirrors nor drains. */
      enabled: z.boolean().default(true),
      retentionDays: count.default(90),
      partitionsAheadDays: count.max(60).default(7),
    })
    .prefault({}),
  privacy: z.strictObject({ sessionIds: z.enum(['hmac', 'plain']).default('hmac') }).prefault({}),
  web: z
    .strictObject({
      port: z.number().int().min(0).max(65_535).default(0),
      /** With it other programs read metrics and health, and nothing else; null: only the host's own token does. */
      metricsToken: z
        .string()
        .regex(/^[\w+/=.~-]{16,200}$/, { error: '16 to 200 letters, digits and -._~+/=' })
        .nullable()
        .default(null),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('info') }).prefault({}),
})
export type Config = z.output<typeof ConfigSchema>
export type ConfigInput = z.input<typeof ConfigSchema>
