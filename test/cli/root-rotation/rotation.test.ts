import { beforeAll, describe, expect, it } from 'vitest';
import {
  changedPolicy,
  changedRoot,
  mergeProposals,
  proposalDigest,
} from '../../../cli/root-rotation/registry-folder.ts';
import { defaultPolicy, type Policy } from '../../../skills-index/trust/policy/policy.ts';
import { missingSignatures, signRepository } from '../../../skills-index/trust/root/ceremony.ts';
import { tufKeyOf } from '../../../skills-index/trust/root/metadata.ts';
import type { TufRepository } from '../../../skills-index/trust/root/repository.ts';
import { type RootFile, rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { holdCeremony } from '../../registry/tuf-maker.ts';
import { keys, rootFile } from '../trust-server.ts';

const { ada, ben, cleo, dora, status2 } = keys;
const now = Date.parse('2026-11-01T12:00:00Z');

describe('a changed root file', () => {
  const root = rootFile();

  it('retires what it replaces at the log index, and keeps what was retired before', () => {
    const once = changedRoot(root, {
      add: [dora.open],
      remove: [cleo.keyId],
      keys: {},
      validUpTo: 7,
    });
    expect(once.retired).toEqual([{ role: 'administrator', key: cleo.open.spki, validUpTo: 7 }]);
    const twice = changedRoot(once, {
      add: [],
      remove: [],
      keys: { status: status2.open.spki },
      validUpTo: 9,
      threshold: 3,
    });
    expect(twice.retired).toEqual([
      ...(once.retired ?? []),
      { role: 'status', key: root.status.key, validUpTo: 9 },
    ]);
    expect(twice).toMatchObject({
      status: { key: status2.open.spki },
      threshold: 3,
      origin: root.origin,
    });
  });

  it('names the registry as before, through each rotation', () => {
    const today: RootFile = { ...root, tuf: 1 };
    const once = changedRoot(today, { add: [dora.open], remove: [], keys: {}, lastLogIndex: 9 });
    expect(once).toMatchObject({ first: rootFingerprint(today) });
    expect(once).not.toHaveProperty('unnamedUpTo');
    const twice = changedRoot(once, {
      add: [],
      remove: [dora.keyId],
      keys: {},
      validUpTo: 9,
      lastLogIndex: 9,
    });
    expect([registryIdOf(once), registryIdOf(twice)]).toEqual([
      registryIdOf(today),
      registryIdOf(today),
    ]);
  });

  it('from before statements named their registry lets those there are count on, and none after them', () => {
    const once = changedRoot(root, { add: [], remove: [], keys: {}, lastLogIndex: 41 });
    expect(once).toMatchObject({ tuf: 1, first: rootFingerprint(root), unnamedUpTo: 41 });
    const twice = changedRoot(once, { add: [dora.open], remove: [], keys: {}, lastLogIndex: 90 });
    expect(twice).toMatchObject({ first: rootFingerprint(root), unnamedUpTo: 41 });
  });

  it.each([
    [
      'who is no administrator leaves',
      { add: [], remove: [dora.keyId], keys: {} },
      /not the key of an administrator/,
    ],
    ['too few stay', { add: [], remove: [ada.keyId, ben.keyId], keys: {} }, /threshold/],
    ['somebody comes twice', { add: [ada.open], remove: [], keys: {} }, /one key for two roles/],
    [
      'who leaves comes back with the same key',
      { add: [cleo.open], remove: [cleo.keyId], keys: {}, validUpTo: 3 },
      /retired/,
    ],
    ['nobody has to agree', { add: [], remove: [], keys: {}, threshold: 0 }, /less than 1/],
  ])('is refused when %s', (_, change, says) => {
    expect(() => changedRoot(root, change)).toThrow(says);
  });
});

describe('a changed policy', () => {
  const strict: Policy = {
    ...defaultPolicy,
    approvals: { ...defaultPolicy.approvals, usual: { total: 2, independent: 1 } },
  };
  const open: Policy = { ...defaultPolicy, programs: [] };
  const was = { policy: defaultPolicy, validUpTo: 7 };

  it('lets the one until now judge what was approved under it, and those before it too', () => {
    const once = changedPolicy(defaultPolicy, { next: strict, validUpTo: 7, dropEarlier: false });
    expect(once).toEqual({ ...strict, earlier: [was] });
    const twice = changedPolicy(once, { next: open, validUpTo: 9, dropEarlier: false });
    expect(twice).toEqual({ ...open, earlier: [was, { policy: strict, validUpTo: 9 }] });
    // It was never in force over anything.
    expect(changedPolicy(once, { next: open, validUpTo: 7, dropEarlier: false })).toEqual({
      ...open,
      earlier: [was],
    });
  });

  it('takes no earlier ones from the file that is proposed, and not without end', () => {
    const smuggled: Policy = { ...strict, earlier: [{ policy: open, validUpTo: 999 }] };
    for (const dropEarlier of [false, true])
      expect(() =>
        changedPolicy(defaultPolicy, { next: smuggled, validUpTo: 7, dropEarlier }),
      ).toThrow(/must not name earlier policies/);
    const full: Policy = {
      ...strict,
      earlier: Array.from({ length: 32 }, (_, validUpTo) => ({ policy: open, validUpTo })),
    };
    expect(() => changedPolicy(full, { next: open, validUpTo: 99, dropEarlier: false })).toThrow(
      /limit of 32 earlier policies/,
    );
  });
});

describe('a proposal', () => {
  let first: TufRepository;
  let open: TufRepository;
  beforeAll(async () => {
    first = await holdCeremony({ root: rootFile(), signers: [ada, ben], now });
    const root = changedRoot(rootFile(), {
      add: [dora.open],
      remove: [cleo.keyId],
      keys: {},
      validUpTo: 7,
    });
    open = await holdCeremony({ root, signers: [], now, before: first });
  });

  it('is whole when its copies are, in any order', async () => {
    const copies = [
      await signRepository(open, ada),
      await signRepository(open, ben),
      await signRepository(open, dora),
    ];
    for (const one of copies) expect(missingSignatures(one).length).toBeGreaterThan(0);
    for (const order of [copies, copies.toReversed()])
      expect(missingSignatures(mergeProposals(order))).toEqual([]);
    for (const one of copies) expect(proposalDigest(one)).toBe(proposalDigest(open));
  });

  it('is not merged with another one', async () => {
    const other = await holdCeremony({
      root: rootFile({ threshold: 1 }),
      signers: [ben],
      now,
      before: first,
    });
    expect(() => mergeProposals([open, other])).toThrow(/copies of two different proposals/);
    const elsewhere = await holdCeremony({
      root: rootFile(),
      signers: [ben, cleo],
      now: now + 1000,
    });
    expect(() =>
      mergeProposals([open, { ...open, roots: [...elsewhere.roots, ...open.roots.slice(-1)] }]),
    ).toThrow(/two different proposals/);
    expect(() => mergeProposals([])).toThrow(/no proposal/);
  });

  it('keeps a good signature beside a worthless one under the same key’s id, wherever that stands', async () => {
    const a = await signRepository(open, ada);
    const d = await signRepository(open, dora);
    const b = await signRepository(open, ben);
    const spoil = <M extends TufRepository['targets'] | TufRepository['roots'][number]>(
      one: M,
    ): M => ({
      ...one,
      signatures: [ada, ben].map(({ publicKey }) => ({
        keyid: tufKeyOf(publicKey).keyid,
        sig: '00',
      })),
    });
    const bad = {
      ...open,
      roots: [...open.roots.slice(0, -1), ...open.roots.slice(-1).map(spoil)],
      targets: spoil(open.targets),
    };
    for (const order of [
      [bad, a, b, d],
      [a, b, d, bad],
    ])
      expect(missingSignatures(mergeProposals(order))).toEqual([]);
  });

  it('has another digest when a root before it is another', async () => {
    const elsewhere = await holdCeremony({
      root: rootFile(),
      signers: [ben, cleo],
      now: now + 1000,
    });
    expect(
      proposalDigest({ ...open, roots: [...elsewhere.roots, ...open.roots.slice(-1)] }),
    ).not.toBe(proposalDigest(open));
  });
});
