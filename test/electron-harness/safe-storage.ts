import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { app } from './app.ts'
import { strict } from './strict.ts'

/** Stays from start to start, as a keychain does; a test that deletes it plays another user. */
function keychainKey(): Buffer {
  const file = path.join(app.getPath('userData'), 'harness-keychain')
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, randomBytes(32))
  }
  return readFileSync(file)
}

const ivBytes = 12
const tagBytes = 16

export const safeStorage = strict('safeStorage', {
  isEncryptionAvailable: () => true,
  /** HARNESS_KEYCHAIN lets a test choose what the system has. */
  getSelectedStorageBackend: () => process.env['HARNESS_KEYCHAIN'] ?? 'gnome_libsecret',
  encryptString(plain: string): Buffer {
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv('aes-256-gcm', keychainKey(), iv)
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
    return Buffer.concat([iv, cipher.getAuthTag(), sealed])
  },
  decryptString(sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', keychainKey(), sealed.subarray(0, ivBytes))
    decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes))
    return decipher.update(sealed.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
  },
})
