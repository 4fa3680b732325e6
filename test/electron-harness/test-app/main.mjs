/** The smallest program that uses each part of Electron that Gatehouse uses; electron.spec.ts looks at what it does. */
import path from 'node:path'
import { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, session } from 'electron'

const page = `<!doctype html><title>test</title><iframe src="app://test/frame"></iframe><script src="script.js"></script>`

protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }])
/** @type {string[]} */
const seen = []
ipcMain.handle('seen', () => seen)
ipcMain.handle('echo', (_event, value) => value)
ipcMain.handle('fail', () => {
  throw new Error('on purpose')
})
ipcMain.handle('sender', ({ senderFrame }) => [senderFrame?.origin, senderFrame?.parent === null])

ipcMain.handle('port', (event) => {
  const { port1, port2 } = new MessageChannelMain()
  port1.on('message', ({ data }) => {
    if (data === 'close') port1.close()
    else port1.postMessage({ back: data })
  })
  port1.on('close', () => void seen.push('port closed'))
  // Before start() and before the page has the other end: neither message may be lost.
  port1.postMessage('first')
  port1.start()
  event.senderFrame?.postMessage('port', null, [port2])
})

await app.whenReady()
session.defaultSession.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write')
session.defaultSession.setPermissionRequestHandler((_contents, permission, decide) => {
  decide(permission === 'clipboard-sanitized-write')
})
protocol.handle('app', (request) => {
  const { pathname } = new URL(request.url)
  if (pathname === '/') {
    return new Response(page, { headers: { 'Content-Type': 'text/html', 'Content-Security-Policy': "img-src 'none'" } })
  }
  if (pathname === '/frame') return new Response('frame', { headers: { 'Content-Type': 'text/html' } })
  if (pathname === '/script.js') {
    return new Response('window.ran = true', { headers: { 'Content-Type': 'text/javascript' } })
  }
  return new Response(null, { status: 404 })
})
app.on('web-contents-created', (_event, contents) => {
  contents.setWindowOpenHandler(({ url }) => {
    seen.push(`open ${url}`)
    return { action: 'deny' }
  })
  contents.on('will-frame-navigate', (details) => {
    seen.push(`navigate ${details.url}`)
    details.preventDefault()
  })
})
app.on('window-all-closed', () => app.quit())
const window = new BrowserWindow({
  width: 640,
  height: 480,
  show: false,
  webPreferences: { preload: path.join(import.meta.dirname, 'preload.cjs') },
})
await window.loadURL('app://test/')
window.webContents.send('greeting', 'hello')
