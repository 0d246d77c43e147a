/**
 * Copies the root of trust: the files that a new client reads while it verifies all of them. So the
 * copy has what any client needs.
 */
import { type FileAnswer, fetchFile, type GetFile } from '../../skills-index/client/blobs.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { rootBytesMax } from '../../skills-index/trust/limits.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { updateTrust } from '../registries/updater.ts';
import type { CopyWorld } from './copy-world.ts';

/** The file of the root of trust that changes under its name. */
export const timestampPath = 'tuf/timestamp.json';

const noBytes = new Uint8Array();

/**
 * Writes all files but the timestamp, which waits.
 * @returns whether the registry has TUF metadata
 * @throws Problem as `updateTrust`
 */
export async function copyTrust({ registry, source, folder, now }: CopyWorld): Promise<boolean> {
  const { kept, pinned, root } = registry;
  if (kept === undefined) return false;
  const files = new Map<string, Uint8Array>();
  const plain = { ...source, store: memoryStore() };
  const read = { ...plain, fetch: recorded(plain.fetch, plain.base, files) };
  await updateTrust({ source: read, pinned, now: now().getTime() });
  // A client that pinned a later root file than this one asks for the first.
  if (root.first !== undefined)
    await fetchFile(read, `/index/roots/${hexOf(root.first)}.json`, rootBytesMax);
  // Nothing lists all earlier root files, so those that are known here are kept.
  const exported = await folder.get('index/root.json');
  for (const earlier of [pinned, ...(exported === undefined ? [] : [parseRoot(exported)])])
    files.set(
      `index/roots/${hexOf(rootFingerprint(earlier))}.json`,
      Buffer.from(canonicalJson(earlier)),
    );
  for (const [path, bytes] of files) {
    if (path === timestampPath) await folder.putWaiting(path, bytes);
    else if (Buffer.compare((await folder.get(path)) ?? noBytes, bytes) !== 0)
      await folder.put(path, bytes);
  }
  return true;
}

/** The same `fetch`, which notes each file that it read to the end. */
function recorded(fetch: GetFile, base: string, files: Map<string, Uint8Array>): GetFile {
  return async (url, how) => {
    const path = url.slice(base.length + 1);
    // The joined file would be one more file that changes. Clients do without it.
    if (path === 'tuf/newest.json') return { ok: false, status: 404, body: null };
    const answer = await fetch(url, how);
    return answer.ok ? noted(answer, (bytes) => files.set(path, bytes)) : answer;
  };
}

function noted(answer: FileAnswer, note: (bytes: Uint8Array) => void): FileAnswer {
  const { body } = answer;
  if (body === null) return answer;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const read: Uint8Array[] = [];
    for await (const chunk of body ?? []) {
      read.push(chunk);
      yield chunk;
    }
    note(Buffer.concat(read));
  }
  return {
    ok: true,
    status: answer.status,
    body: Object.assign(chunks(), { cancel: () => body.cancel() }),
  };
}
