import { once } from 'node:events'
import { request } from 'node:http'
import { describe, expect, test } from 'vitest'
import { DeliveryError } from '../../../src/main/engine/notify/delivery-error.ts'
import { sendEmail } from '../../../src/main/engine/notify/email.ts'
import { guardedLookup } from '../../../src/main/engine/notify/guarded-lookup.ts'

/** Looks any name up as these addresses. */
const resolvesTo = (addresses: readonly string[]) =>
  guardedLookup((_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    ),
  )

/** What a request to a name that resolves to these addresses fails with. */
async function failureFor(...addresses: string[]): Promise<Error> {
  const lookup = resolvesTo(addresses)
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

describe('mail to a name', () => {
  const mailTo = async (address: string): Promise<unknown> => {
    const settings = {
      host: 'mail.example.org',
      port: 1,
      security: 'none' as const,
      user: null,
      password: null,
      from: 'gatehouse@example.org',
      to: ['soc@example.org'],
      timeoutMs: 5_000,
    }
    const message = {
      id: 'one',
      message: { headline: 'Trial', severity: 'info' as const, alerts: [], more: 0, isTrial: true },
    }
    return sendEmail(settings, message, { allowLinkLocal: false, lookup: resolvesTo([address]) }).catch(
      (error: unknown) => error,
    )
  }

  test('that leads to a link-local address is not sent, nor tried again', async () => {
    const failure = await mailTo('169.254.169.254')
    expect(failure).toBeInstanceOf(DeliveryError)
    expect(failure).toMatchObject({
      isFinal: true,
      message: expect.stringMatching(/^mail\.example\.org: 169\.254\.169\.254 is a link-local or metadata/) as string,
    })
  })

  test('that leads elsewhere is, and is tried again where nothing listens', async () => {
    expect(await mailTo('127.0.0.1')).toMatchObject({
      isFinal: false,
      message: 'Nothing listens on mail.example.org:1: start the server, or check host and port.',
    })
  })
})
