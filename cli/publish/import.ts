import { relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Digest } from '../../skills-index/skill/digest.ts';
import { parseScope, type Scope, type SkillName } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemOf } from '../../skills-index/skill/thrown.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import {
  busySecondsMax,
  importsAtOnceMax,
  pollMillisMax,
  pollMillisMin,
  scanWaitSecondsMax,
} from '../limits.ts';
import { type VersionAnswer, versionAnswer } from '../registries/registry-answers.ts';
import { askRegistry, versionPath } from '../registries/registry-api.ts';
import { findSkills } from '../scan/find-skills.ts';
import { scanFolder } from '../scan/scan-skill.ts';
import { startWatchedScanner, type WatchedScanner } from '../scan/watched-scan.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import type { ExactVersion } from '../terminal/exact-version.ts';
import { startProgress } from '../terminal/progress.ts';
import { type FoundSkill, manifestFor, readFound } from './import-skill.ts';
import { type ImportRow, importAnswer } from './import-table.ts';
import { isUnderWay } from './status.ts';
import { publishVersion } from './upload.ts';

interface ImportWorld {
  readonly context: CommandContext;
  readonly scope: Scope;
  readonly signer: KeyFile;
  readonly scanner: WatchedScanner;
  /** Bundles that this import published, by name. */
  readonly taken: Map<SkillName, Digest>;
}

/**
 * `skillgate import DIR --scope NAME`: a few skills in parallel, so that memory does not grow with
 * their number.
 */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { scope: given } = context.options;
  if (given === undefined)
    throw new Problem('usage', 'Cannot import: no scope is named', {
      hint: 'add --scope NAME; claim the scope first: skillgate scope claim NAME',
    });
  const scope = parseScope(given);
  const signer = await signerFor(context);
  const top = resolve(context.cwd, context.args[0] ?? '');
  const folders = await findSkills(top);
  const scanner = startWatchedScanner();
  context.signal.addEventListener('abort', () => scanner.close(), { once: true });
  const world: ImportWorld = { context, scope, signer, scanner, taken: new Map() };
  const progress = startProgress(context, folders.length, 'skills');
  const rows: ImportRow[] = [];
  const waiting = [...folders.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      context.signal.throwIfAborted();
      const [index, folder] = next;
      const path = relative(top, folder) || '.';
      rows[index] = await importOne(world, folder, path);
      progress.step(path);
    }
  };
  // A failure that stops one worker stops all: the others finish their skill and take no further
  // one.
  const stopping = async (): Promise<void> => {
    await work().finally(() => waiting.splice(0));
  };
  const ended = await Promise.allSettled(Array.from({ length: importsAtOnceMax }, stopping));
  await scanner.close();
  progress.end();
  const failure = ended.find((worker) => worker.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  importAnswer(context, `@${scope}`, rows);
  return rows.some((row) => row.outcome === 'refused') ? exitCodes.refused : exitCodes.ok;
}

// A failed skill is a row of the table. Only failures that concern all skills end the import, such
// as a missing registry or right to the scope.
async function importOne(world: ImportWorld, folder: string, path: string): Promise<ImportRow> {
  const { context, scanner } = world;
  const started = performance.now();
  const row = (part: Omit<ImportRow, 'path' | 'seconds'>): ImportRow => ({
    path,
    seconds: (performance.now() - started) / 1000,
    ...part,
  });
  let local = { localVerdict: 'incomplete', cpuMillis: 0 };
  let found: FoundSkill | undefined;
  try {
    const { report, cpuMillis } = await scanFolder(scanner, folder, context.cwd);
    local = { localVerdict: report.verdict, cpuMillis };
    found = await readFound(folder, world.scope);
    const { name, version, packed } = found;
    const named = { name, version, bundle: packed.digest };
    const before = world.taken.get(name);
    if (before !== undefined && before !== packed.digest)
      throw new Problem(
        'name-taken',
        `another folder with other bytes already uses the name ${name}`,
      );
    world.taken.set(name, packed.digest);
    const manifest = manifestFor(found, report, context.options['as-is'] === true);
    const outcome = await publishOrFind(world, found, manifest);
    const { verdict, status } = await waitForVerdict(world, found);
    return row({
      ...named,
      ...local,
      outcome,
      inferred: manifest.inferred === true,
      verdict: verdict ?? null,
      status,
    });
  } catch (thrown) {
    const problem = problemOf(thrown, context.signal.aborted);
    if (endsImport.has(problem.code)) throw problem;
    const named =
      found === undefined
        ? {}
        : { name: found.name, version: found.version, bundle: found.packed.digest };
    const reason = problem.reasons[0]?.message ?? problem.message;
    return row({
      ...named,
      ...local,
      outcome: 'refused',
      code: problem.code,
      reason,
      inferred: false,
      verdict: null,
      status: null,
    });
  }
}

const endsImport: ReadonlySet<string> = new Set([
  'interrupted',
  'registry-down',
  'registry-full',
  'scope-taken',
  'scope-unclaimed',
  'key-unknown',
  'key-ended',
  'not-signed-in',
  'root-not-pinned',
]);

/** `there` when the same bytes were already published under this name and version. */
async function publishOrFind(
  { context, signer }: ImportWorld,
  found: FoundSkill,
  manifest: ReturnType<typeof manifestFor>,
): Promise<'taken' | 'there'> {
  const { packed, name, version } = found;
  try {
    await patiently(context, () => publishVersion(context, signer, { packed, ...manifest }));
    return 'taken';
  } catch (cause) {
    if (!(cause instanceof Problem) || cause.code !== 'version-exists') throw cause;
    const known = await askVersion(context, found);
    if (known.bundle === packed.digest) return 'there';
    throw new Problem('name-taken', `${name}@${version} is already published with other bytes`);
  }
}

async function patiently<Result>(
  context: CommandContext,
  task: () => Promise<Result>,
): Promise<Result> {
  for (const until = performance.now() + busySecondsMax * 1000; ; ) {
    try {
      return await task();
    } catch (cause) {
      if (!(cause instanceof Problem) || !isPassing(cause) || performance.now() > until)
        throw cause;
      await setTimeout(pollMillisMax, undefined, { signal: context.signal });
    }
  }
}

// A registry limits uploads of clients that are not members. It answers so, and accepts the next
// upload a moment later.
function isPassing({ code }: Problem): boolean {
  return code === 'registry-busy' || code === 'too-many-requests';
}

async function waitForVerdict({ context }: ImportWorld, found: FoundSkill): Promise<VersionAnswer> {
  const until = performance.now() + scanWaitSecondsMax * 1000;
  for (let pause = pollMillisMin; ; pause = Math.min(pause * 1.5, pollMillisMax)) {
    const known = await askVersion(context, found);
    if (!isUnderWay(known) || performance.now() > until) return known;
    await setTimeout(pause, undefined, { signal: context.signal });
  }
}

function askVersion(
  context: CommandContext,
  { name, version }: ExactVersion,
): Promise<VersionAnswer> {
  return askRegistry(context, `/api/v1/versions${versionPath(name, version)}`, versionAnswer);
}
