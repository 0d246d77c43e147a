/** Loads the scanner into the scanning thread: built as one file, or in a checkout as modules. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compiledFolder } from '../compile-cache.ts';
import { runBuiltFile } from '../kept-code.ts';

type Program = typeof import('./scan-program.ts');

interface LoadedScanner extends Pick<Program, 'scanSkill'> {
  /** Keeps the code of a scan that went well, for the next thread. */
  keep(): void;
}

/** @param file the built scanner; a checkout has none */
export async function loadScanProgram(
  env: NodeJS.ProcessEnv,
  file = fileURLToPath(new URL('../scan.cjs', import.meta.url)),
): Promise<LoadedScanner> {
  if (!existsSync(file))
    return { scanSkill: (await import('./scan-program.ts')).scanSkill, keep: () => undefined };
  const folder = compiledFolder(env);
  const place = folder === undefined ? undefined : join(folder, 'scan.code');
  const { exports, keptParts, keep } = runBuiltFile<Program>(file, place);
  let kept = keptParts;
  return {
    scanSkill: exports.scanSkill,
    keep: () => {
      // The code of a front end is compiled when the first file of its languages comes.
      const loaded = exports.loadedFrontEnds();
      if (loaded.every((name) => kept?.includes(name))) return;
      kept = [...new Set([...(kept ?? []), ...loaded])];
      keep(kept);
    },
  };
}
