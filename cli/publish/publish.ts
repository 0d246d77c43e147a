/** `skillgate publish [DIR] [--dry-run]`. */
import type { CommandContext, ExitCode } from '../command.ts';
import { startSingleScanner } from '../scan/watched-scan.ts';

export async function run(context: CommandContext): Promise<ExitCode> {
  const scanner = startSingleScanner();
  try {
    const { publishFolder } = await import('./publish-folder.ts');
    return await publishFolder(context, scanner);
  } finally {
    await scanner.close();
  }
}
