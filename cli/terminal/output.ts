/**
 * Output of the command line: escaped foreign text, colour where it is wanted, and JSON alone on
 * stdout.
 */

import { styleText } from 'node:util';
import { hiddenCharacter, spellOut } from '../../scanner/lookup-tables/hidden-characters.ts';
import { columnsOf } from '../../skills-index/skill/text/columns.ts';
import { spellMixedWords } from '../../skills-index/skill/text/mixed-scripts.ts';
import { asCalled } from '../called-name.ts';
import type { CommandContext, OutStream } from '../command.ts';

/** Names of files or packages in one line for a person; further names are counted. */
export const namesShownMax = 8;

/**
 * Characters of a skill's own text in such a line, of a header name, and header names for one host.
 */
const shortTextCharsMax = 200;

/** Text that may go to a terminal unchanged. Only `safe` and `Ink` create it. */
export class Safe {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Sayable = string | number | Safe;

/**
 * Template tag. Text of our source stays, with commands under the name that was called. Inserted
 * text is escaped unless it is `Safe`.
 */
export function safe(strings: TemplateStringsArray, ...values: readonly Sayable[]): Safe {
  return new Safe(
    strings
      .map((part, i) => asCalled(part) + (i < values.length ? textOf(values[i] ?? '') : ''))
      .join(''),
  );
}

/** Joins safe texts. */
export function joined(parts: readonly Sayable[], between: string): Safe {
  return new Safe(parts.map(textOf).join(between));
}

/**
 * Foreign text for one line of a terminal. Control, invisible and direction-changing characters are
 * spelled out, and so are letters that imitate letters of another script.
 */
export function terminalSafe(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  return Array.from(spellMixedWords(text, spellOut), (character) => {
    const point = character.codePointAt(0) ?? 0;
    if (character === '\n') return '⏎';
    if (character === '\t') return ' ';
    return hiddenCharacter(point) !== undefined || /[\p{C}\p{Zl}\p{Zp}]/u.test(character)
      ? spellOut(point)
      : character;
  }).join('');
}

export type Style = 'bold' | 'faint' | 'red' | 'green' | 'yellow' | 'cyan';
export type OutputInk = Readonly<Record<Style, (value: Sayable) => Safe>>;

/**
 * Whether to use colour: NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether the stream is
 * a terminal.
 */
export function wantsColour(stream: OutStream, env: CommandContext['env']): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '' && env.FORCE_COLOR !== '0')
    return true;
  return stream.isTTY === true && env.TERM !== 'dumb';
}

export function inkFor(stream: OutStream, env: CommandContext['env']): OutputInk {
  const colour = wantsColour(stream, env);
  const make = (style: Parameters<typeof styleText>[0]) => (value: Sayable) =>
    new Safe(colour ? styleText(style, textOf(value), { validateStream: false }) : textOf(value));
  return {
    bold: make('bold'),
    faint: make('dim'),
    red: make('red'),
    green: make('green'),
    yellow: make('yellow'),
    cyan: make('cyan'),
  };
}

/** One line. */
export function printLine(stream: OutStream, text: Safe): void {
  stream.write(`${text.text}\n`);
}

/** The JSON of `--format json`: its schema name and its fields. */
export interface CommandAnswer {
  /** `skillgate.WORD/1`. */
  readonly schema: string;
  readonly [key: string]: unknown;
}

/** Prints a command's answer: JSON with `--format json`, else text. */
export function answer(context: CommandContext, value: CommandAnswer, text: () => Safe): void {
  if (context.format === 'text') printLine(context.stdout, text());
  else context.stdout.write(`${jsonText(value)}\n`);
}

/**
 * JSON for a stream that may be a terminal. It parses to the same value, and characters that a
 * terminal obeys or hides are escaped. JSON.stringify escapes neither control characters above
 * U+001F nor direction marks.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Prints a note for people on stderr; programs do not need it. */
export function printNote(context: CommandContext, text: Safe): void {
  printLine(context.stderr, text);
}

/** Shortens foreign text. */
export function shortText(text: string, max = shortTextCharsMax): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - namesShownMax;
  return names.slice(0, namesShownMax).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `1 finding`, `2 findings`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `3 bytes`, `1.5 KiB`, `31.0 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return count(bytes, 'byte');
  const [size, unit] = bytes < 1024 * 1024 ? [bytes / 1024, 'KiB'] : [bytes / 1024 / 1024, 'MiB'];
  return `${size.toFixed(1)} ${unit}`;
}

/** Columns of equal width, two spaces apart. */
export function table(rows: readonly (readonly Sayable[])[]): Safe {
  const width = (value: Sayable): number => columnsOf(textOf(value));
  const widths = rows.reduce<number[]>((all, row) => {
    for (const [i, cell] of row.entries()) all[i] = Math.max(all[i] ?? 0, width(cell));
    return all;
  }, []);
  const line = (row: readonly Sayable[]): string =>
    row
      .map((cell, i) =>
        i === row.length - 1
          ? textOf(cell)
          : textOf(cell) + ' '.repeat((widths[i] ?? 0) - width(cell)),
      )
      .join('  ')
      .trimEnd();
  return new Safe(rows.map(line).join('\n'));
}

function textOf(value: Sayable): string {
  return value instanceof Safe ? value.text : terminalSafe(String(value));
}
