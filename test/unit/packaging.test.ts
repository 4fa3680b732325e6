import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const packaging = parse(readFileSync(new URL('../../electron-builder.yml', import.meta.url), 'utf8')) as {
  asar: boolean
  electronFuses: Record<string, boolean>
}

it('packs the program with the fuses that SECURITY asks for', () => {
  expect(packaging.asar).toBe(true)
  expect(packaging.electronFuses).toMatchObject({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
  })
})
