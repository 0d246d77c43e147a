/** Holds every index line against what the log says up to the status's own head. */
import { fetchIndex } from '../../skills-index/client/index-lines.ts';
import { withSum } from '../../skills-index/client/limited-source.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import type { SkillName } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { type Difference, withheldStatement } from './difference.ts';
import { type JudgingLog, judgeLine } from './judged-line.ts';
import type { LoggedSummary, ReplayedSummary } from './judged-summary.ts';
import { monitorIndexBytesMax, monitorLinesMax } from './limits.ts';
import { offeredKey } from './offered.ts';
import { otherStop, whyHiding, whyUnfounded } from './shown-stops.ts';
import { judgeSummaryInLog } from './summaries.ts';
import { skillNameIn } from './summary-name.ts';
import type { ReplayWorld } from './world.ts';

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

export interface ComparedLog extends JudgingLog {
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
