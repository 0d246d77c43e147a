import { describe, expect, it } from 'vitest';
import { proveHeads } from '../../../skills-index/client/log-proofs.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { type TreeHead, verifyConsistency } from '../../../skills-index/log/merkle-tree.ts';
import { placesBetween, placesOfHeads, printNodes } from '../../../skills-index/log/print-nodes.ts';
import { consistencyQuestion, tilePath, tilesFor } from '../../../skills-index/log/tile-proof.ts';
import { parseNodes, type TreeNodes } from '../../../skills-index/log/tree-nodes.ts';
import { headOf, logFetch, nodesOf } from '../two-histories.ts';

const logSize = 5_000;

const nodesFor = (sizes: readonly number[], history = 'a'): TreeNodes => {
  const nodeAt = nodesOf(history);
  return parseNodes(
    printNodes(
      placesOfHeads(sizes).map(({ level, index }) => ({
        level,
        index,
        hash: nodeAt(level, index),
      })),
    ),
  );
};

/** The tiles that a host asks for to prove these heads with these nodes, and whether it can. */
async function prove(
  sizes: readonly number[],
  size: number,
  nodes: TreeNodes,
  served?: (path: string) => Uint8Array | undefined,
): Promise<{ readonly asked: readonly string[]; readonly isProven: boolean }> {
  const asked: string[] = [];
  const log = await logFetch(size);
  const fetch: typeof globalThis.fetch = (input) => {
    const path = new URL(String(input)).pathname.slice('/log/'.length);
    asked.push(path);
    const answer = served?.(path);
    return answer === undefined ? log(input) : Promise.resolve(new Response(Buffer.from(answer)));
  };
  const source = { fetch, base: 'http://log', store: memoryStore() };
  const heads = sizes.map((one) => headOf(one));
  const second = headOf(size);
  const proofs = await proveHeads(source, heads, second, nodes);
  const isProven = heads.every((first: TreeHead) =>
    verifyConsistency({ first, second, proof: proofs.get(first.size) ?? [] }),
  );
  return { asked, isProven };
}

const cases: [readonly number[], number][] = [
  [[1, 2, 3, 4, 5, 6, 7, 8], 9],
  [[5, 6, 7, 300, 301, 900], 1_000],
  [[1, 255, 257, 2_048, 3_000, 3_001, 3_500], logSize],
  [[3, 1_000, 4_990, 4_999], logSize],
];

/** The nodes of older heads, and those from the largest to a later head. */
const nodesUpTo = (sizes: readonly number[], size: number): TreeNodes => {
  const from = Math.max(...sizes);
  const between = from < size ? bytesBetween(from, 'a', size) : undefined;
  return new Map([...nodesFor(sizes), ...parseNodes(between)]);
};

const tilesIn = (asked: readonly string[]): readonly string[] =>
  asked.filter((path) => path.startsWith('tile/'));

describe('the nodes between two heads', () => {
  it.each(cases)(
    'prove with the nodes of %j the head of %i without a tile',
    async (sizes, size) => {
      const { asked, isProven } = await prove(sizes, size, nodesUpTo(sizes, size));
      expect({ asked, isProven }).toEqual({ asked: [], isProven: true });
    },
  );
});

describe('the nodes of older heads', () => {
  it.each(cases)(
    '%j lead to a later head of %i with the tiles of the largest alone',
    async (sizes, size) => {
      const largest = Math.max(...sizes);
      const needed = largest < size ? tilesFor(consistencyQuestion(largest, size), size) : [];
      const { asked, isProven } = await prove(sizes, size, nodesFor(sizes));
      expect(isProven).toBe(true);
      for (const path of tilesIn(asked)) expect(needed.map(tilePath)).toContain(path);
    },
  );

  it('and the nodes behind them are asked for in place of several tiles', async () => {
    const sizes = [5, 300, 900, 3_700];
    const served = (path: string) => (path.startsWith('nodes/') ? bytesBetween(3_700) : undefined);
    const { asked, isProven } = await prove(sizes, logSize, nodesFor(sizes), served);
    expect({ asked, isProven }).toEqual({ asked: ['nodes/3700/5000'], isProven: true });
  });

  it.each<[string, Uint8Array]>([
    ['of another tree', bytesBetween(3_700, 'b')],
    ['in far too many bytes', Buffer.concat([bytesBetween(3_700), Buffer.alloc(2 ** 20)])],
  ])('are proved by tiles where the registry sends nodes %s', async (_, bytes) => {
    const sizes = [5, 300, 900, 3_700];
    const served = (path: string) => (path.startsWith('nodes/') ? bytes : undefined);
    const { asked, isProven } = await prove(sizes, logSize, nodesFor(sizes), served);
    expect(isProven).toBe(true);
    expect(tilesIn(asked).length).toBeGreaterThan(0);
  });

  it.each<[string, (sizes: readonly number[]) => TreeNodes]>([
    ['of another tree', (sizes) => nodesFor(sizes, 'b')],
    ['with a changed hash', (sizes) => changed(nodesFor(sizes))],
  ])('prove nothing by themselves: with nodes %s the tiles decide', async (_, make) => {
    const sizes = [5, 300, 900, 3_700];
    const { asked, isProven } = await prove(sizes, logSize, make(sizes));
    expect(isProven).toBe(true);
    expect(tilesIn(asked).length).toBeGreaterThan(3);
  });
});

describe('nodes in bytes', () => {
  const hash = Buffer.alloc(32, 7);
  it.each([
    ['the heading alone', printNodes([])],
    ['half a node', printNodes([{ level: 0, index: 1, hash }]).subarray(0, -1)],
  ])('are none in %s', (_, bytes) => {
    expect(parseNodes(bytes).size).toBe(0);
  });

  it('keep level, index and hash', () => {
    const index = 2 ** 48 - 1;
    expect([...parseNodes(printNodes([{ level: 63, index, hash }]))]).toEqual([
      [`63/${index}`, hash],
    ]);
  });
});

function changed(nodes: TreeNodes): TreeNodes {
  return new Map([...nodes].map(([key, hash]) => [key, hash.map((byte) => byte ^ 1)]));
}

function bytesBetween(from: number, history = 'a', size = logSize): Uint8Array {
  const nodeAt = nodesOf(history);
  return printNodes(
    placesBetween(from, size).map(({ level, index }) => ({
      level,
      index,
      hash: nodeAt(level, index),
    })),
  );
}
