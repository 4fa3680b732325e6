/** Reports of another process, each kept until it is asked for by its name, in the order in which they came. */
export interface Mailbox<Reports extends object> {
  put(this: void, message: Partial<Reports>): void
  /** @throws the error with which the sender ended, when it ends first */
  next<Name extends keyof Reports>(name: Name): Promise<Reports[Name]>
}

/** @param ended resolves with what to tell those who still wait when nothing more will come */
export function createMailbox<Reports extends object>(ended: Promise<Error>): Mailbox<Reports> {
  const arrived = new Map<PropertyKey, unknown[]>()
  const waiting = new Map<PropertyKey, ((value: unknown) => void)[]>()
  const listOf = <T>(lists: Map<PropertyKey, T[]>, name: PropertyKey): T[] => {
    const list = lists.get(name) ?? []
    lists.set(name, list)
    return list
  }
  return {
    put(message) {
      for (const [name, value] of Object.entries(message)) {
        const receiver = listOf(waiting, name).shift()
        if (receiver === undefined) listOf(arrived, name).push(value)
        else receiver(value)
      }
    },
    async next<Name extends keyof Reports>(name: Name) {
      const { promise, resolve, reject } = Promise.withResolvers<Reports[Name]>()
      const early = listOf(arrived, name)
      if (early.length > 0) resolve(early.shift() as Reports[Name])
      else listOf(waiting, name).push((value) => resolve(value as Reports[Name]))
      void ended.then(reject)
      return promise
    },
  }
}
