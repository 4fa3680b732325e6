import { describe, expect, it } from 'vitest'
import { addressKey, parseAddress } from '../../../../src/main/engine/addresses.ts'
import { readAddressList, type AddressList } from '../../../../src/main/engine/watch/enrich/address-list.ts'

const listed = ({ addresses }: AddressList, address: string): boolean =>
  addresses.has(addressKey(parseAddress(address) ?? 'no address'))

const listOf = (...lines: string[]) => readAddressList(lines.join('\n'))

describe('a list of addresses', () => {
  it('takes addresses, networks and ranges of both families, one a line', async () => {
    const list = await listOf(
      '192.0.2.7',
      '198.51.100.0/24',
      '203.0.113.10-203.0.113.20',
      '2001:db8::/32',
      '2001:4860::8 - 2001:4860::f',
    )
    expect(list).toMatchObject({ entries: 5, badLines: 0 })
    const inside = [
      '192.0.2.7',
      '198.51.100.0',
      '198.51.100.255',
      '203.0.113.10',
      '203.0.113.20',
      '2001:db8:ffff::1',
      '2001:4860::a',
    ]
    const outside = [
      '192.0.2.6',
      '192.0.2.8',
      '198.51.101.0',
      '203.0.113.9',
      '203.0.113.21',
      '2001:db9::',
      '2001:4860::10',
      '::',
      'ffff::',
    ]
    expect(inside.filter((address) => !listed(list, address))).toEqual([])
    expect(outside.filter((address) => listed(list, address))).toEqual([])
  })

  it('knows IPv4 that is written as IPv6', async () => {
    const list = await listOf('::ffff:192.0.2.0/120', '198.51.100.1')
    expect(listed(list, '192.0.2.200')).toBe(true)
    expect(listed(list, '::ffff:198.51.100.1')).toBe(true)
    expect(listed(list, '192.0.3.1')).toBe(false)
  })

  it('finds an address within ranges that overlap, touch and lie within each other', async () => {
    const list = await listOf(
      '192.0.2.128/25',
      '192.0.2.0/24',
      '192.0.2.0-192.0.2.10',
      '192.0.3.0/24',
      '192.0.2.250-192.0.3.5',
    )
    expect(list.addresses.ranges).toBe(1)
    for (const address of ['192.0.2.0', '192.0.2.100', '192.0.2.255', '192.0.3.0', '192.0.3.255']) {
      expect(listed(list, address)).toBe(true)
    }
    expect(listed(list, '192.0.4.0')).toBe(false)
    expect(listed(list, '192.0.1.255')).toBe(false)
  })

  it('passes over comments, empty lines and what stands behind an address', async () => {
    const list = await readAddressList(
      '\uFEFF# exits\r\n; old\r\n\r\n// new\r\n192.0.2.1 # one\r\n192.0.2.2\thost.example\r\n192.0.2.3;x\r\n',
    )
    expect(list).toMatchObject({ entries: 3, badLines: 0 })
  })

  it('reads the first column of CSV, with and without a heading', async () => {
    const plain = await listOf('172.224.226.0/27,GB,GB-EN,London,', '2a02:26f7:b048:5000::/64,US,US-CA,"San Jose",')
    expect(plain).toMatchObject({ entries: 2, badLines: 0 })
    expect(listed(plain, '172.224.226.31')).toBe(true)
    const headed = await listOf('# made today', '"network","organisation"', '"192.0.2.0/24","Example, Ltd"')
    expect(headed).toMatchObject({ entries: 1, badLines: 0 })
    expect(listed(headed, '192.0.2.9')).toBe(true)
  })

  it("reads Tor's list of exits", async () => {
    const list = await listOf(
      'ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E',
      'Published 2026-11-19 03:12:00',
      'LastStatus 2026-11-19 04:00:00',
      'ExitAddress 192.0.2.77 2026-11-19 04:10:11',
    )
    expect(list).toMatchObject({ entries: 1, badLines: 0 })
    expect(listed(list, '192.0.2.77')).toBe(true)
  })

  it('names the lines it does not understand, and uses the rest', async () => {
    const list = await listOf(
      '192.0.2.1',
      'example.org',
      '192.0.2.300',
      '192.0.2.0/33',
      '192.0.2.9-192.0.2.1',
      '192.0.2.1-2001:db8::1',
      '192.0.2.2',
    )
    expect(list).toMatchObject({ entries: 2, badLines: 5 })
    expect(list.examples).toEqual([
      { line: 2, text: 'example.org', reason: 'no address, network or range' },
      { line: 3, text: '192.0.2.300', reason: 'no address, network or range' },
      { line: 4, text: '192.0.2.0/33', reason: 'no address, network or range' },
      { line: 5, text: '192.0.2.9-192.0.2.1', reason: 'a range that ends before it begins' },
      { line: 6, text: '192.0.2.1-2001:db8::1', reason: 'a range from one family of addresses to the other' },
    ])
  })

  it('takes the rest of a line that was cut short for no wide network', async () => {
    const list = await readAddressList('172.224.224.0/27,GB,GB-EN,London,\n172.224.226.0/2')
    expect(list).toMatchObject({ entries: 1, badLines: 1 })
    expect(listed(list, '150.0.0.1')).toBe(false)
    expect(list.examples[0]?.reason).toBe('a network wider than /8: is the line cut short?')
  })

  it('counts every bad line and shows a few, each cut', async () => {
    const list = await readAddressList(`${'x'.repeat(10_000)}\n`.repeat(1_200))
    // The first may be a heading.
    expect(list).toMatchObject({ entries: 0, badLines: 1_199 })
    expect(list.examples.map(({ text }) => text.length)).toEqual([60, 60, 60, 60, 60])
  })
})
