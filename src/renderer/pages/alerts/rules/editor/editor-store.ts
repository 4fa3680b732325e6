import { createStore } from '../../../../app/store.ts'
import { newRuleFile, newRuleText } from './new-rule.ts'

/** A rule file as it is edited. It is kept here until it is saved or thrown away, whatever else is looked at. */
export interface Editing {
  readonly file: string
  readonly text: string
  /** As it was when it was opened. */
  readonly original: string
  /** The version that was opened; null for a new file. */
  readonly replaces: string | null
  readonly isOpen: boolean
  /** Another file that was to be opened while this one had changes. */
  readonly wanted: string | null
}

export const editing = createStore<Editing | null>(null)
/** Where the last file was saved. */
export const savedAs = createStore<string | null>(null)

export const isChanged = ({ text, original, replaces }: Editing): boolean => replaces === null || text !== original

/** Opens a file. One with changes stays: it is shown instead. */
export function openEditor({ file, text, version }: { file: string; text: string; version: string | null }): void {
  savedAs.set(null)
  editing.set((now) =>
    now !== null && isChanged(now)
      ? { ...now, isOpen: true, wanted: file === now.file ? null : file }
      : { file, text, original: text, replaces: version, isOpen: true, wanted: null },
  )
}

export const openNewRule = () => openEditor({ file: newRuleFile, text: newRuleText, version: null })

const change = (part: Partial<Editing>) => editing.set((now) => (now === null ? null : { ...now, ...part }))

export const edit = (part: Partial<Pick<Editing, 'file' | 'text'>>) => change(part)
export const reopenEditor = () => change({ isOpen: true })

/** Makes room for something else that the text is about, and that leads back. */
export const hideEditor = () => change({ isOpen: false, wanted: null })

/** What has changes is kept for later. */
export const closeEditor = () =>
  editing.set((now) => (now === null || !isChanged(now) ? null : { ...now, isOpen: false, wanted: null }))

export const throwAway = () => editing.set(null)

export function noteSaved(path: string): void {
  editing.set(null)
  savedAs.set(path)
}
