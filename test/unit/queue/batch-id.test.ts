import { expect, test } from 'vitest'
import { batchOfIdentity, itemIdentity } from '../../../src/main/engine/queue/batch-id.ts'

const batchId = '1763632800000-queue-0123456789abcdef'

test('identities of the items of one batch are in their order as texts, too', () => {
  const identities = Array.from({ length: 5_000 }, (_, index) => itemIdentity(batchId, index))
  expect(identities.toSorted()).toEqual(identities)
  expect(new Set(identities).size).toBe(5_000)
})

test('an identity names its batch, however many digits its index has', () => {
  for (const index of ['7', '0007', '12345']) expect(batchOfIdentity(`${batchId}:${index}`)).toBe(batchId)
  expect(batchOfIdentity(`other:${batchId}`)).toBeNull()
})
