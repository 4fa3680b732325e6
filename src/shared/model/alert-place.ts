import { z } from 'zod'
import { EventId } from './ids.ts'

/** Where an event of an alert came from, by the geographic databases of now. Degrees, north and east positive. */
export const AlertPlace = z.object({
  eventId: EventId,
  at: z.date(),
  /** As far as they are known: a name, and a code of ISO 3166-1. */
  city: z.string().nullable(),
  country: z.string().nullable(),
  ipAddress: z.string().nullable(),
  latitude: z.number(),
  longitude: z.number(),
  /** It is within this of there. */
  radiusKm: z.number(),
})
export type AlertPlace = z.infer<typeof AlertPlace>
