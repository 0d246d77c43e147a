/**
 * Remembers revocations that a registry's status showed, so that the registry cannot hide a
 * revocation in a newer status.
 */
import { type Digest, isDigest } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { isBase64 } from '../statement/base64.ts';
import type { RootFile } from '../trust/root/root.ts';
import { peekStatus } from './peek.ts';
import type { Store } from './store.ts';

const fileName = 'revoked';

/**
 * Keeps the revocations in these statuses.
 * @throws Problem `memory-damaged`
 * @returns all revocations that this host ever kept under the registry's present status key.
 * Revocations under a replaced status key are discarded: the present key repeats the valid ones,
 * and a thief of the replaced key could have signed others.
 */
export async function rememberRevoked(
  host: { readonly store: Store; readonly root: RootFile; readonly now: number },
  statuses: readonly Uint8Array[],
): Promise<ReadonlySet<Digest>> {
  const { store, root } = host;
  const [key, ...kept] = await readLines(store);
  const before = key === root.status.key ? kept : [];
  const marks = statuses.flatMap((bytes) => peekStatus(bytes, host)?.marks ?? []);
  const all = new Set([
    ...before,
    ...marks.flatMap(({ bundle, kind }) => (kind === 'revoked' ? [bundle] : [])),
  ]);
  if (all.size > before.length)
    await store.putNamed(fileName, Buffer.from([root.status.key, ...all].join('\n')));
  return all;
}

// In the file of remembered revocations, the first line is the key that signed the status. Each
// further line is the digest of a revoked version. A damaged file is an error: an empty file in
// place of the damaged one would forget revocations.
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
      hint: 'bring the file back from a backup; or delete it, and this host no longer knows which versions were revoked',
    },
  );
}
