import { createStore } from './store.ts'

/** Work that takes a while and goes on while the reader looks elsewhere: exports, revocations. */
export interface Job {
  readonly id: string
  readonly label: string
  readonly done: number
  /** null while nobody knows how much it is. */
  readonly total: number | null
  /** Brings the reader back to it. */
  readonly open: () => void
}

export const jobs = createStore<readonly Job[]>([])

export function putJob(job: Job): void {
  jobs.set((now) =>
    now.some(({ id }) => id === job.id) ? now.map((one) => (one.id === job.id ? job : one)) : [...now, job],
  )
}

export const endJob = (id: string) => jobs.set((now) => now.filter((job) => job.id !== id))
