import { expect, test } from 'vitest'
import { leadWords } from '../../../src/renderer/text/lead.ts'

const since = new Date(0)

test.each([
  [{ leads: true, leader: 'host/1', since }, 'Leads', /^this engine/],
  [{ leads: false, leader: 'host/2', since }, 'Led by host/2', /^host\/2 mirrors/],
  [{ leads: false, leader: null, since: null }, 'No leader', /^no engine/],
])('%j is said as "%s"', (state, short, long) => {
  expect(leadWords(state)).toEqual({ short, long: expect.stringMatching(long) as string })
})
