/** Holds every index line against what the log says up to the status's own head. */

import { fetchBlobIfThere, fetchFile, inTurns } from '../../skills-index/client/blobs.ts';
import { withSum } from '../../skills-index/client/limited-source.ts';
import { fetchIndex } from '../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { statementBlobBytesMax } from '../../skills-index/client/version-proofs.ts';
import { withoutWhy } from '../../skills-index/skill/capability.ts';
import { type Digest, digestOf, parseDigest } from '../../skills-index/skill/digest.ts';
import { parseSkillName, purlOf, type SkillName, scopeOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { identityId } from '../../skills-index/statement/identity-id.ts';
import { type IndexLine, printIndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import {
  judgeReplayedLine,
  type ReplayedLine,
  type TrustStatements,
} from '../../skills-index/trust/index-files/judge-line.ts';
import { matchedIdentity } from '../../skills-index/trust/members-and-scopes/match.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import { type Difference, withheldStatement } from './difference.ts';
import { monitorLinesMax, offeredKey } from './offered.ts';
import type { MonitorState } from './state-file.ts';
import type { LoggedSummary, ReplayedSummary, ReplayWorld } from './world.ts';

/** Bytes of the index of one skill with all its parts. */
const monitorIndexBytesMax = 256 * 1024 * 1024;

export interface Compared {
  readonly lines: number;
  /** Lines that show a stop. */
  readonly stopped: number;
  readonly differences: readonly Difference[];
  /** What is worth knowing and no difference. */
  readonly notes: readonly string[];
  /** Index files in which a difference was found, by the name of the skill. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Lines that installers take, by `offeredKey`. */
  readonly offered: readonly string[];
}

interface ComparedLog extends JudgingLog {
  /** Of the status's head: what lies behind it is not in the status yet. */
  readonly size: number;
  /** Verification summaries below `size`, in log order. */
  readonly summaries: readonly LoggedSummary[];
  /** Lines that were shown at an earlier look. */
  readonly offered: ReadonlySet<string>;
}

/** What is found of one skill. */
interface Found {
  readonly differences: Difference[];
  readonly notes: string[];
  /** Lines of this skill, and those among them that installers take. */
  readonly shown: Set<string>;
  readonly taken: Map<string, number>;
}

export async function compareIndex(world: ReplayWorld, log: ComparedLog): Promise<Compared> {
  const differences: Difference[] = [];
  const notes: string[] = [];
  const files: Map<string, Uint8Array> = new Map();
  const offered: string[] = [];
  let lines = 0;
  let stopped = 0;
  for (const [name, summaries] of summariesByName(log.summaries)) {
    const source = withSum({ ...world.source, store: memoryStore() }, monitorIndexBytesMax);
    const all = await fetchIndex(source, name);
    const found: Found = { differences: [], notes, shown: new Set(), taken: new Map() };
    for (const line of all) {
      if (line.logIndex >= log.size) continue;
      lines++;
      if (line.stopped !== undefined) stopped++;
      await compareLine(world, log, line, found);
    }
    await compareUnshown(world, log, summaries, found);
    offered.push(...found.taken.keys());
    differences.push(...found.differences);
    if (found.differences.length > 0 && all.length > 0) files.set(name, printLines(all));
  }
  return {
    lines,
    stopped,
    differences,
    notes,
    files,
    offered,
  };
}

function printLines(lines: readonly IndexLine[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${canonicalJson(line)}\n`).join(''));
}

async function compareLine(
  world: ReplayWorld,
  log: ComparedLog,
  line: IndexLine,
  found: Found,
): Promise<void> {
  const { differences, notes, shown, taken } = found;
  shown.add(offeredKey(line));
  const replayed = await judgeLine(world, log, line, differences);
  if (replayed === undefined) return;
  differences.push(...whyHiding(line, replayed));
  if (replayed.refused.length > 0) {
    notes.push(
      `installers reject ${line.name}@${line.version} because of its index line: ${replayed.refused[0]}`,
    );
    return;
  }
  const unfounded = whyUnfounded(line, replayed);
  differences.push(...unfounded);
  if (unfounded.length === 0) notes.push(...otherStop(line, replayed));
  taken.set(offeredKey(line), line.logIndex);
}

// A registry chooses the lines that it shows, so each verification summary without one is judged by
// the statements that it names itself.
async function compareUnshown(
  world: ReplayWorld,
  log: ComparedLog,
  summaries: readonly LoggedSummary[],
  { differences, notes, shown, taken }: Found,
): Promise<void> {
  const isTaken = new Set([...taken].map(([key, logIndex]) => `${key.split(' ')[0]} ${logIndex}`));
  const judged = new Set(taken.keys());
  for (const summary of [...summaries].reverse()) {
    const { purl, logIndex } = summary;
    if (isTaken.has(`${purl} ${logIndex}`)) continue;
    const one = await judgeUnshown(world, log, summary);
    if ('withheld' in one) differences.push(withheldStatement(one.withheld));
    if ('unfounded' in one) differences.push(unfoundedSummary(summary, one.unfounded));
    if ('why' in one)
      notes.push(
        `installers reject ${purl}, whose verification summary is at log index ${logIndex}: ${one.why}`,
      );
    if (!('line' in one)) continue;
    const { line } = one;
    const key = offeredKey(line);
    // Of several verification summaries on a version the newest counts.
    if (judged.has(key)) continue;
    judged.add(key);
    const place = `${line.name}@${line.version}`;
    if (log.offered.has(key) && !shown.has(key))
      differences.push({ code: 'line-withheld', place, message: missingLineText(place, logIndex) });
    if (!shown.has(key))
      notes.push(
        `${place} has a verification summary in the log and no index line, so installers are not offered the version`,
      );
  }
}

function unfoundedSummary({ purl, logIndex }: LoggedSummary, why: string): Difference {
  const message = `The verification summary on ${purl} at log index ${logIndex} cannot be compared: ${why}`;
  return { code: 'summary-unfounded', place: `log index ${logIndex}`, message };
}

function missingLineText(place: string, logIndex: number): string {
  return `The index had a line of ${place}, with the verification summary at log index ${logIndex}. The index no longer shows this line`;
}

async function judgeUnshown(
  world: ReplayWorld,
  log: ComparedLog,
  summary: LoggedSummary,
): Promise<ReplayedSummary> {
  const key = `${summary.address} ${log.epoch}`;
  const known = world.judgedSummaries.get(key);
  if (known !== undefined) return known;
  const judged = await judgeSummaryInLog(world, log.words, summary);
  if ('line' in judged) {
    if (world.judgedSummaries.size >= monitorLinesMax) world.judgedSummaries.clear();
    // Only this stays as it is: a statement that is missing now may be shown at the next look, and
    // the words do not change by it.
    world.judgedSummaries.set(key, judged);
  } else await world.folder.requireAddresses(log.state);
  return judged;
}

/** Verification summaries by the skill that they are on. */
function summariesByName(
  summaries: readonly LoggedSummary[],
): ReadonlyMap<SkillName, readonly LoggedSummary[]> {
  const found = new Map<SkillName, LoggedSummary[]>();
  for (const summary of summaries) {
    const name = skillNameIn(summary.purl);
    if (name === undefined) continue;
    const known = found.get(name);
    if (known === undefined) found.set(name, [summary]);
    else known.push(summary);
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

// Judges an index line by what the log says.

/** The part of the log that judges a line. */
interface JudgingLog {
  readonly words: TrustStatements;
  /** Changes whenever the words do. */
  readonly epoch: string;
  readonly state: MonitorState;
}

/**
 * Judges a line by the statements that it names. Undefined when a statement is missing or another:
 * then `differences` gets each reason.
 */
async function judgeLine(
  world: ReplayWorld,
  log: JudgingLog,
  line: IndexLine,
  differences: Difference[],
): Promise<ReplayedLine | undefined> {
  const key = `${digestOf(Buffer.from(printIndexLine(line)))} ${log.epoch}`;
  const known = world.judged.get(key);
  if (known !== undefined) return known;
  const place = `${line.name}@${line.version}`;
  const faults: string[] = [];
  const read = await inTurns(line.statements, (digest) => readNamed(world, digest, faults));
  const statements = read.flatMap((one) => one ?? []);
  for (const one of statements) {
    if ((await world.folder.addressAt(one.logIndex)) === one.digest) continue;
    await world.folder.requireAddresses(log.state);
    faults.push(`the statement ${one.digest} is not the one at log index ${one.logIndex}`);
  }
  for (const message of faults)
    differences.push({
      code: 'line-unfounded',
      place,
      message: `The index line of ${place}: ${message}`,
    });
  if (faults.length > 0) return undefined;
  const replayed = judgeReplayedLine(line, statements, log.words);
  if (world.judged.size >= monitorLinesMax) world.judged.clear();
  world.judged.set(key, replayed);
  return replayed;
}

async function readNamed(
  { source, root, sigstore, verified }: ReplayWorld,
  digest: Digest,
  faults: string[],
): Promise<VerifiedStatement | undefined> {
  const bytes = await fetchBlobIfThere(source, digest, statementBlobBytesMax);
  if (bytes === undefined) {
    faults.push(`the statement ${digest} is not served`);
    return undefined;
  }
  try {
    return verified.verify(bytes, root, sigstore);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    faults.push(`the statement ${digest} cannot be verified: ${cause.message}`);
    return undefined;
  }
}

// Compares the stops that index lines show with the log's statements about versions. Pure.

const severity = { suspended: 1, revoked: 2 } as const;

/** A stop that no statement in the log supports. Ranges would choose another version. */
export function whyUnfounded(
  { name, version, stopped }: IndexLine,
  { mayStand }: ReplayedLine,
): Difference[] {
  if (stopped === undefined) return [];
  if (mayStand !== undefined && severity[mayStand] >= severity[stopped.kind]) return [];
  const place = `${name}@${version}`;
  const instead = mayStand === undefined ? 'no statement says so' : `the log says ${mayStand}`;
  const message = `The index says that ${place} is ${stopped.kind}, but ${instead}`;
  return [{ code: 'stop-unfounded', place, message }];
}

/** A line that installers take, though the log refuses the version and nothing stops it. */
export function whyHiding(
  { name, version, stopped }: IndexLine,
  { demanded, hidden }: ReplayedLine,
): Difference[] {
  if (demanded !== undefined || stopped !== undefined || hidden.length === 0) return [];
  const place = `${name}@${version}`;
  return [
    {
      code: 'line-hides',
      place,
      message: `Installers accept ${place}, which the whole log rejects: ${hidden.join('; ')}`,
    },
  ];
}

/**
 * Another stop in the line than the log demands. Installers judge the version by the map of the
 * log, and the registry changes many lines one after the other, so this is no difference.
 */
export function otherStop(
  { name, version, stopped }: IndexLine,
  { demanded }: ReplayedLine,
): string[] {
  if (stopped?.kind === demanded?.kind) return [];
  const place = `${name}@${version}`;
  const shown = stopped === undefined ? 'shows no stop' : `says ${stopped.kind}`;
  return [
    demanded === undefined
      ? `the index says that ${place} is ${stopped?.kind}, which the log no longer demands`
      : `installers reject ${place}, which is ${demanded.kind} (${demanded.why}); the index ${shown}`,
  ];
}

// Verification summaries in the log whose index line is not shown, judged as the line that they
// stand for: a registry must not hide a stop by leaving out the line.

/** The line that a verification summary stands for, by the statements that it names. */
async function judgeSummaryInLog(
  world: ReplayWorld,
  words: TrustStatements,
  summary: LoggedSummary,
): Promise<ReplayedSummary> {
  const { purl, logIndex, address } = summary;
  const own = await readLogged(world, address);
  if (!('statement' in own)) return own;
  const { statement } = own;
  const [subject] = statement.subject;
  if (statement.predicateType !== predicateTypes.summary || subject === undefined)
    return { why: 'it is not a verification summary' };
  const named = statement.predicate.inputAttestations.map(({ digest: { sha256 } }) =>
    parseDigest(`sha256:${sha256}`),
  );
  const inputs = await inTurns(named, (digest) => readLogged(world, digest));
  const read: VerifiedStatement[] = [own];
  for (const one of inputs)
    if ('statement' in one) read.push(one);
    else return one;
  const line = lineOf(read, {
    words,
    logIndex,
    bundle: parseDigest(`sha256:${subject.digest.sha256}`),
  });
  if (line === undefined || purlOf(line.name, line.version) !== purl)
    return { why: `it names no publication of ${purl}` };
  return { line, replayed: judgeReplayedLine(line, read, words) };
}

function lineOf(
  read: readonly VerifiedStatement[],
  {
    words,
    ...place
  }: { readonly words: TrustStatements; readonly logIndex: number; readonly bundle: Digest },
): IndexLine | undefined {
  for (const one of read) {
    if (one.statement.predicateType !== predicateTypes.publish) continue;
    const { name, version, capabilities, requires } = one.statement.predicate.manifest;
    const matched = matchedIdentity(
      words.identities.publishersOf(scopeOf(name), one.logIndex),
      one,
    );
    return {
      schema: 'skillgate.index/1',
      name,
      version,
      description: '',
      requires,
      ...place,
      capabilities: withoutWhy(capabilities),
      publisher: matched === undefined ? one.signer : identityId(matched),
      statements: read.map(({ digest }) => digest),
    };
  }
  return undefined;
}

// The store first: a registry that shows no line at all must not make each look search the
// addresses for each input.
async function readLogged(
  { source, verified, root, sigstore, folder }: ReplayWorld,
  address: Digest,
): Promise<VerifiedStatement | Exclude<ReplayedSummary, { readonly line: IndexLine }>> {
  const kept = await source.store.get(address);
  const isKept = kept !== undefined && digestOf(kept) === address;
  const index = isKept ? undefined : await folder.indexOf(address);
  const foreign = { unfounded: `the statement ${address} is not in the log` };
  if (!isKept && index === undefined) return foreign;
  const bytes = isKept
    ? kept
    : await fetchFile(source, `/log/statements/${index}`, statementBlobBytesMax);
  if (bytes === undefined || digestOf(bytes) !== address) return { withheld: index ?? -1 };
  if (!isKept) await source.store.put(address, bytes);
  try {
    const one = verified.verify(bytes, root, sigstore);
    return (await folder.addressAt(one.logIndex)) === address ? one : foreign;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return { unfounded: `the statement ${address} cannot be verified: ${cause.message}` };
  }
}

// The skill of a verification summary.

/** @param purl `resourceUri` of the summary. @returns undefined where it names no version */
export function skillNameIn(purl: string): SkillName | undefined {
  const [, scope, short] = /^pkg:skill\/%40([a-z0-9-]+)\/([a-z0-9-]+)@/.exec(purl) ?? [];
  return scope === undefined ? undefined : parseSkillName(`@${scope}/${short}`);
}
