/** `skillgate publish [DIR] [--dry-run]`, and `skillgate publish --adopt`. */
import { Problem } from '../../skills-index/skill/problem.ts';
import type { CommandContext, ExitCode } from '../command.ts';
import { startWatchedScanner } from '../scan/watched-scan.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const { adopt, files } = context.options;
  if (files !== undefined && (adopt !== true || context.args[0] === undefined))
    throw new Problem(
      'usage',
      '--files writes the files of one upload: skillgate publish --adopt NAME@VERSION --files DIR',
    );
  const scanner = startWatchedScanner();
  try {
    if (context.options.adopt === true || context.options.discard === true) {
      const { adoptUpload } = await import('./adopt/adopt.ts');
      return await adoptUpload(context, scanner);
    }
    // The scanner loads beside this thread, which loads the rest and reads the folder.
    scanner.load();
    const { publishFolder } = await import('./publish-folder.ts');
    return await publishFolder(context, scanner);
  } finally {
    await scanner.close();
  }
}
