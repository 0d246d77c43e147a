/** The command by which a root of trust changes. */
import { many, type WrittenRow } from '../written-row.ts';

export const rotationRow: WrittenRow = {
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
    '--add-administrator FILE...': 'NAME.pub.json of a new administrator',
    '--remove KEY...': 'key id or NAME.pub.json of an administrator who leaves',
    '--threshold N': 'how many administrators must agree',
    '--new-registry-key': 'replace the key that signs verification summaries',
    '--new-log-key': 'replace the key that signs the log',
    '--new-status-key': 'replace the key that signs status.json and what is renewed daily',
    '--valid-up-to INDEX':
      'last log index at which replaced keys, and a replaced policy, count (default: the newest)',
    '--policy FILE':
      'new policy for clients; versions approved under the current policy stay approved',
    '--drop-earlier-policies': 'versions approved under earlier policies need new approvals',
    '--trusted-root FILE': 'Sigstore trusted_root.json, for statements signed by certificate',
    '--witnesses FILE': 'file of witnesses whose cosignatures clients require',
    '--key NAME': 'sign: administrator’s key (default: administrator)',
    '--digest DIGEST': 'sign: digest of the proposal, as you heard it over another channel',
    '--yes': 'sign: do not ask; only with --digest',
    '--root DIGEST':
      'show, sign: fingerprint of the current root file, which lies beside FILE (default: the pinned one)',
  },
  args: [1, many],
  load: () => import('../../root-rotation/rotate.ts'),
};
