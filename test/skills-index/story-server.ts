/** The story's registry as static files behind a `fetch`, for tests of clients. */
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { printIndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { printNameProofsFile } from '../../skills-index/trust/index-files/print-name-proofs.ts';
import { type Story, storyRoot } from './story.ts';
import type { Said } from './story-log.ts';
import { wordsOf } from './story-proofs.ts';

/**
 * Path → bytes of everything the story's registry serves. Change it to make the registry lie.
 * @param said the statements that the registry admits to have
 */
export function storyPaths(
  story: Story,
  said: readonly Said[] = story.log.said,
): Map<string, Uint8Array> {
  const { log, packed, input, line, status } = story;
  return new Map<string, Uint8Array>([
    ['/index/root.json', Buffer.from(JSON.stringify(storyRoot))],
    ['/index/status.json', status],
    [`/index/${line.name}`, Buffer.from(`${printIndexLine(line)}\n`)],
    [`/proofs/${line.name}/${line.version}`, Buffer.from(printNameProofsFile(wordsOf(said, line)))],
    ...said.map((one): [string, Uint8Array] => [`/log/statements/${one.logIndex}`, one.bytes]),
    [`/blobs/sha256/${hexOf(packed.digest)}`, packed.bytes],
    [`/blobs/sha256/${hexOf(digestOf(input.report))}`, input.report],
    ...log.said.map((one): [string, Uint8Array] => [
      `/blobs/sha256/${hexOf(one.digest)}`,
      one.bytes,
    ]),
    ...packed.bundle.files.map((file): [string, Uint8Array] => [
      `/blobs/sha256/${hexOf(file.sha256)}`,
      packed.contents.get(file.path) ?? Buffer.alloc(0),
    ]),
    ...[...log.tiles()].map(([path, bytes]): [string, Uint8Array] => [`/log/${path}`, bytes]),
  ]);
}

/** A `fetch` over such paths; `asked` collects what was asked for. */
export function storyFetch(
  paths: ReadonlyMap<string, Uint8Array>,
  asked: string[] = [],
): typeof globalThis.fetch {
  return async (input) => {
    const { pathname } = new URL(String(input));
    asked.push(pathname);
    const bytes = paths.get(pathname);
    return bytes === undefined
      ? new Response('nothing here', { status: 404 })
      : new Response(Buffer.from(bytes));
  };
}

/** A `fetch` that reaches nobody. */
export const deadFetch: typeof globalThis.fetch = async () => {
  throw new TypeError('connect ECONNREFUSED');
};
