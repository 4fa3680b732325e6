/** What the desktop shows while nobody looks at the window. */
import { expect, test } from './helpers/fixtures.ts'
import { failedLogins, pushItems } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('an alert is shown by the desktop, and a click opens it', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  const { app, page } = await launch(env)
  // As the real one: put in its place where the test runs on it, for nobody can see what the system shows.
  await app!.evaluate(({ Notification }) => {
    const shown: { title: string; body: string; click: () => void }[] = []
    Object.assign(globalThis, { shown })
    Notification.prototype.show = function (this: Electron.Notification) {
      shown.push({ title: this.title, body: this.body, click: () => this.emit('click') })
    }
  })
  await expect(page.getByText('No open alerts')).toBeVisible()
  await pushItems(redis.url, failedLogins('alice', 8))

  const texts = () =>
    app!.evaluate(() => {
      const { shown } = globalThis as unknown as { shown: { title: string; body: string }[] }
      return shown.map(({ title, body }) => `${title}\n${body}`)
    })
  await expect.poll(async () => (await texts()).join('\n')).toContain('alice')
  await app!.evaluate(() => (globalThis as unknown as { shown: { click: () => void }[] }).shown[0]?.click())
  await expect(page).toHaveURL(/#\/alerts\?row=[0-9a-f]{64}/)
  await expect(page.getByRole('complementary')).toContainText('alice')
})
