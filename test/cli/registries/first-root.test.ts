import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { firstRootMillisMax, updateTrust } from '../../../cli/registries/updater.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { hexOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { tufBytes } from '../../../skills-index/trust/root/ceremony.ts';
import {
  parseRoot,
  type RetiredKey,
  type RootFile,
  rootFingerprint,
} from '../../../skills-index/trust/root/root.ts';
import {
  base,
  type Files,
  filesOf,
  holdCeremony,
  hour,
  keys,
  rootFile,
  serving,
} from '../trust-server.ts';

const { ada, ben, cleo, dora, thief } = keys;
const now = Date.parse('2026-11-01T12:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

it('roots that nobody vouched for are waited for once, not once each', async () => {
  const { roots } = await holdCeremony({ root: rootFile(), signers: [thief], now });
  const first = roots[0];
  let asked = 0;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) =>
    timeout(ms === firstRootMillisMax ? 150 : ms),
  );
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked += 1;
    await new Promise((done) => setTimeout(done, 20));
    init?.signal?.throwIfAborted();
    const version = Number(/(\d+)\.root/.exec(String(input))?.[1]);
    return new Response(
      first === undefined
        ? ''
        : Buffer.from(tufBytes({ ...first, signed: { ...first.signed, version } })),
    );
  };
  const source = { fetch, store: memoryStore(), base };
  await expect(updateTrust({ source, pinned: rootFile(), now })).rejects.toThrow(/does not answer/);
  expect(asked).toBeLessThan(12);
});

it('a client follows to no root file that retires a key which was never in office, signed or not', async () => {
  const retire = (root: RootFile, ...retired: RetiredKey[]): RootFile =>
    parseRoot(JSON.stringify({ ...root, retired }));
  const pinned = rootFile();
  const first = await holdCeremony({ root: pinned, signers: [ada, ben], now });
  const left: RetiredKey = { role: 'administrator', key: cleo.open.spki, validUpTo: 7 };
  const second = retire(rootFile({ administrators: [ada, ben, dora] }), left);
  const follow = async (
    before: typeof first,
    root: RootFile,
    kept?: Awaited<ReturnType<typeof updateTrust>>,
  ) => {
    const repository = await holdCeremony({ root, signers: [ada, ben], now, before });
    const files = await filesOf({ repository, now, version: repository.roots.length * 10 });
    const source = { fetch: serving(() => files), store: memoryStore(), base };
    return { repository, kept: await updateTrust({ source, pinned, kept, now: now + hour / 2 }) };
  };
  const honest = await follow(first, second);
  const gone: RetiredKey = { role: 'administrator', key: dora.open.spki, validUpTo: 9 };
  const third = retire(rootFile({ administrators: [ada, ben, cleo].slice(0, 2) }), left, gone);
  await follow(honest.repository, third);
  await follow(honest.repository, third, honest.kept);
  const smuggled: RetiredKey = {
    role: 'administrator',
    key: thief.open.spki,
    validUpTo: Number.MAX_SAFE_INTEGER,
  };
  const refused = {
    code: 'tuf-invalid',
    reasons: [{ message: expect.stringContaining(`administrator key ${thief.keyId}`) }],
  };
  await expect(follow(first, retire(pinned, smuggled))).rejects.toMatchObject(refused);
  await expect(follow(honest.repository, retire(second, left, smuggled))).rejects.toMatchObject(
    refused,
  );
  await expect(
    follow(honest.repository, retire(second, left, smuggled), honest.kept),
  ).rejects.toMatchObject(refused);
  const registry: RetiredKey = { role: 'registry', key: thief.open.spki, validUpTo: 9 };
  await expect(
    follow(honest.repository, retire(second, left, registry), honest.kept),
  ).rejects.toMatchObject({
    code: 'tuf-invalid',
  });
});

describe('a registry that names its first root file', () => {
  const acme = rootFile({ more: { tuf: 1 } });
  const id = rootFingerprint(acme);
  const follow = (
    files: () => Files,
    pinned: RootFile,
    kept?: Awaited<ReturnType<typeof updateTrust>>,
  ) =>
    updateTrust({
      source: { fetch: serving(files), store: memoryStore(), base },
      pinned,
      kept,
      now,
    });
  const showing = (files: Files, root: RootFile): Files =>
    new Map([...files, [`/index/roots/${hexOf(id)}.json`, Buffer.from(canonicalJson(root))]]);
  const rotated = rootFile({ administrators: [ada, ben, dora], more: { tuf: 1, first: id } });
  const honest = async () => {
    const before = await holdCeremony({ root: acme, signers: [ada, ben], now });
    const repository = await holdCeremony({
      root: rotated,
      signers: [ada, ben, dora],
      now,
      before,
    });
    return filesOf({ repository, now, version: 20 });
  };
  const hostile = rootFile({ administrators: [thief], threshold: 1, more: { tuf: 1, first: id } });
  const hostileFiles = async () =>
    filesOf({
      repository: await holdCeremony({ root: hostile, signers: [thief], now }),
      now,
      version: 1,
    });

  it('is pinned by any root file of its own, and asked for the first one once', async () => {
    const files = showing(await honest(), acme);
    expect(await follow(() => files, acme)).toMatchObject({ registry: id });
    const kept = await follow(() => files, rotated);
    expect(kept).toMatchObject({ registry: id });
    expect(await follow(honestOnly(files), rotated, kept)).toMatchObject({ registry: id });
  });

  it('has to prove it also where an earlier version kept its root of trust without', async () => {
    const files = showing(await honest(), acme);
    const { registry: _, ...kept } = await follow(() => files, rotated);
    expect(await follow(() => files, rotated, kept)).toMatchObject({ registry: id });
    await expect(follow(honestOnly(files), rotated, kept)).rejects.toMatchObject({
      code: 'tuf-invalid',
    });
  });

  it.each([
    ['shows none', async () => hostileFiles(), /the registry has no \/index\/roots\//],
    [
      'shows its own',
      async () => showing(await hostileFiles(), hostile),
      /has another fingerprint/,
    ],
    [
      'shows the other registry’s',
      async () => showing(await hostileFiles(), acme),
      /No TUF root of .* is signed by enough/,
    ],
  ])('is refused where it names that of another registry and %s', async (_, make, why) => {
    const files = await make();
    await expect(follow(() => files, hostile)).rejects.toMatchObject({
      code: 'tuf-invalid',
      message: expect.stringMatching(why),
      hint: expect.stringContaining('skillgate registry trust FILE'),
    });
  });

  it('is refused where it passes on what the other registry’s administrators signed', async () => {
    const own = showing(await hostileFiles(), acme);
    const other = showing(await honest(), acme);
    let files = own;
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (String(input).includes('/index/roots/')) files = other;
      return serving(() => files)(input, init);
    };
    await expect(
      updateTrust({ source: { fetch, store: memoryStore(), base }, pinned: hostile, now }),
    ).rejects.toMatchObject({
      code: 'tuf-invalid',
      message: expect.stringContaining('signed another root file since'),
    });
  });

  it('cannot do so without TUF metadata', () => {
    const { tuf: _, ...bare } = hostile;
    expect(() => parseRoot(JSON.stringify(bare))).toThrow(
      /names a first root file, and no TUF metadata/,
    );
    expect(parseRoot(JSON.stringify(hostile))).toEqual(hostile);
  });
});

function honestOnly(files: Files): () => Files {
  return () => new Map([...files].filter(([name]) => !name.startsWith('/index/')));
}
