import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'

/** What a running sample workspace leaves in its folder, for those who come later. Readable by its owner alone. */
export const SampleServers = z.object({
  pids: z.array(z.number().int()),
  redisUrl: z.string(),
  postgresUrl: z.string(),
})
export type SampleServers = z.infer<typeof SampleServers>

export const serversFile = (folder: string): string => path.join(folder, 'servers.json')
export const sampleFolder = (home: string): string => path.join(home, 'sample')

/** The servers of the sample workspace that runs (or was killed) with this home, or null. */
export async function findRunningSample(home: string): Promise<SampleServers | null> {
  const text = await readFile(serversFile(sampleFolder(home)), 'utf8').catch(() => null)
  if (text === null) return null
  const parsed = SampleServers.safeParse(JSON.parse(text))
  return parsed.success ? parsed.data : null
}
