/**
 * The process that scans for a command: one skill's files in, its report out. It can be stopped at
 * any moment from outside.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compiledFolder } from '../compile-cache.ts';
import { runBuiltFile } from '../kept-code.ts';
import type { LocalScanRequest } from './local-scan.ts';

type Program = typeof import('./local-scan.ts');

// A checkout has modules alone.
const file = fileURLToPath(new URL('../scanner.cjs', import.meta.url));
const program = existsSync(file) ? built() : import('./local-scan.ts');

process.once('disconnect', () => process.exit());
process.on('message', async (request: LocalScanRequest) => {
  process.send?.(await (await program).replyTo(request));
});

async function built(): Promise<Program> {
  const folder = compiledFolder(process.env);
  const place = folder && `${folder}/scanner.code`;
  const { exports, wasKept, keep } = runBuiltFile<Program>(file, place);
  if (place && !wasKept) {
    await exports.scanSample();
    keep();
  }
  return exports;
}
