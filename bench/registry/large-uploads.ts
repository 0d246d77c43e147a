/** Large uploads at once: what the registry takes, and how much memory it needs for them. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claimScope, makeSkill } from '../../test/registry/road.ts';
import type { Row } from '../row.ts';
import { ask, connectionFrom } from './http-client.ts';
import type { Part } from './part.ts';
import { residentMiB, untilIdle } from './process-figures.ts';
import { whileServed } from './served.ts';
import { makeStaffedFolder, openSession, requireTaken } from './staffed-folder.ts';
import { signedUpload, type Upload } from './uploads.ts';

const count = 200;
const uploadBytes = 2_000_000;
const warmUpBytes = [1_000, 1_002, 1_004];
const memoryMiBMax = 100;

/** A member publishes large skills: members have no limit of their own. */
export async function largeUploadsPart(): Promise<Part> {
  const folder = await makeStaffedFolder();
  try {
    return await whileServed(folder.dir, async (served) => {
      const { base, pid, send } = served;
      requireTaken(await claimScope(send, 'large', folder.reviewer));
      const { reviewer: token } = await openSession(served, folder);
      const prepare = async (name: string, bytes = uploadBytes): Promise<Upload> => {
        const files = { 'data.txt': randomBytes(bytes / 2).toString('hex') };
        const made = await signedUpload(
          makeSkill(`@large/${name}`, '1.0.0', { files }),
          folder.reviewer,
        );
        return { ...made, headers: { ...made.headers, authorization: `Bearer ${token}` } };
      };
      const agent = connectionFrom('127.0.0.1', count);
      const post = (upload: Upload) =>
        ask({ url: `${base}/api/v1/versions`, agent, method: 'POST', ...upload });
      // A server that has worked before: small uploads make its heap grow, too.
      for (const bytes of warmUpBytes) {
        const warm = Array.from({ length: count }, (_, nth) =>
          prepare(`warm-${bytes}-${nth}`, bytes),
        );
        await Promise.all((await Promise.all(warm)).map(post));
      }
      const uploads: Upload[] = [];
      for (let nth = 0; nth < count; nth++) uploads.push(await prepare(`skill-${nth}`));
      forgetPeak(pid);
      const before = residentMiB(pid);
      const started = performance.now();
      const answers = await Promise.all(uploads.map(post));
      const seconds = (performance.now() - started) / 1_000;
      const after = peakMiB(pid);
      agent.destroy();
      const taken = answers.filter(({ status }) => status === 201).length;
      const later = answers.filter(
        ({ status, headers }) => status === 503 && headers['retry-after'] !== undefined,
      ).length;
      await untilIdle(pid);
      const left = partsBelow(join(folder.dir, 'objects'));
      return { rows: rowsOf({ taken, later, seconds, before, after, left }) };
    });
  } finally {
    folder.remove();
  }
}

interface Measured {
  readonly taken: number;
  readonly later: number;
  readonly seconds: number;
  /** Resident MiB before, and at most meanwhile. */
  readonly before: number;
  readonly after: number;
  /** Unfinished files afterwards. */
  readonly left: number;
}

function rowsOf(measured: Measured): Row[] {
  const { taken, later, seconds, before, after, left } = measured;
  const what = `${count} uploads of 2 MB at once`;
  return [
    {
      name: `${what}: neither taken nor 503 with Retry-After`,
      value: count - taken - later,
      unit: '',
      against: `${taken} taken, ${later} × 503, ${seconds.toFixed(1)} s, ${left} files left over`,
      ratio: (count - taken - later) / count,
      goal: '0',
      held: taken + later === count && left === 0,
    },
    {
      name: `${what}: memory above that before`,
      value: after - before,
      unit: 'MiB',
      against: `before ${before.toFixed(0)} MiB`,
      ratio: after / before,
      goal: `≤ ${memoryMiBMax} MiB`,
      held: after - before <= memoryMiBMax,
    },
  ];
}

/** The kernel then counts the largest resident memory anew. */
function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

function peakMiB(pid: number): number {
  const [, kibibytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

function partsBelow(folder: string): number {
  return readdirSync(folder, { recursive: true }).filter((name) => String(name).endsWith('.part'))
    .length;
}
