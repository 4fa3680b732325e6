/** Characters that steer a terminal, or turn the direction of writing; lines end as they do. */
const steering = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/gu

/** A text for a terminal: what steers it is made visible in the form of JSON, so that JSON says the same as before. */
export const printable = (text: string): string =>
  text.replaceAll(steering, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
