/** The command by which a root of trust changes. */
import type { CommandRow } from '../command.ts';

export const rotationRow: CommandRow = {
  name: 'registry rotate',
  summary: 'change or renew a registry’s root of trust: propose, each administrator signs, publish',
  usage: 'propose DIR | show FILE | sign FILE | publish DIR [FILE…]',
  examples: [
    [
      'skillgate registry rotate propose ./registry-data',
      'renew the signatures, which end after a year; writes tuf-proposal.json',
    ],
    [
      'skillgate registry rotate propose ./registry-data --new-registry-key',
      'the registry’s key was stolen',
    ],
    [
      'skillgate registry rotate propose ./registry-data --remove cleo.pub.json --add-administrator dora.pub.json',
      'Cleo leaves',
    ],
    [
      'skillgate registry rotate sign ./tuf-proposal.json',
      'each administrator, on their own machine; compares the digest, says yes',
    ],
    [
      'skillgate registry rotate publish ./registry-data a.json b.json',
      'signed copies; the registry is stopped, and started after it',
    ],
  ],
  options: {
    'add-administrator': {
      type: 'string',
      multiple: true,
      value: 'FILE',
      summary: 'NAME.pub.json of a new administrator',
    },
    remove: {
      type: 'string',
      multiple: true,
      value: 'KEY',
      summary: 'key id or NAME.pub.json of an administrator who leaves',
    },
    threshold: { type: 'string', value: 'N', summary: 'how many administrators must agree' },
    'new-registry-key': { type: 'boolean', summary: 'replace the key that signs verdicts' },
    'new-log-key': { type: 'boolean', summary: 'replace the key that signs the log' },
    'new-status-key': {
      type: 'boolean',
      summary: 'replace the key that signs status.json and what is renewed daily',
    },
    'valid-up-to': {
      type: 'string',
      value: 'INDEX',
      summary:
        'last log index at which replaced keys, and a replaced policy, count (default: the newest)',
    },
    policy: {
      type: 'string',
      value: 'FILE',
      summary: 'policy that clients judge by; what was approved under the one until now stays so',
    },
    'drop-earlier-policies': {
      type: 'boolean',
      summary: 'what was approved under earlier policies has to be approved anew',
    },
    'trusted-root': {
      type: 'string',
      value: 'FILE',
      summary: 'Sigstore trusted_root.json, for statements signed by certificate',
    },
    witnesses: {
      type: 'string',
      value: 'FILE',
      summary: 'witnesses whose cosignatures clients demand',
    },
    key: {
      type: 'string',
      value: 'NAME',
      summary: 'sign: administrator’s key (default: administrator)',
    },
    digest: {
      type: 'string',
      value: 'DIGEST',
      summary: 'sign: digest of the proposal that you were told',
    },
    yes: { type: 'boolean', summary: 'sign: without a question; only with --digest' },
    root: {
      type: 'string',
      value: 'DIGEST',
      summary:
        'show, sign: fingerprint of the root file in force, which lies beside FILE (default: what is pinned here)',
    },
  },
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  load: () => import('../commands/rotate.ts'),
};
