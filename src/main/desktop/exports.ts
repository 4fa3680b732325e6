import path from 'node:path'
import { app, dialog, ipcMain } from 'electron'
import { channels, type SaveOutcome } from '../../shared/desktop-bridge.ts'
import { GatehouseError } from '../../shared/errors.ts'
import { findExport } from '../export-files.ts'
import { saveAs } from '../save-file.ts'
import { trustedSender } from './sender.ts'

/** Lets pages put a finished export where the user says; the page names the export, never a path. */
export function saveExports(home: string): void {
  ipcMain.handle(channels.saveExport, async (event, exportId: unknown): Promise<SaveOutcome> => {
    const { window } = trustedSender(event)
    const waiting = typeof exportId === 'string' ? await findExport(home, exportId) : null
    if (waiting === null) throw new GatehouseError('NOT_FOUND', 'No export waits here. Export again.')
    const { canceled, filePath } = await dialog.showSaveDialog(window, {
      title: 'Save export',
      defaultPath: path.join(app.getPath('downloads'), waiting.name),
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    if (canceled || filePath === '') return 'cancelled'
    await saveAs(waiting.file, filePath)
    await waiting.remove()
    return 'saved'
  })
}
