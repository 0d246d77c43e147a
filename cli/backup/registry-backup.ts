import { resolve } from 'node:path';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { answer, count, inkFor, printNote, safe } from '../terminal/output.ts';

/** How often a backup or a restore prints how far it is. */
export const backupNoteMillis = 2_000;

/** `skillgate registry backup DIR BACKUP`: copies a data folder, while the registry serves. */
export async function run(context: CommandContext): Promise<ExitCode> {
  const { cwd, args, options, signal } = context;
  const dir = resolve(cwd, args[0] ?? '');
  const backup = resolve(cwd, args[1] ?? '');
  const { makeBackup } = await import('../../registry/backup/backup.ts');
  const { about, objects, files } = await makeBackup({
    dir,
    backup,
    withKeys: options['with-keys'] === true,
    say: (line) => printNote(context, safe`${line}`),
    signal,
    progress: makeProgress(context),
  });
  const ink = inkFor(context.stdout, context.env);
  const { origin, root, log } = about;
  answer(
    context,
    { schema: 'skillgate.backup-made/1', dir, backup, origin, root, log, ...files },
    () =>
      safe`${ink.green('✔')} The backup ${backup} is whole: ${origin}, ${count(log.size, 'log entry', 'log entries')}, ${count(objects, 'object')}`,
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
  return exitCodes.ok;
}

function makeProgress(context: CommandContext): (done: number, all: number) => void {
  let saidAt = Date.now();
  return (done, all) => {
    if (Date.now() - saidAt < backupNoteMillis) return;
    saidAt = Date.now();
    printNote(context, safe`copying the database: ${Math.floor((done * 100) / all)} %`);
  };
}
