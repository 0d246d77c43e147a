/**
 * The process that scans for a command: one skill's files in, its report out. It can be stopped at
 * any moment from outside.
 */
import type { LocalScanRequest } from './local-scan.ts';
import { loadScanProgram } from './scan-program.ts';

const program = loadScanProgram(process.env, 'scan-child');

process.once('disconnect', () => process.exit());
process.on('message', async (request: LocalScanRequest) => {
  process.send?.(await (await program).replyTo(request));
});
