import {
  createTheme,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core'
import { palettes, type Palette, type PaletteName } from './palette.ts'

const roles = [
  'background',
  'panel',
  'raised',
  'selected',
  'text',
  'muted',
  'accent',
  'ok',
  'warning',
  'critical',
  'onFill',
  'control',
  'line',
] as const satisfies readonly (keyof Palette)[]

const fills: ReadonlySet<string> = new Set(['accent', 'ok', 'warning', 'critical'])

/** Buttons and the like take their colour from the palette's variables, so that one theme serves all palettes. */
const variantColorResolver: VariantColorsResolver = ({ color = 'accent', variant }) => {
  const role = fills.has(color) ? color : 'text'
  const colour = `var(--gh-${role})`
  const tint = (percent: number) => `color-mix(in srgb, ${colour} ${percent}%, transparent)`
  if (variant === 'filled') {
    const hover = `color-mix(in srgb, ${colour} 88%, var(--gh-text))`
    return { background: colour, hover, color: 'var(--gh-onFill)', border: '1px solid transparent' }
  }
  if (variant === 'subtle' || variant === 'transparent') {
    return { background: 'transparent', hover: tint(12), color: colour, border: '1px solid transparent' }
  }
  return { background: 'transparent', hover: tint(12), color: colour, border: `1px solid ${controlEdge(role)}` }
}

const controlEdge = (role: string) => (role === 'text' ? 'var(--gh-control)' : `var(--gh-${role})`)

const flat = (colour: string): MantineColorsTuple => [
  colour,
  colour,
  colour,
  colour,
  colour,
  colour,
  colour,
  colour,
  colour,
  colour,
]

const sans = "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif"
const monospace = "'JetBrains Mono Variable', ui-monospace, 'SF Mono', Consolas, monospace"

export const theme = createTheme({
  variantColorResolver,
  primaryColor: 'accent',
  colors: {
    accent: flat(palettes.dark.accent),
    ok: flat(palettes.dark.ok),
    warning: flat(palettes.dark.warning),
    critical: flat(palettes.dark.critical),
  },
  fontFamily: sans,
  fontFamilyMonospace: monospace,
  fontSizes: { xs: '11px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '16px', sm: '18px', md: '18px', lg: '20px', xl: '24px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '4px', sm: '4px', md: '4px', lg: '4px', xl: '4px' },
  defaultRadius: 'sm',
  shadows: { xs: 'none', sm: 'none', md: 'none', lg: 'none', xl: 'none' },
  headings: {
    fontFamily: sans,
    fontWeight: '600',
    sizes: { h1: { fontSize: '15px', lineHeight: '20px' }, h2: { fontSize: '13px', lineHeight: '18px' } },
  },
  respectReducedMotion: true,
  cursorType: 'pointer',
  focusRing: 'auto',
  components: {
    Button: { defaultProps: { size: 'xs', variant: 'default', color: 'text' } },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'text' } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Textarea: { defaultProps: { size: 'xs' } },
    NativeSelect: { defaultProps: { size: 'xs' } },
    Checkbox: { defaultProps: { size: 'xs' } },
    SegmentedControl: { defaultProps: { size: 'xs', transitionDuration: 0 } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 }, multiline: true, maw: 320 } },
    Menu: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'none', position: 'bottom-start' } },
    Popover: { defaultProps: { transitionProps: { duration: 80 }, shadow: 'none' } },
    // The page itself never scrolls: there is nothing to lock (and what locks it writes a style without our nonce).
    Modal: {
      defaultProps: {
        transitionProps: { duration: 100, transition: 'fade' },
        centered: true,
        lockScroll: false,
        closeButtonProps: { 'aria-label': 'Close' },
        // Its <header> is no banner of the page.
        attributes: { header: { role: 'presentation' } },
      },
    },
  },
})

/** The variables of one palette: ours (`--gh-<role>`) and those by which Mantine colours its own parts. */
export const variablesOf =
  (name: PaletteName): CSSVariablesResolver =>
  () => {
    const palette = palettes[name]
    const variables: Record<string, string> = {
      ...Object.fromEntries(roles.map((role) => [`--gh-${role}`, palette[role]])),
      '--mantine-color-body': palette.background,
      '--mantine-color-text': palette.text,
      '--mantine-color-dimmed': palette.muted,
      '--mantine-color-placeholder': palette.muted,
      '--mantine-color-anchor': palette.accent,
      '--mantine-color-default': palette.raised,
      '--mantine-color-default-hover': palette.selected,
      '--mantine-color-default-color': palette.text,
      '--mantine-color-default-border': palette.line,
      '--mantine-color-error': palette.critical,
      '--mantine-primary-color-filled': palette.accent,
      '--mantine-color-accent-filled': palette.accent,
    }
    return { variables: {}, dark: variables, light: variables }
  }
