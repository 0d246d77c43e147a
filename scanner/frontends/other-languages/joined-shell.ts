/**
 * A shell that is joined to a connection, in programs without a parser; and short programs on a
 * command line that their text alone does not explain.
 */
import type { Span } from '../../fact/fact.ts';
import type { Language } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import type { LexicalRun } from './run.ts';
import { doubtfulForms } from './tables/lexical-doubts.ts';
import type { LexicalMeaning } from './tables/lexical-form.ts';

/** Remembers connections and started commands of one statement. */
export function noteJoin(
  run: LexicalRun,
  calls: readonly { readonly means: LexicalMeaning; readonly end: number }[],
  text: string,
  span: Span,
): void {
  for (const { means, end } of calls) {
    const isSocket = means === 'connect' || means === 'listen';
    if (isSocket && !isLoopbackHost(hostInQuotes(text) ?? '')) run.sockets.push(span);
    if (means !== 'program' && means !== 'code') continue;
    const given = text.slice(Math.max(0, end - 1), end + 80);
    if (shellName.test(given)) run.startsShell = true;
    else if (means === 'code' || !literalStart.test(given) || /^[`"'].{0,20}[$#]/.test(given))
      run.startsComputed = true;
  }
}

/** The host that a statement names between quotes. */
export function hostInQuotes(text: string): string | undefined {
  return /["'/](localhost|\d{1,3}(?:\.\d{1,3}){3}|(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?=["'/:])/.exec(
    text,
  )?.[1];
}

const shellName =
  /^.{0,4}["'`{\s](?:[\w/]{0,20}\/)?(?:(?:ba|da|z|k|c|a)?sh|cmd(?:\.exe)?|powershell(?:\.exe)?)(?=["'`\s,])/;
const literalStart = /^.?[(\s]{0,4}["'`%]/;

// The connection becomes input and output of the program that is started.
const handsOver =
  /\bdup2\b|\breopen\b|[<>]&\s{0,3}[\w$]|\b(?:Stdin|Stdout)\s*=\s*(?:c|conn|s|sock|socket)\b|getInputStream/i;

/**
 * A connection and the shell that is joined to it. In a file of its own both may serve different
 * ends, so there the connection must be handed over, too.
 */
export function joinedShell(run: LexicalRun, code: string): Span | undefined {
  const [socket] = run.sockets;
  if (socket === undefined) return undefined;
  if (run.startsShell && (isInline(run) || handsOver.test(code))) return socket;
  return isInline(run) && run.startsComputed ? socket : undefined;
}

/** Whether a program on a command line does something that its text does not show. */
export function isUnread(run: LexicalRun, code: string): boolean {
  return isInline(run) && own(doubtfulForms, run.source.language)?.test(code) === true;
}

function isInline({ source }: LexicalRun): boolean {
  return source.depth > 0 && !commandLanguages.has(source.language);
}

const commandLanguages: ReadonlySet<Language> = new Set(['batch', 'powershell', 'vbscript']);
