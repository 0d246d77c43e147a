import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { type CommandContext, type ExitCode, exitCodes, listOf } from '../command.ts';
import { parseBase } from '../registries/registry-base.ts';
import { answer, count, inkFor, joined, printNote, safe } from '../terminal/output.ts';
import { backupNoteMillis } from './registry-backup.ts';

/** `skillgate registry restore BACKUP DIR`: makes a data folder from a backup, and checks all. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { cwd, args, options } = context;
  const backup = resolve(cwd, args[0] ?? '');
  const dir = resolve(cwd, args[1] ?? '');
  const checkpoint = await readCheckpoint(context);
  const { restoreRegistry } = await import('../../registry/backup/restore.ts');
  const restored = await restoreRegistry({
    backup,
    dir,
    keys: typeof options.keys === 'string' ? resolve(cwd, options.keys) : undefined,
    witnesses: listOf(options.witness).map(parseBase),
    checkpoint,
    isUnwitnessed: options.unwitnessed === true,
    fetch: context.fetch,
    now: context.now,
    say: (line) => printNote(context, safe`${line}`),
    progress: makeProgress(context),
  });
  const { origin, fingerprint, log, objects, damaged, missing, absentKeys, witnesses } = restored;
  const ink = inkFor(context.stdout, context.env);
  answer(
    context,
    {
      schema: 'skillgate.restored/1',
      backup,
      dir,
      origin,
      root: fingerprint,
      logSize: log.size,
      objects,
      damaged,
      missing,
      absentKeys,
      witnesses,
    },
    () =>
      joined(
        [
          safe`${ink.green('✔')} Restored ${origin} into ${dir}: ${count(log.size, 'log entry', 'log entries')}, ${count(objects, 'object')}`,
          safe`  root:      ${fingerprint}   (compare it with the fingerprint that people pinned)`,
          ...witnesses.map((url) => safe`  newest:    the witness ${url} knows no later log`),
          ...(checkpoint === undefined
            ? []
            : [safe`  newest:    the log has everything that ${checkpoint.from} names`]),
          ...(witnesses.length > 0 || checkpoint !== undefined
            ? []
            : [safe`  newest:    nobody was asked`]),
        ],
        '\n',
      ),
  );
  for (const line of damaged) printNote(context, safe`warning: damaged in the backup: ${line}`);
  for (const digest of missing)
    printNote(context, safe`warning: no copy of the blob ${digest} is in the backup`);
  if (absentKeys.includes('keys.json'))
    printNote(
      context,
      safe`The folder has no keys. Copy keys.json of the registry into ${dir} (mode 600).`,
    );
  if (absentKeys.includes('scanner-key.json'))
    printNote(
      context,
      safe`The folder has no scanner-key.json. If skillgate serve started a scanner of its own, copy this file, too (mode 600).`,
    );
  printNote(
    context,
    safe`Next: make sure that the old registry does not run any more, because two registries with one log sign two histories. Then: skillgate serve ${shellWord(dir)}`,
  );
  return exitCodes.ok;
}

async function readCheckpoint({ cwd, options }: CommandContext) {
  if (typeof options.checkpoint !== 'string') return undefined;
  const path = resolve(cwd, options.checkpoint);
  const note = await readFile(path, 'utf8').catch((cause) => {
    throw new Problem('file-not-found', `Cannot read the checkpoint ${JSON.stringify(path)}`, {
      cause,
      hint: 'a checkpoint is what /log/checkpoint of the registry answers: curl -o checkpoint https://skills.acme.example/log/checkpoint',
    });
  });
  return { note, from: path };
}

function makeProgress(context: CommandContext): (line: string) => void {
  let saidAt = Date.now();
  return (line) => {
    if (Date.now() - saidAt < backupNoteMillis) return;
    saidAt = Date.now();
    printNote(context, safe`${line}`);
  };
}
