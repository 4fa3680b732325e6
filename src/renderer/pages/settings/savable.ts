interface Typed {
  readonly redisUrl: string
  readonly postgresUrl: string
  readonly isSample: boolean
}

/**
 * What to save of what was typed: null for an address that stays as it is. Nothing to save is null as a whole, and so is
 * half a pair in the sample workspace, whose own servers go with it.
 */
export function savable({ redisUrl, postgresUrl, isSample }: Typed) {
  const urls = { redisUrl: redisUrl.trim() || null, postgresUrl: postgresUrl.trim() || null }
  const given = Number(urls.redisUrl !== null) + Number(urls.postgresUrl !== null)
  return given >= (isSample ? 2 : 1) ? urls : null
}
