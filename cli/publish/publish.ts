/** `skillgate publish [DIR] [--dry-run]`. */
import type { CommandContext, ExitCode } from '../command.ts';
import { startWatchedScanner } from '../scan/watched-scan.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const scanner = startWatchedScanner();
  try {
    // The scanner loads in its own process, while this one loads the rest and reads the folder.
    scanner.load();
    const { publishFolder } = await import('./publish-folder.ts');
    return await publishFolder(context, scanner);
  } finally {
    await scanner.close();
  }
}
