import { parentPort, workerData } from 'node:worker_threads'
import { Redis } from 'ioredis'
import { messageOf } from '../../shared/errors.ts'
import { sampleFolder } from './running.ts'
import { startSample, type Sample } from './sample.ts'

/** Thread entry of the sample workspace: answers `ready` with two URLs, or `failed` with a sentence; `stop` ends it. */
export type SampleMessage =
  | { type: 'ready'; redisUrl: string; postgresUrl: string }
  | { type: 'failed'; message: string }
  | { type: 'problem'; message: string }
  | { type: 'stopped' }

const { home } = workerData as { home: string }
const port = parentPort
if (port === null) throw new Error('sample/worker.ts is a worker thread: start it through its host')
const say = (message: SampleMessage): void => port.postMessage(message)

const sample: Promise<Sample | null> = startSample({
  folder: sampleFolder(home),
  connect: (url) => new Redis(url),
  onProblem: (message) => say({ type: 'problem', message }),
}).then(
  (started) => {
    say({ type: 'ready', redisUrl: started.redisUrl, postgresUrl: started.postgresUrl })
    return started
  },
  (error: unknown) => {
    say({ type: 'failed', message: messageOf(error) })
    return null
  },
)

port.on('message', (message: { type: 'stop' }) => {
  if (message.type !== 'stop') return
  void sample
    .then((started) => started?.stop())
    .catch((error: unknown) => say({ type: 'problem', message: messageOf(error) }))
    .finally(() => {
      say({ type: 'stopped' })
      port.close()
    })
})
