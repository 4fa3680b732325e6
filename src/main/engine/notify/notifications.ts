import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { messageOf } from '../../../shared/errors.ts'
import type { Channel, ChannelStatus, DesktopNotice } from '../../../shared/model/notification.ts'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { SignalBus } from '../signals.ts'
import { channelStatus, offStatus } from './channel-status.ts'
import { createCourier, type CourierCounters } from './courier.ts'
import { createDesktopNotices } from './desktop-notices.ts'
import { sendEmail } from './email.ts'
import { trialMessage, type Message } from './message.ts'
import { channelSince, createOutbox, type StoredChannel } from './outbox.ts'
import { postWebhook } from './webhook.ts'

export interface NotificationDeps {
  /** As every engine has it. */
  database: Database
  /** As the leader has it. */
  led: Database
  config: Config
  signals: SignalBus
  problems: Problems
  log: Logger
}

export interface Notifications {
  /** Sends what waits, in the engine that leads. */
  start(): void
  stop(): Promise<void>
  status(): Promise<{
    minSeverity: Config['notify']['minSeverity']
    rules: string[] | null
    groupMs: number
    channels: ChannelStatus[]
  }>
  /** One message, now, whatever waits. A failure is an answer. */
  test(channel: Channel): Promise<{ ok: boolean; message: string; tookMs: number }>
  /** What this console's desktop is to show; nothing where `notify.desktop` is off. */
  desktop(signal: AbortSignal | undefined): AsyncGenerator<DesktopNotice, void, void>
  counters(): CourierCounters
}

interface Way {
  channel: StoredChannel
  /** Where it leads, without anything secret: the path of a webhook's address is. */
  target: string
  send: (message: { id: string; message: Message }) => Promise<void>
}

export function createNotifications(deps: NotificationDeps): Notifications {
  const { database, led, config, signals, problems, log } = deps
  const { notify, actor } = config
  const selection = { minSeverity: notify.minSeverity, rules: notify.rules }
  const limits = { groupMs: notify.groupMs, perHour: notify.perHour }
  const ways = waysOf(config)
  const couriers = ways.map(({ channel, send }) =>
    createCourier({ channel, send, selection, limits, database: led, signals, problems, log }),
  )
  const desktop = createDesktopNotices({ database, signals, selection, groupMs: notify.groupMs })

  async function trial(channel: Channel): Promise<{ ok: boolean; message: string }> {
    if (channel === 'desktop') {
      const shown = notify.desktop ? desktop.trial(actor) : 0
      return shown > 0
        ? { ok: true, message: `Shown on ${shown === 1 ? 'the desktop' : `${shown} desktops`} of this console.` }
        : { ok: false, message: 'No desktop listens here: open the desktop program, and set notify.desktop to true.' }
    }
    const way = ways.find((one) => one.channel === channel)
    if (way === undefined) return { ok: false, message: `notify.${channel} is not configured: add it to config.yaml.` }
    try {
      await way.send({ id: randomUUID(), message: trialMessage(actor) })
      return { ok: true, message: `Delivered to ${way.target}.` }
    } catch (error) {
      return { ok: false, message: messageOf(error) }
    }
  }

  async function statusOf(channel: Channel): Promise<ChannelStatus> {
    if (channel === 'desktop') return { ...offStatus(channel), state: notify.desktop ? 'ok' : 'off' }
    const way = ways.find((one) => one.channel === channel)
    if (way === undefined) return offStatus(channel)
    const { target } = way
    const outbox = createOutbox(database, channel, selection, await channelSince(database, channel))
    return channelStatus(database, { channel, target, limitPerHour: notify.perHour, countDue: outbox.countDue })
  }

  return {
    start: () => {
      for (const courier of couriers) courier.start()
    },
    stop: async () => {
      await Promise.all(couriers.map((courier) => courier.stop()))
    },
    status: async () => ({
      minSeverity: notify.minSeverity,
      rules: notify.rules,
      groupMs: notify.groupMs,
      channels: await Promise.all((['desktop', 'webhook', 'email'] as const).map(statusOf)),
    }),
    async test(channel) {
      const startedMs = performance.now()
      const outcome = await trial(channel)
      return { ...outcome, tookMs: Math.round(performance.now() - startedMs) }
    },
    async *desktop(signal) {
      if (notify.desktop) yield* desktop.stream(signal)
    },
    counters: () =>
      couriers.reduce(
        (sum, courier) => {
          const { sent, retried, failed, dropped } = courier.counters()
          return {
            sent: sum.sent + sent,
            retried: sum.retried + retried,
            failed: sum.failed + failed,
            dropped: sum.dropped + dropped,
          }
        },
        { sent: 0, retried: 0, failed: 0, dropped: 0 },
      ),
  }
}

function waysOf({ notify: { webhook, email }, allowLinkLocal }: Config): Way[] {
  const ways: Way[] = []
  if (webhook !== null) {
    const target = new URL(webhook.url).host
    ways.push({ channel: 'webhook', target, send: (message) => postWebhook(webhook, message, { allowLinkLocal }) })
  }
  if (email !== null) {
    const target = `${email.to.join(', ')} by ${email.host}:${email.port}`
    ways.push({ channel: 'email', target, send: (message) => sendEmail(email, message, { allowLinkLocal }) })
  }
  return ways
}
