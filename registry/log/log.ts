/** Reads the transparency log in the database: its tree and its newest checkpoint. */
import { desc, eq, isNotNull, sql } from 'drizzle-orm';
import { parseCheckpoint } from '../../skills-index/log/checkpoint.ts';
import { type CompactRange, emptyRange, rangeRoot } from '../../skills-index/log/compact-range.ts';
import { signCheckpoint } from '../../skills-index/log/sign-checkpoint.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import type { Registry } from '../context.ts';
import { log } from '../store/schema.ts';
import { isByRetiredKey } from './log-key.ts';

/** Size of the committed log: the index of the next entry. */
export async function logSize(registry: Registry): Promise<number> {
  return (await readRange(registry)).size;
}

/** The newest signed checkpoint as a whole note; undefined while the log is empty. */
export async function newestCheckpoint(
  registry: Registry,
): Promise<{ readonly size: number; readonly note: string } | undefined> {
  const [row] = await registry.db.read
    .select({ index: log.index, note: log.note, root: log.root })
    .from(log)
    .where(isNotNull(log.note))
    .orderBy(desc(log.index))
    .limit(1);
  if (row === undefined || row.note === null) return undefined;
  const head = { origin: registry.root.origin, size: row.index + 1, root: fromBase64(row.root) };
  // The same head under the key in force. The row keeps the note that was signed then.
  const note = isByRetiredKey(registry, row.note)
    ? await signCheckpoint(head, registry.keys.log)
    : row.note;
  return { size: head.size, note };
}

/** The tree before entry `size`, or the whole committed tree. */
export async function readRange(registry: Registry, size?: number): Promise<CompactRange> {
  if (size === 0) return emptyRange;
  const [row] = await registry.db.read
    .select({ index: log.index, peaks: log.peaks, root: log.root, note: log.note })
    .from(log)
    .where(
      eq(log.index, size === undefined ? sql`(SELECT MAX(${log.index}) FROM ${log})` : size - 1),
    );
  if (row === undefined && size !== undefined)
    throw new Problem('internal', `The log has no entry ${size - 1}`);
  return row === undefined ? emptyRange : rangeOf(row);
}

type RangeRow = Pick<typeof log.$inferSelect, 'index' | 'peaks' | 'root' | 'note'>;

// The next root is computed from the peaks. Damaged peaks would give a signed root that does not
// continue the log.
function rangeOf({ index, peaks, root, note }: RangeRow): CompactRange {
  const range = { size: index + 1, peaks: peaks.map(fromBase64) };
  const made = base64(rangeRoot(range));
  const stored = note === null ? root : base64(parseCheckpoint(note).root);
  if (made !== root || made !== stored) throw damagedEntry(index);
  return range;
}

/** The failure of a read whose rows of the log contradict each other. */
export function damagedEntry(index: number): Problem {
  return new Problem(
    'database-damaged',
    `The row of log entry ${index} is damaged: the row’s peaks, root and checkpoint contradict each other`,
    {
      hint: 'Restore the newest copy of the folder: docs/operating-registry.md, "The database is damaged".',
    },
  );
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}
