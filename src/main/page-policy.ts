import { randomBytes } from 'node:crypto'

/** A fresh nonce for one page: it lets the screen's own style elements in, and nobody else's. */
export const createNonce = (): string => randomBytes(16).toString('base64')

/**
 * The content security policy of the page. `connect` says where its scripts may connect: nowhere on the desktop, where
 * the engine comes as a port; the own origin (WebSocket included) in a browser.
 */
export function contentSecurityPolicy(nonce: string, connect: "'none'" | "'self'"): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** For every answer of either host, whatever it carries. */
export const commonHeaders: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), usb=(), serial=(), hid=()',
}
