/** What a new file begins with: a rule that runs, with a test that passes. */
export const newRuleFile = 'my-rule.yml'

export const newRuleText = `title: Failed login of anybody
name: my_failed_login
logsource: { product: gatehouse, service: session }
detection:
  selection:
    event_type: failed_login
  condition: selection
---
title: Many failed logins from one address
name: my_rule
description: Says what it looks for, to the person who gets the alert.
level: medium
correlation:
  type: event_count
  rules: [my_failed_login]
  group-by: [ip_address]
  timespan: 60s
  condition: { gt: 20 }
---
tests:
  - name: more than twenty
    events: [{ event_type: failed_login, ip_address: 203.0.113.9, repeat: 21, every: 1s }]
    alerts: [{ rule: my_rule, entity: 203.0.113.9 }]
  - name: twenty
    events: [{ event_type: failed_login, ip_address: 203.0.113.9, repeat: 20, every: 1s }]
    alerts: []
`
