import { formatRange, parseRange, type TimeRange } from '../query/time-range.ts'

export const pageNames = ['overview', 'sessions', 'events', 'alerts', 'queues', 'settings'] as const
export type PageName = (typeof pageNames)[number]

/** Where the reader is: all of it stands in the address, so that any view can be linked and comes back on reload. */
export interface Place {
  readonly page: PageName
  readonly query: string
  /** Id of the row whose drawer is open. */
  readonly row: string | null
  readonly tab: string | null
  /** null: the page's own default. */
  readonly range: TimeRange | null
}

const isPage = (name: string): name is PageName => (pageNames as readonly string[]).includes(name)

/** Reads `#/events?q=user%3Aalice&range=24h&row=…`. Whatever is not understood falls back to the default. */
export function parsePlace(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split(/\?(.*)/s)
  const params = new URLSearchParams(search)
  return {
    page: isPage(path) ? path : 'overview',
    query: params.get('q') ?? '',
    row: params.get('row'),
    tab: params.get('tab'),
    range: parseRange(params.get('range')),
  }
}

export function formatPlace(place: Place): string {
  const params = new URLSearchParams()
  if (place.query !== '') params.set('q', place.query)
  if (place.range !== null) params.set('range', formatRange(place.range))
  if (place.tab !== null) params.set('tab', place.tab)
  if (place.row !== null) params.set('row', place.row)
  const search = params.toString()
  return search === '' ? `#/${place.page}` : `#/${place.page}?${search}`
}

/** A fresh page: no query, no row. */
export const pageAt = (page: PageName, rest: Partial<Place> = {}): Place => ({
  page,
  query: '',
  row: null,
  tab: null,
  range: null,
  ...rest,
})
