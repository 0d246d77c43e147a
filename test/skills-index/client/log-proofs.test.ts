import { describe, expect, it } from 'vitest';
import type { Source } from '../../../skills-index/client/blobs.ts';
import { fetchConsistency, proveHeads } from '../../../skills-index/client/log-proofs.ts';
import { fetchHeads } from '../../../skills-index/client/other-head.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { parseCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { leafHash, verifyConsistency } from '../../../skills-index/log/merkle-tree.ts';
import { logFetch, noteOf } from '../two-histories.ts';

type Change = (path: string, bytes: Buffer) => Buffer | undefined;

/** A log of 700 entries of which somebody changes what is fetched. */
async function changed(change: Change, asked: string[] = []): Promise<Source> {
  const good = await logFetch(700);
  const fetch: typeof globalThis.fetch = async (input) => {
    const path = new URL(String(input)).pathname;
    asked.push(path);
    const response = await good(input);
    const bytes = response.ok ? change(path, Buffer.from(await response.arrayBuffer())) : undefined;
    return bytes === undefined
      ? new Response('', { status: 404 })
      : new Response(Buffer.from(bytes));
  };
  return { fetch, base: 'http://log', store: memoryStore() };
}

const headAt = async (size: number, history = 'a') => parseCheckpoint(await noteOf(size, history));
/** Whether the client would go on from a head of 300 that it saw. */
async function continues(source: Source): Promise<boolean> {
  const proofs = await fetchConsistency(source, [300], 700);
  return verifyConsistency({
    first: await headAt(300),
    second: await headAt(700),
    proof: proofs.get(300) ?? [],
  });
}

const other = await logFetch(700, 'b');
const tileOf = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await other(`http://log${path}`)).arrayBuffer());
const others = await tileOf('/log/tile/0/001');

describe('a proof that a client computes from tiles', () => {
  it('holds for the log that made them, and is asked for in tiles that the log has', async () => {
    const asked: string[] = [];
    expect(await continues(await changed((_, bytes) => bytes, asked))).toBe(true);
    expect(asked.every((path) => /^\/log\/tile\/\d\/\d{3}(\.p\/\d+)?$/.test(path))).toBe(true);
  });

  it.each<[string, Change]>([
    ['a tile of another tree', (path, bytes) => (path.endsWith('/0/001') ? others : bytes)],
    ['a tile that is missing', (path, bytes) => (path.endsWith('/0/001') ? undefined : bytes)],
  ])('shows nothing with %s', async (_, change) => {
    expect(await continues(await changed(change))).toBe(false);
  });

  it.each<[string, Change]>([
    [
      'cut short by a hash',
      (path, bytes) => (path.endsWith('/0/001') ? bytes.subarray(0, -32) : bytes),
    ],
    [
      'too long by a hash',
      (path, bytes) =>
        path.includes('/0/002') ? Buffer.concat([bytes, leafHash(Buffer.of())]) : bytes,
    ],
  ])('is not made of a tile that is %s', async (_, change) => {
    await expect(continues(await changed(change))).rejects.toMatchObject({
      code: expect.stringMatching(/^(log-invalid|registry-answer-invalid)$/),
    });
  });

  it('is never made by the log itself: a fork of one size needs no proof and has none', async () => {
    const a = await headAt(700);
    const b = await headAt(700, 'b');
    expect(verifyConsistency({ first: a, second: b, proof: [] })).toBe(false);
    expect((await fetchConsistency(await changed((_, bytes) => bytes), [700], 700)).size).toBe(0);
  });

  it('shows the heads that tiles make, for who has to tell a fork from a broken tile', async () => {
    const [older, newer] = await fetchHeads(await changed((_, bytes) => bytes), [256, 700], 700);
    expect([older, newer]).toMatchObject([
      { size: 256, root: (await headAt(256)).root },
      { size: 700, root: (await headAt(700)).root },
    ]);
    const without = await changed((path, bytes) => (path.includes('/0/002') ? undefined : bytes));
    expect(await fetchHeads(without, [256, 700], 700)).toMatchObject([{ size: 256 }, undefined]);
  });
});

describe('proofs of heads', () => {
  const proven = async (source: Source): Promise<boolean> => {
    const [first, second] = [await headAt(300), await headAt(700)];
    const proofs = await proveHeads(source, [first, second], second);
    return verifyConsistency({ first, second, proof: proofs.get(300) ?? [] });
  };

  it('are computed from tiles that this host keeps, without a request', async () => {
    const asked: string[] = [];
    const source = await changed((_, bytes) => bytes, asked);
    expect(await proven(source)).toBe(true);
    expect(asked.length).toBeGreaterThan(0);
    asked.length = 0;
    expect(await proven(source)).toBe(true);
    expect(asked).toEqual([]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['changed', (bytes) => bytes.map((byte, at) => (at === 3_000 ? byte ^ 1 : byte))],
  ])('are computed from the registry’s tiles where a kept tile is %s', async (_, damage) => {
    const source = await changed((_path, bytes) => bytes);
    await proven(source);
    const name = 'log/tile/0/001';
    const kept = await source.store.getNamed(name);
    await source.store.putNamed(name, damage(kept ?? Buffer.of()));
    expect(await proven(source)).toBe(true);
    expect(await source.store.getNamed(name)).toEqual(kept);
  });

  it('show nothing where the kept tile and the registry’s are of another tree', async () => {
    const source = await changed((path, bytes) => (path.endsWith('/0/001') ? others : bytes));
    await source.store.putNamed('log/tile/0/001', others);
    expect(await proven(source)).toBe(false);
  });
});
