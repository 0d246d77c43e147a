/**
 * Bytes become facts: the part of a scan that parses. The result is plain data, and rules can run
 * on it again without parsing again.
 */

import type { SourceFile } from '../skills-index/skill/bundle.ts';
import type { Digest } from '../skills-index/skill/digest.ts';
import type { Coverage } from '../skills-index/statement/scan-report.ts';
import type { ArtifactFact, Fact } from './fact/fact.ts';
import { compareSpans } from './fact/place.ts';
import type { TaintSource } from './fact/source.ts';
import { Steps } from './fact/steps.ts';
import { solveFlows } from './flow/flow.ts';
import type { FactMemo } from './frontends/fact-memo.ts';
import { frontEnds } from './frontends/frontends.ts';
import { type Analysed, analyseSources } from './frontends/rounds.ts';
import { digestOfFiles } from './ingest/files-digest.ts';
import { type IngestedFile, ingestFiles } from './ingest/ingest.ts';
import { scanSteps } from './limits.ts';
import { type Declared, type Obstacle, obstacleAt, readDeclared } from './manifest/declared.ts';
import { packageFacts } from './manifest/package-facts.ts';

/**
 * The facts of a skill's bytes, before any rule: a pure function of the files, with JSON values
 * only.
 */
export interface SkillFacts {
  readonly bundle: Digest;
  /** Sorted by path and offset within each kind. */
  readonly facts: readonly Fact[];
  /** Files as text, and the programs inside them. */
  readonly sources: readonly TaintSource[];
  readonly declared: Declared;
  /** Why the files make no bundle. */
  readonly obstacles: readonly Obstacle[];
  readonly coverage: Coverage;
  /** Whether every file was fully analysed and every flow followed. */
  readonly complete: boolean;
}

/**
 * An entry of the folder that was not read: a link, a device, a file that is too large, or one file
 * too many.
 */
export interface UnreadEntry {
  readonly path: string;
  readonly reason: string;
  /** Size of a plain file. */
  readonly bytes?: number;
  /** Digest of a plain file that could be read in bounded time. */
  readonly sha256?: Digest;
}

export interface ExtractOptions {
  /** Entries that count as not analysed. */
  readonly unread?: readonly UnreadEntry[];
  /** The number of further entries that are not listed. */
  readonly unlisted?: number;
  /** What the files are: by default a skill. */
  readonly of?: 'package' | undefined;
  /** Results of front ends from earlier scans, for new versions of a skill. */
  readonly memo?: FactMemo;
  /** Replaces the usual limit of steps, for tests. */
  readonly steps?: number;
}

/** Extracts the facts of one skill. Never throws because of the files' content. */
export async function extractFacts(
  given: readonly SourceFile[],
  options: ExtractOptions = {},
): Promise<SkillFacts> {
  const files = [...given].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const ingested = ingestFiles(files);
  const texts = ingested.flatMap((file) => file.sources);
  const steps = new Steps(options.steps ?? scanSteps);
  const executable = new Set(
    files.filter((file) => (file.mode & 0o111) !== 0).map((file) => file.path),
  );
  const analysed = await analyseSources(texts, frontEnds, {
    files: new Set(files.map((file) => file.path)),
    executable,
    isPackage: options.of === 'package',
    steps,
    memo: options.memo,
  });
  const { flows, complete } = solveFlows(analysed.graph, steps);
  const coverage = coverageOf(ingested, analysed, complete, options);
  const { digest: bundle, problem } = digestOfFiles(files);
  const declared = readDeclared(files);
  const imports = packageFacts(analysed.sources, declared.manifest?.capabilities.package);
  return {
    bundle,
    facts: [
      ...ingested.flatMap((file) => file.artifacts),
      ...unparsedFacts(analysed),
      ...[...analysed.facts, ...imports].sort((a, b) => compareSpans(a.span, b.span)),
      ...flows,
    ],
    sources: analysed.sources,
    declared,
    obstacles: problem === undefined ? [] : [obstacleAt(files[0]?.path ?? 'SKILL.md', problem)],
    coverage,
    complete:
      coverage.unlisted === undefined &&
      coverage.files.every((file) => file.disposition !== 'unanalysed'),
  };
}

function coverageOf(
  ingested: readonly IngestedFile[],
  { unanalysed, untaken }: Analysed,
  areFlowsWhole: boolean,
  { unread = [], unlisted = 0 }: ExtractOptions,
): Coverage {
  // A flow that was not followed may begin and end in any file.
  const reasons = new Map<string, string>(
    areFlowsWhole ? [] : ingested.map(({ path }) => [path, 'too many flows to follow each']),
  );
  for (const path of untaken) reasons.set(path, 'no front end for its language');
  for (const { span, reason } of unanalysed)
    if (!reasons.has(span.path)) reasons.set(span.path, reason);
  const read = ingested.map(({ path, sha256, bytes, disposition, reason }) => {
    const why = reasons.get(path);
    const shown = { path: path.toWellFormed(), sha256, bytes };
    if (disposition === 'analysed' && why !== undefined)
      return { ...shown, disposition: 'unanalysed' as const, reason: why };
    return { ...shown, disposition, reason };
  });
  const missing = unread.map((entry) => ({
    ...entry,
    path: entry.path.toWellFormed(),
    disposition: 'unanalysed' as const,
  }));
  return {
    files: [...read, ...missing].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)),
    ...(unlisted > 0 && { unlisted }),
  };
}

function unparsedFacts({ unanalysed }: Analysed): ArtifactFact[] {
  return unanalysed.map(({ span, reason }) => ({
    kind: 'artifact',
    what: 'unparsed',
    detail: reason,
    span,
    context: 'code',
    certainty: 'exact',
  }));
}
