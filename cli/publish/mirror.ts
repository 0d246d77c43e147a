/**
 * `skillgate mirror LIST`: imports each repository of a list, one after another. A failure of one
 * repository leaves the others alone. New versions wait for review like all others.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { problemOf } from '../../skills-index/skill/thrown.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { settingsBytesMax } from '../limits.ts';
import type { KeyFile } from '../signing/key-file.ts';
import { signerFor } from '../signing/signer.ts';
import { answer, count, inkFor, joined, type Safe, safe } from '../terminal/output.ts';
import { importFrom } from './import/import-all.ts';
import { type ImportRow, importTable, outcomesText } from './import/import-table.ts';
import { type MirroredRepository, parseMirrorList } from './import/mirror-list.ts';

interface Mirrored {
  readonly address: string;
  readonly scope: string;
  readonly rows: readonly ImportRow[];
  /** Why nothing of the repository was imported. */
  readonly problem?: { readonly code: string; readonly message: string };
}

export async function run(context: CommandContext): Promise<ExitCode> {
  const path = resolve(context.cwd, context.args[0] ?? '');
  const list = parseMirrorList(await readList(path), path);
  const signer = await signerFor(context);
  const mirrored: Mirrored[] = [];
  for (const repository of list) mirrored.push(await mirrorOne(context, signer, repository));
  answer(context, { schema: 'skillgate.mirror/1', repositories: mirrored }, () =>
    joined(
      [
        ...mirrored.map((one) => mirroredText(context, one)),
        safe`${count(mirrored.length, 'repository', 'repositories')}: ${outcomesText(mirrored.flatMap(({ rows }) => rows))}`,
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
    throw new Problem('file-not-found', `Cannot read the list ${path}: ${cause.code}`, { cause });
  });
  if (text.length <= settingsBytesMax) return text;
  throw new Problem('mirror-list-invalid', `Cannot use ${path}: it is larger than any list`);
}

// Without the registry or the key, no other repository can be imported either.
const endsMirror: ReadonlySet<string> = new Set([
  'interrupted',
  'registry-down',
  'registry-full',
  'key-unknown',
  'key-ended',
  'not-signed-in',
  'root-not-pinned',
]);

async function mirrorOne(
  context: CommandContext,
  signer: KeyFile,
  { address, scope, path }: MirroredRepository,
): Promise<Mirrored> {
  const named = { address, scope: `@${scope}` };
  try {
    return { ...named, rows: await importFrom(context, { address, scope, path, signer }) };
  } catch (thrown) {
    const problem = problemOf(thrown, context.signal.aborted);
    if (endsMirror.has(problem.code)) throw problem;
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
