import { GatehouseError } from '../shared/errors.ts'

/**
 * The numbers among the options of `owner`, with defaults for those that were left out.
 * @param others names of the options that are no numbers
 * @throws GatehouseError CONFIG_INVALID that names the option: unknown, or no whole number from 1 on
 */
export function readNumbers<Name extends string>(
  owner: string,
  given: unknown,
  defaults: Readonly<Record<Name, number>>,
  others: readonly string[],
): Record<Name, number> {
  if (typeof given !== 'object' || given === null) {
    throw new GatehouseError('CONFIG_INVALID', `${owner}: expected an object of options.`)
  }
  const numbers: Record<Name, number> = { ...defaults }
  for (const [name, value] of Object.entries(given) as [string, unknown][]) {
    if (others.includes(name)) continue
    if (!isNameOf(numbers, name)) {
      const known = [...others, ...Object.keys(defaults)].join(', ')
      throw invalid(owner, name, `is unknown: there are ${known}`)
    }
    if (value === undefined) continue
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) {
      const shown = typeof value === 'number' ? String(value) : typeof value
      throw invalid(owner, name, `is ${shown}: expected a whole number from 1 on`)
    }
    numbers[name] = value
  }
  return numbers
}

export function invalid(owner: string, option: string, what: string): GatehouseError {
  return new GatehouseError('CONFIG_INVALID', `${owner}: the option "${option}" ${what}.`, { option })
}

const isNameOf = <Name extends string>(record: Record<Name, number>, name: string): name is Name =>
  Object.hasOwn(record, name)
