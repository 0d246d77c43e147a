/**
 * Sends the audit log to the collectors that host policy names. It continues where it stopped,
 * sends each entry at least once, and never delays a run.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import type { ExporterPolicy } from '../../skills-index/run/audit/report-policy.ts';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { type LogLines, parseLogLine, readLines } from '../audit/audit-file.ts';
import { followLines } from '../audit/audit-follow.ts';
import { tryLock, unlock } from '../files/lock.ts';
import { readPrivateFile, writePrivateFile } from '../files/private-file.ts';
import {
  exportBatchLines,
  exportMilliseconds,
  exportPauseMilliseconds,
  exportPauseMillisecondsMax,
  exportTriesMax,
} from './limits.ts';
import { otlpLogs } from './otlp.ts';
import { postOutside, type Resolve } from './outgoing.ts';

export interface ExportWorld {
  /** The audit log. */
  readonly file: string;
  /** The folder for positions: `$DATA/exports`. */
  readonly folder: string;
  readonly hosts: HostPolicy['hosts'];
  readonly signal: AbortSignal;
  readonly resolve?: Resolve;
  /** Called for each batch that failed and will be sent again. */
  readonly onTrouble?: (why: string) => void;
}

/**
 * The position of an exporter: the offset of the next line, and the digest of the line before,
 * which shows whether the log was replaced.
 */
interface Position {
  readonly byte: number;
  readonly head: string;
}

/**
 * Sends the entries of the log; with `follows` also later ones, until the signal aborts.
 * @returns how many entries were sent
 * @throws Problem `registry-down` when a collector rejects a batch `exportTriesMax` times and
 * `follows` is off; the position stays
 */
export async function exportLog(
  world: ExportWorld,
  exporter: ExporterPolicy,
  follows: boolean,
): Promise<number> {
  const place = join(
    world.folder,
    `${hexOf(digestOf(`${exporter.kind} ${exporter.url}`)).slice(0, 16)}.json`,
  );
  if (!tryLock(`${place}.lock`))
    throw new Problem(
      'usage',
      `Cannot export to ${new URL(exporter.url).host}: another process exports there already`,
    );
  try {
    const from = await startOf(world, place);
    let sent = 0;
    const lines = follows
      ? followLines(world.file, from, world.signal)
      : readLines(world.file, from);
    for await (const more of lines) {
      for (const batch of batchesOf(more)) {
        if (world.signal.aborted) return sent;
        const entries = batch.lines.flatMap((line) => parseLogLine(line) ?? []);
        if (entries.length > 0) await deliver(world, exporter, entries, follows);
        if (world.signal.aborted) return sent;
        sent += entries.length;
        const last = batch.lines.at(-1);
        if (last !== undefined)
          writePrivateFile(place, JSON.stringify({ byte: batch.position, head: digestOf(last) }));
      }
    }
    return sent;
  } finally {
    unlock(`${place}.lock`);
  }
}

// A replaced log is sent again from its beginning.
async function startOf({ file }: ExportWorld, place: string): Promise<number> {
  const bytes = readPrivateFile(place, { bytesMax: 1_024, secret: true, code: 'key-file-invalid' });
  const kept =
    bytes === undefined ? {} : (JSON.parse(Buffer.from(bytes).toString()) as Partial<Position>);
  const { byte = 0, head } = kept;
  if (!Number.isSafeInteger(byte) || byte <= 0) return 0;
  // Check that a line ends at the offset, and that it is the line sent last.
  let before: Uint8Array | undefined;
  for await (const { lines, position } of readLines(file, Math.max(0, byte - lastLinesBytes))) {
    let end = position - lines.reduce((sum, line) => sum + line.length + 1, 0);
    for (const line of lines) {
      end += line.length + 1;
      if (end === byte) before = line;
    }
    break;
  }
  return before !== undefined && digestOf(before) === head ? byte : 0;
}

/** More than a line. */
const lastLinesBytes = 64 * 1024;

function* batchesOf({ lines, position }: LogLines): Generator<LogLines> {
  const total = lines.reduce((sum, line) => sum + line.length + 1, 0);
  let byte = position - total;
  for (let at = 0; at < lines.length; at += exportBatchLines) {
    const some = lines.slice(at, at + exportBatchLines);
    byte += some.reduce((sum, line) => sum + line.length + 1, 0);
    yield { lines: some, position: byte };
  }
}

async function deliver(
  world: ExportWorld,
  exporter: ExporterPolicy,
  entries: readonly AuditEntry[],
  follows: boolean,
): Promise<void> {
  let pause = exportPauseMilliseconds;
  for (let tries = 1; !world.signal.aborted; tries++) {
    const why = await post(world, exporter, entries);
    if (why === undefined) return;
    if (!follows && tries >= exportTriesMax)
      throw new Problem('registry-down', `Cannot export to ${new URL(exporter.url).host}: ${why}`);
    world.onTrouble?.(why);
    await sleep(pause, undefined, { signal: world.signal }).catch(() => undefined);
    pause = Math.min(pause * 2, exportPauseMillisecondsMax);
  }
}

/**
 * Sends one batch.
 * @returns why it failed, or undefined
 */
async function post(
  world: ExportWorld,
  { url }: ExporterPolicy,
  entries: readonly AuditEntry[],
): Promise<string | undefined> {
  const body = JSON.stringify(otlpLogs(entries));
  const headers = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(exportMilliseconds)]);
  try {
    const status = await postOutside(url, { body, headers, signal }, world.hosts, world.resolve);
    return status >= 200 && status < 300 ? undefined : `it answered ${status}`;
  } catch (cause) {
    return (cause as Error).message;
  }
}
