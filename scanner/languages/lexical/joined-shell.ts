/**
 * A shell that is joined to a connection, in programs without a parser; and short programs on a
 * command line that their text alone does not explain.
 */

import { blanked } from '../../fact/blanked.ts';
import type { Fact, FlowSource, Span } from '../../fact/fact.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import type { LexicalForm, LexicalMeaning, LexicalSyntax } from './lexical-scripts.ts';

const lexicalLineCharsMax = 10_000;

const lexicalStatementLinesMax = 40;

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

// The state of reading one program lexically.

/** The known content of a variable or of a saved file. */
export interface Held {
  readonly sources: readonly Origin[];
  readonly urls: readonly string[];
  readonly decoded: boolean;
}

export interface Origin {
  readonly source: FlowSource;
  readonly span: Span;
}

export interface LexicalRun {
  readonly source: TaintSource;
  readonly forms: readonly LexicalForm[];
  readonly syntax: LexicalSyntax;
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
  /** Statements that start a program: their strings may have a command line. */
  readonly started: Piece[];
  readonly held: Map<string, Held>;
  /** Bare connections to other machines, and ports that others reach. */
  readonly sockets: Span[];
  /** Whether a shell is started by its name, and whether a command is that is computed. */
  startsShell: boolean;
  startsComputed: boolean;
}

export function newLexicalRun(
  source: TaintSource,
  forms: readonly LexicalForm[],
  syntax: LexicalSyntax,
): LexicalRun {
  return {
    source,
    forms,
    syntax,
    facts: [],
    embedded: [],
    started: [],
    held: new Map(),
    sockets: [],
    startsShell: false,
    startsComputed: false,
  };
}

// Text of a program without a parser, divided into comments, strings and statements by the marks of
// its language.

export interface Piece {
  readonly start: number;
  readonly end: number;
  /** Without marks and quotes. */
  readonly text: string;
}

interface LexicalText {
  /** As long as the source, with comments blanked. */
  readonly code: string;
  readonly comments: readonly Piece[];
  readonly strings: readonly Piece[];
}

/** Separates comments and strings. Linear in the text. */
export function readLexical(text: string, syntax: LexicalSyntax): LexicalText {
  const comments: Piece[] = [];
  const strings: Piece[] = [];
  const marks = marksOf(syntax);
  const code: string[] = [];
  let kept = 0;
  for (let match = marks.exec(text); match !== null; match = marks.exec(text)) {
    const [mark] = match;
    const at = match.index;
    const block = syntax.block.find(([open]) => open === mark);
    const isQuote = block === undefined && mark.length === 1 && syntax.quotes.includes(mark);
    const end =
      block !== undefined
        ? endOfBlock(text, at + mark.length, block[1])
        : isQuote
          ? endOfString(text, at, syntax)
          : endOfLine(text, at);
    marks.lastIndex = Math.max(end, at + 1);
    if (isQuote)
      strings.push({ start: at, end, text: text.slice(at + 1, Math.max(at + 1, end - 1)) });
    else {
      comments.push({
        start: at,
        end,
        text: text
          .slice(at + mark.length, block === undefined ? end : end - block[1].length)
          .trim(),
      });
      code.push(text.slice(kept, at), blanked(text.slice(at, end)));
      kept = end;
    }
  }
  return { code: code.join('') + text.slice(kept), comments, strings };
}

/**
 * Statements: lines, together with lines that continue in open brackets or behind a mark of
 * continuation.
 */
export function statementsOf(code: string, continues: RegExp): Piece[] {
  const found: Piece[] = [];
  let start = 0;
  let open = 0;
  let lines = 0;
  for (let at = 0; at <= code.length; ) {
    const newLine = code.indexOf('\n', at);
    const end = newLine < 0 ? code.length : newLine;
    const line = code.slice(at, Math.min(end, at + lexicalLineCharsMax));
    for (const [bracket] of line.matchAll(/[()]/g))
      open = Math.max(0, open + (bracket === '(' ? 1 : -1));
    lines += 1;
    if (open === 0 || lines >= lexicalStatementLinesMax || newLine < 0) {
      if (!continues.test(line) || lines >= lexicalStatementLinesMax || newLine < 0) {
        const text = code.slice(start, end);
        if (text.trim() !== '') found.push({ start, end, text });
        start = end + 1;
        lines = 0;
        open = 0;
      }
    }
    at = end + 1;
  }
  return found;
}

function marksOf({ line, block, quotes }: LexicalSyntax): RegExp {
  const marks = [...block.map(([open]) => open), ...line].sort((a, b) => b.length - a.length);
  return new RegExp([...marks, ...quotes].map((mark) => RegExp.escape(mark)).join('|'), 'g');
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function endOfBlock(text: string, from: number, close: string): number {
  const end = text.indexOf(close, from);
  return end < 0 ? text.length : end + close.length;
}

function endOfString(
  text: string,
  start: number,
  { wide, escape: escapes, charQuote }: LexicalSyntax,
): number {
  const quote = text[start] ?? '';
  // `'"'` is a letter and begins no string.
  if (charQuote === true && text[start - 1] === "'" && text[start + 1] === "'") return start + 1;
  for (let at = start + 1; at < text.length && at < start + lexicalLineCharsMax; at++) {
    const character = text[at];
    if (character === escapes) at += 1;
    else if (character === quote) return at + 1;
    else if (character === '\n' && !wide) return at;
  }
  return Math.min(text.length, start + lexicalLineCharsMax);
}

// Forms with which a program on a command line reaches what its text does not name: computed calls,
// other files of code, modules that are not for texts and numbers, machine code. Sources: the
// languages' references.

const doubtfulForms: Readonly<Partial<Record<Language, RegExp>>> = {
  perl: /\b(?:eval|do|syscall|fork|AUTOLOAD|dlopen)\b(?!\s{0,4}\{)|\brequire\s{1,4}(?![\w:]{1,80}\s{0,4};)|&\s{0,3}[{$]|->\s{0,3}[$(]/,
  ruby: /\b(?:(?:public_)?send|__send__|method|const_get|instance_variable_[gs]et|define_method|binding|fork|syscall|Marshal|ObjectSpace|DRb|PTY)\b|\brequire(?:_relative)?\s{1,4}(?!["'][\w/-]{1,60}["'])/,
  php: /\$\{?\w{1,40}\}?\s{0,4}\(|\$\$|\bcall_user_func|\b(?:include|require)(?:_once)?\b|\bReflection|\bunserialize\b|\bFFI\b|\barray_(?:map|walk|filter)\s{0,4}\(\s{0,4}["'$]/i,
  lua: /\b(?:load\w{0,6}|dofile|debug|ffi|package)\b|_G\b|_ENV\b|\brequire\s{0,4}\(?\s{0,4}(?!["'](?:socket|ssl|json|cjson|lfs|string|math))/,
  r: /\b(?:get|do\.call|match\.fun|dyn\.load|\.Call|\.Internal|parse|source|attach|unserialize|assign)\s{0,4}\(/,
  julia:
    /\b(?:ccall|unsafe_\w{1,20}|include|getfield|Meta|dlopen|invokelatest|deserialize)\b|@eval/,
  awk: /@\w{1,40}\s{0,4}\(|@(?:load|include)\b/,
  applescript:
    /\b(?:run script|load script|store script|keystroke|key code|ObjC|NSTask|use framework|system attribute)\b/i,
  java: /\b(?:Java\.type|importPackage|importClass|JavaImporter|java\.|javax\.|load|eval|Class\.forName|Runtime|ProcessBuilder)\b/,
  go: /\b(?:unsafe|syscall|plugin|reflect)\./,
};
