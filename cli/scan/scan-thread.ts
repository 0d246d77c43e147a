/**
 * The code inside a scanning thread: one skill's files in, its report out. It can be stopped at any
 * moment from outside.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { runBuiltFile } from '../kept-code.ts';
import type { LocalScanRequest } from './local-scan.ts';

type Program = typeof import('./scan-program.ts');

// A checkout has modules alone.
const file = fileURLToPath(new URL('../scan.cjs', import.meta.url));
const program: Promise<Program> = existsSync(file)
  ? Promise.resolve(runBuiltFile<Program>(file, undefined).exports)
  : import('./scan-program.ts');

parentPort?.on('message', async (request: LocalScanRequest) => {
  parentPort?.postMessage(await (await program).replyTo(request));
});
