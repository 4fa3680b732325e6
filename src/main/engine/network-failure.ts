import { messageOf } from '../../shared/errors.ts'

/** In words, by Node's own error codes: what happened, and what to do. `at` is host and port. */
const sentences: Readonly<Record<string, (at: string) => string>> = {
  ENOTFOUND: (at) => `The host of ${at} was not found: check the host name, or the name server of this machine.`,
  EAI_AGAIN: (at) => `The name server did not answer for ${at}: check the network of this machine.`,
  ECONNREFUSED: (at) => `Nothing listens on ${at}: start the server, or check host and port.`,
  ECONNRESET: (at) => `The server at ${at} closed the connection.`,
  EPIPE: (at) => `The server at ${at} closed the connection.`,
  ETIMEDOUT: (at) => `${at} does not answer: check the address, and the firewalls on the way.`,
  EHOSTUNREACH: (at) => `There is no route to ${at}: check the network.`,
  ENETUNREACH: (at) => `There is no route to ${at}: check the network.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (at) =>
    `The certificate of ${at} is for another host name: use the name that stands in the certificate.`,
  CERT_HAS_EXPIRED: (at) => `The certificate of ${at} has expired: it must be renewed on the server.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
}

const noTls = (at: string): string =>
  `${at} does not speak TLS, or another kind of it: use the URL scheme without TLS, or the port for TLS.`

function untrusted(at: string): string {
  return `The certificate of ${at} is not signed by an authority that this machine trusts: name the file of its CA in the settings.`
}

/** The failure in words, or null when it is none of the network's. */
export function explainNetworkFailure(error: unknown, at: string): string | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const sentence = sentences[code]
  if (sentence !== undefined) return sentence(at)
  // OpenSSL has a code for each way in which what came was not TLS.
  if (code.startsWith('ERR_SSL_')) return noTls(at)
  return /timeout|timed out/i.test(messageOf(error))
    ? `${at} does not answer in time: check the address and the load of the server.`
    : null
}
