import { describe, expect, test, vi } from 'vitest'
import { KeysetList, type FetchPage } from '../../../src/renderer/api/keyset-list.ts'

const pageSize = 10
const origin = { store: 'postgres', asOf: null } as const

/** A store of numbers behind keyset cursors, which notes what it was asked for. */
function numbers(count: number, from = 0) {
  const asked: (string | null)[] = []
  const fetchPage: FetchPage<number> = (cursor) => {
    asked.push(cursor)
    const start = cursor === null ? 0 : Number(cursor)
    const rows = Array.from({ length: Math.min(pageSize, count - start) }, (_, at) => from + start + at)
    const end = start + rows.length
    return Promise.resolve({ rows, nextCursor: end < count ? String(end) : null, origin })
  }
  return { asked, fetchPage }
}

const idle = (list: KeysetList<number>) => vi.waitFor(() => expect(list.view().loading).toBe(false))

describe('KeysetList', () => {
  test('reads pages until the wanted rows are there, and no further', async () => {
    const { asked, fetchPage } = numbers(100)
    const list = new KeysetList(fetchPage)
    list.want(0, 25)
    await vi.waitFor(() => expect(list.view().count).toBe(30))
    await idle(list)
    expect(asked).toEqual([null, '10', '20'])
    expect(list.rowAt(24)).toBe(24)
    expect(list.rowAt(30)).toBeUndefined()
    expect(list.view()).toMatchObject({ atEnd: false, error: null, origin })
  })

  test('knows its end, and that there is nothing at all', async () => {
    const full = new KeysetList(numbers(12).fetchPage)
    full.want(0, 50)
    await vi.waitFor(() => expect(full.view()).toMatchObject({ count: 12, atEnd: true }))
    const empty = new KeysetList(numbers(0).fetchPage)
    empty.want(0, 50)
    await vi.waitFor(() => expect(empty.view()).toMatchObject({ count: 0, atEnd: true }))
  })

  test('lets rows far away go, and reads them again by their cursor', async () => {
    const { asked, fetchPage } = numbers(1_000)
    const list = new KeysetList(fetchPage)
    list.want(0, 600)
    await vi.waitFor(() => expect(list.view().count).toBe(600))
    list.want(580, 600)
    await idle(list)
    expect(list.rowAt(0)).toBeUndefined()
    expect(list.rowAt(599)).toBe(599)
    asked.length = 0
    list.want(5, 15)
    await vi.waitFor(() => expect([list.rowAt(5), list.rowAt(14)]).toEqual([5, 14]))
    expect(asked).toEqual([null, '10'])
    expect(list.view().count).toBe(600)
  })

  test('a refresh swaps only once the new rows have come', async () => {
    let from = 0
    let release = () => {}
    const list = new KeysetList<number>(async (cursor, signal) => {
      if (from > 0) await new Promise<void>((resolve) => (release = resolve))
      return numbers(100, from).fetchPage(cursor, signal)
    })
    list.want(0, 5)
    await vi.waitFor(() => expect(list.rowAt(0)).toBe(0))
    await idle(list)
    from = 1_000
    const refreshed = list.refresh()
    expect(list.rowAt(0)).toBe(0)
    release()
    await refreshed
    expect(list.rowAt(0)).toBe(1_000)
    expect(list.view().count).toBe(10)
  })

  test('a failed refresh keeps what is shown, and says what failed', async () => {
    let failing = false
    const list = new KeysetList<number>((cursor, signal) =>
      failing ? Promise.reject(new Error('PostgreSQL is away')) : numbers(100).fetchPage(cursor, signal),
    )
    list.want(0, 5)
    await vi.waitFor(() => expect(list.rowAt(0)).toBe(0))
    await idle(list)
    failing = true
    await list.refresh()
    expect(list.rowAt(9)).toBe(9)
    expect(list.view()).toMatchObject({ count: 10, loading: false, error: new Error('PostgreSQL is away') })
    failing = false
    list.retry()
    expect(list.view().error).toBeNull()
  })

  test('after an error nothing is asked again until somebody wants it', async () => {
    let calls = 0
    const list = new KeysetList<number>(() => {
      calls += 1
      return Promise.reject(new Error('no'))
    })
    list.want(0, 5)
    await vi.waitFor(() => expect(list.view().error).not.toBeNull())
    list.want(0, 6)
    expect(calls).toBe(1)
    list.retry()
    await vi.waitFor(() => expect(calls).toBe(2))
  })

  test('can be used again after it was left in the middle of reading', async () => {
    const { fetchPage } = numbers(100)
    const list = new KeysetList(fetchPage)
    list.want(0, 5)
    list.leave()
    list.want(0, 5)
    await vi.waitFor(() => expect(list.rowAt(4)).toBe(4))
  })
})
