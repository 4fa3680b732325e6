import type { Encoded } from './codec.ts'

/** From a page's preload world to the main process. */
export type PageMessage =
  | { type: 'send'; channel: string; args: Encoded }
  | { type: 'invoke'; id: number; channel: string; args: Encoded }
  | { type: 'port'; id: string; data: Encoded }
  | { type: 'port-close'; id: string }

/** From the main process to a page's preload world. */
export type MainMessage =
  | { type: 'event'; channel: string; args: Encoded; ports: string[] }
  | { type: 'reply'; id: number; value: Encoded }
  | { type: 'failure'; id: number; message: string }
  | { type: 'port'; id: string; data: Encoded }
  | { type: 'port-close'; id: string }
