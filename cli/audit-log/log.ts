/** `skillgate log …`: past and present runs, and whether the log is intact. */
import { once } from 'node:events';
import { dirname } from 'node:path';
import {
  followLines,
  parseLogLine,
  readLines,
  verifyAuditFile,
} from '../../runner/audit/audit-file.ts';
import type { AuditVerdict } from '../../skills-index/run/audit/audit-check.ts';
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { auditRow } from '../../skills-index/run/audit/audit-row.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { type CommandContext, type ExitCode, exitCodes, type OutStream } from '../command.ts';
import { agentsFolderOf, auditFileOf, auditKeyFileOf } from '../run/host-files.ts';
import { answer, count, joined, jsonText, printNote, type Safe, safe } from '../terminal/output.ts';

/** Rows of the audit log that are shown where nobody asked for more. */
const logRowsMax = 50;

export async function run(context: CommandContext): Promise<ExitCode> {
  const { format, options } = context;
  if (options.verify === true) return verify(context);
  if (options.follow === true && format === 'json')
    throw new Problem(
      'usage',
      'Cannot follow with --format json: this format prints one value at the end',
      {
        hint: 'use jsonl, which prints one value in each line: skillgate log --follow --format jsonl',
      },
    );
  const keep = auditFilterOf(context);
  const printedCount =
    format === 'text' ? await showRows(context, keep) : await printEntries(context, keep);
  if (format === 'text' && printedCount === 0)
    printNote(context, safe`The audit log has no entry${whyEmpty(context)}`);
  return exitCodes.ok;
}

/** For programs: every entry that the options select. */
async function printEntries(context: CommandContext, keep: AuditFilter): Promise<number> {
  const { format, options, signal, stdout } = context;
  const file = auditFileOf(context);
  let printedCount = 0;
  if (format === 'json') stdout.write('{"schema":"skillgate.log/1","entries":[');
  for await (const { lines } of options.follow === true
    ? followLines(file, 0, signal)
    : readLines(file)) {
    signal.throwIfAborted();
    const entries = entriesIn(lines, keep);
    const text = entries
      .map((entry, at) => printed(entry, context, printedCount + at === 0))
      .join('');
    printedCount += entries.length;
    await put(stdout, text);
  }
  if (format === 'json') stdout.write(']}\n');
  return printedCount;
}

/** For people: the newest rows, with repeated entries in one row, unless more is asked for. */
async function showRows(context: CommandContext, keep: AuditFilter): Promise<number> {
  const { options, signal, stdout } = context;
  const file = auditFileOf(context);
  const isBounded = options.since === undefined && options.run === undefined;
  const rows = new LogRows(isBounded ? logRowsMax : undefined);
  let position = 0;
  let number = 0;
  for await (const more of readLines(file)) {
    signal.throwIfAborted();
    position = more.position;
    const entries = entriesIn(more.lines, keep);
    number += entries.length;
    if (options.all === true) await put(stdout, textOf(entries.map(entryText)));
    else for (const entry of entries) rows.add(entry);
    if (!isBounded) await put(stdout, textOf(rows.take(false)));
  }
  const last = rows.take(true);
  if (rows.leftOut > 0)
    printNote(
      context,
      safe`${count(rows.leftOut, 'earlier entry', 'earlier entries')} not shown: skillgate log --since 2h, or --all`,
    );
  await put(stdout, textOf(last));
  if (options.follow !== true) return number;
  for await (const { lines } of followLines(file, position, signal)) {
    const entries = entriesIn(lines, keep);
    number += entries.length;
    await put(stdout, textOf(entries.map(entryText)));
  }
  return number;
}

function entriesIn(lines: readonly Uint8Array[], keep: AuditFilter): AuditEntry[] {
  return lines.flatMap((line) => parseLogLine(line) ?? []).filter(keep);
}

function textOf(lines: readonly Safe[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

// A removed agent has entries and no identity, so an unknown name matters only without entries.
function whyEmpty(context: CommandContext): string {
  const { agent } = context.options;
  if (Object.keys(context.options).length === 0) return '';
  try {
    if (typeof agent === 'string' && agent !== 'operator')
      readNamedAgent(agentsFolderOf(context), agent);
    return ' that matches these options';
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return ` that matches these options. ${cause.message}${cause.hint === undefined ? '' : `; ${cause.hint}`}`;
  }
}

function printed(entry: AuditEntry, { format }: CommandContext, isFirst: boolean): string {
  if (format === 'json') return `${isFirst ? '' : ','}${jsonText(entry)}`;
  return `${jsonText(entry)}\n`;
}

// Waits for slow readers: a log may be larger than the memory.
async function put(stream: OutStream, text: string): Promise<void> {
  if (text !== '' && !stream.write(text)) await once(stream, 'drain');
}

async function verify(context: CommandContext): Promise<ExitCode> {
  const file = auditFileOf(context);
  const keyFile = auditKeyFileOf(context);
  const chain = await verifyAuditFile(file, keyFile);
  if (chain.kind === 'whole' || context.format === 'json')
    answer(context, { schema: 'skillgate.log-verify/1', ...chain }, () => chainText(chain));
  if (chain.kind === 'whole') return exitCodes.ok;
  const folder = dirname(file);
  const hint = `Keep the damaged log: cp -a ${folder} ${folder}.kept; compare line ${chain.line} (sed -n ${chain.line}p) with what was exported; then mv ${folder} ${folder}.broken && mv ${keyFile}.head ${folder}.broken/`;
  if (context.format === 'json') return exitCodes.refused;
  throw new Problem('audit-broken', `${file} is not intact: line ${chain.line}: ${chain.why}`, {
    hint,
  });
}

// The entries of the audit log that the options of `skillgate log` select.

type AuditFilter = (entry: AuditEntry) => boolean;

/** @throws Problem `usage` for an invalid time */
function auditFilterOf({ options, now }: Pick<CommandContext, 'options' | 'now'>): AuditFilter {
  const { agent, run, since, skill } = options;
  const from = typeof since === 'string' ? sinceOf(since, now()) : undefined;
  return (entry) =>
    (agent === undefined || entry.agent === agent) &&
    (run === undefined ||
      entry.run === run ||
      (typeof run === 'string' && run.length >= 4 && entry.run.startsWith(run))) &&
    (skill === undefined || entry.skill === skill || `${entry.skill}@${entry.version}` === skill) &&
    (from === undefined || entry.at >= from);
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * The time that `--since` names, in ISO 8601: a duration before now, or a time.
 * @throws Problem `usage`
 */
export function sinceOf(text: string, now: Date): string {
  const [, number, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (number !== undefined)
    return new Date(now.getTime() - Number(number) * (unitMilliseconds[unit] ?? 0)).toISOString();
  const at = /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d)?)?$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at))
    throw new Problem(
      'usage',
      `Cannot read --since ${JSON.stringify(text)}: write 2h, 7d or 2026-01-31T12:00Z`,
    );
  return new Date(at).toISOString();
}

// The rows of `skillgate log`: repeated entries in one row, and only the newest rows. Pure.

interface LogRow {
  readonly key: string;
  readonly first: AuditEntry;
  last: AuditEntry;
  times: number;
}

class LogRows {
  readonly #max: number;
  #rows: LogRow[] = [];
  /** Entries of the rows that are older than the newest `max` rows. */
  leftOut = 0;

  constructor(max = Number.POSITIVE_INFINITY) {
    this.#max = max;
  }

  /** Leaves checkpoints out: they are about the log itself, and would part repeated entries. */
  add(entry: AuditEntry): void {
    if (entry.event === 'checkpoint') return;
    const key = keyOf(entry);
    const row = this.#rows.at(-1);
    if (row?.key === key) {
      row.last = entry;
      row.times++;
      return;
    }
    this.#rows.push({ key, first: entry, last: entry, times: 1 });
    // Cut in large pieces, because each cut moves all rows.
    if (this.#rows.length >= this.#max * 2) this.#cut();
  }

  /** Takes the rows out; without `isEnd` the last row stays, because it may get repetitions. */
  take(isEnd: boolean): Safe[] {
    this.#cut();
    const rows = isEnd ? this.#rows : this.#rows.slice(0, -1);
    this.#rows = isEnd ? [] : this.#rows.slice(-1);
    return rows.map(rowText);
  }

  #cut(): void {
    const old = this.#rows.slice(0, Math.max(0, this.#rows.length - this.#max));
    this.leftOut += old.reduce((sum, { times }) => sum + times, 0);
    this.#rows = this.#rows.slice(old.length);
  }
}

function entryText(entry: AuditEntry): Safe {
  const [at = '', ...cells] = auditRow(entry);
  return joined([at, entry.run.slice(0, 8), ...cells], '  ');
}

function rowText({ first, last, times }: LogRow): Safe {
  if (times === 1) return entryText(first);
  const more =
    hasOwnPath(first) && hasOwnPath(last)
      ? safe`… and ${times - 1} more paths, the last ${last.path}`
      : safe`… ${times} times, the last at ${last.at}`;
  return safe`${entryText(first)}  ${more}`;
}

// Entries of one run repeat each other when they differ in their times only, or in their paths
// where a run changed or left many.
function keyOf(entry: AuditEntry): string {
  const [, ...cells] = auditRow(entry);
  if (entry.event === 'change') cells[cells.length - 1] = '';
  if (entry.event === 'cleanup') cells[cells.length - 1] = entry.why;
  return JSON.stringify([entry.run, ...cells]);
}

function hasOwnPath(entry: AuditEntry): entry is Extract<AuditEntry, { readonly path: string }> {
  return entry.event === 'change' || entry.event === 'cleanup';
}

// The state of the audit log's chain in one line.

/** Whether the log is intact, in one line. */
export function chainText(chain: AuditVerdict): Safe {
  return chain.kind === 'whole'
    ? safe`the audit log is intact: ${count(chain.lines, 'line')}; this host’s key has signed the first ${chain.signed}`
    : safe`the audit log is not intact at line ${chain.line}: ${chain.why}`;
}
