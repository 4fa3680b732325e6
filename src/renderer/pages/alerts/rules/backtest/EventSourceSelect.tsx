import { NativeSelect } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useEngine } from '../../../../api/engine.ts'
import { useLive } from '../../../../api/live.ts'
import { formatBytes } from '../../../../text/format.ts'
import { fileSource } from './form-input.ts'

interface EventSourceSelectProps {
  readonly value: string
  readonly onChange: (source: string) => void
}

/** Where events are read: a store, or a file that somebody has put into the folder for events. */
export function EventSourceSelect({ value, onChange }: EventSourceSelectProps) {
  const files = useQuery(useEngine().queries.rules.eventFiles.queryOptions()).data
  const isOffline = useLive(({ status }) => status?.postgres.status !== 'connected')
  return (
    <NativeSelect
      label="Read from"
      description={files === undefined ? undefined : `Files: *.jsonl in ${files.folder}`}
      inputWrapperOrder={['label', 'input', 'description']}
      value={value}
      data={[
        { value: 'auto', label: isOffline ? 'the cache (PostgreSQL is away)' : 'PostgreSQL' },
        { value: 'cache', label: 'the cache of this computer' },
        ...(files?.files ?? []).map(({ name, bytes }) => ({
          value: fileSource(name),
          label: `${name}, ${formatBytes(bytes)}`,
        })),
      ]}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  )
}
