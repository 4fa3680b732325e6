/** Rules: their tests, their text as it is edited, and what another threshold would have shown, with its proof. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { runCommand } from './helpers/command.ts'
import { expect, test } from './helpers/fixtures.ts'
import { failedLogins, pushItems } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('a rule is looked at and back-tested at another threshold', async ({ launch, host }) => {
  const { redis, env, home } = await createWorkspace()
  const { page, app } = await launch(env)
  await pushItems(redis.url, [...failedLogins('alice', 8), ...failedLogins('bob', 14, '198.51.100.7')])
  await page.evaluate(() => (location.hash = '#/alerts?tab=rules&row=brute_force_account'))

  const drawer = page.getByRole('complementary')
  await expect(drawer).toContainText('more than 5 events within 1 min')
  await expect(drawer.getByRole('region', { name: /^Text of/ })).toContainText('name: brute_force_account')
  await expect(drawer.getByRole('listitem').filter({ hasText: 'passed' }).first()).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: 'Brute force against an account' })
  await expect(row).toContainText('passed')
  await expect(drawer.getByRole('link', { name: '2 in 24 h, 2 in 30 days' })).toBeVisible()

  await drawer.getByRole('button', { name: 'Back-test…' }).click()
  const dialog = page.getByRole('dialog', { name: /^Back-test/ })
  await dialog.getByRole('textbox', { name: 'Threshold' }).fill('10')
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(dialog.getByRole('group', { name: 'Alerts' })).toContainText('1')
  await expect(dialog).toContainText('Lost: 1 entity')
  await expect(dialog.getByRole('list').filter({ hasText: 'alice' })).toBeVisible()
  const curve = dialog.getByRole('slider', { name: 'Alerts and entities: Threshold' })
  await curve.focus()
  await page.keyboard.press('Home')
  await expect(curve).toHaveAttribute('aria-valuetext', /Threshold \d.*, 2 alerts, 2 entities/)
  await dialog.getByRole('button', { name: 'Alerts and entities as a table' }).click()
  await expect(page.getByRole('region', { name: 'Alerts and entities, numbers' }).getByRole('row')).not.toHaveCount(0)
  await expect(
    dialog.getByRole('paragraph').filter({ hasText: 'brute_force_account at 10 would raise 1' }),
  ).toBeVisible()
  await dialog.getByRole('button', { name: 'Copy the proof' }).click()
  await expect(dialog.getByText('Copied')).toBeVisible()

  // The proof is a file that anybody can run again: by the command line, and here.
  const saved = path.join(home, 'saved-proof.json')
  await app?.evaluate(({ dialog: dialogs }, filePath) => {
    dialogs.showSaveDialog = async () => ({ canceled: false, filePath })
  }, saved)
  const download = host === 'web' ? page.waitForEvent('download') : null
  await dialog.getByRole('button', { name: 'Save the proof' }).click()
  await expect(dialog.getByText('Saved', { exact: true })).toBeVisible()
  await (await download)?.saveAs(saved)
  expect(await runCommand(env, ['backtest', '--verify', saved])).toMatchObject({
    holds: true,
    differences: [],
    rulesChanged: false,
  })
  await dialog.getByRole('button', { name: 'Verify the proof…' }).click()
  const proof = page.getByRole('dialog', { name: 'Verify the proof of a back-test' })
  await expect(proof).toContainText('brute_force_account at 10 would raise 1')
  await proof.getByRole('button', { name: 'Run it again' }).click()
  await expect(proof.getByText('The proof holds.')).toBeVisible()

  const claimed = JSON.parse(await readFile(saved, 'utf8')) as { result: { alerts: number }; statement: string }
  const forged = path.join(home, 'forged.json')
  const statement = '<img src=x onerror=alert(1)> would not fire'
  await writeFile(forged, JSON.stringify({ ...claimed, statement, result: { ...claimed.result, alerts: 0 } }))
  const opener = proof.getByLabel('File with a proof')
  await opener.setInputFiles(forged)
  await expect(proof).toContainText(statement)
  await proof.getByRole('button', { name: 'Run it again' }).click()
  await expect(proof.getByText('The proof does not hold.')).toBeVisible()
  await expect(proof.getByRole('region', { name: 'Differences' }).getByRole('row').nth(1)).toContainText(/alerts.*0.*1/)
  const noProof = path.join(home, 'no-proof.json')
  await writeFile(noProof, '{"format": "other"}')
  await opener.setInputFiles(noProof)
  await expect(proof.getByRole('alert')).toContainText('no-proof.json is no proof of a back-test')
  await page.keyboard.press('Escape')

  await drawer.getByRole('button', { name: 'Back-test…' }).click()
  await dialog.getByRole('textbox', { name: 'Threshold' }).fill('10')
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  await dialog.getByRole('link', { name: 'alert', exact: true }).click()
  await expect(page.getByRole('complementary')).toContainText('14 within 1 min')
})

test('a back-test reads a file, and what lies between two times', async ({ launch }) => {
  const { env, home } = await createWorkspace()
  const events = [...failedLogins('alice', 8), ...failedLogins('bob', 9, '198.51.100.7')].map((event, at) => ({
    ...event,
    created_at: new Date(Date.UTC(2026, 2, at < 8 ? 2 : 4, 12, 0, at)).toISOString(),
  }))
  await mkdir(path.join(home, 'events'))
  await writeFile(
    path.join(home, 'events', 'march.jsonl'),
    [...events.map((event) => JSON.stringify(event)), 'no event'].join('\n'),
  )
  const { page } = await launch(env)
  await page.evaluate(() => (location.hash = '#/alerts?tab=rules'))
  await page.getByRole('button', { name: 'Back-test…' }).click()
  const dialog = page.getByRole('dialog', { name: 'Back-test' })
  await dialog.getByRole('combobox', { name: 'Rule' }).selectOption('brute_force_account')
  await dialog.getByRole('combobox', { name: 'Read from' }).selectOption('file:march.jsonl')
  await dialog.getByRole('combobox', { name: 'Events of' }).selectOption('between')
  const run = dialog.getByRole('button', { name: 'Run', exact: true })
  await expect(run).toHaveAccessibleDescription(/from when/)
  await dialog.getByRole('textbox', { name: 'From' }).fill('2026-03-03')
  await run.click()
  await expect(dialog.getByRole('group', { name: 'Events read' })).toContainText('9')
  await expect(dialog.getByRole('group', { name: 'Events read' })).toContainText('march.jsonl')
  await expect(dialog).toContainText('1 line of the file are no event')
  await expect(dialog.getByRole('region', { name: 'Alerts that were found' })).toContainText('bob')
  await expect(dialog.getByRole('region', { name: 'Alerts that were found' })).not.toContainText('alice')
})

test('a rule is edited: errors as one types, tests, a back-test of the text, and saved on record', async ({
  launch,
}) => {
  const { redis, env, home } = await createWorkspace()
  const { page } = await launch(env)
  await pushItems(redis.url, failedLogins('alice', 8))
  await page.evaluate(() => (location.hash = '#/alerts?tab=rules&row=brute_force_account'))
  const drawer = page.getByRole('complementary')
  await expect(drawer.getByRole('link', { name: '1 in 24 h, 1 in 30 days' })).toBeVisible()
  await drawer.getByRole('button', { name: 'Edit…' }).click()

  const dialog = page.getByRole('dialog', { name: 'Edit brute-force-account.yml' })
  const text = dialog.getByRole('textbox', { name: 'Text of brute-force-account.yml' })
  const outcome = dialog.getByRole('region', { name: 'What would come of it' })
  const save = dialog.getByRole('button', { name: 'Save and use it' })
  await expect(outcome).toContainText(/It would run: \d rules?, \d tests passed/)
  await expect(save).toHaveAccessibleDescription('Nothing was changed.')
  const shipped = await text.inputValue()
  const line = shipped.split('\n').findIndex((one) => one.includes('timespan: 60s')) + 1
  await text.fill(shipped.replace('timespan: 60s', 'timespan: ten'))
  await expect(outcome).toContainText(`Line ${line}, correlation.timespan`)
  await expect(save).toHaveAccessibleDescription(/Correct it first/)
  await outcome.getByRole('button', { name: `Go to line ${line}` }).click()
  await expect(text).toBeFocused()
  expect(
    await text.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd)),
  ).toBe('  timespan: ten')

  await text.fill(shipped.replace('gt: 5', 'gt: 7'))
  await expect(outcome).toContainText(/\d of \d tests failed/)
  await dialog.getByRole('button', { name: 'Back-test this text…' }).click()
  const trial = page.getByRole('dialog', { name: 'Back-test of the text of brute-force-account.yml' })
  await trial.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(trial.getByRole('group', { name: 'Alerts' })).toContainText('1')
  await expect(trial).toContainText('Lost: 0 entities')
  await trial.getByRole('button', { name: /^Back to the text/ }).click()

  await text.fill(shipped.replace('gt: 5', 'gt: 70'))
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Go on with brute-force-account.yml…' }).click()
  await expect(text).toHaveValue(shipped.replace('gt: 5', 'gt: 70'))
  await expect(readdir(path.join(home, 'rules'))).rejects.toThrow()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('An office with a shared keyboard')
  await save.click()
  await expect(dialog).toBeHidden()
  await expect(page.getByText('In use, and saved as')).toContainText('brute-force-account.yml')
  await expect(drawer).toContainText('more than 70 events within 1 min')
  expect(await readFile(path.join(home, 'rules', 'brute-force-account.yml'), 'utf8')).toContain('gt: 70')
})

test('a new rule is written, and a text is thrown away only when that is said twice', async ({ launch }) => {
  const { env, home } = await createWorkspace()
  const { page } = await launch(env)
  await page.evaluate(() => (location.hash = '#/alerts?tab=rules'))
  await page.getByRole('button', { name: 'New rule…' }).click()
  const dialog = page.getByRole('dialog', { name: 'A new rule file' })
  await expect(dialog).toContainText('It would run: 1 rule, 2 tests passed')
  const name = dialog.getByRole('textbox', { name: 'Name of the file' })
  await name.fill('../outside.yml')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('Ours')
  const save = dialog.getByRole('button', { name: 'Save and use it' })
  await expect(save).toHaveAttribute('aria-disabled', 'true')
  await name.fill('brute-force-account.yml')
  await expect(dialog).toContainText(/would run/)
  await save.click()
  await expect(dialog.getByRole('alert')).toContainText('There is a file brute-force-account.yml already')
  await name.fill('ours.yml')
  await expect(dialog).toContainText('It would run: 1 rule, 2 tests passed')
  await save.click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('row').filter({ hasText: 'Many failed logins from one address' })).toContainText('passed')
  expect(await readdir(path.join(home, 'rules'))).toEqual(['ours.yml'])

  await page.getByRole('button', { name: 'New rule…' }).click()
  await dialog.getByRole('button', { name: 'Throw away…' }).click()
  await dialog.getByRole('button', { name: 'Throw the text away' }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByRole('button', { name: /^Go on with/ })).toHaveCount(0)
})
