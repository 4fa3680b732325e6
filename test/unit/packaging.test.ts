import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { parse } from 'yaml'

const packaging = parse(readFileSync(new URL('../../electron-builder.yml', import.meta.url), 'utf8')) as {
  asar: boolean
  files: string[]
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

it('packs the country database once, with the terms of its data', () => {
  const folder = 'node_modules/@ip-location-db/geo-whois-asn-country-mmdb'
  const leftOut = packaging.files
    .filter((name) => name.startsWith('!node_modules'))
    .flatMap((name) => globSync(name.slice(1)))
  const packed = globSync(`${folder}/*`).filter((name) => !leftOut.includes(name))
  expect(packed.map((name) => path.basename(name))).toEqual(
    expect.arrayContaining(['geo-whois-asn-country.mmdb', 'NRO_LICENSE', 'package.json']),
  )
  expect(packed.filter((name) => name.endsWith('.mmdb'))).toHaveLength(1)
})
