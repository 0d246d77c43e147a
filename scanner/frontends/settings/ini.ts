/** INI files: settings of tox, git, Mercurial, Supervisor and systemd that are commands. */

import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { joinPieces } from '../markdown/code.ts';
import { plainTextFacts } from '../text.ts';
import { iniCommands } from './tables/ini-commands.ts';

/** Facts of one INI file: its text, and its commands. */
export function analyseIni(source: TaintSource, context: FrontEndContext): FrontEndResult {
  const result = plainTextFacts(source, context);
  const rows = iniCommands.filter(({ file }) => file.test(source.path));
  if (rows.length === 0) return result;
  context.steps.take(1 + (source.text.length >> 4));
  const embedded: EmbeddedProgram[] = [];
  let section = '';
  let lines: Line[] | undefined;
  // The settings of systemd, of which the command is one.
  let isUnit = false;
  const close = (): void => {
    const unescaped = (lines ?? []).map((line) => (isUnit ? withDollars(line) : line));
    const { text, map } = joinPieces(unescaped.map(withoutMarks).flatMap(substituted));
    if (text.trim() !== '')
      embedded.push({
        within: source.path,
        language: 'shell',
        text,
        context: source.context,
        map,
      });
    lines = undefined;
  };
  let at = 0;
  for (const line of source.text.split('\n')) {
    const header = /^\s*\[([^\]\n]{1,200})\]/.exec(line);
    // git allows a key right behind the header of its section.
    const rest = header === null ? line : line.slice(header[0].length);
    const start = at + line.length - rest.length;
    const [all, key = '', value = ''] = /^\s*([\w.-]{1,100})\s*[=:]\s*(.*)$/.exec(rest) ?? [];
    // systemd goes on behind a backslash.
    const isCut = lines?.at(-1)?.text.endsWith('\\') === true;
    // systemd leaves out a comment between the parts.
    if (isUnit && isCut && /^\s*[#;]/.test(line)) {
      at += line.length + 1;
      continue;
    }
    const goesOn = lines !== undefined && (isCut || (header === null && /^[ \t]+\S/.test(line)));
    if (header !== null) section = (header[1] ?? '').trim();
    const isCommand = rows.some(
      (row) => row.section.test(section) && row.key.test(key) && row.value.test(value),
    );
    const isNew = all !== undefined && !(goesOn && !isCommand);
    if (isNew || (!goesOn && line.trim() !== '')) close();
    if (isNew && isCommand) {
      isUnit = key.startsWith('Exec');
      lines = [{ text: value, raw: start + rest.length - value.length }];
    } else if (lines !== undefined && goesOn) lines.push({ text: line, raw: at, isCut });
    at += line.length + 1;
  }
  close();
  return { ...result, embedded: [...result.embedded, ...embedded] };
}

interface Line {
  readonly text: string;
  readonly raw: number;
  /** It goes on where the line before ends with a backslash. */
  readonly isCut?: boolean;
}

// `$$` is a dollar sign in systemd's commands. The text keeps its length and its end.
function withDollars(line: Line): Line {
  const { text } = line;
  return { ...line, text: text.replaceAll('$$', () => '$').padStart(text.length) };
}

// tox and systemd ignore a failed command with `-` in front. git runs an alias with `!` in front in
// a shell. The other marks are systemd's.
function withoutMarks({ text, raw, isCut }: Line): Line {
  const end = text.endsWith('\\') ? ' ' : '\n';
  const whole = text.replace(/\\$/, '');
  if (isCut === true) return { text: `${whole}${end}`, raw };
  const marks = /^\s*["']?[-!@:+|]{0,4}\s*/.exec(whole)?.[0] ?? '';
  const [quote] = /["']/.exec(marks) ?? [];
  const given = whole.slice(marks.length).trimEnd();
  // `"/bin/sh" -c "…"`: the quotes are around the first word alone.
  const isQuoted =
    quote !== undefined && given.replace(/\\./g, '  ').indexOf(quote) === given.length - 1;
  // `@/bin/sh name -c …`: the second word is what the program is called.
  const bare = marks.includes('@')
    ? given.replace(/^(\S+\s+)(\S+)/, (_, program: string, name: string) =>
        program.concat(' '.repeat(name.length)),
      )
    : given;
  const inner = isQuoted ? bare.slice(0, -1).replaceAll('\\"', '"') : `${quote ?? ''}${bare}`;
  const begin = raw + marks.length - (isQuoted ? 0 : (quote ?? '').length);
  return { text: `${inner}${end}`, raw: begin };
}

// Substitutions of tox. Braces of a shell's own variables stay.
function substituted({ text, raw }: Line): Line[] {
  const pieces: Line[] = [];
  let at = 0;
  for (const match of text.matchAll(/(?<!\$)\{([^{}\n]{1,200})\}/g)) {
    const name = /^env:(\w{1,100})(?::.*)?$/.exec(match[1] ?? '')?.[1];
    pieces.push(
      { text: text.slice(at, match.index), raw: raw + at },
      { text: name === undefined ? unknownPart : `\${${name}}`, raw: raw + match.index },
    );
    at = match.index + match[0].length;
  }
  return [...pieces, { text: text.slice(at), raw: raw + at }];
}
