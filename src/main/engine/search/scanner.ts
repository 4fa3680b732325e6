/** Reads a text from left to right by sticky patterns: each step is linear in what it takes. */
export class Scanner {
  readonly text: string
  /** Offset of the next character. */
  at = 0

  constructor(text: string) {
    this.text = text
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** The next character, or an empty text at the end. */
  get next(): string {
    return this.text.charAt(this.at)
  }

  skipBlanks(): void {
    this.take(/\s+/y)
  }

  /** Moves past what the sticky pattern matches here; null, without moving, if it does not. */
  take(pattern: RegExp): string | null {
    const match = this.#match(pattern)
    if (match === null) return null
    this.at += match[0].length
    return match[0]
  }

  looksAt(pattern: RegExp): boolean {
    return this.#match(pattern) !== null
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    return pattern.exec(this.text)
  }
}
