import { describe, expect, it } from 'vitest';
import {
  isSignedRootOf,
  strangersAmongRetired,
} from '../../../../skills-index/trust/root/ceremony.ts';
import {
  parseRoot,
  type RetiredKey,
  type RootFile,
} from '../../../../skills-index/trust/root/root.ts';
import { keys, rootFile } from '../../../cli/trust-server.ts';
import { holdCeremony } from '../../../registry/tuf-maker.ts';

const { ada, ben, cleo, dora, thief, status2 } = keys;
const now = Date.parse('2026-11-01T12:00:00Z');

const retire = (role: RetiredKey['role'], { open }: typeof ada, validUpTo: number): RetiredKey =>
  ({ role, key: open.spki, validUpTo }) as RetiredKey;
const withRetired = (root: RootFile, ...retired: RetiredKey[]): RootFile =>
  parseRoot(JSON.stringify({ ...root, retired }));
const next = rootFile({ administrators: [ada, ben], status: status2 });
const was = rootFile();
const before = withRetired(was, retire('administrator', dora, 7));
const chainOf = async (...roots: RootFile[]) => {
  const made = await Promise.all(roots.map((root) => holdCeremony({ root, signers: [], now })));
  return made.flatMap((one) => one.roots.map(({ signed }) => signed));
};

describe('a retired key', () => {
  it.each<[string, RetiredKey, boolean]>([
    ['of an administrator who left', retire('administrator', cleo, 9), true],
    ['of the status until now', retire('status', keys.status, 9), true],
    ['that ends earlier than it was said to', retire('administrator', dora, 3), true],
    ['that ends later than it was said to', retire('administrator', dora, 8), false],
    ['that was never in office', retire('administrator', thief, 0), false],
    ['of an administrator, in another office', retire('status', cleo, 9), false],
    ['retired as administrator, in another office', retire('registry', dora, 7), false],
  ])('%s is known from the root before: %o, %s', (_, key, isKnown) => {
    const root = withRetired(next, key);
    expect(strangersAmongRetired(root, { files: [before], chain: [], isWhole: true })).toEqual(
      isKnown ? [] : [key],
    );
  });

  it('is known from TUF roots between, which name administrators and status; of the other roles they say nothing', async () => {
    const between = rootFile({ administrators: [ada, ben, dora], status: keys.status });
    const known = {
      files: [rootFile({ status: keys.thief })],
      chain: await chainOf(between),
      isWhole: false,
    };
    for (const key of [
      retire('administrator', dora, 9),
      retire('status', keys.status, 9),
      retire('registry', thief, 9),
    ])
      expect(strangersAmongRetired(withRetired(next, key), known)).toEqual([]);
    for (const key of [
      retire('administrator', thief, 9),
      retire('status', dora, 9),
      retire('administrator', keys.status, 9),
    ])
      expect(strangersAmongRetired(withRetired(next, key), known)).toEqual([key]);
  });

  it('is reported, where only one of the earlier roots contradicts the log index', () => {
    const later = withRetired(was, retire('administrator', dora, 9));
    const told = (validUpTo: number) =>
      strangersAmongRetired(withRetired(next, retire('administrator', dora, validUpTo)), {
        files: [before, later],
        chain: [],
        isWhole: true,
      });
    expect(told(7)).toEqual([]);
    expect(told(8)).toEqual([retire('administrator', dora, 8)]);
  });

  it('is not known from a TUF root that names the key’s id and not the key', async () => {
    const key = retire('administrator', cleo, 9);
    const chain = (await chainOf(was)).map((one) => ({ ...one, keys: {} }));
    const root = withRetired(next, key);
    expect(strangersAmongRetired(root, { files: [], chain, isWhole: false })).toEqual([key]);
  });
});

it('a TUF root is that of a root file when it follows from it and enough have signed', async () => {
  const signed = async (...signers: (typeof ada)[]) =>
    (await holdCeremony({ root: was, signers, now })).roots[0];
  const whole = await signed(ada, ben);
  const lone = await signed(ada);
  const strange = await signed(ada, thief);
  expect(
    [whole, lone, strange].map((one) => one !== undefined && isSignedRootOf(one, was)),
  ).toEqual([true, false, false]);
  expect(whole !== undefined && isSignedRootOf(whole, rootFile({ status: status2 }))).toBe(false);
});
