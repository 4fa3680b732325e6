/** Between two samples, and how many make the minute in which sessions may not vanish. */
export const sampleMs = 5_000
const samplesAMinute = 60_000 / sampleMs

/** Share of sessions, in percent, from which a drop is worth a row; the catalogue alerts from 40. */
export const dropFloorPercent = 25
/** Of fewer sessions than this, a quarter is a few people who leave. */
export const leastSessions = 20

interface Sample {
  live: number
  at: Date
}

/** Sessions that were there and are not, over at most a minute. What explains them is not yet known. */
export interface Drop {
  from: Sample
  to: Sample
}

/**
 * Watches how many sessions are live. A drop is told once it is over: when the number no longer falls, or after the
 * minute. Samples are counted, not seconds: what happens while Redis is away lies between two of them.
 */
export class DropWatch {
  #samples: Sample[] = []

  /** @param live null while it is not known: the mirror has not read everything yet, and nothing before counts */
  look(live: number | null, at: Date): Drop | null {
    if (live === null) {
      this.#samples = []
      return null
    }
    const before = this.#samples.at(-1)
    this.#samples.push({ live, at })
    if (this.#samples.length > samplesAMinute + 1) this.#samples.shift()
    const drop = this.#drop()
    if (drop === null || before === undefined) return null
    const isOver = live >= before.live || (this.#samples.length > samplesAMinute && this.#samples[0] === drop.from)
    if (!isOver) return null
    // Told: what follows is measured from here.
    this.#samples = [drop.to]
    return drop
  }

  #drop(): Drop | null {
    const to = this.#samples.at(-1)
    // Of equal ones the last: the minute begins where the fall begins.
    const from = this.#samples.reduce<Sample | undefined>(
      (most, sample) => (most === undefined || sample.live >= most.live ? sample : most),
      undefined,
    )
    if (to === undefined || from === undefined || from.live < leastSessions) return null
    return percentOf(from.live - to.live, from.live) >= dropFloorPercent ? { from, to } : null
  }
}

/** In percent, with one decimal. */
export const percentOf = (part: number, whole: number): number => Math.round((1_000 * part) / whole) / 10
