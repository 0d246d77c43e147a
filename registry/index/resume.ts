/**
 * Finishes what a crash or a change of policy left: a few versions at a time, along indexes, so
 * that other requests are answered meanwhile.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import type { TreeHead } from '../../skills-index/log/merkle-tree.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import {
  parseEnvelope,
  verifyEnvelope,
} from '../../skills-index/statement/signature-formats/envelope.ts';
import { spkiOf } from '../../skills-index/trust/root/root.ts';
import { keysOfRole } from '../../skills-index/trust/root/root-role.ts';
import type { Registry } from '../context.ts';
import { untilDone } from '../keep-on.ts';
import { finishStatements } from '../log/finish-statements.ts';
import type { OwnHeadAhead } from '../log/head-ahead.ts';
import { logSize, rootOfSize } from '../log/log.ts';
import { statusName } from '../store/objects.ts';
import { statusFile, versions } from '../store/schema.ts';
import { renewals, waiting } from '../store/waiting-schema.ts';
import { completeScans } from '../versions/fallen-scans.ts';
import { writeLackingFiles } from './index-file.ts';
import { settle } from './publish-index.ts';
import { statusIn } from './status-json.ts';

/** Versions of one slice of what a start, or a cron trigger of a Worker, finishes. */
export const resumedAtOnce = 20;

/** Receives the error of one version. The version must not keep the others waiting. */
type OnRefusal = (error: unknown) => void;

/** A step for the versions of one kind, in the order of their log indexes. */
interface Round {
  readonly kind: 'approved' | 'scanning';
  next(registry: Registry, after: number, limit: number): Promise<readonly Place[]>;
  step(registry: Registry, id: string): Promise<unknown>;
}

interface Place {
  readonly id: string;
  readonly logIndex: number;
}

const rounds: readonly Round[] = [
  // The approvals may suffice since the last step.
  { kind: 'approved', next: approvedAfter, step: settle },
  // The policy may ask for more or fewer scans since the last start. `renewQueue` completes the
  // versions in review, which may be very many.
  { kind: 'scanning', next: scanningAfter, step: completeScans },
];

/** Everything that is left, until `signal` ends it. */
export async function resume(
  registry: Registry,
  onRefusal: OnRefusal,
  signal?: AbortSignal,
): Promise<void> {
  await finishStatements(registry);
  await untilDone(() => writeLackingFiles(registry), signal);
  for (const round of rounds) {
    let after: number | undefined = -Infinity;
    while (after !== undefined && signal?.aborted !== true)
      after = await slice(registry, round, { after, onRefusal });
  }
}

/** As much as one request of a Worker may do. The next call goes on behind it. */
export async function resumeSome(registry: Registry, onRefusal: OnRefusal): Promise<void> {
  await finishStatements(registry);
  await writeLackingFiles(registry);
  for (const round of rounds) {
    const key = and(eq(renewals.kind, 'resume'), eq(renewals.value, round.kind));
    const [known] = await registry.db.read.select().from(renewals).where(key);
    const from = known?.after ?? '';
    const after = await slice(registry, round, {
      after: from === '' ? -Infinity : Number(from),
      onRefusal,
    });
    // Behind the last version, the next call begins at the first again.
    const values = { kind: 'resume' as const, value: round.kind, after: String(after ?? '') };
    await registry.db.batch([
      (db) =>
        db
          .insert(renewals)
          .values(values)
          .onConflictDoUpdate({
            target: [renewals.kind, renewals.value],
            set: { after: values.after },
          }),
    ]);
  }
}

/** @returns the log index of the last version; undefined when none is left */
async function slice(
  registry: Registry,
  { next, step }: Round,
  { after, onRefusal }: { readonly after: number; readonly onRefusal: OnRefusal },
): Promise<number | undefined> {
  const found = await next(registry, Math.max(after, Number.MIN_SAFE_INTEGER), resumedAtOnce);
  for (const { id } of found) {
    await step(registry, id).catch(onRefusal);
    await nextTurn();
  }
  return found.length < resumedAtOnce ? undefined : found.at(-1)?.logIndex;
}

async function approvedAfter(
  { db }: Registry,
  after: number,
  limit: number,
): Promise<readonly Place[]> {
  return (
    db.read
      .select({ id: waiting.versionId, logIndex: waiting.logIndex })
      .from(waiting)
      // A literal 0 and no parameter: SQLite uses the index over approved versions for it only.
      .where(and(sql`${waiting.approvals} > 0`, gt(waiting.logIndex, after)))
      .orderBy(asc(waiting.logIndex))
      .limit(limit)
  );
}

async function scanningAfter(
  { db }: Registry,
  after: number,
  limit: number,
): Promise<readonly Place[]> {
  return db.read
    .select({ id: versions.id, logIndex: versions.logIndex })
    .from(versions)
    .where(and(eq(versions.status, 'scanning'), gt(versions.logIndex, after)))
    .orderBy(asc(versions.logIndex))
    .limit(limit);
}

// Compares the head in the last status file that this registry signed with the log. The file lies
// beside the database and outlives a write-ahead log that was lost or truncated. SQLite drops the
// commits in such a log without an error, and the registry would sign a second history.

/**
 * Compares the log with the head that this registry signed last.
 * @param say called when the file to compare with existed and is missing
 */
export async function whatOwnHeadShows(
  registry: Registry,
  say: (line: string) => void,
): Promise<OwnHeadAhead | undefined> {
  const signed = await readSignedHead(registry);
  if (signed === undefined) {
    if ((await registry.db.read.select({ id: statusFile.id }).from(statusFile).limit(1)).length > 0)
      say(cannotCompare);
    return undefined;
  }
  if (signed.size === 0) return undefined;
  const root = await rootOfSize(registry, signed.size);
  if (root === Buffer.from(signed.root).toString('base64')) return undefined;
  return { file: `objects/${statusName}`, size: signed.size, here: await logSize(registry) };
}

const cannotCompare = `warning: objects/${statusName} is missing, or this registry did not sign the file, so the registry cannot tell whether the database lost the end of its log. If you restored the database, see docs/registry-reference.md, "The log was restored from a backup"`;

/** Undefined when there is no status file that this registry signed. */
async function readSignedHead({ objects, root }: Registry): Promise<TreeHead | undefined> {
  const bytes = await objects.get(statusName);
  if (bytes === undefined) return undefined;
  try {
    const envelope = parseEnvelope(parseJson(bytes, statusName).value);
    // Retired keys count as well: after a rotation, the key before signed the last file.
    const isOwn = keysOfRole(root, 'status').some((key) => verifyEnvelope(envelope, spkiOf(key)));
    return isOwn ? parseCheckpoint(statusIn(bytes).checkpoint) : undefined;
  } catch (cause) {
    // A damaged file shows nothing. The next signed status replaces it.
    if (cause instanceof Problem) return undefined;
    throw cause;
  }
}
