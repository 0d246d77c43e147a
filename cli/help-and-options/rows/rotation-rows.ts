/** The command by which a root of trust changes. */
import type { CommandRow } from '../../command.ts';

export const rotationRow: CommandRow = {
  name: 'registry rotate',
  summary: 'change or renew a registry’s root of trust: propose, each administrator signs, publish',
  usage: 'propose DIR | show FILE | sign FILE | publish DIR [FILE…]',
  examples: [
    [
      'skillgate registry rotate propose ./registry-data',
      'renew the signatures, which expire after a year; writes tuf-proposal.json',
    ],
    [
      'skillgate registry rotate propose ./registry-data --new-registry-key',
      'replace a stolen registry key',
    ],
    [
      'skillgate registry rotate propose ./registry-data --remove cleo.pub.json --add-administrator dora.pub.json',
      'replace administrator Cleo with Dora',
    ],
    [
      'skillgate registry rotate sign ./tuf-proposal.json',
      'each administrator, on their own machine: compare the digest, then sign',
    ],
    [
      'skillgate registry rotate publish ./registry-data a.json b.json',
      'publish the signed copies while the registry is stopped',
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
    'new-registry-key': {
      type: 'boolean',
      summary: 'replace the key that signs verification summaries',
    },
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
      summary: 'new policy for clients; versions approved under the current policy stay approved',
    },
    'drop-earlier-policies': {
      type: 'boolean',
      summary: 'versions approved under earlier policies need new approvals',
    },
    'trusted-root': {
      type: 'string',
      value: 'FILE',
      summary: 'Sigstore trusted_root.json, for statements signed by certificate',
    },
    witnesses: {
      type: 'string',
      value: 'FILE',
      summary: 'file of witnesses whose cosignatures clients require',
    },
    key: {
      type: 'string',
      value: 'NAME',
      summary: 'sign: administrator’s key (default: administrator)',
    },
    digest: {
      type: 'string',
      value: 'DIGEST',
      summary: 'sign: digest of the proposal, as you heard it over another channel',
    },
    yes: { type: 'boolean', summary: 'sign: do not ask; only with --digest' },
    root: {
      type: 'string',
      value: 'DIGEST',
      summary:
        'show, sign: fingerprint of the current root file, which lies beside FILE (default: the pinned one)',
    },
  },
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  load: () => import('../../root-rotation/rotate.ts'),
};
