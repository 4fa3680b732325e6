import { moreText, type Message, type ToldAlert } from './message.ts'

const colors = { critical: '#B3261E', high: '#D55E00', medium: '#E69F00', low: '#56B4E9', info: '#6B7686' } as const

/**
 * A message in the JSON of Slack's incoming webhooks, which Mattermost and Rocket.Chat read too: `text`, and one attachment
 * an alert.
 */
export function slackBody(message: Message): string {
  const more = moreText(message)
  return JSON.stringify({
    text: escaped(message.headline),
    attachments: [
      ...message.alerts.map(attachment),
      ...(more === null ? [] : [{ fallback: more, text: more, mrkdwn_in: [] }]),
    ],
  })
}

const attachment = ({ severity, title, about, summary, lastEvent, ruleId }: ToldAlert) => ({
  color: colors[severity],
  fallback: escaped(`${severity}: ${title}, ${about}. ${summary}`),
  title: escaped(`${severity}: ${title}`),
  text: escaped(summary),
  fields: [
    { title: 'About', value: escaped(about), short: true },
    { title: 'Rule', value: escaped(ruleId), short: true },
  ],
  ts: Math.floor(Date.parse(lastEvent) / 1000),
  // Plain texts: nothing in them is markup.
  mrkdwn_in: [],
})

/**
 * Slack's own three characters as it wants them (api.slack.com, "Escaping text"), so that nothing becomes a link or calls a
 * channel; and what Markdown would make a link or a mention of, broken by a space that nobody sees.
 */
const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('](', ']\u200B(')
    .replaceAll(/@(?=\w)/g, '@\u200B')
    .replaceAll('://', ':\u200B//')
