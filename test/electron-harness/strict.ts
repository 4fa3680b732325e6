/** What engines and test tools read of any object without meaning to use it. */
const harmless: ReadonlySet<PropertyKey> = new Set(['then', 'toJSON', 'constructor', 'nodeType', 'asymmetricMatch'])

/** Makes reading what is not implemented fail, instead of giving an undefined that a test could take for an answer. */
export function strict<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key, receiver): unknown {
      if (key in object || typeof key === 'symbol' || harmless.has(key)) return Reflect.get(object, key, receiver)
      throw new Error(`The Electron harness does not implement ${name}.${key}.`)
    },
  })
}

/** An event that its listeners may prevent. */
export interface Preventable {
  defaultPrevented: boolean
  preventDefault(): void
}

export function preventable<T extends object>(facts: T): T & Preventable {
  return {
    ...facts,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
  }
}
