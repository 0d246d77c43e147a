/** The commands of those who read skills and decide. */
import type { WrittenRow } from '../written-row.ts';

const key = { '--key NAME': 'key to sign with (default: your only key, or the key named default)' };
const reason = { '--reason TEXT': 'reason, kept with the decision for ever' };
const targets: Readonly<Record<string, string>> = {
  '--bundle DIGEST': 'act on every version with these bytes, in any scope',
  '--publisher ID': 'act on every version of this publisher, now and later',
  '--yes': 'stop a publisher or revoke without asking; required without a terminal',
};
const version = '@scope/name@version';
const load = () => import('../../review/review.ts');

export const reviewerRows: readonly WrittenRow[] = [
  {
    name: 'review list',
    summary: 'list the review queue, riskiest first',
    usage: '[--after PLACE]',
    examples: [['skillgate review list', 'the riskiest versions that wait for a reviewer']],
    options: {
      ...key,
      '--after PLACE': 'list the page behind this place; the page before ends with the place',
    },
    load,
  },
  {
    name: 'review show',
    summary: 'show a version with its findings, capabilities, approvals and history',
    usage: `${version} [--files DIR]`,
    examples: [
      [
        'skillgate review show @acme/weekly-report@1.4.0',
        'show the version, so that you can read it before you decide',
      ],
      [
        'skillgate review show @acme/weekly-report@1.4.0 --files /tmp/read',
        'also write the version’s verified files to a folder, for reading',
      ],
    ],
    options: {
      ...key,
      '--files DIR': 'new folder to write the verified files into, for reading',
    },
    args: 1,
    load,
  },
  {
    name: 'review claim',
    summary: 'tell the other reviewers that you are reading a version',
    usage: version,
    examples: [
      [
        'skillgate review claim @acme/weekly-report@1.4.0',
        'tell that you are reading this version',
      ],
    ],
    options: { ...key },
    args: 1,
    load,
  },
  {
    name: 'review approve',
    summary: 'fetch the bundle, verify its digests, show the statement and sign it',
    usage: `${version} --reason TEXT [--statement sha256:…]`,
    examples: [
      [
        'skillgate review approve @acme/weekly-report@1.4.0 --reason "read all of it"',
        'draft, show and sign an approval',
      ],
      [
        'skillgate review approve @acme/weekly-report@1.4.0 --statement sha256:…',
        'sign the draft that was made in the desk',
      ],
    ],
    options: {
      ...key,
      ...reason,
      '--statement DIGEST': 'digest of the draft to sign',
      '--yes': 'sign without asking, after showing the statement; required without a terminal',
    },
    args: 1,
    load,
  },
  {
    name: 'review refuse',
    summary: 'refuse a version',
    usage: `${version} --reason TEXT`,
    examples: [
      [
        'skillgate review refuse @acme/weekly-report@1.4.0 --reason "sends the figures away"',
        'refuse this version',
      ],
    ],
    options: { ...key, ...reason },
    args: 1,
    load,
  },
  {
    name: 'review ask',
    summary: 'ask the author a question; the version stays in review',
    usage: `${version} --reason TEXT`,
    examples: [
      ['skillgate review ask @acme/weekly-report@1.4.0 --reason "why does it need git?"', 'ask'],
    ],
    options: { ...key, ...reason },
    args: 1,
    load,
  },
  {
    name: 'review move',
    summary: 'move a version by hand, out of quarantine or to refused',
    usage: `${version} --to STATE --reason TEXT`,
    examples: [
      [
        'skillgate review move @acme/weekly-report@1.4.0 --to "in review" --reason "finding is wrong"',
        'move the version out of quarantine',
      ],
    ],
    options: {
      ...key,
      ...reason,
      '--to STATE': 'in review, or refused',
    },
    args: 1,
    load,
  },
  {
    name: 'review suspend',
    summary:
      'suspend a version, or all versions of a publisher, everywhere until the suspension is lifted',
    usage: `(${version} | --bundle DIGEST | --publisher ID) --reason TEXT [--lift]`,
    examples: [
      [
        'skillgate review suspend @acme/weekly-report@1.4.0 --reason "report from a user"',
        'suspend this version: no host starts it until the suspension is lifted',
      ],
      [
        'skillgate review suspend @acme/weekly-report@1.4.0 --lift --reason "was a mistake"',
        'lift the suspension of this version',
      ],
      [
        'skillgate review suspend --publisher sha256:… --reason "laptop lost"',
        'suspend every version of this key and accept no more from it',
      ],
    ],
    options: {
      ...key,
      ...reason,
      ...targets,
      '--lift': 'lift a suspension instead of suspending',
    },
    args: [0, 1],
    load,
  },
  {
    name: 'review revoke',
    summary: 'revoke a version, or all versions of a publisher, for ever and in every installation',
    usage: `(${version} | --bundle DIGEST | --publisher ID) --reason TEXT [--yes]`,
    examples: [
      [
        'skillgate review revoke @acme/weekly-report@1.4.0 --reason "steals credentials"',
        'revoke this version for ever',
      ],
      [
        'skillgate review revoke --bundle sha256:… --reason "steals credentials"',
        'revoke these bytes under any name',
      ],
      [
        'skillgate review revoke --publisher sha256:… --reason "sells malware"',
        'revoke every version of this publisher, now and later',
      ],
    ],
    options: { ...key, ...reason, ...targets },
    args: [0, 1],
    load,
  },
];
