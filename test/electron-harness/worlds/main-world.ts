/** How the preload world describes a value that it exposes. */
export type Exposed =
  | { kind: 'function'; id: number }
  | { kind: 'object'; entries: [string, Exposed][] }
  | { kind: 'value'; value: unknown }

/** An argument on its way to an exposed function. */
export type Argument = { kind: 'callback'; id: number } | { kind: 'value'; value: unknown }

/** What a call of an exposed function came to. */
export type Answer = { kind: 'value'; value: unknown } | { kind: 'error'; message: string } | { kind: 'promise' }

/** The end of a call that answered with a promise. */
export type Settled = { id: number } & ({ ok: true; value: unknown } | { ok: false; message: string })

/**
 * The page's half of the context bridge: builds frozen copies of what the preload world exposes. The halves talk by
 * events of the document whose names only they know; the engine clones what these carry from world to world.
 * Self-contained, because its source text runs in the page.
 */
export function installMainWorld(prefix: string): void {
  const pending = new Map<number, PromiseWithResolvers<unknown>>()
  const callbacks = new Map<number, (...args: unknown[]) => unknown>()
  let lastId = 0
  let answer: Answer | null = null

  const on = (name: string, listener: (detail: unknown) => void) =>
    document.addEventListener(prefix + name, (event) => listener((event as CustomEvent).detail))
  const fire = (name: string, detail: unknown) => document.dispatchEvent(new CustomEvent(prefix + name, { detail }))

  const pack = (value: unknown): Argument => {
    if (typeof value !== 'function') return { kind: 'value', value: structuredClone(value) }
    callbacks.set(++lastId, value as (...args: unknown[]) => unknown)
    return { kind: 'callback', id: lastId }
  }

  const call = (functionId: number, args: unknown[]): unknown => {
    const id = ++lastId
    answer = null
    fire('call', { id, functionId, args: args.map(pack) })
    // Listeners run before dispatchEvent returns, so the answer is here.
    const given = answer as Answer | null
    if (given === null) throw new Error('The preload world did not answer.')
    if (given.kind === 'error') throw new Error(given.message)
    if (given.kind === 'value') return given.value
    const settled = Promise.withResolvers<unknown>()
    pending.set(id, settled)
    return settled.promise
  }

  const build = (exposed: Exposed): unknown => {
    if (exposed.kind === 'value') return exposed.value
    if (exposed.kind === 'function') return Object.freeze((...args: unknown[]) => call(exposed.id, args))
    return Object.freeze(Object.fromEntries(exposed.entries.map(([key, value]) => [key, build(value)])))
  }

  on('expose', (detail) => {
    const { name, api } = detail as { name: string; api: Exposed }
    Object.defineProperty(window, name, { value: build(api), enumerable: true })
  })
  on('answer', (detail) => {
    answer = detail as Answer
  })
  on('settled', (detail) => {
    const settled = detail as Settled
    const waiting = pending.get(settled.id)
    pending.delete(settled.id)
    if (settled.ok) waiting?.resolve(settled.value)
    else waiting?.reject(new Error(settled.message))
  })
  on('callback', (detail) => {
    const { id, args } = detail as { id: number; args: unknown[] }
    callbacks.get(id)?.(...args)
  })
}
