import { strict } from './strict.ts'

export const shell = strict('shell', {
  openExternal: async (url: string): Promise<void> => {
    throw new Error(`shell.openExternal(${url}) was called: replace it with app.evaluate where a test expects that.`)
  },
})
