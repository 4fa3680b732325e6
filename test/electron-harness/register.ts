import { registerHooks } from 'node:module'
import { isMainThread } from 'node:worker_threads'

/** Makes `import ... from 'electron'` find the harness. Electron has no such module in worker threads either. */
const url = new URL('./electron.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    if (specifier !== 'electron') return next(specifier, context)
    if (!isMainThread) throw new Error('The module "electron" is not there in a worker thread.')
    return { url, format: 'module-typescript', shortCircuit: true }
  },
})
