/**
 * The keys of each role of the root file at a log index, and the checkpoints that these
 * keys signed.
 */
import { type Checkpoint, verifyCheckpoint } from '../../log/checkpoint.ts';
import type { Digest } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { type ParseKey, parseKey } from '../../statement/signature-formats/envelope.ts';
import { type RootFile, type RootKey, type RootRole, rootKeyId, spkiOf } from './root.ts';

/** A key of a role of the root file. A key without `validUpTo` is still in office. */
export interface RoleKey extends RootKey {
  readonly validUpTo?: number;
}

/** A checkpoint that a key of the log signed. */
export interface RootCheckpoint extends Checkpoint {
  /** SPKI DER of the key that signed the checkpoint. */
  readonly logKey: Uint8Array;
  /**
   * Whether a retired key signed the checkpoint. A checkpoint of a retired key counts only with a
   * consistency proof to a head that the current key signed.
   */
  readonly retired: boolean;
}

/** The keys of a role: the present keys first, then the retired keys. */
export function keysOfRole(root: RootFile, role: RootRole): readonly RoleKey[] {
  const current = role === 'administrator' ? root.administrators : [root[role]];
  return [...current, ...(root.retired ?? []).filter((one) => one.role === role)];
}

/** Whether a key held a role of the root file at a log index. */
export function heldRole(root: RootFile, role: RootRole, keyId: Digest, at: number): boolean {
  return keysOfRole(root, role).some(
    (one) => rootKeyId(one) === keyId && at <= (one.validUpTo ?? at),
  );
}

/** The number of administrators who had to agree at a log index. */
export function thresholdAt({ threshold, thresholds = [] }: RootFile, at: number): number {
  return thresholds.find(({ validUpTo }) => at <= validUpTo)?.threshold ?? threshold;
}

/**
 * Verifies a checkpoint by the log key in office, or by a retired log key up to the retired key's
 * last log index.
 * @throws Problem `log-invalid`, `signature-invalid`
 */
export function verifyRootCheckpoint(
  note: string,
  root: RootFile,
  parse: ParseKey = parseKey,
): RootCheckpoint {
  let fault: Problem | undefined;
  for (const one of keysOfRole(root, 'log')) {
    const logKey = spkiOf(one);
    try {
      const checkpoint = verifyCheckpoint(note, { origin: root.origin, key: logKey }, parse);
      requireInTime(checkpoint, one);
      return { ...checkpoint, logKey, retired: one.validUpTo !== undefined };
    } catch (cause) {
      if (!(cause instanceof Problem && cause.code === 'signature-invalid')) throw cause;
      fault ??= cause;
    }
  }
  throw fault;
}

function requireInTime({ size }: Checkpoint, { validUpTo }: RoleKey): void {
  if (validUpTo === undefined || size <= validUpTo + 1) return;
  throw new Problem(
    'log-invalid',
    `The log key was retired at log index ${validUpTo}, and signed a checkpoint of size ${size}`,
  );
}
