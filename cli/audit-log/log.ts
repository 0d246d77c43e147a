/** `skillgate log …`: past and present runs, and whether the log is intact. */

import { once } from 'node:events';
import { dirname } from 'node:path';
import * as audit from '../../runner/audit/public.ts';
import type { AuditEntry } from '../../skills-index/run/audit/audit-entry.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { readNamedAgent } from '../agents/named-agent.ts';
import { type CommandContext, type ExitCode, exitCodes, type OutStream } from '../command.ts';
import { logRowsMax } from '../limits.ts';
import { agentsFolderOf, auditFileOf, auditKeyFileOf } from '../run/host-files.ts';
import { answer, count, jsonText, printNote, type Safe, safe } from '../terminal/output.ts';
import { type AuditFilter, auditFilterOf } from './audit-filter.ts';
import { chainText } from './audit-text.ts';
import { entryText, LogRows } from './log-rows.ts';

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
    ? audit.followLines(file, 0, signal)
    : audit.readLines(file)) {
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
  for await (const more of audit.readLines(file)) {
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
  for await (const { lines } of audit.followLines(file, position, signal)) {
    const entries = entriesIn(lines, keep);
    number += entries.length;
    await put(stdout, textOf(entries.map(entryText)));
  }
  return number;
}

function entriesIn(lines: readonly Uint8Array[], keep: AuditFilter): AuditEntry[] {
  return lines.flatMap((line) => audit.parseLogLine(line) ?? []).filter(keep);
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
  const chain = await audit.verifyAuditFile(file, keyFile);
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
