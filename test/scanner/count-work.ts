/**
 * A thread that scans files of two lengths and says how much ran for each: how often V8 entered its functions and
 * blocks, which no load of a machine changes.
 */
import { Session } from 'node:inspector/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { scanSkill } from '../../scanner/scan.ts';

const skill = {
  path: 'SKILL.md',
  bytes: Buffer.from('---\nname: sample\ndescription: A sample.\n---\nText.\n'),
  mode: 0o644,
};
const files: readonly (readonly [string, string, string])[] = workerData;

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
async function workOf(path: string, text: string): Promise<number> {
  await scanSkill([skill, { path, bytes: Buffer.from(text), mode: 0o644 }]);
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const ranges = result.flatMap((script) => script.functions.flatMap((one) => one.ranges));
  return ranges.reduce((sum, { count }) => sum + count, 0);
}
const works: [number, number][] = [];
for (const [path, few, many] of files) {
  // Once more: what is done once for a process counts for none of them.
  await workOf(path, few);
  works.push([await workOf(path, few), await workOf(path, many)]);
}
session.disconnect();
parentPort?.postMessage(works);
