import { Tooltip } from '@mantine/core'
import { useLive } from '../api/live.ts'
import { Icon } from '../components/Icon.tsx'
import { pages } from './pages.ts'
import { formatPlace, pageAt, pageNames } from './place.ts'
import { usePlace } from './router.ts'
import classes from './Rail.module.css'

/** The pages, at the left edge. */
export function Rail() {
  const { page } = usePlace()
  const openAlerts = useLive((view) => view.status?.openAlerts ?? 0)
  return (
    <nav className={classes.rail} aria-label="Pages">
      {pageNames.map((name) => {
        const { title, icon, key } = pages[name]
        const badge = name === 'alerts' && openAlerts > 0 ? openAlerts : null
        return (
          <Tooltip key={name} label={`${title} (g ${key})`} position="right">
            <a
              href={formatPlace(pageAt(name))}
              className={classes.link}
              aria-current={name === page ? 'page' : undefined}
              aria-label={badge === null ? title : `${title}, ${badge} open`}
            >
              <Icon name={icon} size={18} />
              <span className={classes.word}>{title}</span>
              {badge !== null && <span className={classes.badge}>{badge > 99 ? '99+' : badge}</span>}
            </a>
          </Tooltip>
        )
      })}
    </nav>
  )
}
