/**
 * Stands in for Electron's main process: what is exported here is the module "electron" for the built main bundle.
 * Windows are pages of a real Chromium, the preload script runs in a real isolated world; parts of Electron that the
 * program does not use are missing, and using one throws.
 */
import { app } from './app.ts'
import { BrowserWindow } from './browser-window.ts'
import { webContents } from './web-contents-list.ts'

Object.defineProperty(process.versions, 'electron', { value: app.electronVersion, enumerable: true })
Object.defineProperty(process, 'type', { value: 'browser' })

export { app, BrowserWindow, webContents }
export { dialog } from './dialog.ts'
export { ipcMain } from './ipc-main.ts'
export { Menu } from './menu.ts'
export { nativeTheme } from './native-theme.ts'
export { Notification } from './notification.ts'
export { MessageChannelMain, MessagePortMain } from './ports.ts'
export { protocol } from './protocol.ts'
export { safeStorage } from './safe-storage.ts'
export { session } from './session.ts'
export { shell } from './shell.ts'
