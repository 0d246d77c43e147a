/** Holds every index line, and every mark of the status, against what the log says up to the status's own head. */
import { fetchBlobIfThere, fetchFile, inTurns } from '../../skills-index/client/blobs.ts';
import { statementBlobBytesMax } from '../../skills-index/client/limits.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type IndexLine, parseIndexFile, printIndexLine } from '../../skills-index/trust/index-line.ts';
import { indexFileBytesMax } from '../../skills-index/trust/limits.ts';
import { judgeReplayedLine, type LogWords, type ReplayedLine } from '../../skills-index/trust/replay/judge-line.ts';
import type { Status } from '../../skills-index/trust/status-file.ts';
import type { VerifiedStatement } from '../../skills-index/trust/verify-statement.ts';
import { monitorLinesMax } from '../limits.ts';
import type { Difference } from './difference.ts';
import type { ReplayWorld } from './world.ts';

export interface Compared {
  readonly lines: number;
  readonly differences: readonly Difference[];
  /** What is worth knowing and no difference. */
  readonly notes: readonly string[];
  /** Index files in which a difference was found, by the name of the skill. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

export interface ComparedLog {
  /** Of the status's head: what lies behind it is not in the status yet. */
  readonly size: number;
  readonly words: LogWords;
  /** Changes whenever the words do. */
  readonly epoch: string;
  /** Package URLs of versions with a verdict below `size`, as the log has them. */
  readonly verdicts: readonly string[];
}

interface JudgedLine {
  readonly line: IndexLine;
  readonly replayed: ReplayedLine;
}

const stops = { suspended: 1, revoked: 2 } as const;

export async function compareIndex(world: ReplayWorld, log: ComparedLog, status: Status): Promise<Compared> {
  const [differences, notes, files]: [Difference[], string[], Map<string, Uint8Array>] = [[], [], new Map()];
  const unmarked = new Map(stoppingMarks(status));
  const spokenOf = new Set<Digest>();
  let lines = 0;
  for (const name of namesIn(log.verdicts)) {
    const bytes = await fetchFile(world.source, `/index/${name}`, indexFileBytesMax);
    if (bytes === undefined) {
      notes.push(`${name} has a verdict in the log and no index line: it is not offered`);
      continue;
    }
    const before = differences.length;
    for (const line of parseIndexFile(bytes, name)) {
      if (line.logIndex >= log.size) continue;
      lines++;
      const judged = await judge(world, log, line, differences);
      if (judged === undefined) continue;
      const { replayed } = judged;
      differences.push(...whyUnmarked(judged, unmarked.get(line.bundle)?.kind));
      if (replayed.demanded !== undefined || replayed.spokenOf) spokenOf.add(line.bundle);
      if (replayed.refused.length > 0)
        notes.push(`installers refuse ${line.name}@${line.version} by what its line names: ${replayed.refused[0]}`);
    }
    if (differences.length > before) files.set(name, bytes);
  }
  for (const [bundle, mark] of unmarked)
    if (!spokenOf.has(bundle)) {
      const message = `status.json says that ${bundle} is ${mark.kind} since ${mark.since} (${mark.reason}), and no statement below log index ${log.size} does`;
      differences.push({ code: 'mark-unfounded', place: 'status.json', message });
    }
  return { lines, differences, notes, files };
}

function stoppingMarks(status: Status) {
  return status.marks.flatMap((mark) => {
    const { kind, bundle } = mark;
    return kind === 'suspended' || kind === 'revoked' ? [[bundle, { ...mark, kind }] as const] : [];
  });
}

function whyUnmarked({ line, replayed }: JudgedLine, mark: 'suspended' | 'revoked' | undefined): Difference[] {
  const { demanded, hidden } = replayed;
  const place = `${line.name}@${line.version}`;
  const shown = mark === undefined ? 'does not mark it' : `says ${mark} only`;
  if (demanded !== undefined && stops[demanded.kind] > (mark === undefined ? 0 : stops[mark])) {
    const message = `The log says that ${place} is ${demanded.kind} (${demanded.why}), and status.json ${shown}`;
    return [{ code: 'mark-missing', place, message }];
  }
  if (demanded !== undefined || mark !== undefined || hidden.length === 0) return [];
  return [{ code: 'line-hides', place, message: `Installers take ${place}, which the whole log refuses: ${hidden.join('; ')}` }];
}

async function judge(
  world: ReplayWorld,
  log: ComparedLog,
  line: IndexLine,
  differences: Difference[],
): Promise<JudgedLine | undefined> {
  const key = `${digestOf(Buffer.from(printIndexLine(line)))} ${log.epoch}`;
  const known = world.judged.get(key);
  if (known !== undefined) return { line, replayed: known };
  const place = `${line.name}@${line.version}`;
  const faults: string[] = [];
  const read = await inTurns(line.statements, (digest) => readNamed(world, digest, faults));
  const statements = read.flatMap((one) => one ?? []);
  for (const one of statements)
    if ((await world.folder.addressAt(one.logIndex)) !== one.digest)
      faults.push(`the statement ${one.digest} is not the one at log index ${one.logIndex}`);
  for (const message of faults)
    differences.push({ code: 'line-unfounded', place, message: `The index line of ${place}: ${message}` });
  if (faults.length > 0) return undefined;
  const replayed = judgeReplayedLine(line, statements, log.words);
  if (world.judged.size >= monitorLinesMax) world.judged.clear();
  world.judged.set(key, replayed);
  return { line, replayed };
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

/** Skills with a verdict, each once. */
function namesIn(verdicts: readonly string[]): SkillName[] {
  const names = verdicts.flatMap((purl) => {
    const [, scope, short] = /^pkg:skill\/%40([a-z0-9-]+)\/([a-z0-9-]+)@/.exec(purl) ?? [];
    return scope === undefined ? [] : [`@${scope}/${short}`];
  });
  return [...new Set(names)].sort().map((name) => parseSkillName(name));
}
