import { About } from './About.tsx'
import { Appearance } from './Appearance.tsx'
import { Connections } from './Connections.tsx'
import classes from './Settings.module.css'

/** Connections, looks, and what this is. */
export const SettingsPage = () => (
  <div className={classes.page}>
    <Connections />
    <div>
      <Appearance />
      <About />
    </div>
  </div>
)
