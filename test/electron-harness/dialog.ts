import { strict } from './strict.ts'

/** Nobody is there to answer: a test puts its own function in place, as it would with the real module. */
const unanswered = (name: string) => async (): Promise<never> => {
  throw new Error(`dialog.${name} was opened and the test gave no answer: replace it with app.evaluate.`)
}

export const dialog = strict('dialog', {
  showSaveDialog: unanswered('showSaveDialog'),
  showMessageBox: unanswered('showMessageBox'),
  showErrorBox: (title: string, content: string) => console.error(`${title}: ${content}`),
})
