/**
 * Asks witnesses outside this process to cosign the log's head whenever a status is about to be
 * signed. Their lines are kept by tree size and added to the checkpoint. A witness that does not
 * answer causes a short delay and a warning to the operator, and stops nothing.
 */
import { asc, eq, lt, sql } from 'drizzle-orm';
import { readBoundedBody } from '../../skills-index/client/bounded-body.ts';
import { printSubmission } from '../../skills-index/log/add-checkpoint.ts';
import { verifyCosignatures, witnessSkewSeconds } from '../../skills-index/log/cosignature.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { type BatchWrite, statusRefreshMs } from '../store/batch.ts';
import { cosignatures } from '../store/log-schema.ts';
import { newestCheckpoint } from './log.ts';
import { readConsistency } from './tiles.ts';
import type { WitnessAnswer, Witnesses } from './witness-answers.ts';

/** Log sizes before the newest whose cosignatures are kept. */
const cosignedSizesKept = 10_000;

const witnessAnswerBytesMax = 64 * 1024;

/**
 * How long all witnesses together may take, and how long a witness that failed is not asked again.
 */
const witnessMs = 3_000;

const witnessPauseMs = 120_000;

/**
 * The same for a witness that answered and refused: it may accept soon, for example after a
 * rotation of the log key.
 */
const witnessRefusedMs = 2_000;

interface Head {
  readonly size: number;
  /** The note with the log's own signature alone. */
  readonly note: string;
}

type Witnessed = Registry & { readonly witnesses: Witnesses };

/**
 * Asks the witnesses that are due, all at once and with a short time limit, and keeps their
 * cosignatures. Never throws because of a witness.
 */
export async function askWitnesses(registry: Registry, head: Head): Promise<void> {
  if (!isWitnessed(registry)) return;
  const { urls, last, say } = registry.witnesses;
  const due = urls.filter((url) => isDue(registry, url, head.size));
  const asked = await Promise.all(
    due.map(async (url) => {
      const { lines, ...answer } = await askOne(registry, url, head);
      if (!answer.ok && last.get(url)?.why !== answer.why) say(`witness ${url}: ${answer.why}`);
      last.set(url, answer);
      return lines;
    }),
  );
  const writes = asked.flat().map((row): BatchWrite => {
    // Clients ignore a cosignature with a future time, so any other may replace such a row of an
    // earlier version.
    const newer = sql`excluded.seconds > ${cosignatures.seconds} OR ${cosignatures.seconds} > ${secondsMax(registry)}`;
    const target = [cosignatures.size, cosignatures.name];
    return (db) =>
      db.insert(cosignatures).values(row).onConflictDoUpdate({ target, set: row, setWhere: newer });
  });
  if (writes.length === 0) return;
  await registry.db.batch([
    ...writes,
    (db) => db.delete(cosignatures).where(lt(cosignatures.size, head.size - cosignedSizesKept)),
  ]);
}

/** Whether a witness should be asked about the log of this size. */
export function witnessesDue(registry: Registry, size: number): boolean {
  return isWitnessed(registry) && registry.witnesses.urls.some((url) => isDue(registry, url, size));
}

/** The checkpoint with the known cosignatures of its size. */
export async function withCosignatures(registry: Registry, head: Head): Promise<string> {
  const rows = await registry.db.read
    .select({ line: cosignatures.line })
    .from(cosignatures)
    .where(eq(cosignatures.size, head.size))
    .orderBy(asc(cosignatures.name));
  return head.note + rows.map((row) => row.line).join('');
}

/** Each witness, and whether it cosigned at the last request; for operators. */
export function witnessStates(
  registry: Registry,
): readonly (Partial<WitnessAnswer> & { readonly url: string })[] {
  return (registry.witnesses?.urls ?? []).map((url) => ({
    url,
    ...registry.witnesses?.last.get(url),
  }));
}

function isWitnessed(registry: Registry): registry is Witnessed {
  return registry.witnesses !== undefined;
}

function isDue(registry: Witnessed, url: string, size: number): boolean {
  const before = registry.witnesses.last.get(url);
  if (before === undefined) return true;
  const age = registry.now().getTime() - before.at;
  // Yesterday's cosignature no longer counts, even when the log did not grow.
  if (age < 0) return true;
  if (before.ok) return before.size !== size || age >= statusRefreshMs;
  return age >= (before.answered === true ? witnessRefusedMs : witnessPauseMs);
}

type Asked = WitnessAnswer & { readonly lines: readonly (typeof cosignatures.$inferInsert)[] };

async function askOne(registry: Witnessed, url: string, head: Head): Promise<Asked> {
  const at = registry.now().getTime();
  const known = registry.witnesses.last.get(url)?.size ?? 0;
  const signal = AbortSignal.timeout(witnessMs);
  const failed = (why: string, more: Partial<WitnessAnswer> = {}): Asked => ({
    ok: false,
    at,
    size: known,
    why,
    lines: [],
    ...more,
  });
  try {
    let answer = await post(registry, { url, signal, oldSize: Math.min(known, head.size) }, head);
    if (answer.size !== undefined && answer.size <= head.size)
      answer = await post(registry, { url, signal, oldSize: answer.size }, head);
    if (answer.size !== undefined && answer.size > head.size) {
      // Another process of this registry may have been faster; then the log has grown meanwhile.
      const here = (await newestCheckpoint(registry))?.size ?? 0;
      if (here >= answer.size) return { ok: true, at, size: head.size, lines: [] };
      return failed(aheadText(answer.size, here), {
        size: answer.size,
        ahead: answer.size,
        answered: true,
      });
    }
    if (answer.status !== 200) {
      return failed(
        `the witness refused to cosign, status ${answer.status}: ${JSON.stringify(answer.text.trim().slice(0, 500))}`,
        { answered: true },
      );
    }
    const found = linesIn(registry, head, answer.text);
    const lines = found.filter((line) => line.seconds <= secondsMax(registry));
    if (lines.length < found.length) {
      const why =
        'the time of its cosignature is in the future: its clock is fast, or the clock of this registry is slow';
      return { ...failed(why, { answered: true }), lines };
    }
    return lines.length === 0
      ? failed('its answer has no cosignature of a witness in witnesses.json')
      : { ok: true, at, size: head.size, lines };
  } catch (cause) {
    return failed(
      cause instanceof Problem || cause instanceof Error ? cause.message : String(cause),
    );
  }
}

function aheadText(theirs: number, ours: number): string {
  return `ALARM: it cosigned this log at size ${theirs}, but the log here has ${ours} entries: an older copy was restored. The registry writes nothing more. See docs/registry-reference.md`;
}

/** The latest cosignature time that clients accept now, in seconds. */
function secondsMax(registry: Registry): number {
  return Math.floor(registry.now().getTime() / 1000) + witnessSkewSeconds;
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** The size that the witness cosigned last, when the witness says it. */
  readonly size?: number;
}

async function post(
  registry: Witnessed,
  {
    url,
    signal,
    oldSize,
  }: { readonly url: string; readonly signal: AbortSignal; readonly oldSize: number },
  { size, note }: Head,
): Promise<Answer> {
  const proof = await readConsistency(registry, oldSize, size);
  const response = await registry.witnesses.fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    body: printSubmission({ oldSize, proof, note }),
    headers: { 'content-type': 'text/plain; charset=utf-8' },
    // workerd has no 'error' mode. A redirect is then an answer with another status than 200.
    redirect: 'manual',
    signal,
  });
  const text = await readText(response);
  const isSize =
    response.status === 409 &&
    (response.headers.get('content-type') ?? '').startsWith('text/x.tlog.size');
  const cosignedSize = isSize && /^(0|[1-9]\d{0,15})\n$/.test(text) ? Number(text) : undefined;
  return {
    status: response.status,
    text,
    ...(cosignedSize === undefined ? {} : { size: cosignedSize }),
  };
}

// Parses each line alone, so that one bad line does not spoil the others.
function linesIn(registry: Witnessed, { size, note }: Head, text: string): Asked['lines'] {
  const log = { key: registry.keys.log.publicKey };
  return text
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        return verifyCosignatures(`${note}${line}\n`, registry.witnesses.policy, log).map(
          (cosignature) => ({
            ...cosignature,
            size,
            line: `${line}\n`,
          }),
        );
      } catch (cause) {
        if (cause instanceof Problem) return [];
        throw cause;
      }
    });
}

async function readText(response: Response): Promise<string> {
  const bytes = await readBoundedBody(response.body, witnessAnswerBytesMax);
  if (bytes !== undefined) return bytes.toString('utf8');
  throw new Problem(
    'registry-answer-invalid',
    `its answer has more than ${witnessAnswerBytesMax} bytes`,
  );
}
