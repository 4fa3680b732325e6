import { openCatalogue } from '../helpers/labelled/catalogue.ts'
import { fullSize, generateLabelled, seeds, shortSize } from '../helpers/labelled/generate.ts'
import type { BenchServers } from './drain.ts'
import { benchDetection } from './watch/detection.ts'
import { benchDistinct } from './watch/distinct.ts'
import { benchMemory } from './watch/memory.ts'
import { benchReaction } from './watch/reaction.ts'
import { benchThroughput } from './watch/throughput.ts'

/**
 * The watcher on one thread, over labelled events, and then within an engine on servers of its own. `say` tells what is
 * under way.
 */
export async function benchWatch(
  servers: () => Promise<BenchServers>,
  { quick, say }: { quick: boolean; say: (text: string) => void },
) {
  const catalogue = await openCatalogue()
  const size = quick ? shortSize : fullSize
  const detection = benchDetection(catalogue, size, quick ? [size.seed] : seeds, say)
  say('labelled events')
  const labelled = generateLabelled(size)
  say('the catalogue, beside JSON.parse of the same lines')
  const throughput = benchThroughput(catalogue, labelled.events, quick ? 1 : 5)
  say('value_count over 10,000 values, beside 10')
  const distinct = benchDistinct(quick ? 1 : 5)
  labelled.events.length = 0
  say('memory for active users')
  const memory = benchMemory(catalogue, quick ? 50_000 : 1_000_000)
  say('from push to alert, at 5,000 events a second')
  const reaction = await benchReaction(await servers(), { eventsPerSecond: 5_000, seconds: quick ? 10 : 60 })
  return { detection, throughput, distinct, memory, reaction }
}
