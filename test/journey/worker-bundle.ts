/** A Worker's script as wrangler would upload it, and what it is made of. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { repository, wrangler, wranglerEnvironment } from './workerd-registry.ts';

/** The limit of the script that wrangler uploads, in KiB after gzip. */
export const workerKibMax = 700;

export interface WorkerBundle {
  readonly script: string;
  /** Bytes of the script, gzip. */
  readonly gzip: number;
  /** KiB of minified script by package or folder, the heaviest first. */
  readonly parts: readonly (readonly [string, number])[];
}

/**
 * Builds it; uploads nothing.
 * @param main another program with the same settings, below the repository; the registry when left
 * out
 */
export async function buildWorker(main?: string): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'skillgate-worker-'));
  try {
    const line = [
      wrangler,
      'deploy',
      ...(main === undefined ? [] : [main]),
      '--dry-run',
      '--metafile',
      '--outdir',
      folder,
    ];
    await promisify(execFile)(process.execPath, line, {
      cwd: repository,
      env: wranglerEnvironment,
    });
    const script = await readFile(
      join(folder, `${basename(main ?? 'worker.ts', '.ts')}.js`),
      'utf8',
    );
    const meta: unknown = JSON.parse(await readFile(join(folder, 'bundle-meta.json'), 'utf8'));
    return { script, gzip: gzipSync(script).byteLength, parts: partsOf(meta as Metafile) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** esbuild's own. */
interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

function partsOf({ outputs }: Metafile): (readonly [string, number])[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  const byPart = Map.groupBy(inputs, ([path]) => partOf(path));
  return [...byPart]
    .map(
      ([part, files]) =>
        [
          part,
          Math.round(files.reduce((sum, [, file]) => sum + file.bytesInOutput, 0) / 1024),
        ] as const,
    )
    .sort(([, a], [, b]) => b - a);
}

function partOf(path: string): string {
  const inPackages = path.split('node_modules/').at(-1) ?? '';
  if (inPackages !== path)
    return inPackages
      .split('/')
      .slice(0, inPackages.startsWith('@') ? 2 : 1)
      .join('/');
  return path.split('/').slice(0, -1).join('/');
}
