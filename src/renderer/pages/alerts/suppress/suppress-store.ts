import type { Alert } from '../../../../shared/model/alert.ts'
import { createStore } from '../../../app/store.ts'

/** The alert that a suppression is made from, or null for one from nothing. */
export const suppressing = createStore<{ readonly alert: Alert | null } | null>(null)
