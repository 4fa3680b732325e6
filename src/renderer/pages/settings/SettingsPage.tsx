import { About } from './About.tsx'
import { Appearance } from './Appearance.tsx'
import { Connections } from './Connections.tsx'
import { SessionStores } from './SessionStores.tsx'
import classes from './Settings.module.css'

/** Connections, looks, and what this is. */
export const SettingsPage = () => (
  <div className={classes.page}>
    <div>
      <Connections />
      <SessionStores />
    </div>
    <div>
      <Appearance />
      <About />
    </div>
  </div>
)
