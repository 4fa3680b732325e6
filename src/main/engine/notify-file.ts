import { isMap, type Document } from 'yaml'
import type { NotifyChannels } from '../../shared/contract/notifications.ts'
import { GatehouseError } from '../../shared/errors.ts'
import { seal, unseal } from './secret-box.ts'

/** What of a channel's settings is secret, and is saved sealed: a webhook's address lets anybody post there. */
const secrets = { webhook: ['url', 'secret'], email: ['password'] } as const
const channels = Object.keys(secrets) as (keyof typeof secrets)[]

const sealedName = (name: string): string => `sealed${name.slice(0, 1).toUpperCase()}${name.slice(1)}`

type Section = Record<string, unknown>
const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * The settings of `notify` with what was sealed in them opened.
 * @param secretKey undefined: whoever reads tells nobody, and a channel whose secrets are sealed is left out
 * @throws GatehouseError SECRET_STORE_UNAVAILABLE where the key is another, or there is none
 */
export function openNotify(notify: unknown, file: string, secretKey: Uint8Array | null | undefined): unknown {
  if (!isSection(notify)) return notify
  const opened = { ...notify }
  for (const channel of channels) {
    const section = notify[channel]
    if (!isSection(section)) continue
    const sealed = secrets[channel].filter((name) => section[sealedName(name)] !== undefined)
    if (sealed.length === 0) continue
    opened[channel] = secretKey === undefined ? null : openSection(channel, section, sealed, file, secretKey)
  }
  return opened
}

function openSection(
  channel: string,
  section: Section,
  names: readonly string[],
  file: string,
  key: Uint8Array | null,
) {
  if (key === null) {
    throw new GatehouseError(
      'SECRET_STORE_UNAVAILABLE',
      `The secrets of notify.${channel} were saved in ${file} under a key that is not here: set GATEHOUSE_PASSPHRASE, or write them there anew.`,
      { key: `notify.${channel}` },
    )
  }
  const opened = { ...section }
  for (const name of names) {
    opened[name] = unseal(String(section[sealedName(name)]), key)
    delete opened[sealedName(name)]
  }
  return opened
}

/**
 * Writes channels into the settings, their secrets sealed; null takes a channel out, one that is not named stays.
 * @throws GatehouseError SECRET_STORE_UNAVAILABLE where there is no key
 */
export function writeNotify(document: Document, given: NotifyChannels, secretKey: Uint8Array | null): void {
  for (const channel of channels) {
    const section = given[channel]
    if (section === undefined) continue
    if (section === null) {
      if (isMap(document.get('notify'))) document.deleteIn(['notify', channel])
      continue
    }
    const kept: Section = {}
    for (const [name, value] of Object.entries(section)) {
      const isSecret = (secrets[channel] as readonly string[]).includes(name)
      if (value === null || value === undefined) continue
      if (!isSecret) kept[name] = value
      else if (secretKey !== null) kept[sealedName(name)] = seal(String(value), secretKey)
      else {
        const message = 'There is no safe place for a secret here: nothing was saved. Set GATEHOUSE_PASSPHRASE.'
        throw new GatehouseError('SECRET_STORE_UNAVAILABLE', message)
      }
    }
    document.setIn(['notify', channel], document.createNode(kept))
  }
}
