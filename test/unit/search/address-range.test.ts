import { expect, test } from 'vitest'
import { parseAddressRange } from '../../../src/main/engine/address-range.ts'
import { addressKey } from '../../../src/main/engine/addresses.ts'

test.each([
  ['1.2.3.4', '00000000000000000000ffff01020304'],
  ['255.255.255.255', '00000000000000000000ffffffffffff'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::1', '20010db8000000000000000000000001'],
  ['2001:db8:1:2:3:4:5:6', '20010db8000100020003000400050006'],
  ['1::', '00010000000000000000000000000000'],
  ['::1:2', '00000000000000000000000000010002'],
  ['64:ff9b::1.2.3.4', '0064ff9b000000000000000001020304'],
])('the key of %s', (address, key) => expect(addressKey(address).toString('hex')).toBe(key))

test.each([
  ['10.1.2.3', '10.1.2.3/32', '10.1.2.3', '10.1.2.3'],
  ['10.1.2.3/8', '10.1.2.3/8', '10.0.0.0', '10.255.255.255'],
  ['192.168.1.128/25', '192.168.1.128/25', '192.168.1.128', '192.168.1.255'],
  ['10.1.2.3/31', '10.1.2.3/31', '10.1.2.2', '10.1.2.3'],
  ['0.0.0.0/0', '0.0.0.0/0', '0.0.0.0', '255.255.255.255'],
  ['::ffff:10.9.9.9/104', '10.9.9.9/8', '10.0.0.0', '10.255.255.255'],
  ['2001:DB8::/33', '2001:db8::/33', '2001:db8::', '2001:db8:7fff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::1%eth0', 'fe80::1/128', 'fe80::1', 'fe80::1'],
])('%s reaches from end to end', (typed, text, low, high) => {
  expect(parseAddressRange(typed)).toEqual({ text, low: addressKey(low), high: addressKey(high), spansIPv4: false })
})

test('the networks of IPv6 that hold the keys of IPv4 say so', () => {
  expect(parseAddressRange('::/0')?.spansIPv4).toBe(true)
  expect(parseAddressRange('::/80')?.spansIPv4).toBe(true)
  expect(parseAddressRange('::/128')?.spansIPv4).toBe(false)
})

test.each([
  '',
  'alice',
  '10.0.0',
  '10.0.0.0/33',
  '10.0.0.0/',
  '::/129',
  '::ffff:1.2.3.4/95',
  '1.2.3.4,5.6.7.8',
  '/8',
  '1.2.3.4/-1',
  '999.1.1.1',
])('"%s" is no network', (text) => expect(parseAddressRange(text)).toBeNull())
