import { once } from 'node:events'
import { request } from 'node:http'
import { expect, test } from 'vitest'
import { guardedLookup } from '../../../src/main/engine/notify/guarded-lookup.ts'

/** What a request to a name that resolves to these addresses fails with. */
async function failureFor(...addresses: string[]): Promise<Error> {
  const lookup = guardedLookup((_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    ),
  )
  const sent = request('http://hooks.example.org:1/', { lookup, agent: false })
  const [error] = (await once(sent, 'error')) as [Error]
  return error
}

test.each([['169.254.169.254'], ['fe80::1'], ['fd00:ec2::254'], ['127.0.0.1', '169.254.169.254']])(
  'a name that leads to %s is not connected to',
  async (...addresses) => {
    expect((await failureFor(...addresses)).message).toMatch(
      /^hooks\.example\.org: .+ is a link-local or metadata address/,
    )
  },
)

test('any other name is', async () => {
  expect(await failureFor('127.0.0.1')).toMatchObject({ code: 'ECONNREFUSED' })
})
