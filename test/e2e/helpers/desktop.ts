import { launchElectron } from './electron.ts'
import type { Launched } from './fixtures.ts'

/** The desktop program, from the build; on the real executable where there is one. */
export async function launchDesktop(env: Record<string, string>): Promise<Launched> {
  const app = await launchElectron('out/main/index.js', env)
  const page = await app.firstWindow()
  await page.waitForURL((url) => url.href !== 'about:blank')
  return { host: 'desktop', page, app, close: () => app.close() }
}
