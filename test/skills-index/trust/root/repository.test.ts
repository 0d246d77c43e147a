import { Metadata, MetadataKind } from '@tufjs/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { missingSignatures, signRepository } from '../../../../skills-index/trust/root/ceremony.ts';
import { olpcJson, tufTime } from '../../../../skills-index/trust/root/metadata.ts';
import {
  lastRootOf,
  nextRepository,
  parseTufRepository,
  rootFileOf,
  type TufRepository,
  tufFileBytesMax,
  tufFileOf,
} from '../../../../skills-index/trust/root/repository.ts';
import type { RootFile } from '../../../../skills-index/trust/root/root.ts';
import { keys, rootFile } from '../../../cli/trust-server.ts';
import { holdCeremony } from '../../../registry/tuf-maker.ts';
import { TestSigstore } from '../../story-sigstore.ts';

const { ada, ben, dora, thief } = keys;
const now = Date.parse('2026-11-01T12:00:00Z');

describe('tuf.json', () => {
  let first: TufRepository;
  let second: TufRepository;
  const root: RootFile = rootFile();
  beforeAll(async () => {
    first = await holdCeremony({ root, signers: [ada, ben], now });
    const next = rootFile({ administrators: [ada, dora], threshold: 2 });
    second = await holdCeremony({
      root: next,
      signers: [ada, ben, dora],
      now,
      before: first,
      trustedRoot: new TestSigstore('tuf').trustedRoot,
    });
  });

  it('is read back as it was made, and delivers the root file', () => {
    for (const one of [first, second]) expect(parseTufRepository(JSON.stringify(one))).toEqual(one);
    expect(rootFileOf(first)).toEqual(root);
    expect(lastRootOf(second).signed.version).toBe(2);
    expect(missingSignatures(second)).toEqual([]);
  });

  it.each<[string, RegExp, (json: Loose) => void]>([
    ['a root left out', /root 1 has version 2/, (json) => json.roots.shift()],
    [
      'targets of another version',
      /different versions/,
      (json) => (json.targets.signed.version = 3),
    ],
    [
      'another root file than targets name',
      /name other files/,
      (json) => (json.files['root.json'] += ' '),
    ],
    [
      'a file less than targets name',
      /name other files/,
      (json) => delete json.files['trusted_root.json'],
    ],
    ['no policy', /policy\.json/, (json) => delete json.files['policy.json']],
    [
      'a root file with other administrators than the TUF root',
      /names other keys, or another threshold/,
      (json) => setRoot(json, rootFile({ administrators: [ada, thief] })),
    ],
    [
      'targets that delegate nothing',
      /delegate to another key/,
      (json) => delete json.targets.signed.delegations,
    ],
    [
      'targets that delegate root.json',
      /delegate to another key/,
      (json) => json.targets.signed.delegations.roles[0].paths.push('root.json'),
    ],
  ])('is refused with %s', (_, says, change) => {
    const json: Loose = JSON.parse(JSON.stringify(second));
    change(json);
    expect(() => parseTufRepository(JSON.stringify(json))).toThrow(
      expect.toSatisfy((error: { message: string; reasons: { message: string }[] }) =>
        says.test([error.message, ...error.reasons.map((one) => one.message)].join('\n')),
      ),
    );
  });

  it.each([
    ['policy.json', '{}', /Cannot read the policy/],
    ['witnesses.json', '{"schema":"skillgate.witnesses/2"}', /Cannot read the witness policy/],
    ['trusted_root.json', '{"a":1}', /trusted root/],
  ])(
    'is refused with a %s that no client could read, however well it is named',
    (name, content, says) => {
      const files = { 'policy.json': canonicalJson(defaultPolicy), [name]: content };
      const next = nextRepository({ root, files, expires: now + 1, timeOf: tufTime });
      expect(() => parseTufRepository(JSON.stringify(next))).toThrow(says);
    },
  );

  it('is refused when it is too large, before it is read', () => {
    expect(() => parseTufRepository(' '.repeat(5 * 1024 * 1024))).toThrow(/too large/);
  });

  it('is refused with a file that is too large', () => {
    const json: Loose = JSON.parse(JSON.stringify(second));
    json.files['policy.json'] = ' '.repeat(tufFileBytesMax + 1);
    expect(() => parseTufRepository(JSON.stringify(json))).toThrow(
      expect.objectContaining({
        reasons: expect.arrayContaining([
          expect.objectContaining({ message: expect.stringContaining('too large') }),
        ]),
      }),
    );
  });

  describe('signatures', () => {
    const lacking = (repository: TufRepository) =>
      missingSignatures(repository).map(({ what, lacking: n }) => `${what}: ${n}`);

    it.each([
      ['nobody', [], ['root 2, as root 1 demands: 2', 'root 2: 2', 'targets 2: 2']],
      ['the old ones only', [ada, ben], ['root 2: 1', 'targets 2: 1']],
      ['the new ones only', [ada, dora], ['root 2, as root 1 demands: 1']],
      ['a stranger', [thief], ['root 2, as root 1 demands: 2', 'root 2: 2', 'targets 2: 2']],
      ['enough of both', [ada, ben, dora], []],
    ])('by %s', async (_, signers, missing) => {
      const next = rootFile({ administrators: [ada, dora], threshold: 2 });
      expect(lacking(await holdCeremony({ root: next, signers, now, before: first }))).toEqual(
        missing,
      );
    });

    it('of one key count once, and a new one takes the place of the old', async () => {
      const once = await signRepository(await holdCeremony({ root, signers: [ada], now }), ada);
      expect(once.roots[0]?.signatures).toHaveLength(1);
      expect(lacking(once)).toEqual(['root 1: 1', 'targets 1: 1']);
    });

    it('do not hold over other content', () => {
      const json: Loose = JSON.parse(JSON.stringify(first));
      json.roots[0].signed.expires = '2099-01-01T00:00:00Z';
      expect(lacking(json)).toEqual(['root 1: 2']);
    });
  });
});

describe('TUF forms', () => {
  it('are signed over the bytes that @tufjs/models signs', async () => {
    const { roots, targets } = await holdCeremony({ root: rootFile(), signers: [], now });
    const bytesOf = (
      kind: MetadataKind.Root | MetadataKind.Targets,
      json: Parameters<typeof Metadata.fromJSON>[1],
    ): string => {
      let seen = '';
      const metadata =
        kind === MetadataKind.Root
          ? Metadata.fromJSON(MetadataKind.Root, json)
          : Metadata.fromJSON(MetadataKind.Targets, json);
      metadata.sign((bytes) => {
        seen = bytes.toString();
        return new (class {
          keyID = '';
          sig = '';
          toJSON = () => ({});
        })();
      });
      return seen;
    };
    const plain = (value: unknown) => JSON.parse(JSON.stringify(value));
    expect(olpcJson(roots[0]?.signed)).toBe(bytesOf(MetadataKind.Root, plain(roots[0])));
    expect(olpcJson(targets.signed)).toBe(bytesOf(MetadataKind.Targets, plain(targets)));
  });

  it('escape the quote and the backslash and nothing else', () => {
    expect(olpcJson({ b: 'x\ny', a: ['"', '\\'] })).toBe('{"a":["\\"","\\\\"],"b":"x\ny"}');
  });
});

function setRoot(json: Loose, root: RootFile): void {
  const text = canonicalJson(root);
  json.files['root.json'] = text;
  json.targets.signed.targets['root.json'] = tufFileOf(Buffer.from(text));
}

// biome-ignore lint/suspicious/noExplicitAny: what a forger writes has no type
type Loose = any;
