import { Kbd, Modal } from '@mantine/core'
import { eventQueryFields, sessionQueryFields } from '../../shared/model/query-fields.ts'
import { dialogs } from './dialogs.ts'
import { pages } from './pages.ts'
import { pageNames } from './place.ts'
import { useStore } from './store.ts'
import classes from './Dialogs.module.css'

const keys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['/'], 'Search'],
  [['j'], 'Next row'],
  [['k'], 'Row before'],
  [['Enter'], 'Open the drawer of a row'],
  [['Esc'], 'Close the drawer or a dialog'],
  [['Ctrl', 'K'], 'Commands'],
  [['←', '→'], 'In a chart: the second before, the next one'],
  [['?'], 'This help'],
  ...pageNames.map((name) => [['g', pages[name].key], pages[name].title] as const),
]

/** On the page Alerts. */
const triageKeys: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['a'], 'Acknowledge'],
  [['o'], 'Take it, or give it back'],
  [['c'], 'Close, and say what it was'],
  [['r'], 'Open again'],
  [['s'], 'Suppress'],
  [['x'], 'Choose this one, too'],
  [['Shift', 'j'], 'Choose the next one, too'],
  [['Shift', 'k'], 'Choose the one before, too'],
]

const examples: readonly (readonly [query: string, what: string])[] = [
  ['user:alice', 'one user'],
  ['user:al*', 'every user that begins so'],
  ['ip:10.0.0.0/8', 'an address or a network'],
  ['-country:DE', 'everything but this'],
  ['type:failed_login last:24h', 'both, in the last day'],
  ['(user:alice OR user:bob)', 'either of them'],
  ['"free text"', 'words anywhere in the row'],
]

/** Keys and query language on one sheet. */
export function HelpDialog() {
  const isOpen = useStore(dialogs) === 'help'
  const fields = [...new Map([...sessionQueryFields, ...eventQueryFields].map((field) => [field.name, field])).values()]
  return (
    <Modal opened={isOpen} onClose={() => dialogs.set(null)} title="Help" size={880}>
      <div className={classes.help}>
        <section>
          <h2>Keys</h2>
          <Keys keys={keys} />
          <h2>Alerts</h2>
          <Keys keys={triageKeys} />
        </section>
        <section>
          <h2>Searching</h2>
          <dl>
            {examples.map(([query, what]) => (
              <div key={query}>
                <dt>
                  <code>{query}</code>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <h2>Fields</h2>
          <dl className={classes.fields}>
            {fields.map(({ name, hint }) => (
              <div key={name}>
                <dt>
                  <code>{name}:</code>
                </dt>
                <dd>{hint}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  )
}

const Keys = ({ keys: listed }: { keys: typeof keys }) => (
  <dl>
    {listed.map(([names, what]) => (
      <div key={what}>
        <dt>
          {names.map((name) => (
            <Kbd key={name}>{name}</Kbd>
          ))}
        </dt>
        <dd>{what}</dd>
      </div>
    ))}
  </dl>
)
