/** `npm run faults` runs every fault at full size, `npm test` a short form of it. */
export const isLong = process.env['GATEHOUSE_FAULTS'] === 'long'

/** A size of a fault: of its short form, and of its full one. */
export const sized = <T>(short: T, full: T): T => (isLong ? full : short)

/** How long one fault may take, on machines that others use too. */
export const deadlineMs = sized(180_000, 900_000)
