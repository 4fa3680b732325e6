/** Reasons for the list of problems. */
export const watchProblems = {
  late: 'an event came later than watch.latenessMs allows, and its place in the windows was gone: it is stored, but not counted',
  future:
    'an event lies in the future: it is counted in its own window, and no other window moves for it. Check the clock of its producer',
  unread:
    'an event could not be judged by all rules: it is stored, and the rules that had not seen it go on without it',
  crowded: 'one entity had more events in a window than are kept: the value of its alert is a lower bound',
  entities: 'more entities than are kept had events in a window: those that were quiet the longest were let go',
} as const

export type ReportProblem = (reason: (typeof watchProblems)[keyof typeof watchProblems], key: string) => void
