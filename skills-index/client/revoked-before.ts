/**
 * Remembers what was revoked, so that a registry cannot deny it later with its own keys over a log
 * that only grew.
 */
import { type Digest, isDigest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { isBase64 } from '../statement/base64.ts';
import type { RootFile } from '../trust/root.ts';
import { type Status, verifyStatus } from '../trust/status-file.ts';
import type { Store } from './store.ts';

const fileName = 'revoked';

/**
 * Keeps what these statuses say is revoked.
 * @throws Problem `memory-damaged`
 * @returns all that was ever kept under the status key in office: what a key said that
 * administrators have replaced is said anew by its
 *   successor, or was a thief's
 */
export async function rememberRevoked(
  { store, root, now }: { readonly store: Store; readonly root: RootFile; readonly now: number },
  statuses: readonly Uint8Array[],
): Promise<ReadonlySet<Digest>> {
  const [key, ...kept] = await readLines(store);
  const before = key === root.status.key ? kept : [];
  const marks = statuses.flatMap((bytes) => readStatus(bytes, root, now)?.marks ?? []);
  const all = new Set([
    ...before,
    ...marks.flatMap(({ bundle, kind }) => (kind === 'revoked' ? [bundle] : [])),
  ]);
  if (all.size > before.length)
    await store.putNamed(fileName, Buffer.from([root.status.key, ...all].join('\n')));
  return all;
}

// The first line is the id of the status key; each further line is a digest. A damaged file would
// forget revocations, so it is never replaced by an empty one.
async function readLines(store: Store): Promise<[string?, ...Digest[]]> {
  const bytes = await store.getNamed(fileName);
  if (bytes === undefined) return [];
  const [key = '', ...lines] = Buffer.from(bytes).toString('utf8').split('\n');
  const digests = lines.filter(isDigest);
  if (isBase64(key) && key !== '' && digests.length === lines.length) return [key, ...digests];
  throw new Problem(
    'memory-damaged',
    `Cannot trust what this host remembers of the registry: ${store.placeOf?.(fileName) ?? fileName} is damaged`,
    {
      hint: 'bring the file back from a backup; or delete it, and this host no longer knows what it saw revoked',
    },
  );
}

function readStatus(bytes: Uint8Array, root: RootFile, now: number): Status | undefined {
  try {
    return verifyStatus(bytes, root, now, { graceSeconds: Number.POSITIVE_INFINITY });
  } catch {
    return undefined;
  }
}
