/**
 * Starts the scanner of a command that always scans, before anything of the command is loaded: the
 * scanner takes longer to load than the command.
 */
import type { LoadingScanner } from '../../scanner/worker/scan-process.ts';

/**
 * @param program the built scanner
 * @returns undefined for other commands, and where there is no image of the scanner
 */
export async function startEarlyScanner(
  [command, ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
  program?: string,
): Promise<LoadingScanner | undefined> {
  const asksHelp = words.some((word) => word === '--help' || word === '-h');
  if (command !== 'publish' || asksHelp) return undefined;
  const { scanImage, spawnFromImage } = await import('./scan-image.ts');
  const image = scanImage(env, program);
  return image && spawnFromImage(image);
}
