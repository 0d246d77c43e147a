/**
 * The stored root of trust of a registry: TUF metadata and the files under it, in one file that is
 * replaced in one step.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { digest, isoTime, type Shape } from '../../skills-index/statement/field-shapes.ts';
import type { TufFiles } from '../../skills-index/trust/root/repository.ts';
import type { Paths } from '../command.ts';
import { whileLocked } from '../locked-file.ts';
import { writeWhole } from '../whole-file.ts';

/** JSON values of what a host keeps of a registry's trust. */
const keptValuesMax = 200_000;
/** Bytes of one file of TUF metadata. */
export const trustMetadataBytesMax = 512 * 1024;

/** Metadata by role, as served. */
export const trustRoles = ['root', 'timestamp', 'snapshot', 'targets', 'online'] as const;
export type TrustRole = (typeof trustRoles)[number];

export interface StoredTrust {
  readonly schema: 'skillgate.trust/1';
  /** Fingerprint of the pinned root file, from which all these files follow. */
  readonly pinned: Digest;
  /**
   * Fingerprint of the registry's first root file, with a proven way to the current one. Earlier
   * versions did not store it; the next refresh proves it.
   */
  readonly registry?: Digest;
  /** ISO 8601: time of the last request to the registry. */
  readonly refreshed: string;
  /** ISO 8601: expiry of the timestamp, at most 24 hours after its signature. */
  readonly freshUntil: string;
  readonly metadata: Readonly<Record<TrustRole, string>>;
  readonly files: TufFiles;
}

const text = v.string();
const keptShape: Shape<StoredTrust> = exactObject({
  schema: v.literal('skillgate.trust/1'),
  pinned: digest,
  registry: v.exactOptional(digest),
  refreshed: isoTime,
  freshUntil: isoTime,
  metadata: exactObject({
    root: text,
    timestamp: text,
    snapshot: text,
    targets: text,
    online: text,
  }),
  files: exactObject({
    'root.json': text,
    'policy.json': text,
    'trusted_root.json': v.exactOptional(text),
    'witnesses.json': v.exactOptional(text),
  }),
});

/**
 * The stored files under a pinned root; undefined when the registry has shown no TUF metadata here.
 * @throws Problem `tuf-invalid` for a damaged file: ignoring the file would undo its rotations
 */
export function readStoredTrust(
  paths: Pick<Paths, 'config'>,
  pinned: Digest,
): StoredTrust | undefined {
  const path = pathOf(paths, pinned);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    return parseShape(keptShape, parseJson(bytes, path, keptValuesMax), 'tuf-invalid', path);
  } catch (cause) {
    throw new Problem('tuf-invalid', `Cannot read the stored root of trust in ${path}`, {
      cause,
      hint: 'ask the operator for the fingerprint of the current root file, move this file to another place, then: skillgate registry add URL --root sha256:…',
    });
  }
}

/** Stores the files, unless another process has stored newer ones. */
export async function keepTrust(paths: Pick<Paths, 'config'>, kept: StoredTrust): Promise<void> {
  const path = pathOf(paths, kept.pinned);
  await whileLocked(path, async () => {
    const before = readStoredTrust(paths, kept.pinned);
    if (before !== undefined && isNewer(before, kept)) return;
    await writeWhole(path, `${JSON.stringify(kept)}\n`, 0o600);
  });
}

/** ISO 8601: time when the registry was last found without TUF metadata. */
export function readAbsence(paths: Pick<Paths, 'config'>, pinned: Digest): string | undefined {
  try {
    return readFileSync(pathOf(paths, pinned, 'absent'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

export async function keepAbsence(
  paths: Pick<Paths, 'config'>,
  pinned: Digest,
  at: Date,
): Promise<void> {
  await writeWhole(pathOf(paths, pinned, 'absent'), `${at.toISOString()}\n`, 0o600);
}

/** Version of a role's kept metadata. */
export function storedVersion(
  { metadata }: Pick<StoredTrust, 'metadata'>,
  role: TrustRole,
): number {
  return JSON.parse(metadata[role]).signed.version;
}

// The root version counts first, because timestamps restart under another root. A thief of an old
// status key can raise its versions without limit.
function isNewer(one: StoredTrust, other: StoredTrust): boolean {
  const roots = storedVersion(one, 'root') - storedVersion(other, 'root');
  return (
    roots > 0 ||
    (roots === 0 && storedVersion(one, 'timestamp') > storedVersion(other, 'timestamp'))
  );
}

function pathOf(
  paths: Pick<Paths, 'config'>,
  pinned: Digest,
  end: 'json' | 'absent' = 'json',
): string {
  return join(paths.config, 'tuf', `${hexOf(pinned)}.${end}`);
}
