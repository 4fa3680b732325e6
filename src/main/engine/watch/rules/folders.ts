import { existsSync } from 'node:fs'
import path from 'node:path'
import { resourcePath } from '../../../resources.ts'
import type { Config } from '../../config-schema.ts'

type Settings = Pick<Config, 'home'> & { watch: Pick<Config['watch'], 'rulesDir'> }

/** Where the user's own rules lie: `watch.rulesDir`, or the folder `rules` beside the settings. */
export const ownRulesFolder = ({ home, watch: { rulesDir } }: Settings): string => rulesDir ?? path.join(home, 'rules')

/**
 * Where rule files are looked for, the shipped ones first. A folder that the settings name has to be there, and the loader
 * says so where it is not; that beside the settings is there once somebody has put a rule into it.
 */
export function ruleFolders(settings: Settings): string[] {
  const own = ownRulesFolder(settings)
  const isUsed = settings.watch.rulesDir !== null || existsSync(own)
  return [resourcePath('rules'), ...(isUsed ? [own] : [])]
}
