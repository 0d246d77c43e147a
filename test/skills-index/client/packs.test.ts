import { describe, expect, it } from 'vitest';
import { printPack } from '../../../registry/log/print-pack.ts';
import { fetchBlob, type Source } from '../../../skills-index/client/blobs.ts';
import {
  fileGroups,
  filePackPath,
  withFilePacks,
} from '../../../skills-index/client/file-packs.ts';
import {
  evidencePackPath,
  packBlobsMax,
  parsePack,
} from '../../../skills-index/client/pack-form.ts';
import { packBytesMax } from '../../../skills-index/client/packs.ts';
import { fetchVersionEvidence } from '../../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { placesOfHeads, printNodes } from '../../../skills-index/log/print-nodes.ts';
import { parseHashTile, perfectRoot, tilePath } from '../../../skills-index/log/tile-proof.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { storyNow, storyRoot, tellStory } from '../story.ts';
import { storyFetch, storyPaths } from '../story-server.ts';

const story = await tellStory();
const { line, packed, input } = story;
const files = packed.bundle.files.map(({ path }) => packed.contents.get(path) ?? Buffer.of());
const evidence = [...input.statements.values(), packed.bytes, input.report, ...files];
const packPath = evidencePackPath(line);
const blobPath = (bytes: Uint8Array): string => `/blobs/sha256/${hexOf(digestOf(bytes))}`;
const sealed = (content: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`skillgate.pack/1 ${hexOf(digestOf(content))}\n`), content]);
const printed = (blobs: readonly Uint8Array[]): Uint8Array => printPack(blobs);
const changed = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(bytes, (byte, at) => (at === bytes.length >> 1 ? byte ^ 1 : byte));

interface Fetched {
  readonly source: Source;
  readonly asked: readonly string[];
  readonly kind: 'admitted' | 'refused';
}

/** Fetches the story's version from a registry with this pack, and decides. */
async function fetchWith(
  pack: Uint8Array | undefined,
  more: readonly [string, Uint8Array][] = [],
): Promise<Fetched> {
  const paths = storyPaths(story);
  if (pack !== undefined) paths.set(packPath, pack);
  for (const [path, bytes] of more) paths.set(path, bytes);
  const asked: string[] = [];
  const source = { fetch: storyFetch(paths, asked), store: memoryStore(), base: 'http://registry' };
  const judged = { root: storyRoot, policy: defaultPolicy, now: storyNow };
  const found = await fetchVersionEvidence({ ...source, ...judged, name: line.name, range: '*' });
  return { source, asked, kind: decide({ ...found, ...judged }).kind };
}

const blobsAsked = ({ asked }: Fetched): string[] =>
  asked.filter((path) => path.startsWith('/blobs/'));

describe('a pack', () => {
  it('has at most so many blobs', () => {
    const blobs = Array.from({ length: packBlobsMax + 1 }, (_, at) => words(at));
    expect(parsePack(printed(blobs))).toBeUndefined();
    expect(parsePack(printed(blobs.slice(1)))?.size).toBe(packBlobsMax);
  });

  it('brings the whole evidence in one answer, with the files of the skill', async () => {
    const fetched = await fetchWith(printed(evidence));
    expect(fetched.kind).toBe('admitted');
    expect(blobsAsked(fetched)).toEqual([]);
    for (const file of files)
      expect(await fetched.source.store.get(digestOf(file))).toEqual(Buffer.from(file));
  });

  it('is fetched once, and never again for what the store has', async () => {
    const { source, asked } = await fetchWith(printed(evidence));
    expect(asked.filter((path) => path.startsWith('/packs/'))).toEqual([packPath]);
    const judged = { root: storyRoot, policy: defaultPolicy, now: storyNow };
    const before = asked.length;
    await fetchVersionEvidence({ ...source, ...judged, name: line.name, range: '*' });
    expect(asked.slice(before).some((path) => path.startsWith('/packs/'))).toBe(false);
  });

  it.each<[string, Uint8Array | undefined]>([
    ['no pack', undefined],
    [
      'a pack of another format',
      Buffer.concat([
        Buffer.from(`skillgate.pack/2 ${'0'.repeat(64)}\n`),
        printed(evidence).subarray(82),
      ]),
    ],
    ['a pack that ends within a blob', printed(evidence).subarray(0, -1)],
    ['a blob twice', printed([...evidence, packed.bytes])],
    ['a length of 4 GiB', sealed(Buffer.from([0xff, 0xff, 0xff, 0xff, 1]))],
    ['too many bytes', printed([Buffer.alloc(packBytesMax), ...evidence])],
  ])('counts as no pack, and each blob is fetched by itself: %s', async (_, pack) => {
    const fetched = await fetchWith(pack);
    expect(fetched.kind).toBe('admitted');
    expect(blobsAsked(fetched).length).toBeGreaterThan(input.statements.size);
  });

  it.each(evidence.slice(0, -files.length).map((bytes, at) => [at, bytes] as const))(
    'with a changed blob (%i) brings the others, and the true blob is fetched by itself',
    async (at, bytes) => {
      const fetched = await fetchWith(printed(evidence.with(at, changed(bytes))));
      expect(fetched.kind).toBe('admitted');
      expect(blobsAsked(fetched)).toEqual([blobPath(bytes)]);
      expect(await fetched.source.store.get(digestOf(changed(bytes)))).toBeUndefined();
    },
  );

  it('with a changed blob, whose own address has the changed bytes too, is refused', async () => {
    const { bytes, digest } = story.publish;
    const at = evidence.findIndex((one) => digestOf(one) === digest);
    await expect(
      fetchWith(printed(evidence.with(at, changed(bytes))), [[blobPath(bytes), changed(bytes)]]),
    ).rejects.toMatchObject({ code: 'signature-invalid' });
  });

  it('without a blob brings the others', async () => {
    const fetched = await fetchWith(printed(evidence.slice(1)));
    expect(fetched.kind).toBe('admitted');
    expect(blobsAsked(fetched)).toEqual([blobPath(evidence[0] ?? Buffer.of())]);
  });

  it('with nodes of the log brings them, and the host keeps them', async () => {
    const { source, asked, kind } = await fetchWith(printed([storyNodes(), ...evidence]));
    expect(kind).toBe('admitted');
    expect(asked.filter((path) => path.startsWith('/log/tile/0/'))).toEqual([]);
    const kept = await source.store.getNamed(`log/nodes/line-${line.logIndex}`);
    expect(kept).toEqual(storyNodes());
  });

  it.each<[string, Uint8Array]>([
    ['of another tree', storyNodes((hash) => hash.map((byte) => byte ^ 1))],
    ['of more bytes than a host reads', Buffer.concat([storyNodes(), Buffer.alloc(2 ** 18)])],
  ])('with nodes %s proves nothing: the tiles of the log decide', async (_, nodes) => {
    const { asked, kind } = await fetchWith(printed([nodes, ...evidence]));
    expect(kind).toBe('admitted');
    expect(asked.filter((path) => path.startsWith('/log/tile/0/')).length).toBeGreaterThan(0);
  });

  it('keeps no blob that nobody asked for', async () => {
    const extra = Buffer.from('a file of nobody');
    const fetched = await fetchWith(printed([extra, ...evidence]));
    expect(fetched.kind).toBe('admitted');
    expect(await fetched.source.store.get(digestOf(extra))).toBeUndefined();
    expect(await fetched.source.store.getNamed(`log/nodes/line-${line.logIndex}`)).toBeUndefined();
  });

  it('brings no file that is larger than the bundle says', async () => {
    const bytes = Buffer.from('a file');
    const group = printed([bytes, Buffer.from('another')]);
    const [first, second] = [digestOf(bytes), digestOf('another')];
    const bundle = {
      schema: 'skillgate.bundle/1',
      files: [
        { path: 'a', size: 1, sha256: first, mode: '644' },
        { path: 'b', size: 7, sha256: second, mode: '644' },
      ],
    };
    const paths = new Map([[filePackPath(packed.digest, 0), group]]);
    const source = { fetch: storyFetch(paths), store: memoryStore(), base: 'http://registry' };
    const from = withFilePacks(source, bundle as never, packed.digest);
    expect(await fetchBlob(from, second, 7)).toEqual(Buffer.from('another'));
    await expect(fetchBlob(from, first, 1)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('the files of a large skill', () => {
  const MiB = 1024 * 1024;
  const bundleOf = (...sizes: number[]) =>
    ({
      files: sizes.map((size, at) => ({ path: `${at}`, size, sha256: digestOf(`${at}`) })),
    }) as never;
  const groups = (...sizes: number[]): number[][] =>
    fileGroups(bundleOf(...sizes)).map((group) => group.map(({ size }) => size / MiB));

  it('lie in groups of at most 5 MiB, in order', () => {
    expect(groups(2 * MiB, 3 * MiB, 1 * MiB)).toEqual([[2, 3], [1]]);
    expect(groups(5 * MiB, 0, 5 * MiB)).toEqual([[5, 0], [5]]);
    expect(groups()).toEqual([]);
  });

  it('are asked for one by one where a pack would bring one file', async () => {
    const asked: string[] = [];
    const bytes = Buffer.from('0');
    const paths = new Map([[blobPath(bytes), bytes]]);
    const source = {
      fetch: storyFetch(paths, asked),
      store: memoryStore(),
      base: 'http://registry',
    };
    await fetchBlob(withFilePacks(source, bundleOf(1), packed.digest), digestOf(bytes));
    expect(asked).toEqual([blobPath(bytes)]);
  });
});

/** All nodes of the story's log that a host can need. */
function storyNodes(change = (hash: Uint8Array): Uint8Array => hash): Uint8Array {
  const size = story.log.said.length;
  const tile = { level: 0, index: 0, width: size };
  const leaves = parseHashTile(story.log.tiles().get(tilePath(tile)) ?? Buffer.of(), tile);
  const sizes = Array.from({ length: size }, (_, at) => at + 1);
  return printNodes(
    placesOfHeads(sizes).map(({ level, index }) => {
      const from = index * 2 ** level;
      return { level, index, hash: change(perfectRoot(leaves.slice(from, from + 2 ** level))) };
    }),
  );
}

function words(at: number): Uint8Array {
  return Buffer.from(String(at));
}
