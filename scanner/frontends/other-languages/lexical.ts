/**
 * The front end for languages without a parser: meanings of calls by their text. It reports what it
 * finds, and cannot exclude anything else.
 */
import type { Fact, TextFact } from '../../fact/fact.ts';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { lexicalProgramsMax, settingsTextsMax } from '../../limits.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../frontend.ts';
import { plainCommand } from './fold.ts';
import { isUnread, joinedShell } from './joined-shell.ts';
import { newLexicalRun } from './run.ts';
import { noteTrait, readStatement } from './statement.ts';
import { lexicalForms } from './tables/lexical.ts';
import { lexicalSyntax } from './tables/lexical-syntax.ts';
import { type Piece, readLexical, statementsOf } from './text.ts';

/** Facts of programs that are read lexically. */
export const analyseLexical = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 3));
  const syntax = lexicalSyntax[source.language] ?? lexicalSyntax.other;
  if (syntax === undefined) return { facts: [], embedded: [], unanalysed: [] };
  const text = source.language === 'batch' ? withoutRemarks(source.text) : source.text;
  const { code, comments, strings } = readLexical(text, syntax);
  const run = newLexicalRun(
    source,
    lexicalForms.filter(({ languages }) => languages.includes(source.language)),
    syntax,
  );
  for (const statement of statementsOf(code, continuation)) {
    context.steps.take(1 + (statement.text.length >> 2));
    readStatement(run, statement, plainCommand(statement.text, source.language));
  }
  const joined = joinedShell(run, code);
  if (joined !== undefined)
    noteTrait(run, joined, source.language, 'reverse-shell', 'a shell is joined to a connection');
  const whole = { path: source.path, start: 0, end: Math.max(1, source.text.length) };
  if (isUnread(run, code))
    noteTrait(run, whole, source.language, 'unread-program', source.text.trim());
  return {
    facts: [
      ...run.facts,
      ...textsOf(source, comments, 'comment'),
      ...textsOf(source, strings, 'string'),
    ],
    embedded: [...run.embedded, ...programsInStrings(source, run.started, strings)].slice(
      0,
      lexicalProgramsMax,
    ),
    unanalysed: [],
  };
}

const continuation = /[|\\`,^&(]\s*$/;

function withoutRemarks(text: string): string {
  return text.replace(/^[ \t]*@?rem\b[^\n]*/gim, (remark) => ' '.repeat(remark.length));
}

function textsOf(source: TaintSource, pieces: readonly Piece[], role: TextFact['role']): Fact[] {
  return pieces
    .filter(({ text }) => text.trim().length >= 12)
    .slice(0, settingsTextsMax)
    .map(({ start, end, text }) => ({
      kind: 'text',
      role,
      span: { path: source.path, start, end },
      context: role === 'comment' ? 'comment' : source.context,
      certainty: 'exact',
      text: text.trim(),
      detail: '',
    }));
}

// A string that a program gives to `system` or the like is a command line, so the shell's front end
// reads it.
function programsInStrings(
  source: TaintSource,
  started: readonly Piece[],
  strings: readonly Piece[],
): EmbeddedProgram[] {
  const language =
    source.language === 'batch' ||
    source.language === 'vbscript' ||
    source.language === 'powershell'
      ? 'batch'
      : 'shell';
  let next = 0;
  return started.flatMap((statement) => {
    while (next < strings.length && (strings[next]?.end ?? 0) < statement.start) next += 1;
    const inside: Piece[] = [];
    for (let at = next; at < strings.length && (strings[at]?.start ?? 0) < statement.end; at++) {
      const string = strings[at];
      if (string !== undefined && /\s/.test(string.text.trim()) && string.text.length < 4_000)
        inside.push(string);
    }
    return inside.map((string) => ({
      within: source.path,
      language,
      text: string.text
        .replace(/\\(["'\\$])/g, ' $1')
        .replace(/#\{[^}\n]{0,200}\}/g, (hole) => '\0'.repeat(hole.length)),
      context: source.context,
      map: [{ at: 0, raw: string.start + 1 }],
    }));
  });
}
