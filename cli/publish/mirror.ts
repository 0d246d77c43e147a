/**
 * `skillgate mirror LIST`: imports each repository and each registry of a list, one after another.
 * A failure of one leaves the others alone. New versions wait for review like all others.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Scope } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemOf } from '../../skills-index/skill/thrown.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { settingsBytesMax } from '../limits.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, count, inkFor, joined, type Safe, safe } from '../terminal/output.ts';
import { endsMirror } from './import/ending-problems.ts';
import { importFrom } from './import/import-all.ts';
import { type ImportRow, importTable, outcomesText } from './import/import-table.ts';
import { parseMirrorList } from './import/mirror-list.ts';
import { mirrorRegistry } from './upstream/mirror-registry.ts';

interface Mirrored {
  readonly address: string;
  readonly scope: string;
  readonly rows: readonly ImportRow[];
  /** Why nothing of the repository or registry was imported. */
  readonly problem?: { readonly code: string; readonly message: string };
}

export async function run(context: CommandContext): Promise<ExitCode> {
  const path = resolve(context.cwd, context.args[0] ?? '');
  const list = parseMirrorList(await readList(path), path);
  const signer = await signerFor(context);
  const repositories: Mirrored[] = [];
  for (const one of list.repositories)
    repositories.push(
      await mirrorOne(context, one, () => importFrom(context, { path: undefined, ...one, signer })),
    );
  const registries: Mirrored[] = [];
  for (const one of list.registries)
    registries.push(await mirrorOne(context, one, () => mirrorRegistry(context, signer, one)));
  const mirrored = [...repositories, ...registries];
  answer(context, { schema: 'skillgate.mirror/1', repositories, registries }, () =>
    joined(
      [
        ...mirrored.map((one) => mirroredText(context, one)),
        safe`${sourcesText(repositories, registries)}: ${totalText(mirrored)}`,
      ],
      '\n\n',
    ),
  );
  const isWhole = mirrored.every(
    ({ rows, problem }) =>
      problem === undefined && rows.every(({ outcome }) => outcome !== 'refused'),
  );
  return isWhole ? exitCodes.ok : exitCodes.refused;
}

async function readList(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'ENOENT' ? 'there is no such file' : cause.code;
    throw new Problem('file-not-found', `Cannot read the list ${path}: ${why}`, { cause });
  });
  if (text.length <= settingsBytesMax) return text;
  throw new Problem('mirror-list-invalid', `Cannot use ${path}: it is larger than any list`);
}

function sourcesText(repositories: readonly Mirrored[], registries: readonly Mirrored[]): string {
  return [
    ...(repositories.length === 0
      ? []
      : [count(repositories.length, 'repository', 'repositories')]),
    ...(registries.length === 0 ? [] : [count(registries.length, 'registry', 'registries')]),
  ].join(' and ');
}

// A repository or registry that failed has no rows.
function totalText(mirrored: readonly Mirrored[]): string {
  const failed = mirrored.filter(({ problem }) => problem !== undefined).length;
  const skills = outcomesText(mirrored.flatMap(({ rows }) => rows));
  return failed === 0 ? skills : `${skills}; ${failed} of them failed`;
}

async function mirrorOne(
  context: CommandContext,
  { address, scope }: { readonly address: string; readonly scope: Scope },
  mirror: () => Promise<readonly ImportRow[]>,
): Promise<Mirrored> {
  const named = { address, scope: `@${scope}` };
  try {
    return { ...named, rows: await mirror() };
  } catch (thrown) {
    const problem = problemOf(thrown, context.signal.aborted);
    if (endsMirror(problem)) throw problem;
    return { ...named, rows: [], problem: { code: problem.code, message: problem.message } };
  }
}

function mirroredText(context: CommandContext, one: Mirrored): Safe {
  const { address, scope, rows, problem } = one;
  const ink = inkFor(context.stdout, context.env);
  const head = safe`${ink.bold(address)} in ${scope}`;
  if (problem !== undefined)
    return joined([head, safe`${ink.red('failed')}  ${problem.code}: ${problem.message}`], '\n');
  return joined([head, importTable(context, rows)], '\n');
}
