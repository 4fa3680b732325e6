import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { ElectronApplication, Page } from '@playwright/test'
import { expect, test, type Program } from './helpers/fixtures.ts'
import { createWorkspace, type TestWorkspace } from './helpers/workspace.ts'

let workspace: TestWorkspace
let app: ElectronApplication
let page: Page

const started = async (launch: (env: Record<string, string>) => Promise<Program>, env = {}) => {
  workspace = await createWorkspace()
  const program = await launch({ ...workspace.env, ...env })
  page = program.page
  app = program.app!
}
const clickMenu = (id: string) =>
  app.evaluate(({ Menu, BrowserWindow }, item) => {
    Menu.getApplicationMenu()?.getMenuItemById(item)?.click(undefined, BrowserWindow.getAllWindows()[0])
  }, id)

/** True once the page's own call to the engine has been answered: the bridge refuses a second port from then on. */
const secondPort = (target: Page) =>
  target.evaluate(() =>
    window.gatehouse?.connectEngine().then(
      () => 'handed over',
      (error: Error) => error.message,
    ),
  )

test('every window is confined', async ({ launch }) => {
  await started(launch)
  await clickMenu('new-window')
  await expect.poll(() => app.windows().length).toBe(2)
  const preferences = await app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(({ webContents }) => {
      // Not in Electron's types, but there: what the window was really made with.
      const contents = webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
      const { sandbox, contextIsolation, webSecurity, nodeIntegration, webviewTag } = contents.getLastWebPreferences()
      return { sandbox, contextIsolation, webSecurity, nodeIntegration, webviewTag }
    }),
  )
  const confined = {
    sandbox: true,
    contextIsolation: true,
    webSecurity: true,
    nodeIntegration: false,
    webviewTag: false,
  }
  expect(preferences).toEqual([confined, confined])
})

test('permissions, navigation and windows of the page are refused', async ({ launch }) => {
  await started(launch)
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'midi']
    const results = await Promise.all(
      names.map((name) => navigator.permissions.query({ name: name as PermissionName })),
    )
    return results.map(({ state }) => state)
  })
  expect(new Set(states)).toEqual(new Set(['denied']))

  const before = page.url()
  await app.evaluate(({ dialog, shell }) => {
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    dialog.showMessageBox = async (...args: unknown[]) => {
      asked.push(`asked ${(args.at(-1) as { detail: string }).detail}`)
      return { response: 0, checkboxChecked: false }
    }
    shell.openExternal = async (url) => void asked.push(`opened ${url}`)
  })
  await page.evaluate(() => {
    location.href = 'https://example.com/'
  })
  await page.evaluate(() => void window.open('https://example.com/'))
  await page.evaluate(() => void window.open('https://attack.mitre.org/techniques/T1110/'))
  await expect
    .poll(() => app.evaluate(() => (globalThis as { asked?: string[] }).asked))
    .toEqual(['asked https://attack.mitre.org/techniques/T1110/', 'opened https://attack.mitre.org/techniques/T1110/'])
  expect(page.url()).toBe(before)
  await expect.poll(() => app.windows().length).toBe(1)
})

test('a page gets one port, and another one when it is loaded again', async ({ launch }) => {
  await started(launch)
  await expect.poll(() => secondPort(page)).toContain('This page has its port to the engine already.')
  await page.reload()
  await page.waitForSelector('#root > :not(style)')
  await expect.poll(() => secondPort(page)).toContain('This page has its port to the engine already.')
})

test('an export goes where the user says, and nowhere else', async ({ launch }) => {
  await started(launch)
  const exportId = '0198a4c6-55d0-7bbb-9f5f-3f2b5c6d7e8f'
  const waiting = path.join(workspace.home, 'exports', exportId)
  await mkdir(waiting, { recursive: true })
  await writeFile(path.join(waiting, 'events.csv'), 'a,b\n')
  const chosen = path.join(workspace.home, 'report.csv')
  const save = (id: string) =>
    page.evaluate(
      (wanted) =>
        window.gatehouse?.saveExport(wanted).then(
          (outcome) => outcome,
          (error: Error) => error.message,
        ),
      id,
    )
  const answer = (filePath: string | null) =>
    app.evaluate(({ dialog }, target) => {
      dialog.showSaveDialog = async () => ({ canceled: target === null, filePath: target ?? '' })
    }, filePath)

  await answer(null)
  expect(await save(exportId)).toBe('cancelled')
  await answer(path.join(workspace.home, 'CON'))
  expect(await save(exportId)).toContain('is not a name for a file')
  await answer(chosen)
  expect(await save(`${exportId}/../..`)).toContain('No export waits here')
  expect(await save(exportId)).toBe('saved')
  expect(await readFile(chosen, 'utf8')).toBe('a,b\n')
  expect(existsSync(waiting)).toBe(false)
})

test('the key for passwords is sealed by the keychain, and never kept in plain text', async ({ launch }) => {
  // The harness has a keyring unless it is told otherwise; a machine that runs the real executable may have none.
  for (const HARNESS_KEYCHAIN of ['gnome_libsecret', 'basic_text']) {
    await started(launch, { HARNESS_KEYCHAIN })
    const backend = await app.evaluate(({ safeStorage }) => safeStorage.getSelectedStorageBackend())
    expect(existsSync(path.join(workspace.home, 'secret.key'))).toBe(backend !== 'basic_text')
    await app.close()
  }
})

test('the theme of the menu reaches the page', async ({ launch }) => {
  await started(launch)
  const prefersDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)
  await clickMenu('theme-dark')
  await expect.poll(prefersDark).toBe(true)
  await clickMenu('theme-light')
  await expect.poll(prefersDark).toBe(false)
})

test('closing the last window ends the program, cleanly', async ({ launch }) => {
  await started(launch)
  const exited = new Promise((resolve) => app.process().once('exit', resolve))
  await page.close()
  expect(await exited).toBe(0)
})
