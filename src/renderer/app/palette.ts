/** Colours of the screen by what they are for: the one place that names any. Charts, CSS and Mantine all read it. */
export interface Palette {
  readonly scheme: 'dark' | 'light'
  readonly background: string
  readonly panel: string
  readonly raised: string
  readonly selected: string
  readonly text: string
  readonly muted: string
  readonly accent: string
  readonly ok: string
  readonly warning: string
  readonly critical: string
  /** Text on a surface filled with one of the four colours above. */
  readonly onFill: string
  /** Edge of a control: 3:1 against every surface (WCAG 1.4.11). */
  readonly control: string
  /** Hairline between areas: decoration, carries no meaning. */
  readonly line: string
}

export type PaletteName = 'dark' | 'light' | 'contrast'

export const palettes: Readonly<Record<PaletteName, Palette>> = {
  dark: {
    scheme: 'dark',
    background: '#0E1116',
    panel: '#151A21',
    raised: '#1D242D',
    selected: '#1F3A5F',
    text: '#E6EAF0',
    muted: '#9AA5B4',
    accent: '#6CB6FF',
    ok: '#4EC9A0',
    warning: '#F2B84B',
    critical: '#FF7A70',
    onFill: '#0E1116',
    control: '#6B7686',
    line: '#29313C',
  },
  light: {
    scheme: 'light',
    background: '#FFFFFF',
    panel: '#F5F7FA',
    raised: '#FFFFFF',
    selected: '#D6E6F7',
    text: '#161B22',
    muted: '#57606A',
    accent: '#0B5CAD',
    ok: '#0B6E4F',
    warning: '#8A5A00',
    critical: '#B3261E',
    onFill: '#FFFFFF',
    control: '#7A8594',
    line: '#D8DEE6',
  },
  contrast: {
    scheme: 'dark',
    background: '#000000',
    panel: '#000000',
    raised: '#0A0A0A',
    selected: '#003C7A',
    text: '#FFFFFF',
    muted: '#D7DEE8',
    accent: '#8CCBFF',
    ok: '#6CF0C2',
    warning: '#FFD27A',
    critical: '#FF9D95',
    onFill: '#000000',
    control: '#FFFFFF',
    line: '#8A94A3',
  },
}

/** The workspace's kind: its colour above everything, and its name on it. */
export const workspaceColours = {
  prod: { background: '#B3261E', text: '#FFFFFF' },
  staging: { background: '#F2B84B', text: '#0E1116' },
  dev: { background: '#4EC9A0', text: '#0E1116' },
  sample: { background: '#6CB6FF', text: '#0E1116' },
} as const

/** Okabe and Ito, "Color Universal Design" (2008), without black and blue, which vanish on a dark ground. */
export const seriesColours = {
  sky: '#56B4E9',
  orange: '#E69F00',
  green: '#009E73',
  yellow: '#F0E442',
  purple: '#CC79A7',
  vermilion: '#D55E00',
} as const

/** The same hues darker, where they would be under 3:1 on white (WCAG 1.4.11); the first is Okabe and Ito's blue. */
const onLight: Readonly<Record<string, string>> = {
  [seriesColours.sky]: '#0072B2',
  [seriesColours.orange]: '#9A6A00',
  [seriesColours.green]: '#007A59',
  [seriesColours.yellow]: '#7D7500',
  [seriesColours.purple]: '#A1457B',
}

/** A colour of a series as it is drawn on the ground of a palette. */
export const seriesColourOn = ({ scheme }: Pick<Palette, 'scheme'>, colour: string): string =>
  scheme === 'light' ? (onLight[colour] ?? colour) : colour
