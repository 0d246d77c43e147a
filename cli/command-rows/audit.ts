/** The commands about the audit log of a host. */
import type { CommandRow } from '../command.ts';

export const auditRows: readonly CommandRow[] = [
  {
    name: 'log',
    summary: 'what ran on this host: each start, request, refusal, opened skill and hold',
    usage: '[--agent NAME] [--skill SKILL] [--run RUN] [--since TIME] [--follow]',
    examples: [
      ['skillgate log --agent finance --since 2h', 'what an agent did in the last two hours'],
      ['skillgate log --follow', 'as it happens'],
      [
        'skillgate log --format ocsf > events.jsonl',
        'one OCSF event a line, for a collector of security events',
      ],
    ],
    options: {
      agent: { type: 'string', value: 'NAME', summary: 'of this agent; operator for people' },
      skill: { type: 'string', value: 'SKILL', summary: '@scope/name, or one version of it' },
      run: { type: 'string', value: 'RUN', summary: 'of one run, by the beginning of its id' },
      since: { type: 'string', value: 'TIME', summary: 'from then on: 2h, 7d, 2026-01-31T12:00Z' },
      follow: { type: 'boolean', summary: 'go on with what happens' },
    },
    args: { min: 0, max: 0 },
    formats: ['text', 'json', 'jsonl', 'ocsf'],
    load: () => import('../commands/log.ts'),
  },
  {
    name: 'log verify',
    summary: 'whether a line of the log was removed, changed, moved or put in',
    usage: '',
    examples: [['skillgate log verify', 'names the line, and exits 6, when it is not whole']],
    options: {},
    args: { min: 0, max: 0 },
    load: () => import('../commands/log.ts'),
  },
  {
    name: 'log watch',
    summary: 'a live picture: sandboxes that run, their requests, what waits for a person',
    usage: '[--once]',
    examples: [['skillgate log watch', 'drawn anew every second, until it is interrupted']],
    options: { once: { type: 'boolean', summary: 'draw it once' } },
    args: { min: 0, max: 0 },
    formats: ['text'],
    load: () => import('../commands/log.ts'),
  },
  {
    name: 'log export',
    summary:
      'send the log to the collectors that host policy names, from where the last export stopped',
    usage: '[--follow]',
    examples: [
      ['skillgate log export', 'what is new, once'],
      [
        'skillgate log export --follow',
        'for a service: goes on, and tries again what was not taken',
      ],
    ],
    options: { follow: { type: 'boolean', summary: 'go on with what happens' } },
    args: { min: 0, max: 0 },
    load: () => import('../commands/log.ts'),
  },
];
