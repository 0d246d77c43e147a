/** The keys, people, CI jobs and scopes of random histories. */
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import type {
  CiIdentity,
  Identity,
  PersonIdentity,
  RevocationTarget,
} from '../../../../skills-index/statement/attestation.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { people, storyRoot } from '../../story.ts';
import { testPasskey, testSigner } from '../../story-keys.ts';

const keyNames = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const others = keyNames.map((name) => testSigner(`history ${name}`));
export const admins = [people.administrator, testSigner('history administrator')] as const;
/** The keys of a history: first the administrators of the root file. */
export const retired = testSigner('history retired administrator');
export const historyKeys = [...admins, retired, ...others];
export const historyPasskeys = [testPasskey('history one'), testPasskey('history two')];
export const historyScopes = ['acme', 'other', 'third', 'fourth', 'fifth'].map(parseScope);
/** The version whose fate is asked for, in each of the scopes. */
export const historyVersion = parseVersion('1.0.0');
export const historyBundle = digestOf('the bundle of a history');
export const historyNames = historyScopes.map((scope) => parseSkillName(`@${scope}/skill`));
export const historyTargets: readonly RevocationTarget[] = [
  { bundle: historyBundle },
  ...historyNames.map((name) => ({ name, version: historyVersion })),
];
export const kim: PersonIdentity = {
  issuer: 'https://accounts.example',
  subject: 'kim@people.example',
};
export const job: CiIdentity = {
  issuer: 'https://token.ci.example',
  repository: '4711',
  workflow: 'https://ci.example/acme/skills/.ci/publish.yml',
  ref: 'refs/heads/main',
};
export const lee: PersonIdentity = { ...kim, subject: 'lee@people.example' };
const release: CiIdentity = { ...job, environment: 'release' };
export const certified: readonly Identity[] = [kim, lee, job, release];
export const registry = digestOf('the registry of the histories');
/** Everybody who can own a scope. */
export const historyIdentities: readonly Identity[] = [
  ...historyKeys.map(({ named }) => named),
  ...certified,
];

/** The root file of a history, which one or two administrators govern after a third retired. */
export function historyRoot(threshold: 1 | 2): RootFile {
  const administrators = admins.map(({ keyId, named }) => ({ keyId, key: named.spki }));
  return {
    ...storyRoot,
    administrators,
    threshold,
    thresholds: [{ threshold: 1, validUpTo: 10 }],
    retired: [{ role: 'administrator', key: retired.named.spki, validUpTo: 15 }],
    first: registry,
  };
}
