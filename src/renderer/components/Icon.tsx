const shapes = {
  overview: 'M2 13.500h12M3.5 11V8M6.5 11V4.500M9.5 11V6.500M12.5 11V2.5',
  sessions:
    'M6 7.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13.500c0-2.5 2-4 4.5-4s4.5 1.5 4.5 4M11 3a2.2 2.2 0 0 1 0 4.200M12 9.700c1.6.5 2.5 1.9 2.5 3.8',
  events: 'M2 4h1M5.5 4H14M2 8h1M5.5 8H14M2 12h1M5.5 12H14',
  alerts: 'M8 2a4 4 0 0 0-4 4v2.800L2.7 11.500h10.600L12 8.800V6a4 4 0 0 0-4-4ZM6.5 13.500h3',
  queues: 'M2.5 3h11M2.5 6.300h11M2.5 9.700h11M5.5 13h5M8 11v2',
  settings: 'M2 4.500h6M11.5 4.500H14M9.8 2.800v3.400M2 11.500h2.500M8 11.500h6M6.2 9.800v3.4',
  search: 'M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14',
  close: 'm3.5 3.5 9 9M12.5 3.500l-9 9',
  columns: 'M2.5 3h11v10h-11ZM6.2 3v10M9.8 3v10',
  export: 'M8 2v8M5 7l3 3 3-3M2.5 11v2.500h11V11',
  copy: 'M5.5 5.500h8v8h-8ZM3.5 10.500h-1v-8h8v1',
  include: 'M8 3v10M3 8h10',
  exclude: 'M3 8h10',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.5 13 8l-8.5 5.500Z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.500V8l2.5 1.5',
  down: 'm4 6 4 4 4-4',
  up: 'm4 10 4-4 4 4',
  table: 'M2.5 3h11v10h-11ZM2.5 6.300h11M2.5 9.700h11M7 3v10',
  commands: 'm3 5 3 3-3 3M8 11.500h5',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.2 6.200c.2-1 .9-1.6 1.9-1.6 1.1 0 1.9.7 1.9 1.7 0 1.4-1.9 1.5-1.9 2.900M8.1 11.300v.1',
  reload: 'M13 8a5 5 0 1 1-1.5-3.600M13 2v3h-3',
  star: 'm8 2 1.8 3.8 4.2.6-3 3 .7 4.100L8 11.500l-3.7 2 .7-4.1-3-3 4.2-.6Z',
  lock: 'M4 7h8v6.500H4ZM5.5 7V5a2.5 2.5 0 0 1 5 0v2',
  end: 'M6.5 2.500h-4v11h4M6 8h8M11 5l3 3-3 3',
} as const

export type IconName = keyof typeof shapes

/** A line drawing of 16 px beside a word or with the word in the label of its button: never the only thing that says it. */
export const Icon = ({ name, size = 16 }: { name: IconName; size?: number }) => (
  <svg
    aria-hidden
    width={size}
    height={size}
    viewBox="0 0 16 16"
    fill="none"
    stroke="currentColor"
    strokeWidth={1.4}
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    <path d={shapes[name]} />
  </svg>
)
