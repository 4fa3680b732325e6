import { useMediaQuery } from '@mantine/hooks'
import { palettes, type Palette, type PaletteName } from './palette.ts'
import { preferences, type ThemeChoice } from './preferences.ts'
import { useStore } from './store.ts'

interface Wishes {
  readonly light: boolean
  readonly contrast: boolean
}

/** The palette of a choice; "system" follows what the computer is set to. */
export function paletteNameFor(choice: ThemeChoice, { light, contrast }: Wishes): PaletteName {
  if (choice !== 'system') return choice
  if (contrast) return 'contrast'
  return light ? 'light' : 'dark'
}

export function usePaletteName(): PaletteName {
  const choice = useStore(preferences.theme)
  const light = useMediaQuery('(prefers-color-scheme: light)')
  const contrast = useMediaQuery('(prefers-contrast: more)')
  return paletteNameFor(choice, { light, contrast })
}

/** Colours for what CSS does not reach (the canvas of a chart); the system's own where the reader forced them. */
export function usePalette(): Palette {
  const palette = palettes[usePaletteName()]
  const isForced = useMediaQuery('(forced-colors: active)')
  if (!isForced) return palette
  return {
    ...palette,
    background: 'Canvas',
    panel: 'Canvas',
    text: 'CanvasText',
    muted: 'CanvasText',
    line: 'GrayText',
    accent: 'Highlight',
  }
}
