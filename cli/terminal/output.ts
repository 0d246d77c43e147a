/**
 * What the command line prints: every foreign text made harmless, colour only where it is wanted,
 * JSON with nothing beside it.
 */

import { styleText } from 'node:util';
import stringWidth from 'string-width';
import { hiddenCharacter, spellOut } from '../../scanner/models/hidden-characters.ts';
import { spellMixedWords } from '../../skills-index/skill/text/mixed-scripts.ts';
import type { CommandContext, OutStream } from '../command.ts';
import { asCalled } from '../context/called-name.ts';
import { shortTextCharsMax } from '../limits.ts';

/** Text that may go to a terminal as it is. Only `safe` and an `Ink` make it. */
export class Safe {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Sayable = string | number | Safe;

/**
 * Template tag: what is written in our source stays (its commands under the name that was called),
 * what is put in is escaped unless it is safe already.
 */
export function safe(strings: TemplateStringsArray, ...values: readonly Sayable[]): Safe {
  return new Safe(
    strings
      .map((part, i) => asCalled(part) + (i < values.length ? textOf(values[i] ?? '') : ''))
      .join(''),
  );
}

/** Several safe texts with one between them. */
export function joined(parts: readonly Sayable[], between: string): Safe {
  return new Safe(parts.map(textOf).join(between));
}

/**
 * Foreign text for one line of a terminal: controls, escapes, invisible and direction-changing
 * characters are spelled out, and so are letters that look like others in their word.
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
 * Whether to colour: NO_COLOR (no-color.org) wins, then FORCE_COLOR, then whether it is a terminal.
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

/** What `--format json` prints: its form's name, and whatever that form has. */
export interface CommandAnswer {
  /** `skillgate.WORD/1`. */
  readonly schema: string;
  readonly [key: string]: unknown;
}

/** A command's answer: its JSON with `--format json`, else its text. */
export function answer(context: CommandContext, value: CommandAnswer, text: () => Safe): void {
  if (context.format === 'text') printLine(context.stdout, text());
  else context.stdout.write(`${jsonText(value)}\n`);
}

/**
 * JSON for a stream that may be a terminal: equal when read back, and nothing in it that a terminal
 * obeys or hides. JSON.stringify itself escapes no control above U+001F and nothing that turns the
 * direction of text.
 */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/** Something a person wants to know and a program does not: never on stdout. */
export function printNote(context: CommandContext, text: Safe): void {
  printLine(context.stderr, text);
}

/** The beginning of foreign text that may be of any length. */
export function shortText(text: string, max = shortTextCharsMax): string {
  return text.length <= max ? text : `${text.slice(0, max - 1).toWellFormed()}…`;
}

/** `1 finding`, `2 findings`. */

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Columns, each as wide as its widest cell, two spaces between. */
export function table(rows: readonly (readonly Sayable[])[]): Safe {
  const width = (value: Sayable): number => stringWidth(textOf(value));
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
