/** One metric of Prometheus's text format 0.0.4. */
export interface Metric {
  help: string
  type: string
  /** Values by the whole name of their series, labels included, as it stands in the text. */
  series: Map<string, number>
}

const name = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
const sample = new RegExp(
  `^((${name})(?:\\{${label}(?:,${label})*\\})?) (-?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|\\+Inf|Nan)$`,
)
/** What the names of a type's series may end in, beside the metric's own name. */
const suffixes: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  summary: ['', '_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
}

/**
 * Reads an exposition strictly: each metric has HELP, then TYPE, then at least one series, of its own name, each once.
 * @throws Error naming the line that is not as the format wants it
 */
export function parseExposition(text: string): Map<string, Metric> {
  const metrics = new Map<string, Metric>()
  let current: { name: string; metric: Metric } | null = null
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const fail = (why: string) => new Error(`${why}: ${line}`)
    const [, help, explained] = new RegExp(`^# HELP (${name}) (.+)$`).exec(line) ?? []
    if (help !== undefined) {
      if (metrics.has(help)) throw fail('a second HELP')
      current = { name: help, metric: { help: explained ?? '', type: '', series: new Map() } }
      metrics.set(help, current.metric)
      continue
    }
    const [, typed, type = ''] = new RegExp(`^# TYPE (${name}) (\\w+)$`).exec(line) ?? []
    if (typed !== undefined) {
      if (typed !== current?.name || current.metric.type !== '') throw fail('TYPE without its HELP')
      if (!(type in suffixes)) throw fail('an unknown type')
      current.metric.type = type
      continue
    }
    const [, series = '', named = '', value = ''] = sample.exec(line) ?? []
    if (series === '') throw fail('not a sample')
    const allowed = suffixes[current?.metric.type ?? '']?.map((suffix) => `${current?.name}${suffix}`) ?? []
    if (current === null || !allowed.includes(named)) throw fail('a sample of another metric')
    if (current.metric.series.has(series)) throw fail('a series twice')
    current.metric.series.set(series, Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN')))
  }
  for (const [metric, { series }] of metrics) if (series.size === 0) throw new Error(`${metric} has no series`)
  return metrics
}

/** The value of one series, as in `gatehouse_queue_depth{queue="queue"}`; undefined where there is none. */
export function valueOf(metrics: ReadonlyMap<string, Metric>, series: string): number | undefined {
  for (const metric of metrics.values()) if (metric.series.has(series)) return metric.series.get(series)
  return undefined
}

export const seriesOf = (metrics: ReadonlyMap<string, Metric>): string[] =>
  [...metrics.values()].flatMap(({ series }) => [...series.keys()]).toSorted()
