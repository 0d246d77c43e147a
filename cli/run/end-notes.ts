/**
 * What a run asked for and did not get, said at its end: requests that were denied, headers that
 * were left out.
 */
import type * as audit from '../../runner/audit/public.ts';
import type * as runs from '../../runner/run/public.ts';
import { isDenial } from '../../skills-index/run/egress/denial-fixes.ts';
import { asCalled, calledName } from '../called-name.ts';
import type { CommandContext } from '../command.ts';
import { endNotesMax, headerNameCharsMax, leftOutNamesMax } from '../limits.ts';
import { KeptOutput } from '../terminal/kept-output.ts';
import { count, printNote, type Safe, safe, shortText } from '../terminal/output.ts';
import { type Missing, missingRequests } from './missing-capabilities.ts';
import type { Lacks } from './went-without.ts';

/** What is heard of a run beside its result. */
export interface Overheard {
  readonly audit: audit.Audit;
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
export interface LeftOutHeaders {
  readonly host: string;
  /** The first ones, shortened. */
  readonly names: readonly string[];
  readonly hasMore: boolean;
}

/** Passes everything on. Of equal denied requests one is kept, and of headers the first names. */
export function overhear(
  audit: audit.Audit,
  to: Pick<Overheard, 'onStdout' | 'onStderr'>,
): Overheard {
  const denied = new Map<string, Missing>();
  const codes = new Set<string>();
  const headers = new Map<string, Set<string>>();
  const stdout = new KeptOutput();
  const stderr = new KeptOutput();
  const record: audit.Audit['record'] = (subject, event) => {
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
  { run }: Pick<runs.RunResult, 'run'>,
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
