import { types, type ClientBase, type Connection, type FieldDef, type Submittable } from 'pg'

/** One bound statement; its values as PostgreSQL reads them. */
export interface Statement {
  text: string
  values?: readonly (string | null)[]
}

export interface Answer {
  /** Rows that were written or found. */
  rowCount: number
  rows: Record<string, unknown>[]
}

/** A `text[]` as a value: PostgreSQL documentation, "Array Input and Output Syntax". */
export const textArray = (texts: readonly string[]): string =>
  `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`

/**
 * Runs statements one after the other, all sent at once: each journey of its own would wait for the turns of two busy
 * processes. The first that fails ends them.
 * (PostgreSQL documentation, "Message Flow", "Pipelining": what follows an error is skipped until the Sync, of which
 * there is one.)
 * @returns an answer for each, in their order
 * @throws DatabaseError of the one that failed
 */
export function runTogether(client: ClientBase, statements: readonly Statement[]): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    client.query(new Together(statements, resolve, reject))
  })
}

/** What pg calls while it is the client's turn: the same methods as those of pg's own Query. */
class Together implements Submittable {
  readonly #statements: readonly Statement[]
  readonly #resolve: (answers: Answer[]) => void
  readonly #reject: (error: Error) => void
  readonly #answers: Answer[] = []
  #rows: Record<string, unknown>[] = []
  #columns: { name: string; parse: (text: string) => unknown }[] = []

  constructor(statements: readonly Statement[], resolve: (answers: Answer[]) => void, reject: (error: Error) => void) {
    this.#statements = statements
    this.#resolve = resolve
    this.#reject = reject
  }

  submit(connection: Connection): void {
    connection.stream.cork()
    for (const { text, values = [] } of this.#statements) {
      connection.parse({ text, name: '', types: [] }, true)
      connection.bind({ values: [...values] }, true)
      connection.describe({ type: 'P', name: '' }, true)
      connection.execute({ portal: '' }, true)
    }
    connection.sync()
    connection.stream.uncork()
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: types.getTypeParser(dataTypeID) as (text: string) => unknown,
    }))
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    const row: Record<string, unknown> = {}
    for (const [n, { name, parse }] of this.#columns.entries()) {
      const text = fields[n] ?? null
      row[name] = text === null ? null : parse(text)
    }
    this.#rows.push(row)
  }

  /** @param message its text is the command and, of most commands, a number of rows at its end, as in `INSERT 0 1` */
  handleCommandComplete({ text }: { text: string }): void {
    this.#answers.push({ rowCount: Number(/\d+$/.exec(text)?.[0] ?? 0), rows: this.#rows })
    this.#rows = []
  }

  handleError(error: Error): void {
    this.#reject(error)
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#answers)
  }
}
