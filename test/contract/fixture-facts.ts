/** More digits than a double-precision number holds. */
export const bigNumber = 2n ** 63n + 1n
export const eventAt = new Date('2024-02-29T23:59:59.123Z')
