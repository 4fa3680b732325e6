import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { messageOf } from '../../shared/errors.ts'

/** What is used of Electron's safeStorage: the keychain of the operating system. */
export interface Keychain {
  isEncryptionAvailable(): boolean
  /** Linux alone: what keeps the key. "basic_text" is a password that everybody knows. */
  getSelectedStorageBackend?(): string
  encryptString(plain: string): Buffer
  decryptString(sealed: Buffer): string
}

/** The key, or why there is none: then nothing secret is saved, and the rest works. */
export type SecretKey = { key: Uint8Array; reason: null } | { key: null; reason: string }

const keyBytes = 32

/** Opens `<home>/secret.key` with the keychain, or makes a random key and seals it there. Never replaces a key. */
export async function openSecretKey(keychain: Keychain, home: string): Promise<SecretKey> {
  if (!keychain.isEncryptionAvailable()) return none('this system has no keychain that can be used')
  if (keychain.getSelectedStorageBackend?.() === 'basic_text') {
    return none('this system would keep the key in plain text: install and unlock a keyring (GNOME Keyring, KWallet)')
  }
  const file = path.join(home, 'secret.key')
  try {
    const sealed = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (sealed === null) return await createKey(keychain, home, file)
    const key = Buffer.from(keychain.decryptString(sealed), 'base64')
    return key.length === keyBytes ? { key: new Uint8Array(key), reason: null } : none(`${file} holds no key`)
  } catch (error) {
    return none(`${file} cannot be opened with this user's keychain (${messageOf(error)})`)
  }
}

async function createKey(keychain: Keychain, home: string, file: string): Promise<SecretKey> {
  const key = randomBytes(keyBytes)
  await mkdir(home, { recursive: true, mode: 0o700 })
  await writeFile(file, keychain.encryptString(key.toString('base64')), { flag: 'wx', mode: 0o600 })
  return { key: new Uint8Array(key), reason: null }
}

const none = (why: string): SecretKey => ({ key: null, reason: `Passwords are not saved: ${why}.` })
