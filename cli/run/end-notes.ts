/**
 * What a run asked for and did not get, said at its end: requests that were denied, headers that
 * were left out.
 */

import { join } from 'node:path';
import { breakerFile } from '../../runner/agents/breakers.ts';
import type { Audit } from '../../runner/audit/audit.ts';
import type { RunResult } from '../../runner/run/run-request.ts';
import { type BreakerSubject, openBreakerProblem } from '../../skills-index/run/agents/breaker.ts';
import { endReasons, nextStepAfter } from '../../skills-index/run/audit/end-reason.ts';
import { isDenial } from '../../skills-index/run/egress/denial.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { asCalled, calledName } from '../called-name.ts';
import { type CommandContext, type ExitCode, exitCodes } from '../command.ts';
import { KeptOutput } from '../terminal/kept-output.ts';
import { count, printNote, type Safe, safe, shortText } from '../terminal/output.ts';
import { lacksProxy } from '../upstream-proxy.ts';
import { type Lacks, type Missing, missingRequests } from './missing-capabilities.ts';

/** Lines at the end of a run about denied or missing access. */
const endNotesMax = 10;

const headerNameCharsMax = 64;

const leftOutNamesMax = 8;

/** What is heard of a run beside its result. */
export interface Overheard {
  readonly audit: Audit;
  /** Requests that were denied, each once. */
  denied(): readonly Missing[];
  /** The codes of those requests, each once. */
  codes(): readonly string[];
  leftOut(): readonly LeftOutHeaders[];
  /** The beginning of what it printed, stdout before stderr. */
  printed(): string;
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

/** `X-Forwarded-Host` and the like: servers obey them in place of what was judged. */
interface LeftOutHeaders {
  readonly host: string;
  /** The first ones, shortened. */
  readonly names: readonly string[];
  readonly hasMore: boolean;
}

/** Passes everything on. Of equal denied requests one is kept, and of headers the first names. */
export function overhear(audit: Audit, to: Pick<Overheard, 'onStdout' | 'onStderr'>): Overheard {
  const denied = new Map<string, Missing>();
  const codes = new Set<string>();
  const headers = new Map<string, Set<string>>();
  const stdout = new KeptOutput();
  const stderr = new KeptOutput();
  const record: Audit['record'] = (subject, event) => {
    for (const one of missingRequests([event])) {
      denied.set(JSON.stringify(one), one);
      if (event.event === 'egress' && isDenial(event.why)) codes.add(event.why);
    }
    if (event.event === 'egress' && event.dropped !== undefined)
      addNames(headers, event.host, event.dropped);
    audit.record(subject, event);
  };
  const both = (kept: KeptOutput, put: (chunk: Uint8Array) => void) => (chunk: Uint8Array) => {
    kept.take(chunk);
    put(chunk);
  };
  return {
    audit: { ...audit, record },
    denied: () => [...denied.values()],
    codes: () => [...codes],
    leftOut: () => [...headers].map(leftOutOf),
    printed: () =>
      [stdout, stderr].map((kept) => new TextDecoder().decode(kept.bytes())).join('\n'),
    onStdout: both(stdout, to.onStdout),
    onStderr: both(stderr, to.onStderr),
  };
}

// One name beyond the limit says that there are more.
function addNames(
  headers: Map<string, Set<string>>,
  host: string,
  dropped: readonly string[],
): void {
  const names = headers.get(host) ?? new Set();
  headers.set(host, names);
  for (const name of dropped) {
    if (names.size > leftOutNamesMax) return;
    names.add(shortText(name, headerNameCharsMax));
  }
}

function leftOutOf([host, names]: readonly [string, ReadonlySet<string>]): LeftOutHeaders {
  return {
    host,
    names: [...names].slice(0, leftOutNamesMax),
    hasMore: names.size > leftOutNamesMax,
  };
}

/** For people: each line once, and no more than fit a screen. */
export function printOverheard(
  context: CommandContext,
  heard: Overheard,
  { run }: Pick<RunResult, 'run'>,
): void {
  if (context.format !== 'text') return;
  const denied = heard.denied().map(({ what }) => [safe`note: denied: ${what}`]);
  printFirst(
    context,
    [...denied, ...otherNotes(heard)],
    `${calledName()} log --run ${run.slice(0, 8)}`,
  );
  printCodes(context, heard.codes());
}

/** For people: the command that explains each kind of denial, and names the next step. */
export function printCodes(context: CommandContext, codes: readonly string[]): void {
  for (const code of codes.slice(0, endNotesMax))
    printNote(context, safe`help: skillgate explain ${code}`);
  if (codes.some((code) => /^un(reachable|resolved)$/.test(code)) && lacksProxy(context))
    printNote(context, safe`help: skillgate host egress proxy --from-env`);
}

/** For people: what else a run went without. Its denied requests are printed as they came. */
export function printLacks(context: CommandContext, { wentWithout }: Lacks): void {
  if (context.format !== 'text') return;
  for (const { command, entry, kind, what, why } of wentWithout) {
    if (kind === 'denied') continue;
    printNote(context, safe`note: not available in this run: ${what}: ${why}`);
    if (command !== undefined) printNote(context, safe`  to give it: ${asCalled(command)}`);
    if (entry !== undefined)
      printNote(context, safe`  its author can declare it in skill.json: ${JSON.stringify(entry)}`);
  }
}

/** Headers that were left out. */
export function otherNotes(heard: Overheard): Safe[][] {
  return heard.leftOut().map((found) => [safe`note: ${headersLine(found)}`]);
}

/**
 * As many notes as fit a screen, and where the others are. A note is one line, or a few that belong
 * together.
 */
export function printFirst(
  context: CommandContext,
  notes: readonly (readonly Safe[])[],
  where: string,
): void {
  for (const line of notes.slice(0, endNotesMax).flat()) printNote(context, line);
  const more = notes.length - endNotesMax;
  if (more > 0) printNote(context, safe`note: ${count(more, 'more line')} like these: ${where}`);
}

function headersLine({ hasMore, host, names }: LeftOutHeaders): string {
  const why =
    'a server could use them instead of the address, method or user that the proxy checked';
  return `requests to ${shortText(host)} went without the headers ${names.join(', ')}${hasMore ? ' and others' : ''}: ${why}`;
}

// How a run or an agent's session ended, as an exit code and a line for people.

export interface Ended extends Pick<RunResult, 'code' | 'limited' | 'reason' | 'run'> {
  readonly what: 'run' | 'session';
  /** Whose breaker counts what it did. */
  readonly subject: BreakerSubject;
}

/** @throws Problem `run-limit`, `breaker-open` where people read */
export function exitOf(
  context: CommandContext,
  { plan: { agent, skill }, ...result }: RunResult,
): ExitCode {
  return exitOfEnd(context, {
    ...result,
    what: 'run',
    subject: { agent, skill: skill.name, version: skill.version },
  });
}

/** @throws Problem `run-limit`, `breaker-open` where people read */
export function exitOfEnd(context: CommandContext, ended: Ended): ExitCode {
  const { code, limited, reason, run, what } = ended;
  const isRead = context.format === 'text';
  switch (reason) {
    case 'exit':
      if (code !== 0 || !limited) return code ?? exitCodes.internal;
      // Work is lost, so whoever looks at the exit code alone has to notice.
      if (isRead)
        printNote(context, safe`the ${what} ended well, but a limit left out some of its changes`);
      return exitCodes.limit;
    case 'killed':
      if (context.signal.aborted) return exitCodes.interrupted;
      printNote(context, safe`the ${what} was ended from outside`);
      return exitCodes.limit;
    case 'limit:seconds':
    case 'limit:memory':
    case 'limit:processes':
    case 'limit:denials':
    case 'limit:output':
    case 'limit:budget': {
      if (!isRead) return exitCodes.limit;
      // Limits of a run stand in its manifest, those of a session nowhere.
      const isOwn = what === 'session' || reason === 'limit:denials' || reason === 'limit:budget';
      const message = `The ${what} was stopped by its limit of ${reason.slice('limit:'.length)}`;
      throw new Problem('run-limit', message, isOwn ? { hint: nextStepAfter(reason, run) } : {});
    }
    case 'canary':
    case 'breaker':
      if (!isRead) return exitCodes.limit;
      throw whyOpen(context, ended, reason);
    case 'revoked':
    case 'proxy':
      printNote(context, safe`the ${what} was stopped: ${endReasons[reason].means}`);
      printNote(context, safe`  ${asCalled(nextStepAfter(reason, run))}`);
      return reason === 'revoked' && what === 'run' ? exitCodes.refused : exitCodes.limit;
  }
}

// Which counter, where to look, how it goes on.
function whyOpen(
  { paths }: CommandContext,
  { run, subject, what }: Ended,
  reason: 'canary' | 'breaker',
): Problem {
  const open = breakerFile(join(paths.data, 'breakers'), subject).read()?.open;
  const stopped = `The ${what} was stopped: ${endReasons[reason].means}`;
  if (open === undefined)
    return new Problem('breaker-open', stopped, { hint: nextStepAfter(reason, run) });
  const [message] = openBreakerProblem(open);
  const hint = nextStepAfter(reason, run).replace('ID', open.hold.id);
  return new Problem('breaker-open', stopped, { hint, reasons: [{ message }] });
}
