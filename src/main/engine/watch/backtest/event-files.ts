import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { EventFileName } from '../../../../shared/model/backtest.ts'

export interface EventFiles {
  folder: string
  files: { name: string; bytes: number; changedAt: Date }[]
}

const folderOf = (home: string): string => path.join(home, 'events')

/** The files of events that a screen may name: those that somebody put into this folder. By name. */
export async function listEventFiles(home: string): Promise<EventFiles> {
  const folder = folderOf(home)
  // Nobody has made it: there are none.
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names
      .filter((name) => EventFileName.safeParse(name).success)
      .toSorted()
      .map(async (name) => {
        const { size, mtime } = await stat(path.join(folder, name))
        return { name, bytes: size, changedAt: mtime }
      }),
  )
  return { folder, files }
}

/** @param name is checked by the contract (EventFileName): it leads nowhere else */
export const eventFilePath = (home: string, name: string): string => path.join(folderOf(home), name)
