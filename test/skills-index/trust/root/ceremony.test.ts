import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { maySign, missingOnRoots } from '../../../../skills-index/trust/root/ceremony.ts';
import { type TufRoot, tufKeyOf, tufTime } from '../../../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  namesAdministrators,
  nextRepository,
  parseTufRepository,
  rootMismatches,
  type TufRepository,
} from '../../../../skills-index/trust/root/repository.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { people, storyNow, storyRoot } from '../../story.ts';
import { type TestSigner, testSigner } from '../../story-keys.ts';

const [ada, ben, cleo, dora] = ['ada', 'ben', 'cleo', 'dora'].map((name) =>
  testSigner(`TUF ${name}`),
) as [TestSigner, TestSigner, TestSigner, TestSigner];
const rootOf = (...administrators: readonly TestSigner[]): RootFile => ({
  ...storyRoot,
  administrators: administrators.map(({ keyId, named }) => ({ keyId, key: named.spki })),
});
/** A repository with one root after the other; nobody has signed yet. */
const made = (...roots: readonly RootFile[]): TufRepository => {
  const [last = storyRoot, ...earlier] = roots.toReversed();
  return nextRepository({
    ...(earlier.length === 0 ? {} : { before: made(...earlier.toReversed()) }),
    root: last,
    files: { 'policy.json': canonicalJson(defaultPolicy) },
    expires: storyNow,
    timeOf: tufTime,
  });
};
const idOf = ({ publicKey }: TestSigner): string => tufKeyOf(publicKey).keyid;

describe('a signature on the newest root', () => {
  it.each<[string, TestSigner, boolean]>([
    ['an administrator of the newest root', cleo, true],
    ['an administrator of the root before', ben, true],
    ['an administrator of an older root', ada, false],
    ['a stranger', dora, false],
    ['the status key', people.status, false],
  ])('may be by %s: %#', (_, signer, may) => {
    expect(maySign(made(rootOf(ada), rootOf(ben), rootOf(cleo)), signer)).toBe(may);
  });

  it('is missing without a name, where the root has the id of a key and not the key', () => {
    const [root] = made(rootOf(ada)).roots;
    const without = { ...root, signed: { ...root?.signed, keys: {} } } as NonNullable<typeof root>;
    expect(missingOnRoots([without])).toEqual([
      { what: 'root 1', signed: [], couldSign: [], lacking: 1 },
    ]);
  });
});

describe('a TUF root', () => {
  const file = rootOf(ada, ben, cleo, dora);
  const { signed } = lastRootOf(made(file));
  const withRole = (role: 'root' | 'targets', change: (ids: readonly string[]) => string[]) => ({
    ...signed,
    roles: {
      ...signed.roles,
      [role]: { ...signed.roles[role], keyids: change(signed.roles[role].keyids) },
    },
  });

  it('names the administrators in the order of their ids, whatever the order of the root file', () => {
    const ids = [ada, ben, cleo, dora].map(idOf).sort();
    expect(signed.roles.root.keyids).toEqual(ids);
    expect(lastRootOf(made(rootOf(dora, cleo, ben, ada))).signed.roles.root.keyids).toEqual(ids);
  });

  it.each<[string, TufRoot, boolean]>([
    ['made from the root file', signed, true],
    ['that names the administrators backwards', withRole('root', (ids) => ids.toReversed()), true],
    ['that leaves out an administrator', withRole('root', (ids) => ids.slice(1)), false],
    ['that names a stranger', withRole('root', (ids) => [...ids, idOf(people.stranger)]), false],
  ])('%s follows from the root file: %#', (_, root, follows) => {
    expect(rootMismatches(root, file)).toHaveLength(follows ? 0 : 1);
    expect(namesAdministrators(root, file)).toBe(follows);
  });

  it('does not follow from the root file where targets have other signers', () => {
    const root = withRole('targets', (ids) => ids.slice(1));
    expect(rootMismatches(root, file)).toEqual([
      'the TUF root names other keys, or another threshold, than the root file',
    ]);
    expect(
      rootMismatches(
        withRole('targets', (ids) => ids.toReversed()),
        file,
      ),
    ).toEqual([]);
  });

  it('is not there in a document without roots', () => {
    expect(() => lastRootOf({ ...made(file), roots: [] })).toThrow(
      expect.objectContaining({ code: 'tuf-invalid', message: 'tuf.json has no root' }),
    );
    expect(() => parseTufRepository(JSON.stringify({ ...made(file), roots: [] }))).toThrow(
      expect.objectContaining({ code: 'tuf-invalid' }),
    );
  });
});
