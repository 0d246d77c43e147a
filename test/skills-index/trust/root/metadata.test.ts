import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseShape, unplaced } from '../../../../skills-index/skill/shape.ts';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import {
  spkiOfTuf,
  tufKeyOf,
  tufKeysMax,
  tufShapes,
  tufSignatureCharsMax,
  tufTargetsMax,
  tufTime,
} from '../../../../skills-index/trust/root/metadata.ts';
import { nextRepository } from '../../../../skills-index/trust/root/repository.ts';
import { people, storyNow, storyRoot } from '../../story.ts';
import { testSigner } from '../../story-keys.ts';

/** As loose as what a hostile server may send. */
type Loose = ReturnType<typeof JSON.parse>;
type Role = keyof typeof tufShapes;

const made = nextRepository({
  root: storyRoot,
  files: { 'policy.json': canonicalJson(defaultPolicy) },
  expires: storyNow,
  timeOf: tufTime,
});
const common = { spec_version: '1.0.31', version: 3, expires: '2027-01-31T12:00:00Z' };
const sha256 = 'ab'.repeat(32);
const file = { length: 5, hashes: { sha256 } };
const documents: Readonly<Record<Role, object>> = {
  root: made.roots[0] ?? {},
  targets: made.targets,
  snapshot: {
    signatures: [{ keyid: sha256, sig: '3045' }],
    signed: {
      _type: 'snapshot',
      ...common,
      meta: { 'targets.json': { version: 1, ...file }, 'online.json': { version: 9, ...file } },
    },
  },
  timestamp: {
    signatures: [],
    signed: { _type: 'timestamp', ...common, meta: { 'snapshot.json': { version: 9, ...file } } },
  },
};

/** Reads metadata of a role, of which `change` changes a part. */
function read(role: Role, change: (json: Loose) => void = () => undefined): unknown {
  const json: Loose = JSON.parse(JSON.stringify(documents[role]));
  change(json);
  return parseShape<unknown>(tufShapes[role], unplaced(json, role), 'tuf-invalid', role);
}
const refused = (why: string) =>
  expect.objectContaining({ code: 'tuf-invalid', message: expect.stringContaining(why) });

/** Puts a key into the keys of a TUF root, under an id. */
const withKey =
  (id: string, key: object) =>
  (json: Loose): void =>
    Object.assign(json.signed.keys, { [id]: key });
const { keyid, key } = tufKeyOf(people.ada.publicKey);
const signatures = (sig: unknown) => (json: Loose) => (json.signatures = [{ keyid: sha256, sig }]);
const moreKeys =
  (count: number) =>
  (json: Loose): void => {
    for (let nth = Object.keys(json.signed.keys).length; nth < count; nth++) {
      const more = tufKeyOf(testSigner(`key ${nth} of a TUF root`).publicKey);
      json.signed.keys[more.keyid] = more.key;
    }
  };

describe('TUF metadata', () => {
  it.each(Object.keys(documents) as Role[])('of the role %s is read', (role) => {
    expect(read(role)).toEqual(documents[role]);
  });

  it.each<[string, Role, (json: Loose) => void]>([
    ['as many keys as there may be', 'root', moreKeys(tufKeysMax)],
    ['the longest signature', 'root', signatures('ab'.repeat(tufSignatureCharsMax / 2))],
  ])('may have %s', (_, role, change) => {
    expect(() => read(role, change)).not.toThrow();
  });

  it.each<[string, string, Role, (json: Loose) => void]>([
    ['a key of another type', 'keytype', 'root', withKey(keyid, { ...key, keytype: 'rsa' })],
    [
      'a key in another form of PEM',
      'is not a P-256 key in PEM',
      'root',
      withKey(keyid, { ...key, keyval: { public: `${key.keyval.public}\n` } }),
    ],
    ['a key of another kind', 'is not a P-256 key in PEM', 'root', (json) => withEd25519(json)],
    [
      'a key under the id of another key',
      'have an id of another key',
      'root',
      withKey(tufKeyOf(people.author.publicKey).keyid, key),
    ],
    ['too many keys', 'are too many keys', 'root', moreKeys(tufKeysMax + 1)],
    [
      'a role that names one key twice',
      'name one key twice',
      'root',
      (json) => json.signed.roles.root.keyids.push(json.signed.roles.root.keyids[0]),
    ],
    [
      'a threshold of nothing',
      'is less than 1',
      'root',
      (json) => (json.signed.roles.root.threshold = 0),
    ],
    [
      'a digest that is none',
      'sha256',
      'snapshot',
      (json) => setFile(json, { hashes: { sha256: 'ab' } }),
    ],
    [
      'a file that nobody knows',
      'not a known key',
      'timestamp',
      (json) => (json.signed.meta['root.json'] = { version: 1, ...file }),
    ],
    [
      'a target with a path',
      'is not the name of a target',
      'targets',
      (json) => (json.signed.targets['../root.json'] = file),
    ],
    [
      'too many targets',
      'are too many targets',
      'targets',
      (json) => {
        for (let nth = 0; nth <= tufTargetsMax; nth++)
          json.signed.targets[`file_${'a'.repeat(nth + 1)}`] = file;
      },
    ],
  ])('is refused with %s', (_, why, role, change) => {
    expect(() => read(role, change)).toThrow(refused(why));
  });

  it.each(['abc', 'AB', 'ab'.repeat(tufSignatureCharsMax)])(
    'is refused with the signature %j',
    (sig) => {
      expect(() => read('root', signatures(sig))).toThrow(refused('sig'));
    },
  );

  it.each(['2027-01-31T12:00:00.000Z', '2027-01-31T12:00:00+00:00', '2027-02-31T12:00:00Z'])(
    'is refused where it expires at %j',
    (expires) => {
      expect(() => read('timestamp', (json) => (json.signed.expires = expires))).toThrow(
        refused('is not a time such as'),
      );
    },
  );
});

function withEd25519(json: Loose): void {
  const { publicKey } = generateKeyPairSync('ed25519');
  const ed25519 = tufKeyOf(publicKey.export({ format: 'der', type: 'spki' }));
  withKey(ed25519.keyid, ed25519.key)(json);
}

function setFile(json: Loose, change: object): void {
  Object.assign(json.signed.meta['targets.json'], change);
}

describe('a key in TUF’s form', () => {
  it('is PEM in lines of 64 characters, from which the key is read back', () => {
    const lines = key.keyval.public.split('\n');
    expect(lines[0]).toBe('-----BEGIN PUBLIC KEY-----');
    expect(lines.slice(1, -2).map(({ length }) => length)).toEqual([64, 60]);
    expect(lines.slice(-2)).toEqual(['-----END PUBLIC KEY-----', '']);
    expect(Buffer.from(spkiOfTuf(key))).toEqual(Buffer.from(people.ada.publicKey));
  });
});
