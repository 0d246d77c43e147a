/**
 * The images of the scanner: snapshots of the built scanner after its first scan, from which Node
 * starts in a third of the time. A user's machine makes the images, because an image fits one build
 * of Node only.
 */
import { spawn } from 'node:child_process';
import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childMemoryMiB, scanStackKiB } from '../../scanner/limits.ts';
import {
  type LoadingScanner,
  type ScanProcess,
  spawnScanner,
  untilReady,
} from '../../scanner/worker/scan-process.ts';
import { compiledFolder, isOwnAlone } from '../compile-cache.ts';
import { imageRetrySeconds } from '../limits.ts';

export interface ScanImage {
  /** The built scanner. */
  readonly program: string;
  /** The file of the image, which may be missing. */
  readonly place: string;
  /**
   * The file of a second image, which starts in two thirds of the time. It has all parsers but that
   * of TypeScript and JavaScript, which a process from the image loads when it meets them.
   */
  readonly light: string;
}

const builtProgram = fileURLToPath(new URL('../scan.cjs', import.meta.url));
// Node copies the image to memory twice. The kernel hands out large pages faster than small ones.
const hugePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
const maker = fileURLToPath(new URL(`./make-images${extname(import.meta.url)}`, import.meta.url));

/**
 * The image that belongs to the built scanner.
 * @returns undefined in a checkout, and where no code may be kept
 */
export function scanImage(
  env: NodeJS.ProcessEnv,
  program: string = builtProgram,
): ScanImage | undefined {
  const folder = compiledFolder(env);
  if (folder === undefined) return undefined;
  try {
    // The build writes the digest, because a start should not read the whole program for its name.
    const digest = readFileSync(`${program}.sha256`, 'utf8').trim();
    const name = `scan-${process.version}-${digest}`;
    return {
      program,
      place: join(folder, `${name}.image`),
      light: join(folder, `${name}-light.image`),
    };
  } catch {
    return undefined;
  }
}

/**
 * Starts a scanner from the file of an image, without rights to files and processes. The scanner
 * may still be loading.
 * @returns undefined where the image is missing, or another user may have written it: Node runs an
 * image without a check
 */
export function spawnFromImage(place: string): LoadingScanner | undefined {
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || !isOwnAlone(stat)) return undefined;
  const flags = [
    `--max-old-space-size=${childMemoryMiB}`,
    `--stack-size=${scanStackKiB}`,
    '--permission',
    '--disable-warning=SecurityWarning',
    '--verify-snapshot-checksum',
    // The image has a random hash seed of its own. A new seed would have every table sorted again.
    '--no-rehash-snapshot',
  ];
  // Node lets a process read its first argument; without one, the whole working folder.
  const argv = [process.execPath, ...flags, '--snapshot-blob', place, place] as const;
  return spawnScanner(argv, hugePages);
}

/**
 * Starts a scanner as `spawnFromImage` does, and waits until the scanner is ready.
 * @returns undefined also where the image is damaged
 */
export async function startFromImage(place: string): Promise<ScanProcess | undefined> {
  const child = spawnFromImage(place);
  return child && untilReady(child).catch(() => undefined);
}

/** Makes the images in the background, where nobody else makes them: for the next command. */
export function startMakingImages({ light, program, place }: ScanImage): void {
  const begun = lstatSync(`${place}.new`, { throwIfNoEntry: false });
  if (begun !== undefined && Date.now() - begun.mtimeMs < imageRetrySeconds * 1_000) return;
  // An attempt that failed, or was interrupted.
  rmSync(`${place}.new`, { force: true });
  spawn(process.execPath, [maker, program, place, light], {
    detached: true,
    stdio: 'ignore',
    env: {},
    cwd: '/',
  })
    .on('error', () => undefined)
    .unref();
}
