import { SegmentedControl } from '@mantine/core'
import type { ComponentType } from 'react'
import { moveTo, usePlace } from '../../app/router.ts'
import { EpisodesTab } from './EpisodesTab.tsx'
import { NotificationsTab } from './notify/NotificationsTab.tsx'
import { RulesTab } from './rules/RulesTab.tsx'
import { SuppressDialog } from './suppress/SuppressDialog.tsx'
import { SuppressionsTab } from './suppress/SuppressionsTab.tsx'
import classes from './Alerts.module.css'

const tabs = {
  episodes: { title: 'Alerts', view: EpisodesTab },
  rules: { title: 'Rules', view: RulesTab },
  suppressions: { title: 'Suppressions', view: SuppressionsTab },
  notifications: { title: 'Notifications', view: NotificationsTab },
} as const satisfies Record<string, { title: string; view: ComponentType }>

const isTab = (name: string | null): name is keyof typeof tabs => name !== null && name in tabs

/** What looked wrong; the rules that look, what they leave out, and who is told. */
export function AlertsPage() {
  const place = usePlace()
  const tab = isTab(place.tab) ? place.tab : 'episodes'
  const View = tabs[tab].view
  return (
    <div className={classes.page}>
      <div className={classes.tabs}>
        <SegmentedControl
          aria-label="What to look at"
          value={tab}
          data={Object.entries(tabs).map(([value, { title }]) => ({ value, label: title }))}
          onChange={(next) => moveTo({ tab: next === 'episodes' ? null : next, row: null, query: '' })}
        />
      </div>
      <View />
      <SuppressDialog />
    </div>
  )
}
