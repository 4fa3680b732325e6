import { createEngine } from './engine.ts'
import { runEngineThread } from './thread.ts'

await runEngineThread(createEngine)
