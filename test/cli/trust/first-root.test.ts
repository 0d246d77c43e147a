import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { firstRootMillisMax } from '../../../cli/limits.ts';
import { updateTrust } from '../../../cli/trust/updater.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { parseRoot, type RetiredKey, type RootFile } from '../../../skills-index/trust/root.ts';
import { tufBytes } from '../../../skills-index/trust/tuf/signature.ts';
import { base, filesOf, holdCeremony, hour, keys, rootFile, serving } from '../trust-server.ts';

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
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms === firstRootMillisMax ? 150 : ms));
  const fetch: typeof globalThis.fetch = async (input, init) => {
    asked += 1;
    await new Promise((done) => setTimeout(done, 20));
    init?.signal?.throwIfAborted();
    const version = Number(/(\d+)\.root/.exec(String(input))?.[1]);
    return new Response(first === undefined ? '' : Buffer.from(tufBytes({ ...first, signed: { ...first.signed, version } })));
  };
  const source = { fetch, store: memoryStore(), base };
  await expect(updateTrust({ source, pinned: rootFile(), now })).rejects.toThrow(/Cannot reach the registry/);
  expect(asked).toBeLessThan(12);
});

it('a client follows to no root file that retires a key which was never in office, signed or not', async () => {
  const retire = (root: RootFile, ...retired: RetiredKey[]): RootFile => parseRoot(JSON.stringify({ ...root, retired }));
  const pinned = rootFile();
  const first = await holdCeremony({ root: pinned, signers: [ada, ben], now });
  const left: RetiredKey = { office: 'administrator', key: cleo.open.spki, validUpTo: 7 };
  const second = retire(rootFile({ administrators: [ada, ben, dora] }), left);
  const follow = async (before: typeof first, root: RootFile, kept?: Awaited<ReturnType<typeof updateTrust>>) => {
    const repository = await holdCeremony({ root, signers: [ada, ben], now, before });
    const files = await filesOf({ repository, now, version: repository.roots.length * 10 });
    const source = { fetch: serving(() => files), store: memoryStore(), base };
    return { repository, kept: await updateTrust({ source, pinned, kept, now: now + hour / 2 }) };
  };
  const honest = await follow(first, second);
  const gone: RetiredKey = { office: 'administrator', key: dora.open.spki, validUpTo: 9 };
  const third = retire(rootFile({ administrators: [ada, ben, cleo].slice(0, 2) }), left, gone);
  await follow(honest.repository, third);
  await follow(honest.repository, third, honest.kept);
  const smuggled: RetiredKey = { office: 'administrator', key: thief.open.spki, validUpTo: Number.MAX_SAFE_INTEGER };
  const refused = { code: 'tuf-invalid', reasons: [{ message: expect.stringContaining(`administrator key ${thief.keyId}`) }] };
  await expect(follow(first, retire(pinned, smuggled))).rejects.toMatchObject(refused);
  await expect(follow(honest.repository, retire(second, left, smuggled))).rejects.toMatchObject(refused);
  await expect(follow(honest.repository, retire(second, left, smuggled), honest.kept)).rejects.toMatchObject(refused);
  const registry: RetiredKey = { office: 'registry', key: thief.open.spki, validUpTo: 9 };
  await expect(follow(honest.repository, retire(second, left, registry), honest.kept)).rejects.toMatchObject({
    code: 'tuf-invalid',
  });
});
