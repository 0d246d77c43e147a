/** Everything `decide` needs about one version, fetched from the index, the blobs and the log. Judges nothing. */

import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import type { DecisionInput } from '../trust/decision.ts';
import type { IndexLine } from '../trust/index-line.ts';
import type { RootFile } from '../trust/root.ts';
import type { Source } from './blobs.ts';

/** What to look for. */
export interface VersionQuery extends Source {
  readonly root: RootFile;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly name: SkillName;
  /** A semver range; the highest version in it that is not yanked (unless named exactly). */
  readonly range: string;
}

/** The evidence; what could not be fetched is absent from it, and `decide` says so. */
export type VersionEvidence = Omit<DecisionInput, 'root' | 'policy' | 'now' | 'pinned' | 'statusGraceSeconds'>;

/**
 * Fetches the evidence about the highest version in the range.
 * @throws Problem `not-found`, `registry-down`, `registry-answer`, `signature-invalid`
 */
export async function fetchVersionEvidence(_query: VersionQuery): Promise<VersionEvidence> {
  throw new Problem('internal', 'not written yet');
}

/** Lines of a skill; empty when the registry does not know it. */
export async function fetchIndex(_source: Source, _name: SkillName): Promise<IndexLine[]> {
  throw new Problem('internal', 'not written yet');
}

/**
 * The registry's root file, as it serves it: to show its fingerprint, never to trust it unseen.
 * @throws Problem `registry-down`, `root-invalid`
 */
export async function fetchRoot(_source: Source): Promise<RootFile> {
  throw new Problem('internal', 'not written yet');
}
