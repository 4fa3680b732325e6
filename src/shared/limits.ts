/** What one connection may send, whichever host carries it. A call of the contract is a few hundred bytes. */
export const maxMessageBytes = 1024 * 1024
/** Calls above this get RATE_LIMITED; the screen makes a few tens when a page opens. */
export const maxCallsPerSecond = 500
/** Messages of any kind above this end the connection: nobody waits for an answer to a flood. */
export const maxMessagesPerSecond = 2_000
/** Subscriptions that one connection may hold; the screen holds two or three. */
export const maxOpenStreams = 64
