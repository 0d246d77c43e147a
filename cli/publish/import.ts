/**
 * `skillgate import`: publishes the skills of a folder or of a git repository. A few skills are
 * imported in parallel, so that memory does not grow with their number.
 */
import { parseScope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { importsAtOnceMax } from '../limits.ts';
import { startWatchedScanner } from '../scan/watched-scan.ts';
import { signerFor } from '../signing/signer.ts';
import { startProgress } from '../terminal/progress.ts';
import { deprecateGone } from './import-gone.ts';
import { type ImportWorld, importOne } from './import-one.ts';
import { type ImportSource, withSource } from './import-source.ts';
import { type ImportRow, importAnswer } from './import-table.ts';
import { readScopeVersions } from './scope-versions.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { scope: given } = context.options;
  if (typeof given !== 'string')
    throw new Problem('usage', 'Cannot import: no scope is named', {
      hint: 'add --scope NAME; claim the scope first: skillgate scope claim NAME',
    });
  const scope = parseScope(given);
  const signer = await signerFor(context);
  const rows = await withSource(context, context.args[0] ?? '', async (source) => {
    const scanner = startWatchedScanner();
    context.signal.addEventListener('abort', () => scanner.close(), { once: true });
    const known = await readScopeVersions(context, scope);
    const world = { context, scope, signer, scanner, known, taken: new Map() };
    try {
      return await importAll(world, source);
    } finally {
      await scanner.close();
    }
  });
  importAnswer(context, `@${scope}`, rows);
  return rows.some((row) => row.outcome === 'refused') ? exitCodes.refused : exitCodes.ok;
}

async function importAll(world: ImportWorld, source: ImportSource): Promise<ImportRow[]> {
  const { context } = world;
  const { skills, commit } = source;
  const progress = startProgress(context, skills.length, 'skills');
  const rows: ImportRow[] = [];
  const waiting = [...skills.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      context.signal.throwIfAborted();
      const [index, skill] = next;
      rows[index] = await importOne(world, skill);
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
  return commit === undefined ? rows : [...rows, ...(await deprecateGone(world, commit, rows))];
}
