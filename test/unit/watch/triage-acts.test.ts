import { describe, expect, test } from 'vitest'
import { judge, type Judgement } from '../../../src/main/engine/watch/triage-acts.ts'
import { TriageAct } from '../../../src/shared/model/triage.ts'

const fresh: Judgement = { state: 'new', verdict: null, owner: null }
const taken: Judgement = { state: 'acknowledged', verdict: null, owner: 'bob' }
const closed: Judgement = { state: 'closed', verdict: 'benign', owner: 'bob' }
const act = (input: object) => TriageAct.parse(input)

describe('an act', () => {
  test.each([
    ['acknowledges, and takes', fresh, { action: 'acknowledge' }, { ...taken, owner: 'carol' }],
    ['acknowledges for who has it', { ...fresh, owner: 'bob' }, { action: 'acknowledge' }, taken],
    ['gives to another', taken, { action: 'assign', owner: 'dora' }, { ...taken, owner: 'dora' }],
    ['takes from its owner', taken, { action: 'assign', owner: null }, { ...taken, owner: null }],
    ['says something of one that is closed', closed, { action: 'comment', comment: 'as before' }, closed],
    [
      'closes',
      fresh,
      { action: 'close', verdict: 'true', comment: 'seen' },
      { ...closed, verdict: 'true', owner: 'carol' },
    ],
    ['judges anew', closed, { action: 'close', verdict: 'true', comment: 'after all' }, { ...closed, verdict: 'true' }],
    ['reopens', closed, { action: 'reopen', comment: 'again' }, { ...fresh, owner: 'bob' }],
  ])('%s', (_what, before, input, after) => {
    expect(judge(before, act(input), 'carol')).toEqual(after)
  })

  test.each([
    ['is acknowledged already', taken, { action: 'acknowledge' }],
    ['is closed already', closed, { action: 'acknowledge' }],
    ['bob has it already', taken, { action: 'assign', owner: 'bob' }],
    ['closed as benign already', closed, { action: 'close', verdict: 'benign', comment: 'once more' }],
    ['is not closed', taken, { action: 'reopen', comment: 'again' }],
  ])('that changes nothing is refused: %s', (reason, before, input) => {
    expect(judge(before, act(input), 'carol')).toContain(reason)
  })

  test.each([
    { action: 'close', verdict: 'true' },
    { action: 'close', verdict: 'true', comment: '  x ' },
    { action: 'close', verdict: 'perhaps', comment: 'seen' },
    { action: 'reopen' },
    { action: 'comment', comment: 'x'.repeat(2_001) },
    { action: 'assign', owner: ' ' },
  ])('without what it needs is no act: %j', (input) => {
    expect(TriageAct.safeParse(input).success).toBe(false)
  })
})
