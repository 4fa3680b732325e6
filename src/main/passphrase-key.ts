import { randomBytes, scrypt } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { GatehouseError } from '../shared/errors.ts'

/** What OWASP's Password Storage Cheat Sheet gives for scrypt; takes 128 MiB and some tenths of a second. */
const cost = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 1024 * 1024 }
const keyBytes = 32
const saltBytes = 16
const minLength = 12

/**
 * The key that seals saved passwords where there is no keychain: 32 bytes derived from `passphrase` and a salt that is
 * made once, in `<home>/secret.salt`. null without a passphrase: then nothing secret is saved.
 * Rejects with CONFIG_INVALID where the passphrase is too short, SECRET_STORE_UNAVAILABLE where the salt is damaged.
 */
export async function passphraseKey(passphrase: string | undefined, home: string): Promise<Uint8Array | null> {
  if (passphrase === undefined || passphrase === '') return null
  if (passphrase.length < minLength) {
    const message = `GATEHOUSE_PASSPHRASE is too short: use at least ${minLength} characters.`
    throw new GatehouseError('CONFIG_INVALID', message, { key: 'GATEHOUSE_PASSPHRASE' })
  }
  const salt = await readSalt(home)
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFKC'), salt, keyBytes, cost, (error, key) => {
      if (error) reject(error)
      else resolve(new Uint8Array(key))
    })
  })
}

async function readSalt(home: string): Promise<Buffer> {
  const file = path.join(home, 'secret.salt')
  await mkdir(home, { recursive: true, mode: 0o700 })
  // Two programs may start at once: whoever comes second takes what the first one wrote.
  await writeFile(file, randomBytes(saltBytes), { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const salt = await readFile(file)
  if (salt.length === saltBytes) return salt
  const message = `${file} is damaged: it must hold ${saltBytes} bytes. Restore it, or delete it and save the passwords again.`
  throw new GatehouseError('SECRET_STORE_UNAVAILABLE', message, { file })
}
