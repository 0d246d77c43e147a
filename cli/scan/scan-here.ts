/**
 * Scans a small skill in the process of the command, which costs half as much as a process for it.
 * Whatever is slow, unusual or not understood is left to that process: here the call stack is
 * shorter, and V8 would end the whole command for lack of memory.
 */
import { Script } from 'node:vm';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import type { LocalScanRequest } from './local-scan.ts';
import { loadScanProgram } from './scan-program.ts';

const bytesMax = 64 * 1024;
const scanMsMax = 1_000;

let isUsable = true;

/** @returns undefined where a process has to scan */
export async function scanHere(
  request: LocalScanRequest,
  msMax: number = scanMsMax,
): Promise<ScanReport | undefined> {
  const bytes = request.files.reduce((sum, file) => sum + file.bytes.byteLength, 0);
  if (!isUsable || bytes > bytesMax) return undefined;
  const { replyTo } = await loadScanProgram(process.env, 'scan-here');
  // No signal arrives between the parts either, so the limit is for all of them.
  const until = performance.now() + msMax;
  const reply = await replyTo(request, (part) =>
    endAfter(Math.max(1, Math.ceil(until - performance.now())), part),
  );
  // What was ended may have left half of something behind.
  isUsable = reply.kind === 'report';
  if (reply.kind !== 'report') return undefined;
  const { files } = reply.report.coverage;
  return files.some((file) => file.disposition === 'unanalysed') ? undefined : reply.report;
}

const slot = Symbol.for('skillgate.part');
const call = new Script("globalThis[Symbol.for('skillgate.part')]()");

// V8 ends any code of its own, a regular expression included, only when a script has called it.
function endAfter<Part>(timeout: number, part: () => Part): Part {
  let result: Part[] = [];
  Object.assign(globalThis, { [slot]: () => (result = [part()]) });
  call.runInThisContext({ timeout });
  return result[0] as Part;
}
