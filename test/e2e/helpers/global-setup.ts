// Playwright takes the setup of a whole run from the default export.
// oxlint-disable-next-line import/no-default-export
export { setup as default } from '../../helpers/global-setup.ts'
