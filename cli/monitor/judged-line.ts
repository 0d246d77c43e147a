/** Judges an index line by what the log says. */
import { fetchBlobIfThere, inTurns } from '../../skills-index/client/blobs.ts';
import { statementBlobBytesMax } from '../../skills-index/client/limits.ts';
import { type Digest, digestOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type IndexLine, printIndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import {
  judgeReplayedLine,
  type LogWords,
  type ReplayedLine,
} from '../../skills-index/trust/index-files/judge-line.ts';
import type { VerifiedStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import type { Difference } from './difference.ts';
import { monitorLinesMax } from './limits.ts';
import type { MonitorState } from './state-file.ts';
import type { ReplayWorld } from './world.ts';

/** The part of the log that judges a line. */
export interface JudgingLog {
  readonly words: LogWords;
  /** Changes whenever the words do. */
  readonly epoch: string;
  readonly state: MonitorState;
}

/**
 * Judges a line by the statements that it names. Undefined when a statement is missing or another:
 * then `differences` gets each reason.
 */
export async function judgeLine(
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
