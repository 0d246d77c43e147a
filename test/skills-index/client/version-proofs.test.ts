import { beforeEach, describe, expect, it } from 'vitest';
import { memoryStore, type Store } from '../../../skills-index/client/store.ts';
import {
  fetchNameProofs,
  fetchProvenStatements,
} from '../../../skills-index/client/version-proofs.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { nameProofsValuesMax } from '../../../skills-index/trust/index-files/name-proofs.ts';
import { type Story, tellStory } from '../story.ts';
import { storyFetch, storyPaths } from '../story-server.ts';

const index = 1;
let story: Story;
let store: Store;
let asked: string[];
beforeEach(async () => {
  story = await tellStory();
  store = memoryStore();
  asked = [];
});

/** The statement at the log index, as a host with this store reads it. */
async function read({ offline = false, paths = storyPaths(story) } = {}) {
  const source = { fetch: storyFetch(paths, asked), store, base: 'http://skills.example', offline };
  const words = {
    map: new Uint8Array(),
    names: new Map([['scope/acme', { at: [index], siblings: [] }]]),
  };
  return [...(await fetchProvenStatements(source, words, new Set())).values()];
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Buffer.from(bytes);
  copy[at] = copy[at] === 0x41 ? 0x42 : 0x41;
  return copy;
}

describe('a statement that the log’s map names', () => {
  it('is asked for once, and read from the store from then on', async () => {
    const first = await read();
    expect(first).toEqual([story.log.said[index]?.bytes]);
    expect(await read()).toEqual(first);
    expect(await read({ offline: true })).toEqual(first);
    expect(asked).toEqual([`/log/statements/${index}`]);
  });

  it('is asked for again when the copy in the store is damaged anywhere', async () => {
    const [whole = new Uint8Array()] = await read();
    for (let at = 0; at < whole.byteLength; at += 37) {
      await store.put(digestOf(whole), flipped(whole, at));
      expect(await read({ offline: true })).toEqual([]);
      expect(await read()).toEqual([whole]);
    }
  });

  it('is asked for again when the store names another copy, or none', async () => {
    const [whole] = await read();
    const other = story.log.said[0]?.bytes ?? new Uint8Array();
    await store.put(digestOf(other), other);
    for (const named of [digestOf(other), digestOf('gone'), '', 'sha256:', 'no digest']) {
      await store.putNamed(`log/statements/${index}`, Buffer.from(named));
      expect(await read({ offline: true })).toEqual([]);
      expect(await read()).toEqual([whole]);
    }
  });
});

describe('a file of name proofs that cannot be read', () => {
  it.each<[string, Uint8Array]>([
    ['is no JSON', Buffer.from('words')],
    ['ends too early', Buffer.from('{"schema":')],
    ['is not UTF-8', Uint8Array.of(0xff)],
    ['has too many values', Buffer.from(`[${'0,'.repeat(nameProofsValuesMax)}0]`)],
    ['is other JSON', Buffer.from('{}')],
  ])('is the registry’s fault when it %s', async (_, bytes) => {
    const paths = storyPaths(story);
    const path = `/proofs/${story.line.name}/${story.line.version}`;
    expect(paths.has(path)).toBe(true);
    paths.set(path, bytes);
    const source = { fetch: storyFetch(paths, asked), store, base: 'http://skills.example' };
    await expect(fetchNameProofs(source, story.line)).rejects.toMatchObject({
      code: 'registry-answer-invalid',
    });
  });
});
