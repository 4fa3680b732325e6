import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { findExport } from '../../src/main/export-files.ts'
import { saveAs } from '../../src/main/save-file.ts'
import { createTempDir } from '../helpers/temp.ts'

let dir: string
let source: string
beforeEach(async () => {
  dir = (await createTempDir()).path
  await mkdir(path.join(dir, 'chosen'))
  source = path.join(dir, 'source.csv')
  await writeFile(source, 'a,b\n')
})
const chosen = (name: string) => path.join(dir, 'chosen', name)

describe('saving a file where the user chose', () => {
  it('writes it, or puts it in the place of the one that was there, and leaves nothing else', async () => {
    await saveAs(source, chosen('events.csv'))
    await writeFile(source, 'c,d\n')
    await saveAs(source, chosen('events.csv'))
    expect(await readFile(chosen('events.csv'), 'utf8')).toBe('c,d\n')
    expect(await readdir(path.join(dir, 'chosen'))).toEqual(['events.csv'])
  })

  it.each([
    'CON',
    'nul.csv',
    'Com1.txt',
    'LPT9',
    'a:b.csv',
    'ends-in-dot.',
    'ends in space ',
    'a\u0000b',
    'line\nbreak',
  ])('refuses the name %j', async (name) => {
    await expect(saveAs(source, chosen(name))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await readdir(path.join(dir, 'chosen'))).toEqual([])
  })

  it('follows no link and replaces no folder', async () => {
    const elsewhere = path.join(dir, 'elsewhere')
    await writeFile(elsewhere, 'precious')
    await symlink(elsewhere, chosen('link.csv'))
    await mkdir(chosen('folder.csv'))
    await expect(saveAs(source, chosen('link.csv'))).rejects.toThrow('is a link')
    await expect(saveAs(source, chosen('folder.csv'))).rejects.toThrow('is a folder')
    expect(await readFile(elsewhere, 'utf8')).toBe('precious')
    expect(await readlink(chosen('link.csv'))).toBe(elsewhere)
  })

  it('leaves the old file as it was when it cannot finish', async () => {
    await writeFile(chosen('events.csv'), 'old')
    await expect(saveAs(path.join(dir, 'missing'), chosen('events.csv'))).rejects.toThrow('ENOENT')
    expect(await readFile(chosen('events.csv'), 'utf8')).toBe('old')
    expect(await readdir(path.join(dir, 'chosen'))).toEqual(['events.csv'])
  })

  it('lets nobody else read it', async () => {
    await chmod(source, 0o644)
    await saveAs(source, chosen('events.csv'))
    expect((await stat(chosen('events.csv'))).mode & 0o777).toBe(0o600)
  })
})

describe('finding an export that waits', () => {
  const id = '0198a4c6-55d0-7bbb-9f5f-3f2b5c6d7e8f'
  const folder = () => path.join(dir, 'exports', id)

  it('finds the one file, and removes it with its folder', async () => {
    await mkdir(folder(), { recursive: true })
    await writeFile(path.join(folder(), 'events.csv'), 'a,b\n')
    const waiting = await findExport(dir, id)
    expect(waiting).toMatchObject({ name: 'events.csv', bytes: 4 })
    await waiting?.remove()
    expect(await findExport(dir, id)).toBeNull()
  })

  it.each(['..', '../../etc', `${id}/..`, '', 'not-a-uuid'])('finds nothing under %j', async (name) => {
    await mkdir(folder(), { recursive: true })
    await writeFile(path.join(dir, 'exports', 'events.csv'), 'a,b\n')
    expect(await findExport(dir, name)).toBeNull()
  })

  it('takes no link, and nothing of which there are two', async () => {
    await mkdir(folder(), { recursive: true })
    await symlink(source, path.join(folder(), 'events.csv'))
    expect(await findExport(dir, id)).toBeNull()
    await writeFile(path.join(folder(), 'second.csv'), '')
    expect(await findExport(dir, id)).toBeNull()
  })
})
