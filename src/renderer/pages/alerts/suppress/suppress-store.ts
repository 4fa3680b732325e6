import type { SuppressionDraft } from '../../../../shared/model/suppression.ts'
import { createStore } from '../../../app/store.ts'

/** The suppression that is asked about, as it begins. */
export const suppressing = createStore<SuppressionDraft | null>(null)
