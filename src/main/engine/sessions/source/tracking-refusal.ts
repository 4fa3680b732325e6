import { messageOf } from '../../../../shared/errors.ts'
import { hintChannel } from './track-node.ts'

/** Why Redis will not name touched keys, and what to do about it; null where it was only lost. */
export function explainRefusal(error: unknown): string | null {
  const said = messageOf(error)
  if (!(error instanceof Error) || error.name !== 'ReplyError') return null
  if (said.startsWith('NOPERM')) {
    return `the ACL of the Redis user forbids it: allow +client|id +client|tracking +subscribe +ping &${hintChannel}`
  }
  if (/unknown (sub)?command|unknown subcommand|wrong number of arguments/i.test(said)) {
    return 'this Redis does not know CLIENT TRACKING, which came with Redis 6, or a proxy before it does not pass it on'
  }
  return `Redis answers "${said}"`
}
