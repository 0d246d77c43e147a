/** What was revoked is remembered here, so that a registry cannot deny it later with its own keys, over a log that only grew. */
import { type Digest, isDigest } from '../skill/digest.ts';
import type { RootFile } from '../trust/root.ts';
import { type Status, verifyStatus } from '../trust/status-file.ts';
import type { Store } from './store.ts';

const fileName = 'revoked';

/**
 * Keeps what these statuses say is revoked.
 * @returns all that was ever kept under the status key in office: what a key said that administrators have replaced is said anew by its
 *   successor, or was a thief's
 */
export async function rememberRevoked(
  { store, root, now }: { readonly store: Store; readonly root: RootFile; readonly now: number },
  statuses: readonly Uint8Array[],
): Promise<ReadonlySet<Digest>> {
  const [key, ...kept] = Buffer.from((await store.getNamed(fileName)) ?? '')
    .toString('utf8')
    .split('\n');
  const before = key === root.status.key ? kept.filter(isDigest) : [];
  const marks = statuses.flatMap((bytes) => readStatus(bytes, root, now)?.marks ?? []);
  const all = new Set([...before, ...marks.flatMap(({ bundle, kind }) => (kind === 'revoked' ? [bundle] : []))]);
  if (all.size > before.length) await store.putNamed(fileName, Buffer.from([root.status.key, ...all].join('\n')));
  return all;
}

function readStatus(bytes: Uint8Array, root: RootFile, now: number): Status | undefined {
  try {
    return verifyStatus(bytes, root, now, { graceSeconds: Number.POSITIVE_INFINITY });
  } catch {
    return undefined;
  }
}
