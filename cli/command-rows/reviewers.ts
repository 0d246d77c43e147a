/** The commands of those who read skills and decide. */
import type { CommandRow, OptionRow } from '../command.ts';

const key: OptionRow = {
  type: 'string',
  value: 'NAME',
  summary: 'key to sign with (default: the only one, or default)',
};
const reason: OptionRow = {
  type: 'string',
  value: 'TEXT',
  summary: 'why; kept with the decision for ever',
};
const targets: Readonly<Record<string, OptionRow>> = {
  bundle: { type: 'string', value: 'DIGEST', summary: 'these bytes, wherever they were published' },
  publisher: { type: 'string', value: 'ID', summary: 'all that this publisher sent and will send' },
  yes: {
    type: 'boolean',
    summary:
      'do not ask before a publisher is stopped or anything revoked; needed where there is no terminal',
  },
};
const version = '@scope/name@version';
const load = () => import('../commands/review.ts');
const one = { min: 1, max: 1 } as const;

export const reviewerRows: readonly CommandRow[] = [
  {
    name: 'review list',
    summary: 'the queue, riskiest first',
    usage: '',
    examples: [['skillgate review list', 'what waits for a person']],
    options: { key },
    args: { min: 0, max: 0 },
    load,
  },
  {
    name: 'review show',
    summary: 'a version with its findings, capabilities, approvals and history',
    usage: `${version} [--files DIR]`,
    examples: [
      ['skillgate review show @acme/weekly-report@1.4.0', 'read before you decide'],
      [
        'skillgate review show @acme/weekly-report@1.4.0 --files /tmp/read',
        'and keep its files, each checked, for reading',
      ],
    ],
    options: {
      key,
      files: {
        type: 'string',
        value: 'DIR',
        summary: 'write the checked files into this new folder, for reading',
      },
    },
    args: one,
    load,
  },
  {
    name: 'review claim',
    summary: 'tell the others that you read this one',
    usage: version,
    examples: [['skillgate review claim @acme/weekly-report@1.4.0', 'claim it']],
    options: { key },
    args: one,
    load,
  },
  {
    name: 'review approve',
    summary: 'fetch the bundle, check its digests, show the statement and sign exactly that',
    usage: `${version} --reason TEXT [--statement sha256:…]`,
    examples: [
      [
        'skillgate review approve @acme/weekly-report@1.4.0 --reason "read all of it"',
        'draft, show and sign an approval',
      ],
      [
        'skillgate review approve @acme/weekly-report@1.4.0 --statement sha256:…',
        'sign the draft that the desk kept',
      ],
    ],
    options: {
      key,
      reason,
      statement: { type: 'string', value: 'DIGEST', summary: 'sign this draft and no other' },
      yes: {
        type: 'boolean',
        summary: 'sign without asking, after showing; needed where there is no terminal',
      },
    },
    args: one,
    load,
  },
  {
    name: 'review refuse',
    summary: 'refuse a version',
    usage: `${version} --reason TEXT`,
    examples: [
      [
        'skillgate review refuse @acme/weekly-report@1.4.0 --reason "sends the figures away"',
        'refuse it',
      ],
    ],
    options: { key, reason },
    args: one,
    load,
  },
  {
    name: 'review ask',
    summary: 'ask the author something; the version stays in review',
    usage: `${version} --reason TEXT`,
    examples: [
      ['skillgate review ask @acme/weekly-report@1.4.0 --reason "why does it need git?"', 'ask'],
    ],
    options: { key, reason },
    args: one,
    load,
  },
  {
    name: 'review move',
    summary: 'move a version by hand: out of quarantine, or to refused',
    usage: `${version} --to STATE --reason TEXT`,
    examples: [
      [
        'skillgate review move @acme/weekly-report@1.4.0 --to "in review" --reason "finding is wrong"',
        'out of quarantine',
      ],
    ],
    options: {
      key,
      reason,
      to: { type: 'string', value: 'STATE', summary: 'in review, or refused' },
    },
    args: one,
    load,
  },
  {
    name: 'review suspend',
    summary: 'suspend a version, or all of a publisher, everywhere until somebody has looked',
    usage: `(${version} | --bundle DIGEST | --publisher ID) --reason TEXT [--lift]`,
    examples: [
      [
        'skillgate review suspend @acme/weekly-report@1.4.0 --reason "report from a user"',
        'stop new starts',
      ],
      [
        'skillgate review suspend @acme/weekly-report@1.4.0 --lift --reason "was a mistake"',
        'and let it start again',
      ],
      [
        'skillgate review suspend --publisher sha256:… --reason "laptop lost"',
        'all that this key published; nothing more is taken',
      ],
    ],
    options: {
      key,
      reason,
      ...targets,
      lift: { type: 'boolean', summary: 'lift a suspension instead' },
    },
    args: { min: 0, max: 1 },
    load,
  },
  {
    name: 'review revoke',
    summary: 'revoke a version, or all of a publisher, for ever; it reaches every installation',
    usage: `(${version} | --bundle DIGEST | --publisher ID) --reason TEXT [--yes]`,
    examples: [
      ['skillgate review revoke @acme/weekly-report@1.4.0 --reason "steals credentials"', 'final'],
      [
        'skillgate review revoke --bundle sha256:… --reason "steals credentials"',
        'the same bytes under any name',
      ],
      [
        'skillgate review revoke --publisher sha256:… --reason "sells malware"',
        'all that they published, and whatever they send',
      ],
    ],
    options: { key, reason, ...targets },
    args: { min: 0, max: 1 },
    load,
  },
];
