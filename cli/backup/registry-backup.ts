import { resolve } from 'node:path';
import type { BackupOptions } from '../../registry/backup/backup.ts';
import type { BackupAbout } from '../../registry/backup/backup-folder.ts';
import type { CopiedFiles } from '../../registry/backup/data-files.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { backupNoteMillis } from '../limits.ts';
import { answer, count, inkFor, printNote, type Safe, safe } from '../terminal/output.ts';

/** `skillgate registry backup DIR BACKUP`: copies a data folder, once or until it is stopped. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { cwd, args, options, signal } = context;
  const dir = resolve(cwd, args[0] ?? '');
  const backup = resolve(cwd, args[1] ?? '');
  const what: BackupOptions = {
    dir,
    backup,
    withKeys: options['with-keys'] === true,
    say: (line) => printNote(context, safe`${line}`),
    signal,
    progress: makeProgress(context),
  };
  if (options.follow !== true) {
    const { makeBackup } = await import('../../registry/backup/backup.ts');
    const { about, objects, files } = await makeBackup(what);
    sayWhole(context, { dir, backup, about, files }, count(objects, 'object'));
    return exitCodes.ok;
  }
  const { followRegistry } = await import('../../registry/backup/follow.ts');
  let saidAt = 0;
  let slowest = 0;
  await followRegistry({
    ...what,
    onWhole: (about, files) => sayWhole(context, { dir, backup, about, files }, 'follows'),
    onCopied: (log, ms) => {
      slowest = Math.max(slowest, ms);
      if (Date.now() - saidAt < backupNoteMillis) return;
      saidAt = Date.now();
      answer(
        context,
        { schema: 'skillgate.backup-copied/1', log, behindSeconds: slowest / 1_000 },
        () =>
          safe`${new Date().toISOString()} ${count(log.size, 'log entry', 'log entries')}, ${secondsText(slowest)} behind at most`,
      );
      slowest = 0;
    },
  });
  printNote(context, safe`stopped`);
  return exitCodes.ok;
}

interface Made {
  readonly dir: string;
  readonly backup: string;
  readonly about: BackupAbout;
  readonly files: CopiedFiles;
}

function sayWhole(
  context: CommandContext,
  { dir, backup, about, files }: Made,
  more: string,
): void {
  const ink = inkFor(context.stdout, context.env);
  const { origin, root, log } = about;
  answer(
    context,
    { schema: 'skillgate.backup-made/1', dir, backup, origin, root, log, ...files },
    (): Safe =>
      safe`${ink.green('✔')} The backup ${backup} is whole: ${origin}, ${count(log.size, 'log entry', 'log entries')}, ${more}`,
  );
  const { keysLeftOut, others } = files;
  if (keysLeftOut.length > 0)
    printNote(
      context,
      safe`The backup has no private keys: ${keysLeftOut.join(', ')} ${keysLeftOut.length === 1 ? 'is' : 'are'} not sealed and left out. Keep a copy of ${keysLeftOut.length === 1 ? 'the file' : 'these files'} in a safe place, because a restored registry needs keys.json. With --with-keys the backup has the keys, and whoever reads the backup can sign as this registry`,
    );
  else if (context.options['with-keys'] === true)
    printNote(
      context,
      safe`The backup has the private keys of the registry. Whoever reads the backup can sign as this registry`,
    );
  if (others.length > 0)
    printNote(
      context,
      safe`Not in the backup: ${others.join(', ')}. Keep a copy of what a restored registry needs: a backup has no secrets of other services (notices.json), and no files that the registry does not know`,
    );
}

function makeProgress(context: CommandContext): BackupOptions['progress'] {
  let saidAt = Date.now();
  return (done, all) => {
    if (Date.now() - saidAt < backupNoteMillis / 5) return;
    saidAt = Date.now();
    printNote(context, safe`copying the database: ${Math.floor((done * 100) / all)} %`);
  };
}

function secondsText(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
