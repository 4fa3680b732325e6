import type { Page } from '@playwright/test'

type PageName = 'Overview' | 'Sessions' | 'Events' | 'Alerts' | 'Queues' | 'Settings'

/** The link of a page in the rail; that of the alerts counts those that are open. */
export const railLink = (page: Page, name: PageName) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: new RegExp(`^${name}`) })

export const openPage = (page: Page, name: PageName) => railLink(page, name).click()
