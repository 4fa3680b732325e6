import { readFileSync } from 'node:fs'
import path from 'node:path'
import { isMap, parse, parseDocument, stringify, type Document } from 'yaml'
import type { NotifyChannels } from '../../shared/contract/notifications.ts'
import { GatehouseError, messageOf } from '../../shared/errors.ts'
import { formatHostList, parseHostList } from './host-list.ts'
import { openNotify, writeNotify } from './notify-file.ts'
import { replaceFile } from './replace-file.ts'
import { seal, unseal } from './secret-box.ts'

/** Deepest alias expansion of the YAML library: a file of settings needs none. */
const yamlLimits = { maxAliasCount: 10 } as const
const stores = ['redis', 'postgres'] as const
type Store = (typeof stores)[number]

export const configFile = (home: string): string => path.join(home, 'config.yaml')

/**
 * The settings of `<home>/config.yaml`; none where there is no file. Passwords that were saved apart from their URL are
 * put back into it.
 * @param secretKey null where there is no key; left out where no secret is of use but those of the stores
 * @throws GatehouseError CONFIG_INVALID naming the file and the line; SECRET_STORE_UNAVAILABLE where a saved password
 *   cannot be opened
 */
export function readConfigFile(home: string, secretKey?: Uint8Array | null): Record<string, unknown> {
  const file = configFile(home)
  const settings = parseFile(file)
  for (const store of stores) {
    const section = settings[store]
    if (typeof section !== 'object' || section === null || !('sealedPassword' in section)) continue
    const { sealedPassword, ...rest } = section as { sealedPassword: unknown; url?: unknown }
    if (secretKey === null || secretKey === undefined) {
      throw new GatehouseError(
        'SECRET_STORE_UNAVAILABLE',
        `The password of ${store} was saved in ${file} under a key that is not here: set GATEHOUSE_PASSPHRASE, or give the whole URL in ${store === 'redis' ? 'REDIS_URL' : 'POSTGRES_URL'}.`,
        { key: `${store}.sealedPassword` },
      )
    }
    const list = parseHostList(String(rest.url))
    if (list === null)
      throw new GatehouseError('CONFIG_INVALID', `${file}: ${store}.url is no URL`, { key: `${store}.url` })
    list.url.password = encodeURIComponent(unseal(String(sealedPassword), secretKey))
    settings[store] = { ...rest, url: formatHostList(list) }
  }
  if ('notify' in settings) settings['notify'] = openNotify(settings['notify'], file, secretKey)
  return settings
}

function parseFile(file: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new GatehouseError('CONFIG_INVALID', `${file} cannot be read: ${messageOf(error)}`, { file })
  }
  try {
    const settings = (parse(text, yamlLimits) ?? {}) as unknown
    if (typeof settings === 'object' && settings !== null && !Array.isArray(settings)) return { ...settings }
    throw new Error('it must hold settings by name, as in "mirror: { intervalMs: 5000 }"')
  } catch (error) {
    throw new GatehouseError('CONFIG_INVALID', `${file}: ${messageOf(error)}`, { file })
  }
}

/**
 * Saves both connections to `<home>/config.yaml`, whole or not at all, and leaves the other settings and their comments as
 * they are. Passwords are sealed under `secretKey`.
 * @throws GatehouseError SECRET_STORE_UNAVAILABLE where there is a password and no key: nothing is saved then
 */
export async function saveConnections(
  home: string,
  urls: Readonly<Record<Store, string>>,
  secretKey: Uint8Array | null,
): Promise<void> {
  const file = configFile(home)
  const target = await readDocument(file)
  for (const store of stores) {
    const list = parseHostList(urls[store])
    const password = list === null ? '' : decodeURIComponent(list.url.password)
    if (list !== null) list.url.password = ''
    target.setIn([store, 'url'], list === null ? urls[store] : formatHostList(list))
    target.deleteIn([store, 'sealedPassword'])
    if (password === '') continue
    if (secretKey === null) {
      throw new GatehouseError(
        'SECRET_STORE_UNAVAILABLE',
        'There is no safe place for a password here: nothing was saved. Set GATEHOUSE_PASSPHRASE, or give the URLs in REDIS_URL and POSTGRES_URL.',
      )
    }
    target.setIn([store, 'sealedPassword'], seal(password, secretKey))
  }
  await replaceFile(file, target.toString())
}

/**
 * Saves where alerts are told, in the same way; secrets are sealed under `secretKey`.
 * @throws GatehouseError SECRET_STORE_UNAVAILABLE where there is none: nothing is saved then
 */
export async function saveNotify(home: string, channels: NotifyChannels, secretKey: Uint8Array | null): Promise<void> {
  const file = configFile(home)
  const target = await readDocument(file)
  writeNotify(target, channels, secretKey)
  await replaceFile(file, target.toString())
}

/** The file with its comments; an empty one where it holds no settings. */
async function readDocument(file: string): Promise<Document> {
  const existing = parseDocument(await readText(file))
  return isMap(existing.contents) ? existing : parseDocument(stringify({}))
}

async function readText(file: string): Promise<string> {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
