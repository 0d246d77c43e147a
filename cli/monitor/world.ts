/** What a replay of a registry's log is given. */
import type { Source } from '../../skills-index/client/blobs.ts';
import type { WitnessPolicy } from '../../skills-index/log/witness-policy.ts';
import type { Digest } from '../../skills-index/skill/digest.ts';
import type { LogWords, ReplayedLine } from '../../skills-index/trust/index-files/judge-line.ts';
import type { Policy } from '../../skills-index/trust/policy/policy.ts';
import type { RootFile } from '../../skills-index/trust/root/root.ts';
import type { VerifiedStatements } from '../../skills-index/trust/signatures/verified-statements.ts';
import type { Difference } from './difference.ts';
import type { LoggedSummary, ReplayedSummary } from './judged-summary.ts';
import type { MapOfNames } from './map-of-names.ts';
import type { MonitorFolder } from './state.ts';
import type { MonitorState } from './state-file.ts';

/** By what the log is judged; the root of trust as it is now. */
export interface ReplayTrust {
  readonly root: RootFile;
  readonly policy: Policy;
  /** Parsed trusted_root.json. */
  readonly sigstore?: unknown;
  /** Left out by a witness, whose own cosignature may be the one that is missing. */
  readonly witnesses?: WitnessPolicy;
}

/** The words of a log as a look judges by them. */
export interface ReadWords {
  readonly words: LogWords;
  /** Changes whenever the words do, or what they are judged by. */
  readonly epoch: string;
  readonly summaries: readonly LoggedSummary[];
  readonly unverifiable: readonly Difference[];
}

export interface ReplayWorld extends ReplayTrust {
  readonly source: Source;
  /** Of the pinned root file: it outlives rotations. */
  readonly fingerprint: Digest;
  readonly folder: MonitorFolder;
  readonly now: () => Date;
  /** Remembers what this process verified and judged, over several looks. */
  readonly verified: VerifiedStatements;
  /** Reads the words of the log below a size, and verifies those of them that are new. */
  readonly known: {
    read(world: ReplayWorld, state: MonitorState, size: number): Promise<ReadWords>;
    /** The map of names of the first `size` entries that `read` was given. */
    mapAt(folder: MonitorFolder, size: number): MapOfNames;
  };
  readonly judged: Map<string, ReplayedLine>;
  readonly judgedSummaries: Map<string, ReplayedSummary>;
  /** Told how many entries there are to read, before the first. */
  readonly onWork?: (entries: number) => void;
  /** Told of each that was read. */
  readonly onEntry?: (index: number) => void;
}
