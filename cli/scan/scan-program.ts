/** Loads the scanner: in a build one file with the code that an earlier scan compiled. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compiledFolder } from '../compile-cache.ts';
import { runBuiltFile } from '../kept-code.ts';

type Program = typeof import('./local-scan.ts');

// A checkout has modules alone.
const file = fileURLToPath(new URL('../scanner.cjs', import.meta.url));

/** @param name of the kept code: V8 takes it up only under the flags of its first run */
export async function loadScanProgram(env: NodeJS.ProcessEnv, name: string): Promise<Program> {
  if (!existsSync(file)) return await import('./local-scan.ts');
  const folder = compiledFolder(env);
  const place = folder && `${folder}/${name}.code`;
  const { exports, wasKept, keep } = runBuiltFile<Program>(file, place);
  if (place && !wasKept) {
    await exports.scanSample();
    keep();
  }
  return exports;
}
