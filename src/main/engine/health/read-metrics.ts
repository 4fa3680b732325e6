import { Counter, Gauge, type Metric } from 'prom-client'
import { QueueName } from '../../../shared/model/queue.ts'
import { Problem, type EngineCounters } from '../../../shared/model/system.ts'
import { packageVersion } from '../../resources.ts'
import { counterNames, gauges } from './metric-tables.ts'
import type { Readings } from './readings.ts'

/** Metrics whose values other parts keep: each is asked for with the scrape. Labels have all their values at all times. */
export function readMetrics(readings: () => Readings): Metric[] {
  const version = packageVersion()
  const counters = Object.entries(counterNames) as [keyof EngineCounters, readonly [name: string, help: string]][]
  return [
    ...gauges.map(
      ([name, help, read]) =>
        new Gauge({
          name,
          help,
          registers: [],
          collect() {
            this.set(read(readings()) ?? Number.NaN)
          },
        }),
    ),
    ...counters.map(
      ([key, [name, help]]) =>
        new Counter({
          name,
          help,
          registers: [],
          collect() {
            this.reset()
            this.inc(readings().counters[key])
          },
        }),
    ),
    new Gauge({
      name: 'gatehouse_queue_depth',
      help: 'Items in each queue',
      labelNames: ['queue'],
      registers: [],
      collect() {
        for (const queue of QueueName.options) this.set({ queue }, readings().queues?.[queue] ?? Number.NaN)
      },
    }),
    new Counter({
      name: 'process_cpu_seconds_total',
      help: 'Processor time of the whole process',
      registers: [],
      collect() {
        const { user, system } = process.cpuUsage()
        this.reset()
        this.inc((user + system) / 1_000_000)
      },
    }),
    new Gauge({
      name: 'gatehouse_build_info',
      help: 'Always 1; the label names the version',
      labelNames: ['version'],
      registers: [],
      collect() {
        this.set({ version: version }, 1)
      },
    }),
    new Gauge({
      name: 'gatehouse_connection_up',
      help: '1 while the store is connected, else 0',
      labelNames: ['store'],
      registers: [],
      collect() {
        for (const store of ['redis', 'postgres'] as const) {
          this.set({ store }, readings()[store] === 'connected' ? 1 : 0)
        }
      },
    }),
    new Counter({
      name: 'gatehouse_problems_total',
      help: 'Bad input and failures that stopped nothing, by where they were met',
      labelNames: ['area'],
      registers: [],
      collect() {
        this.reset()
        for (const area of Problem.shape.area.options) this.inc({ area }, 0)
        for (const { area, count } of readings().problems) this.inc({ area }, count)
      },
    }),
  ]
}
