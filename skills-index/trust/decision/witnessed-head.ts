/** Decides whether a head of the log has the cosignatures that the witness policy demands. */
import { countWitnesses, type Witnessed } from '../../log/cosignature.ts';
import { cosignatureSecondsMax } from '../../log/limits.ts';
import type { WitnessPolicy } from '../../log/witness-policy.ts';
import { Problem } from '../../skill/problem.ts';
import type { RootFile } from '../root/root.ts';
import { verifyRootCheckpoint } from '../root/root-office.ts';

export interface WitnessTerms {
  readonly root: RootFile;
  /** The witness policy. When the policy is absent, no cosignature is needed. */
  readonly witnesses?: WitnessPolicy;
  /** The present time, in milliseconds since 1970. */
  readonly now: number;
  /** How many seconds a cosignature still counts after its 24 hours; 0 by default. */
  readonly graceSeconds?: number;
}

/** The witnesses that cosigned the head, and why these witnesses are too few. */
export interface WitnessedHead {
  readonly witnessed?: Witnessed;
  readonly why?: string;
}

/**
 * Counts the witnesses that cosigned a head of the log.
 * @param note the signed checkpoint with its cosignatures
 */
export function readWitnesses(
  note: string,
  { root, witnesses, now, graceSeconds = 0 }: WitnessTerms,
): WitnessedHead {
  if (witnesses === undefined) return {};
  try {
    const { logKey } = verifyRootCheckpoint(note, root);
    const secondsMax = cosignatureSecondsMax + graceSeconds;
    const witnessed = countWitnesses({
      note,
      policy: witnesses,
      log: { key: logKey },
      now,
      secondsMax,
    });
    return witnessed.enough ? { witnessed } : { witnessed, why: describeMissing(witnessed) };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { why: cause.message };
  }
}

function describeMissing({ counted, old, early, threshold, of }: Witnessed): string {
  const late = [
    ...old.map(({ name }) => `${name} too long ago`),
    ...early.map(({ name }) => `${name} in the future`),
  ];
  const others = late.length === 0 ? '' : ` (${late.join(', ')})`;
  return `${counted.length} of ${of} witnesses cosigned the log’s head, but the policy demands ${threshold}${others}`;
}
