import { readFileSync } from 'node:fs'
import type { ProducedEvent } from '../../../src/instrument/index.ts'
import { readApplicationLog, type ApplicationFormat } from './read-applications.ts'
import { readSshLog } from './read-ssh.ts'

/** A published log. What it is, whose, and under which licence: test/fixtures/public-logs/README.md. */
export interface PublicLog {
  name: string
  /** In the order of the file. */
  events: ProducedEvent[]
  /** Addresses that attack, by whoever published the log. */
  attackers: readonly string[]
  /** Those of the attackers that the shipped rules do not find, and why. */
  missed: Readonly<Record<string, string>>
}

const folder = new URL('../../fixtures/public-logs/', import.meta.url)
const linesOf = (file: string): string[] => readFileSync(new URL(file, folder), 'utf8').split('\n')

const ssh = (file: string, year: number): ProducedEvent[] => readSshLog(linesOf(`${file}.log`), year)
const application = (format: ApplicationFormat): ProducedEvent[] => readApplicationLog(linesOf(`${format}.log`), format)

export const publicLogs: readonly PublicLog[] = [
  {
    name: 'sshd-rhel7',
    events: ssh('sshd-rhel7', 2017),
    attackers: ['202.109.143.106', '116.31.116.27'],
    missed: {},
  },
  {
    name: 'sshd-user-enumeration',
    events: ssh('sshd-user-enumeration', 2020),
    attackers: ['35.188.49.176'],
    missed: {},
  },
  { name: 'sshd-slow', events: ssh('sshd-slow', 2021), attackers: ['103.100.210.198'], missed: {} },
  { name: 'sshd-successes', events: ssh('sshd-successes', 2023), attackers: [], missed: {} },
  { name: 'nextcloud', events: application('nextcloud'), attackers: ['2001:db8::d71'], missed: {} },
  {
    name: 'gitea',
    events: application('gitea'),
    attackers: ['1.1.1.1', '2.2.2.2', '3.3.3.3', '4.4.4.4'],
    missed: { '2.2.2.2': 'its clock jumps back by an hour: three attempts, and three an hour before' },
  },
  {
    name: 'vaultwarden',
    events: application('vaultwarden'),
    attackers: ['2001:db8::b6d3:95d7:1425:766d', '2001:db8:48::82b:7a19', '2001:db8:48::82b:7a18'],
    missed: {},
  },
]
