import { describe, expect, test } from 'vitest'
import { palettes, seriesColourOn, seriesColours, type Palette } from '../../../src/renderer/app/palette.ts'

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

const text = ['text', 'muted', 'accent', 'ok', 'warning', 'critical'] as const satisfies readonly (keyof Palette)[]

describe.each(Object.entries(palettes))('the palette %s', (_name, palette) => {
  const grounds = [palette.background, palette.panel, palette.raised]

  test('can be read: 4.5:1 on every ground', () => {
    for (const role of text) {
      for (const ground of grounds) expect(contrast(palette[role], ground), role).toBeGreaterThanOrEqual(4.5)
    }
  })

  test('has edges of controls and lines of charts of 3:1', () => {
    for (const ground of grounds) expect(contrast(palette.control, ground)).toBeGreaterThanOrEqual(3)
    for (const [series, colour] of Object.entries(seriesColours)) {
      const drawn = seriesColourOn(palette, colour)
      for (const ground of grounds) expect(contrast(drawn, ground), series).toBeGreaterThanOrEqual(3)
    }
  })
})
