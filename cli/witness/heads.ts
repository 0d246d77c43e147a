/**
 * A witness's stored data about each log, written before the answer: one numbered file for each
 * cosigned head. A number is taken by a hard link, which succeeds only once. So neither two
 * requests nor two processes can cosign two successors of one head.
 */

import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { MappedHead } from '../../skills-index/log/add-checkpoint.ts';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { writeWhole } from '../whole-file.ts';

const evidenceFilesMax = 100;

const headsKeptMax = 100;

/** The stored data about one log. */
export interface StoredLog {
  /** Number of the newest head; 0 without one. */
  readonly place: number;
  readonly head?: MappedHead & { readonly note: string };
  /** Why this log is no longer cosigned, until a person removes the file. */
  readonly stopped?: { readonly why: string; readonly file: string };
}

export interface Heads {
  read(origin: string): Promise<StoredLog>;
  /**
   * Durably stores this head after the head of number `place`; false when another process was
   * faster and nothing changed.
   */
  follow(origin: string, place: number, note: string): Promise<boolean>;
  /**
   * Stores two notes that cannot belong to one log, or a note that is older than allowed. @returns
   * the file
   */
  keepEvidence(origin: string, evidence: ForkEvidence): Promise<string>;
  /** Stops cosigning heads of this log. */
  stop(origin: string, evidence: ForkEvidence): Promise<void>;
}

interface ForkEvidence {
  readonly why: string;
  readonly kept: string;
  readonly sent: string;
  /** ISO 8601. */
  readonly at: string;
}

const headForm = v.strictObject({
  schema: v.literal('skillgate.witnessed/1'),
  origin: v.string(),
  note: v.string(),
});
const stopForm = v.looseObject({ why: v.string() });

/** The heads below a folder. */
export function diskHeads(dir: string): Heads {
  const folderOf = (origin: string): string =>
    join(dir, 'logs', createHash('sha256').update(origin).digest('hex').slice(0, 32));
  const stopFile = (origin: string): string => join(folderOf(origin), 'stopped.json');
  const keepEvidence = async (origin: string, evidence: ForkEvidence): Promise<string> => {
    const folder = join(folderOf(origin), 'evidence');
    const name = createHash('sha256')
      .update(evidence.kept)
      .update('\0')
      .update(evidence.sent)
      .digest('hex')
      .slice(0, 32);
    const file = join(folder, `${name}.json`);
    await mkdir(folder, { recursive: true });
    const there = await readdir(folder);
    // The same pair again adds nothing, and must not fill the disk.
    if (there.length < evidenceFilesMax && !there.includes(`${name}.json`))
      await writeWhole(file, evidenceText(origin, evidence));
    return file;
  };
  return {
    read: async (origin) => {
      const folder = join(folderOf(origin), 'heads');
      const place = (await numbersIn(folder)).at(-1) ?? 0;
      const head = place === 0 ? undefined : await readHead(join(folder, nameOf(place)), origin);
      const stopped = await readStop(stopFile(origin));
      return {
        place,
        ...(head === undefined ? {} : { head }),
        ...(stopped === undefined ? {} : { stopped }),
      };
    },
    follow: (origin, place, note) =>
      follow(join(folderOf(origin), 'heads'), place, { origin, note }),
    keepEvidence,
    stop: async (origin, evidence) => {
      await keepEvidence(origin, evidence);
      await mkdir(folderOf(origin), { recursive: true });
      await writeWhole(stopFile(origin), evidenceText(origin, evidence));
      await syncFolder(folderOf(origin));
    },
  };
}

async function follow(
  folder: string,
  place: number,
  head: { origin: string; note: string },
): Promise<boolean> {
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${randomUUID()}.new`);
  const path = join(folder, nameOf(place + 1));
  try {
    const file = await open(beside, 'wx', 0o644);
    try {
      await file.writeFile(
        `${JSON.stringify({ schema: 'skillgate.witnessed/1', ...head }, null, 2)}\n`,
      );
      await file.sync();
    } finally {
      await file.close();
    }
    await link(beside, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    await rm(beside, { force: true });
  }
  await syncFolder(folder);
  const numbers = await numbersIn(folder);
  // A process that slept until its number was used and removed has an old head.
  if (numbers.at(-1) !== place + 1) {
    await rm(path, { force: true });
    return false;
  }
  for (const old of numbers.slice(0, -headsKeptMax))
    await rm(join(folder, nameOf(old)), { force: true });
  return true;
}

async function readHead(
  path: string,
  origin: string,
): Promise<MappedHead & { readonly note: string }> {
  const parsed = v.safeParse(headForm, parseJson(await readFile(path), path).value);
  const checkpoint = parsed.success ? parseCheckpoint(parsed.output.note) : undefined;
  if (
    !parsed.success ||
    checkpoint === undefined ||
    parsed.output.origin !== origin ||
    checkpoint.origin !== origin
  ) {
    throw new Problem('log-invalid', `Cannot read ${path}: it is no head of the log "${origin}"`, {
      hint: 'Restore the file. without it this witness cannot know which heads it cosigned',
    });
  }
  return { ...checkpoint, note: parsed.output.note };
}

async function readStop(file: string): Promise<StoredLog['stopped']> {
  try {
    const parsed = v.safeParse(stopForm, parseJson(await readFile(file), file).value);
    return { why: parsed.success ? parsed.output.why : 'its file cannot be read', file };
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    return { why: 'its file cannot be read', file };
  }
}

/** Numbers of the heads, ascending. */
async function numbersIn(folder: string): Promise<number[]> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return [];
    throw cause;
  });
  return names
    .flatMap((name) => (/^\d{15}\.json$/.test(name) ? [Number(name.slice(0, 15))] : []))
    .sort((a, b) => a - b);
}

function nameOf(place: number): string {
  return `${String(place).padStart(15, '0')}.json`;
}

function evidenceText(origin: string, evidence: ForkEvidence): string {
  return `${JSON.stringify({ schema: 'skillgate.evidence/1', origin, ...evidence }, null, 2)}\n`;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
