/** Records what a host read from a registry, as the files that a folder of evidence has. */
import type { Source } from '../../skills-index/client/blobs.ts';
import type { Store } from '../../skills-index/client/store.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';

/**
 * A source that records all files that are read through it, by their paths at a registry. It reads
 * blob by blob and tile by tile, so that any web server can serve the files.
 */
export function recordingSource(source: Source, taken: Map<string, Uint8Array>): Source {
  const { store } = source;
  const note = (path: string | undefined, bytes: Uint8Array | undefined): void => {
    if (path !== undefined && bytes !== undefined) taken.set(path, bytes);
  };
  const recording: Store = {
    ...store,
    get: async (digest) => {
      const bytes = await store.get(digest);
      note(blobPath(digest), bytes);
      return bytes;
    },
    put: async (digest, bytes) => {
      note(blobPath(digest), bytes);
      await store.put(digest, bytes);
    },
    getNamed: async (name) => {
      // The nodes came in a pack.
      if (name.startsWith('log/nodes/')) return undefined;
      const bytes = await store.getNamed(name);
      note(namedPath(name), bytes);
      return bytes;
    },
    putNamed: async (name, bytes) => {
      note(namedPath(name), bytes);
      await store.putNamed(name, bytes);
    },
  };
  const base = source.base.replace(/\/+$/, '');
  const fetch: Source['fetch'] = async (url, how) =>
    /^\/(packs|log\/nodes)\//.test(url.slice(base.length))
      ? { ok: false, status: 404, body: null }
      : source.fetch(url, how);
  return { ...source, store: recording, fetch };
}

function blobPath(digest: Digest): string {
  return `/blobs/sha256/${hexOf(digest)}`;
}

// Only files that a registry serves; data that this host stores for itself is no evidence for
// others.
function namedPath(name: string): string | undefined {
  if (name === 'status.json') return '/index/status.json';
  return /^(index|log)\//.test(name) ? `/${name}` : undefined;
}
