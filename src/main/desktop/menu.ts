import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  nativeTheme,
  type BaseWindow,
  type MenuItemConstructorOptions,
} from 'electron'
import { channels, type MenuCommand } from '../../shared/desktop-bridge.ts'

/** Passes a choice on to the screen of the window that it was made in. */
function command(name: MenuCommand) {
  return (_item: unknown, window: BaseWindow | undefined): void => {
    const target = window instanceof BrowserWindow ? window : BrowserWindow.getFocusedWindow()
    target?.webContents.send(channels.menuCommand, name)
  }
}

const themes = [
  { label: 'As the system', source: 'system' },
  { label: 'Light', source: 'light' },
  { label: 'Dark', source: 'dark' },
] as const

/** The screen follows prefers-color-scheme, which this sets. */
const themeMenu = (): MenuItemConstructorOptions[] =>
  themes.map(({ label, source }) => ({
    id: `theme-${source}`,
    label,
    type: 'radio',
    checked: nativeTheme.themeSource === source,
    click: () => {
      nativeTheme.themeSource = source
    },
  }))

async function showAbout(): Promise<void> {
  const { electron, chrome, node } = process.versions
  await dialog.showMessageBox({
    type: 'info',
    message: `Gatehouse ${app.getVersion()}`,
    detail: `Electron ${electron}\nChromium ${chrome}\nNode ${node}`,
  })
}

export function installMenu(openWindow: () => void): void {
  const template: MenuItemConstructorOptions[] = [
    {
      label: 'File',
      submenu: [
        { id: 'new-window', label: 'New window', accelerator: 'CmdOrCtrl+N', click: openWindow },
        { id: 'export', label: 'Export...', accelerator: 'CmdOrCtrl+E', click: command('export') },
        { type: 'separator' },
        { role: 'quit' },
      ],
    },
    // On macOS the shortcuts for copy and paste work through these items alone.
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        { label: 'Theme', submenu: themeMenu() },
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
      ],
    },
    {
      label: 'Help',
      submenu: [
        { id: 'help', label: 'Keyboard shortcuts', click: command('help') },
        { id: 'about', label: 'About Gatehouse', click: () => void showAbout() },
      ],
    },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
