import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pathsOf } from '../../../cli/paths.ts';
import { trustedRegistry } from '../../../cli/registries/registries.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { type Ran, skill } from '../command-line.ts';
import { folderWith } from '../temporary-folder.ts';
import {
  base,
  type Files,
  filesOf,
  holdCeremony,
  keys,
  rootFile,
  serving,
  twist,
} from '../trust-server.ts';

const now = Date.parse('2026-11-01T12:00:00Z');
const first = rootFile();
const second = rootFile({ administrators: [keys.ada, keys.dora] });

describe('skillgate registry trust FILE', () => {
  let home: string;
  let files: Files;
  /** What the registry says its root file is. */
  let told: unknown;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'], now });
    home = folderWith();
    told = second;
    const one = await holdCeremony({ root: first, signers: [keys.ada, keys.ben], now });
    const two = await holdCeremony({
      root: second,
      signers: [keys.ada, keys.ben, keys.dora],
      now,
      before: one,
    });
    files = await filesOf({ repository: two, now, version: 20 });
  });
  afterEach(() => vi.useRealTimers());

  const fetch: typeof globalThis.fetch = async (input, init) =>
    String(input).endsWith('/index/root.json')
      ? new Response(JSON.stringify(told))
      : serving(() => files)(input, init);
  const trust = (
    content: string | Uint8Array,
    fingerprint = rootFingerprint(second),
  ): Promise<Ran> => {
    const file = join(home, 'file.json');
    writeFileSync(file, content);
    const env = { SKILLGATE_HOME: home, SKILLGATE_REGISTRY: base };
    return skill(['registry', 'trust', file, '--root', fingerprint], {
      env,
      fetch,
      now: () => new Date(now),
    });
  };
  const pinned = () => trustedRegistry({ paths: pathsOf({ SKILLGATE_HOME: home }) }, base);

  it.each(['1.root.json', '2.root.json'])(
    'takes a TUF root, and pins what administrators signed since: %s',
    async (name) => {
      expect(await trust(files.get(name) ?? '')).toMatchObject({ exit: 0 });
      expect(pinned()).toMatchObject({ root: second, pinned: second });
    },
  );

  it('takes the root file out of an export, and nothing else of it', async () => {
    const lax = { ...defaultPolicy, programs: [] };
    const exported = JSON.stringify({ schema: 'skillgate.trusted/1', root: first, policy: lax });
    expect(await trust(exported, rootFingerprint(first))).toMatchObject({ exit: 0 });
    expect(pinned()).toMatchObject({ pinned: first, root: second, policy: defaultPolicy });
  });

  it('pins no root file of the registry’s own, though it names the same administrators', async () => {
    const forged = { ...second, registry: { key: keys.thief.open.spki } };
    told = forged;
    const root1 = files.get('1.root.json') ?? '';
    expect(await trust(root1, rootFingerprint(forged))).toMatchObject({ exit: 6 });
    expect(() => pinned()).toThrow(/not pinned/);
    expect(await trust(root1)).toMatchObject({ exit: 0 });
    expect(pinned().root).toEqual(second);
  });

  it('takes no TUF root that too few of its own signed, nor one that the registry’s metadata does not follow from', async () => {
    twist(files, '1.root.json', (json) => json.signatures.splice(1));
    expect(await trust(files.get('1.root.json') ?? '')).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('too few of its administrators'),
    });
    const thief = rootFile({ administrators: [keys.thief], threshold: 1 });
    const { roots } = await holdCeremony({ root: thief, signers: [keys.thief], now });
    expect(await trust(JSON.stringify(roots[0]))).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[tuf-invalid]'),
    });
    expect(() => pinned()).toThrow(/not pinned/);
  });

  it.each([
    ['a policy', defaultPolicy, 'of the form "skillgate.policy/1"'],
    [
      'a Sigstore trusted root',
      { mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' },
      '--trusted-root',
    ],
    [
      'other TUF metadata',
      { signed: { _type: 'timestamp' }, signatures: [] },
      'TUF metadata of the role "timestamp"',
    ],
    ['any other JSON', { name: 'x' }, 'JSON of an unknown form'],
    ['a list', [], 'JSON of an unknown form'],
    ['nothing', null, 'JSON of an unknown form'],
  ])('says what a file is that is none of them: %s', async (_, content, says) => {
    expect(await trust(JSON.stringify(content))).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(
        new RegExp(`error\\[root-invalid\\].*${says.replace(/[[\]]/g, '.')}[^]*name root.json`),
      ),
    });
  });

  it.each([
    [
      'a root file that is broken',
      JSON.stringify({ ...first, threshold: 9 }),
      'error[root-invalid]',
    ],
    [
      'an export without a root file',
      JSON.stringify({ schema: 'skillgate.trusted/1' }),
      'error[root-invalid]',
    ],
    ['no JSON', '-----BEGIN CERTIFICATE-----', 'error[json-invalid]'],
  ])('refuses %s', async (_, content, says) => {
    expect(await trust(content)).toMatchObject({
      exit: expect.not.toBeOneOf([0]),
      stderr: expect.stringContaining(says),
    });
    expect(() => pinned()).toThrow(/not pinned/);
  });
});
