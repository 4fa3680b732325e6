import type { TimeZone } from '../text/format.ts'
import { createStore, type Store } from './store.ts'

export type ThemeChoice = 'system' | 'dark' | 'light' | 'contrast'
export type Density = 'compact' | 'normal' | 'roomy'

/** Row heights in px by density. */
export const rowHeights: Readonly<Record<Density, number>> = { compact: 24, normal: 28, roomy: 36 }

const oneOf =
  <T extends string>(...allowed: readonly T[]) =>
  (value: unknown): value is T =>
    (allowed as readonly unknown[]).includes(value)

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

/** What was chosen for the columns of a grid; what is not named stands as it was built. Widths in px. */
export interface GridLayout {
  readonly visibility: Readonly<Record<string, boolean>>
  readonly order: readonly string[]
  readonly widths: Readonly<Record<string, number>>
}

export const defaultLayout: GridLayout = { visibility: {}, order: [], widths: {} }

const isRecordOf = (value: unknown, type: 'boolean' | 'number') =>
  typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === type)

const isLayout = (value: unknown): value is GridLayout =>
  typeof value === 'object' &&
  value !== null &&
  'visibility' in value &&
  isRecordOf(value.visibility, 'boolean') &&
  'order' in value &&
  isTexts(value.order) &&
  'widths' in value &&
  isRecordOf(value.widths, 'number')

/**
 * A store that outlives the page. What another version left there and is no longer understood gives way to the default;
 * where the browser keeps nothing (storage refused or full) the choice holds until the page goes.
 */
function kept<T>(name: string, isValid: (value: unknown) => value is T, initial: T): Store<T> {
  const key = `gatehouse.${name}`
  const store = createStore(read(key, isValid) ?? initial)
  store.subscribe(() => write(key, store.get()))
  return store
}

function read<T>(key: string, isValid: (value: unknown) => value is T): T | null {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return isValid(value) ? value : null
  } catch {
    // Storage refused, or the text is not JSON: both mean that nothing was kept.
    return null
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // Storage refused or full: the choice holds for this page alone.
  }
}

export const preferences = {
  theme: kept<ThemeChoice>('theme', oneOf('system', 'dark', 'light', 'contrast'), 'dark'),
  density: kept<Density>('density', oneOf('compact', 'normal', 'roomy'), 'normal'),
  timeZone: kept<TimeZone>('timeZone', oneOf('local', 'utc'), 'local'),
  drawerWidth: kept('drawerWidth', (value): value is number => typeof value === 'number' && value >= 280, 420),
  sessionColumns: kept<GridLayout>('sessionColumns', isLayout, defaultLayout),
  alertColumns: kept<GridLayout>('alertColumns', isLayout, defaultLayout),
  ruleColumns: kept<GridLayout>('ruleColumns', isLayout, defaultLayout),
  eventColumns: kept<GridLayout>('eventColumns', isLayout, defaultLayout),
  sessionHistory: kept<readonly string[]>('sessionHistory', isTexts, []),
  eventHistory: kept<readonly string[]>('eventHistory', isTexts, []),
  sessionSaved: kept<readonly string[]>('sessionSaved', isTexts, []),
  eventSaved: kept<readonly string[]>('eventSaved', isTexts, []),
}
