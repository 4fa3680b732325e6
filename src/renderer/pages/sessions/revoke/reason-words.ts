import type { ReasonCode } from '../../../../shared/model/revocation.ts'

export const reasonWords: Readonly<Record<ReasonCode, string>> = {
  compromised: 'Account or session stolen',
  password_reset: 'Password was reset',
  policy: 'Against policy',
  user_request: 'The user asked for it',
  offboarding: 'The user has left',
  other: 'Other',
}
