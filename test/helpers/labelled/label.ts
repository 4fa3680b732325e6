/** What each kind of attack must raise, and what else it may: rules of the catalogue, by name. */
export interface AttackKind {
  /** One of these, at least, must say so. */
  expected: readonly [string, ...string[]]
  /** Right where they speak of the attack's users, addresses or sessions; they do not suffice. */
  also: readonly string[]
}

/** Something that rules ought to find. It is told beside the events: no event carries it, and no rule sees it. */
export interface Label {
  kind: string
  /**
   * `easy` is far over the thresholds; `hard` just over them, slow, spread, or among honest users of one address; `below` is
   * by somebody who knows the thresholds and stays under all of them; `notable` is nothing bad, and still what a rule of the
   * catalogue exists to tell: a new phone, a first day abroad.
   */
  form: 'easy' | 'hard' | 'below' | 'notable'
  fromMs: number
  toMs: number
  /** Users, addresses and sessions that alerts may speak of; `all` for those of the system. */
  entities: ReadonlySet<string>
}
