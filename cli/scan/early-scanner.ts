/**
 * Starts the scanner of a command that always scans, before anything of the command is loaded: the
 * scanner takes longer to load than the command.
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadingScanner } from '../../scanner/worker/scan-process.ts';
import { peekedEntriesMax, peekedPageBytesMax } from '../limits.ts';

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
  if (image === undefined) return undefined;
  const folder = words.find((word) => !word.startsWith('-')) ?? '.';
  const light = hasScripts(folder) ? undefined : spawnFromImage(image.light);
  return light ?? spawnFromImage(image.place);
}

/**
 * Whether a folder seems to have TypeScript or JavaScript. Both images scan everything, so a wrong
 * answer costs time only.
 */
function hasScripts(folder: string): boolean {
  try {
    const page = join(folder, 'SKILL.md');
    const stat = lstatSync(page);
    // Reading a pipe, or a link to a device, would never end.
    if (!stat.isFile() || stat.size > peekedPageBytesMax) return true;
    if (scriptFence.test(readFileSync(page, 'utf8'))) return true;
    const folders = [folder];
    let seen = 0;
    for (const at of folders)
      for (const entry of readdirSync(at, { withFileTypes: true })) {
        if (++seen > peekedEntriesMax || scriptName.test(entry.name)) return true;
        if (entry.isDirectory() && entry.name !== '.git') folders.push(join(at, entry.name));
      }
    return false;
  } catch {
    return true;
  }
}

const scriptName = /\.[cm]?[jt]sx?$/i;
const scriptFence = /^\s*(```|~~~)\s*(js|jsx|mjs|javascript|node|ts|tsx|typescript)\b/im;
