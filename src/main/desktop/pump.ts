import type { MessagePort } from 'node:worker_threads'

/** What of Electron's MessagePortMain is used here: enough to test the pump without Electron. */
export interface WindowPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
  start(): void
  close(): void
}

/**
 * Carries messages both ways between a window and the engine, and closes either when the other is gone. Electron cannot
 * hand a window's port to a worker thread, so it ends here, in the main process.
 */
export function pump(windowPort: WindowPort, enginePort: MessagePort): void {
  windowPort.on('message', ({ data }) => enginePort.postMessage(data))
  enginePort.on('message', (data: unknown) => windowPort.postMessage(data))
  windowPort.on('close', () => enginePort.close())
  enginePort.on('close', () => windowPort.close())
  windowPort.start()
}
