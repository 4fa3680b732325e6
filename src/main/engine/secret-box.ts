import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { GatehouseError } from '../../shared/errors.ts'

const nonceBytes = 12
const tagBytes = 16

/** Seals a text under a 32-byte key: AES-256-GCM (NIST SP 800-38D), as base64 of nonce, tag and ciphertext. */
export function seal(text: string, key: Uint8Array): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** Opens what seal() made. @throws GatehouseError SECRET_STORE_UNAVAILABLE where the key is another, or a bit changed */
export function unseal(sealed: string, key: Uint8Array): string {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes))
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes))
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8')
  } catch (cause) {
    const message = 'A saved password does not open with this key: save the connections again.'
    throw new GatehouseError('SECRET_STORE_UNAVAILABLE', message, {}, { cause })
  }
}
