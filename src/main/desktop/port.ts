import { ipcMain, MessageChannelMain, type MessagePortMain, type WebContents } from 'electron'
import { channels } from '../../shared/desktop-bridge.ts'
import { GatehouseError } from '../../shared/errors.ts'
import type { EngineHandle } from '../engine/spawn.ts'
import { pump } from './pump.ts'
import { trustedSender } from './sender.ts'

/**
 * Hands each page one port to the engine. While it is open there is no second one; it closes when the page goes or the
 * engine's thread ends, and then the page may ask again. `engine` gives null until the engine has started.
 */
export function handOverPorts(engine: () => EngineHandle | null): void {
  const open = new Map<WebContents, MessagePortMain>()
  let handedOver = 0

  ipcMain.handle(channels.connectEngine, (event) => {
    const { frame } = trustedSender(event)
    const page = event.sender
    if (open.has(page)) throw new GatehouseError('FORBIDDEN', 'This page has its port to the engine already.')
    const started = engine()
    if (started === null) throw new GatehouseError('ENGINE_UNAVAILABLE', 'The engine is starting.')

    const enginePort = started.connect(`window-${page.id}-${++handedOver}`)
    const { port1, port2 } = new MessageChannelMain()
    open.set(page, port1)
    const leave = () => {
      // At once: the next document may ask before this port has told that it closed.
      if (open.get(page) === port1) open.delete(page)
      page.off('did-navigate', leave)
      page.off('destroyed', leave)
      port1.close()
    }
    page.on('did-navigate', leave)
    page.on('destroyed', leave)
    port1.on('close', leave)
    pump(port1, enginePort)
    frame.postMessage(channels.enginePort, null, [port2])
  })
}
