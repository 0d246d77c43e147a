/**
 * The index lines that a registry has shown here, on disk. A line is permanent, so a missing one
 * was removed.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { purlOf } from '../../skills-index/skill/name.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skills-index/skill/shape.ts';
import { canonicalDigest } from '../../skills-index/skill/text/canonical-json.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { digest } from '../../skills-index/statement/field-shapes.ts';
import type { IndexLine } from '../../skills-index/trust/index-files/index-line.ts';
import { writeWhole } from '../whole-file.ts';
import { damaged, monitorStateValuesMax } from './world.ts';

/** Judged index lines that a process remembers. */
export const monitorLinesMax = 100_000;

const shape = exactObject({
  schema: v.literal('skillgate.monitor-offered/1'),
  lines: boundedList(v.string(), monitorLinesMax),
  sum: digest,
});

/** How a line is remembered: its version and its bundle. */
export function offeredKey({
  name,
  version,
  bundle,
}: Pick<IndexLine, 'name' | 'version' | 'bundle'>): string {
  return `${purlOf(name, version)} ${bundle}`;
}

/**
 * @param atLeast how many the state counts; throws Problem `json-invalid` when there are fewer, or
 * other ones than were written
 */
export async function readOffered(dir: string, atLeast: number): Promise<ReadonlySet<string>> {
  const path = join(dir, 'offered.json');
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined;
    throw cause;
  });
  const lines = bytes === undefined ? [] : linesIn(dir, path, bytes);
  if (lines.length < atLeast) throw damaged(dir, path);
  return new Set(lines);
}

/** Adds lines; what is beyond the limit is not remembered. */
export async function keepOffered(
  dir: string,
  before: ReadonlySet<string>,
  shown: Iterable<string>,
): Promise<number> {
  const lines = [...new Set([...before, ...shown])].slice(0, monitorLinesMax);
  if (lines.length === before.size) return before.size;
  const kept = { schema: 'skillgate.monitor-offered/1', lines, sum: canonicalDigest(lines) };
  await writeWhole(join(dir, 'offered.json'), `${JSON.stringify(kept)}\n`, 0o600);
  return lines.length;
}

function linesIn(dir: string, path: string, bytes: Uint8Array): readonly string[] {
  try {
    const { lines, sum } = parseShape(
      shape,
      parseJson(bytes, path, monitorStateValuesMax),
      'json-invalid',
      path,
    );
    if (canonicalDigest(lines) !== sum)
      throw new Problem('json-invalid', `${path} was changed by another program`);
    return lines;
  } catch (cause) {
    throw damaged(dir, path, cause);
  }
}
