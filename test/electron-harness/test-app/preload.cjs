const { contextBridge, ipcRenderer } = require('electron')

let greeting = ''
ipcRenderer.on('greeting', (_event, text) => {
  greeting = text
})
ipcRenderer.on('port', (event) => window.postMessage('port', location.origin, event.ports))

/** @type {Window['bridge']} */
const bridge = {
  invoke: (channel, ...args) => ipcRenderer.invoke(channel, ...args),
  greeting: () => greeting,
  call: (callback) => callback(1, 'two'),
  fail: () => {
    throw new Error('at once')
  },
  facts: { platform: process.platform, sandboxed: process.sandboxed },
  modules: () => {
    try {
      return require('node:fs') && 'found'
    } catch {
      return 'refused'
    }
  },
}
contextBridge.exposeInMainWorld('bridge', bridge)
