/** What a read of an installer costs the registry, beside raw `node:http` that sends the file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hexOf } from '../../skills-index/skill/digest.ts';
import type { Skill } from '../../test/registry/road.ts';
import { type Row, round, type Unmeasured } from '../row.ts';
import { ask, connectionFrom } from './http-client.ts';
import { unmeasured } from './part.ts';
import { besideRaw, type SideBySide } from './raw-side.ts';
import type { Served } from './served.ts';

const requests = 2_000;

/** Rows for the index file and the bundle of an approved version. */
export async function readRows(served: Served, skill: Skill): Promise<(Row | Unmeasured)[]> {
  const paths = {
    'an index file': `/index/${skill.manifest.name}`,
    'a blob': `/blobs/sha256/${hexOf(skill.packed.digest)}`,
  };
  const rows: (Row | Unmeasured)[] = [];
  for (const [what, path] of Object.entries(paths))
    rows.push(...(await rowsOfPath(served, what, path)));
  return rows;
}

async function rowsOfPath(
  served: Served,
  what: string,
  path: string,
): Promise<(Row | Unmeasured)[]> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-bench-raw-'));
  const file = join(folder, 'file');
  const agent = connectionFrom();
  try {
    const { status, headers, body } = await ask({ url: `${served.base}${path}`, agent });
    if (status !== 200) throw new Error(`${path} answers ${status}`);
    writeFileSync(file, body);
    const whole = await besideRaw(served, { path, file, requests });
    const get = overRaw(`GET of ${what}`, whole, 1.1);
    const notModified = `GET of ${what}, unchanged (304)`;
    if (headers.etag === undefined) {
      const why = 'not there: the answer has no ETag';
      return [get, unmeasured(notModified, '≤ 1 × raw GET', why)];
    }
    const conditional = await besideRaw(served, {
      path,
      file,
      requests,
      headers: { 'if-none-match': headers.etag },
      status: 304,
    });
    return [get, overRaw(notModified, conditional, 1)];
  } catch (cause) {
    return [unmeasured(`GET of ${what}`, '≤ 1.1 × raw', cause)];
  } finally {
    agent.destroy();
    rmSync(folder, { recursive: true });
  }
}

function overRaw(name: string, { registryMs, rawMs }: SideBySide, atMost: number): Row {
  return {
    name: `${name}, CPU`,
    value: registryMs * 1_000,
    unit: 'µs',
    against: `raw node:http with a file ${round(rawMs * 1_000)} µs`,
    ratio: registryMs / rawMs,
    goal: `≤ ${atMost} × raw`,
    held: registryMs / rawMs <= atMost,
  };
}
