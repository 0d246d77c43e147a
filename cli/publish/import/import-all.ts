import type { Scope } from '../../../skills-index/skill/name.ts';
import type { CommandContext } from '../../command.ts';
import { importsAtOnceMax } from '../../limits.ts';
import { startWatchedScanner } from '../../scan/watched-scan.ts';
import type { KeyFile } from '../../signing/key-file.ts';
import { startProgress } from '../../terminal/progress.ts';
import { type ImportWorld, importOne } from './import-one.ts';
import { type SourceSkill, withSource } from './import-source.ts';
import type { ImportRow } from './import-table.ts';
import { readScopeVersions } from './scope-versions.ts';

/** One import. */
export interface ImportJob {
  /** A folder, or the address of a repository. */
  readonly address: string;
  readonly scope: Scope;
  /** The folder of the repository with the skills. */
  readonly path: string | undefined;
  readonly signer: KeyFile;
}

/** @throws Problem that concerns all skills */
export async function importFrom(context: CommandContext, job: ImportJob): Promise<ImportRow[]> {
  return withSource(context, job, (skills) =>
    withImportWorld(context, job, (world) => importAtOnce(world, skills)),
  );
}

/** Starts a scanner, and reads what the scope has, for the skills of one source. */
async function withImportWorld<Result>(
  context: CommandContext,
  { scope, signer }: Pick<ImportJob, 'scope' | 'signer'>,
  use: (world: ImportWorld) => Promise<Result>,
): Promise<Result> {
  const scanner = startWatchedScanner();
  context.signal.addEventListener('abort', () => scanner.close(), { once: true });
  try {
    const known = await readScopeVersions(context, scope);
    return await use({ context, scope, signer, scanner, known, taken: new Map() });
  } finally {
    await scanner.close();
  }
}

/**
 * Imports a few skills in parallel, so that memory does not grow with their number.
 * @returns a row for each skill, in the order of the skills
 * @throws Problem that concerns all skills, once the skills under way are finished
 */
async function importAtOnce(
  world: ImportWorld,
  skills: readonly SourceSkill[],
): Promise<ImportRow[]> {
  const { context } = world;
  const progress = startProgress(context, skills.length, 'skills');
  const results: ImportRow[] = [];
  const waiting = [...skills.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      context.signal.throwIfAborted();
      const [index, skill] = next;
      results[index] = await importOne(world, skill);
      progress.step(skill.path);
    }
  };
  // A failure that stops one worker stops all: the others finish their skill and take no further
  // one.
  const stopping = async (): Promise<void> => {
    await work().finally(() => waiting.splice(0));
  };
  const ended = await Promise.allSettled(Array.from({ length: importsAtOnceMax }, stopping));
  progress.end();
  const failure = ended.find((worker) => worker.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return results;
}
