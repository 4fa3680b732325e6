import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { openSecretKey, type Keychain } from '../../src/main/desktop/secret-key.ts'
import { passphraseKey } from '../../src/main/passphrase-key.ts'
import { createTempDir } from '../helpers/temp.ts'

let home: string
beforeEach(async () => {
  home = (await createTempDir()).path
})

describe('the key of the desktop', () => {
  /** Seals by turning bits over; `user` stands for whose keychain it is. */
  const keychain = (user: number, facts: Partial<Keychain> = {}): Keychain => ({
    isEncryptionAvailable: () => true,
    getSelectedStorageBackend: () => 'gnome_libsecret',
    encryptString: (plain) => Buffer.from([user, ...Buffer.from(plain).map((byte) => byte ^ 255)]),
    decryptString: (sealed) => {
      if (sealed[0] !== user) throw new Error('wrong keychain')
      return Buffer.from(sealed.subarray(1).map((byte) => byte ^ 255)).toString()
    },
    ...facts,
  })
  const file = () => path.join(home, 'secret.key')

  it('is made once, sealed, and opened again', async () => {
    const first = await openSecretKey(keychain(1), home)
    expect(first.key).toHaveLength(32)
    expect((await stat(file())).mode & 0o777).toBe(0o600)
    expect((await readFile(file())).includes(Buffer.from(first.key ?? []).toString('base64'))).toBe(false)
    expect(await openSecretKey(keychain(1), home)).toEqual(first)
  })

  it('is refused where the system would keep it in plain text, or not at all', async () => {
    const plain = await openSecretKey(keychain(1, { getSelectedStorageBackend: () => 'basic_text' }), home)
    expect(plain).toMatchObject({ key: null, reason: expect.stringContaining('plain text') as string })
    const none = await openSecretKey(keychain(1, { isEncryptionAvailable: () => false }), home)
    expect(none).toMatchObject({ key: null, reason: expect.stringContaining('no keychain') as string })
    await expect(stat(file())).rejects.toThrow('ENOENT')
  })

  it("is not replaced where another user's keychain sealed it, or where it is damaged", async () => {
    await openSecretKey(keychain(1), home)
    const sealed = await readFile(file())
    expect(await openSecretKey(keychain(2), home)).toMatchObject({ key: null })
    expect(await readFile(file())).toEqual(sealed)
    await writeFile(file(), keychain(1).encryptString('short'))
    expect(await openSecretKey(keychain(1), home)).toMatchObject({ key: null })
  })
})

describe('the key of a passphrase', () => {
  it('is the same for the same passphrase and home, and another for any other', async () => {
    const key = await passphraseKey('correct horse battery', home)
    expect(key).toHaveLength(32)
    expect(await passphraseKey('correct horse battery', home)).toEqual(key)
    expect(await passphraseKey('correct horse batterz', home)).not.toEqual(key)
    const { path: elsewhere } = await createTempDir()
    expect(await passphraseKey('correct horse battery', elsewhere)).not.toEqual(key)
  })

  it('is none without a passphrase, and a reason with a weak one or a damaged salt', async () => {
    expect(await passphraseKey(undefined, home)).toBeNull()
    expect(await passphraseKey('', home)).toBeNull()
    await expect(passphraseKey('short', home)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
    await writeFile(path.join(home, 'secret.salt'), 'short')
    const damaged = passphraseKey('correct horse battery', home)
    await expect(damaged).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' })
  })
})
