import { eventQueryFields, sessionQueryFields, type QueryField } from '../../shared/model/query-fields.ts'
import type { IconName } from '../components/Icon.tsx'
import { anyTime, type TimeRange } from '../query/time-range.ts'
import type { PageName } from './place.ts'
import { preferences } from './preferences.ts'

/** What the frame knows of a page. */
export interface PageFacts {
  readonly title: string
  readonly icon: IconName
  /** Pressed after `g`. */
  readonly key: string
  /** The range that holds until another is chosen; null where a page has no use for one. */
  readonly range: TimeRange | null
  /** Stretches that it can show. */
  readonly spans: readonly string[]
}

const searchSpans = ['15m', '1h', '6h', '24h', '7d', '30d'] as const

export const pages: Readonly<Record<PageName, PageFacts>> = {
  overview: {
    title: 'Overview',
    icon: 'overview',
    key: 'o',
    range: { kind: 'last', span: '15m' },
    spans: ['5m', '15m', '1h', '6h'],
  },
  sessions: { title: 'Sessions', icon: 'sessions', key: 's', range: anyTime, spans: searchSpans },
  events: { title: 'Events', icon: 'events', key: 'e', range: { kind: 'last', span: '24h' }, spans: searchSpans },
  alerts: { title: 'Alerts', icon: 'alerts', key: 'a', range: anyTime, spans: searchSpans },
  queues: { title: 'Queues', icon: 'queues', key: 'q', range: null, spans: [] },
  settings: { title: 'Settings', icon: 'settings', key: 't', range: null, spans: [] },
}

/** What can be searched from the header. */
export const scopes = {
  sessions: {
    fields: sessionQueryFields as readonly QueryField[],
    history: preferences.sessionHistory,
    saved: preferences.sessionSaved,
    placeholder: 'user:alice ip:10.0.0.0/8 -country:DE state:live "free text"',
  },
  events: {
    fields: eventQueryFields as readonly QueryField[],
    history: preferences.eventHistory,
    saved: preferences.eventSaved,
    placeholder: 'user:alice type:failed_login -country:DE last:24h "free text"',
  },
} as const
export type Scope = keyof typeof scopes
