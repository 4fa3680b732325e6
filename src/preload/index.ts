import { contextBridge, ipcRenderer } from 'electron'
import { channels, enginePortMessage, type DesktopBridge } from '../shared/desktop-bridge.ts'

const bridge: DesktopBridge = {
  platform: process.platform,
  connectEngine: () => ipcRenderer.invoke(channels.connectEngine),
  saveExport: (exportId) => ipcRenderer.invoke(channels.saveExport, exportId),
  onCommand: (listener) => {
    ipcRenderer.on(channels.menuCommand, (_event, command) => listener(command))
  },
}

// A port cannot pass through the context bridge, so it goes on as a message of this window, to this origin alone.
ipcRenderer.on(channels.enginePort, (event) => {
  window.postMessage(enginePortMessage, location.origin, event.ports)
})

contextBridge.exposeInMainWorld('gatehouse', bridge)
