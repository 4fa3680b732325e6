/** What the desktop's preload script shows the page as `window.gatehouse`: all of it, and nothing else of Electron. */
export interface DesktopBridge {
  readonly platform: string
  /** Asks for a port to the engine; it arrives as a window message (`enginePortMessage`). Rejects with the reason. */
  connectEngine(): Promise<void>
  /** Asks the user where to put a finished export, and moves it there. Rejects with the reason. */
  saveExport(exportId: string): Promise<SaveOutcome>
  /** Calls `listener` for each choice of the menu that the screen carries out, until the page goes. */
  onCommand(listener: (command: MenuCommand) => void): void
}

export type SaveOutcome = 'saved' | 'cancelled'

/** Menu items that are the screen's to carry out: open the reports page, show the keyboard help. */
export type MenuCommand = 'export' | 'help'

/** The `data` of the window message that carries the engine's port. */
export const enginePortMessage = 'gatehouse:engine-port'

/** Names of the messages between the preload script and the main process. */
export const channels = {
  connectEngine: 'engine:connect',
  enginePort: 'engine:port',
  saveExport: 'export:save',
  menuCommand: 'menu:command',
} as const
