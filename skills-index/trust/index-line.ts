/** One line of `/index/@scope/name`: an approved version and where its evidence lies. Not signed itself: `decide` checks each part. */
import type { Capabilities } from '../skill/capability.ts';
import type { Digest } from '../skill/digest.ts';
import type { SkillName } from '../skill/name.ts';
import { Problem } from '../skill/problem.ts';
import type { Version } from '../skill/version.ts';

export interface IndexLine {
  readonly schema: 'skillgate.index/1';
  readonly name: SkillName;
  readonly version: Version;
  readonly bundle: Digest;
  readonly description: string;
  /** As approved: grouped, without `why`. */
  readonly capabilities: Capabilities;
  readonly requires: Readonly<Record<SkillName, string>>;
  /** Key id of the author. */
  readonly publisher: Digest;
  /** Addresses of all Sigstore bundles needed: publish, scan, approvals, verdict, and the identity statements they rest on. */
  readonly statements: readonly Digest[];
  /** Log index of the verdict. */
  readonly logIndex: number;
}

/**
 * Reads the file of one skill; a line that cannot be read fails the whole.
 * @throws Problem `registry-answer`
 */
export function parseIndexFile(_bytes: Uint8Array, _name: SkillName): IndexLine[] {
  throw new Problem('internal', 'not written yet');
}

/** The line as it is written into the file, without the line feed: RFC 8785. */
export function printIndexLine(_line: IndexLine): string {
  throw new Problem('internal', 'not written yet');
}
