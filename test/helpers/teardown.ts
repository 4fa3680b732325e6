/** What a test started and must not leave behind. */
export interface Resource {
  /** Ends it properly. */
  release: () => Promise<void>
  /** Ends it at once and synchronously, when the process itself is going. */
  abandon: () => void
}

const resources = new Set<Resource>()

process.once('exit', () => {
  for (const resource of newestFirst()) resource.abandon()
})

const newestFirst = () => [...resources].toReversed()

/** Keeps `resource` until it is released: by the returned function, at the end of the test file, or with the process. */
export function keep(resource: Resource): () => Promise<void> {
  resources.add(resource)
  return async () => {
    if (resources.delete(resource)) await resource.release()
  }
}

/**
 * Releases all that is still kept, the newest first.
 * @throws AggregateError when something could not be released or was left in a state that its owner forbids
 */
export async function releaseAll(): Promise<void> {
  const errors: unknown[] = []
  for (const resource of newestFirst()) {
    resources.delete(resource)
    await resource.release().catch((error: unknown) => errors.push(error))
  }
  if (errors.length > 0) throw new AggregateError(errors, errors.map(String).join('\n'))
}
