/** The commands about the audit log of a host. */
import type { WrittenRow } from '../written-row.ts';

export const auditRows: readonly WrittenRow[] = [
  {
    name: 'log',
    summary: 'show what ran on this host: each start, request, denial, opened skill and hold',
    usage:
      '[--agent NAME] [--skill SKILL] [--run RUN] [--since TIME] [--all] [--follow] | --verify',
    examples: [
      ['skillgate log', 'show the last 50 lines; repeated entries are one line'],
      ['skillgate log --agent finance --since 2h', 'show what an agent did in the last two hours'],
      ['skillgate log --follow', 'print new entries as they are recorded'],
      ['skillgate log --verify', 'print the damaged line and exit 6 if the log is not intact'],
    ],
    options: {
      '--agent NAME': 'only entries of this agent; the name operator selects what people did',
      '--skill SKILL': 'only entries of this skill (@scope/name) or of one version of it',
      '--run RUN': 'only entries of this run; the beginning of the run’s id is enough',
      '--since TIME': 'only entries since this time: 2h, 7d, 2026-01-31T12:00Z',
      '--all':
        'show every entry on a line of its own, checkpoints too (default: the last 50 lines; --since and --run show all lines)',
      '--follow': 'continue with new entries as they are recorded',
      '--verify': 'check that no line of the log was removed, changed, moved or inserted',
    },
    formats: ['text', 'json', 'jsonl'],
    load: () => import('../../audit-log/log.ts'),
  },
  {
    name: 'evidence',
    summary: 'write one signed report for an auditor: who approved what, what ran, what happened',
    usage:
      '--out FILE [--since TIME] [--from DIR]... [--key KEY] | --verify FILE [--signer KEYID] [--root FINGERPRINT]... [--page FILE]',
    examples: [
      [
        'skillgate evidence --since 90d --out report.json',
        'report on the last 90 days of this host',
      ],
      [
        'skillgate evidence --from hosts/a --from hosts/b --key auditor --out fleet.json',
        'report on two hosts, whose folders config and data lie below hosts/a and hosts/b',
      ],
      [
        'skillgate evidence --verify report.json',
        'needs no network; exit 6 if the report contradicts its evidence, and 7 if a claim could not be verified',
      ],
    ],
    options: {
      '--out FILE': 'the file to write, in JSON; skillgate evidence --verify makes a page of it',
      '--since TIME': 'only audit lines since this time: 90d, 2026-01-31 (default: all lines)',
      '--from DIR...':
        'a folder of another host with its config and data; may be repeated (default: this host)',
      '--key KEY':
        'the key that signs: a name, or the path of a key file (default: this host’s audit key)',
      '--verify FILE': 'verify this report: each claim says how it was checked',
      '--signer KEYID': 'with --verify: the id of the key that has to have signed: sha256:…',
      '--root FINGERPRINT...':
        'with --verify: the fingerprint of a registry’s root of trust that you know: sha256:…',
      '--page FILE': 'with --verify: also write a page for people to this file',
    },
    load: () => import('../../evidence/evidence.ts'),
  },
];
