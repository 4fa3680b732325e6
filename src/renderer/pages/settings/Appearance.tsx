import { SegmentedControl } from '@mantine/core'
import { preferences } from '../../app/preferences.ts'
import { useStore, type Store } from '../../app/store.ts'
import classes from './Settings.module.css'

interface ChoiceProps<T extends string> {
  readonly title: string
  readonly store: Store<T>
  readonly options: readonly (readonly [value: T, label: string])[]
}

function Choice<T extends string>({ title, store, options }: ChoiceProps<T>) {
  const value = useStore(store)
  return (
    <div className={classes.choice}>
      <span>{title}</span>
      <SegmentedControl
        aria-label={title}
        value={value}
        data={options.map(([option, label]) => ({ value: option, label }))}
        onChange={(next) => {
          const chosen = options.find(([option]) => option === next)
          if (chosen !== undefined) store.set(chosen[0])
        }}
      />
    </div>
  )
}

/** Kept in this browser; other readers have their own. */
export const Appearance = () => (
  <section className={classes.section} aria-labelledby="appearance">
    <h2 id="appearance">Appearance</h2>
    <Choice
      title="Theme"
      store={preferences.theme}
      options={[
        ['dark', 'Dark'],
        ['light', 'Light'],
        ['contrast', 'High contrast'],
        ['system', 'As the system'],
      ]}
    />
    <Choice
      title="Rows"
      store={preferences.density}
      options={[
        ['compact', 'Compact'],
        ['normal', 'Normal'],
        ['roomy', 'Roomy'],
      ]}
    />
    <Choice
      title="Clock"
      store={preferences.timeZone}
      options={[
        ['local', `Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})`],
        ['utc', 'UTC'],
      ]}
    />
  </section>
)
