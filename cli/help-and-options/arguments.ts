/**
 * The arguments of one command, parsed by `node:util` parseArgs and then checked against the
 * command's row with our own messages.
 */

import { parseArgs } from 'node:util';
import { Problem } from '../../skills-index/skill/problem.ts';
import { nearest } from '../../skills-index/skill/text/nearest.ts';
import { calledName } from '../called-name.ts';
import type { CommandRow, Format, OptionRow, OptionValue } from '../command.ts';

export interface ParsedArguments {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly format: Format;
  readonly help: boolean;
  /** Options of the command that stand behind its last word, so that they went to the skill. */
  readonly passedOn: PassedOn | undefined;
}

export interface PassedOn {
  readonly names: readonly string[];
  /** The arguments with these options where the command takes them. */
  readonly instead: readonly string[];
}

const everyCommand = {
  help: { type: 'boolean', short: 'h', summary: 'show this help' },
  format: {
    type: 'string',
    value: 'FORMAT',
    summary: 'text (the default), json or a format named above',
  },
} as const satisfies Record<string, OptionRow>;

/** @throws Problem `usage` */
export function parseArguments(row: CommandRow, argv: readonly string[]): ParsedArguments {
  const rows: Readonly<Record<string, OptionRow>> = { ...row.options, ...everyCommand };
  const { own, verbatim } = cutVerbatim(row, rows, argv);
  const { tokens } = parseArgs({
    args: own,
    options: configOf(rows),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const options: Record<string, OptionValue> = {};
  const args: string[] = [];
  let first: OptionToken | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional' && first !== undefined) {
      takeOption(row, rows, options, { ...first, value: `${first.value} ${token.value}` });
      first = undefined;
    } else if (token.kind === 'positional') args.push(token.value);
    if (token.kind !== 'option') continue;
    if (first !== undefined) break;
    if (isHalf(rows, token)) first = token;
    else takeOption(row, rows, options, token);
  }
  if (first !== undefined)
    throw usage(
      row,
      `${first.rawName} needs two values: ${first.rawName} ${rows[first.name]?.value}`,
    );
  args.push(...verbatim);
  const help = options.help === true;
  if (!help) requireArgumentCount(row, args);
  const passedOn = own.includes('--') ? undefined : ownOptionsIn(row, own, verbatim);
  return { args, options, format: formatOf(row, options.format), help, passedOn };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

// The first of two values. One argument with a space contains both.
function isHalf(rows: Readonly<Record<string, OptionRow>>, { name, value }: OptionToken): boolean {
  const isPair = Object.hasOwn(rows, name) && rows[name]?.pair === true;
  return isPair && value !== undefined && !value.startsWith('-') && !value.includes(' ');
}

function takeOption(
  row: CommandRow,
  rows: Readonly<Record<string, OptionRow>>,
  options: Record<string, OptionValue>,
  { name, rawName, value, inlineValue }: OptionToken,
): void {
  const option = Object.hasOwn(rows, name) ? rows[name] : undefined;
  if (option === undefined) {
    const near = formatsOf(row).some((format) => format === name)
      ? [`--format ${name}`]
      : nearest(name, Object.keys(rows)).map((option) => `--${option}`);
    throw usage(
      row,
      `there is no option ${rawName}${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
    );
  }
  const before = options[name];
  if (option.type === 'boolean') {
    if (value !== undefined) throw usage(row, `${rawName} takes no value`);
    options[name] = true;
    return;
  }
  if (value === undefined || (value.startsWith('-') && value.length > 1 && inlineValue !== true))
    throw usage(row, `${rawName} needs a value: ${rawName} ${option.value ?? 'VALUE'}`);
  if (option.multiple === true) options[name] = [...(Array.isArray(before) ? before : []), value];
  else if (before === undefined) options[name] = value;
  else throw usage(row, `${rawName} is given twice`);
}

// Arguments after the n-th positional belong to the skill, `--help` included.
function cutVerbatim(
  row: CommandRow,
  rows: Readonly<Record<string, OptionRow>>,
  argv: readonly string[],
): { own: string[]; verbatim: string[] } {
  if (row.verbatimAfter === undefined) return { own: [...argv], verbatim: [] };
  const { tokens } = parseArgs({
    args: [...argv],
    options: configOf(rows),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const last = tokens.filter((token) => token.kind === 'positional')[row.verbatimAfter - 1];
  if (last === undefined) return { own: [...argv], verbatim: [] };
  return { own: argv.slice(0, last.index + 1), verbatim: argv.slice(last.index + 1) };
}

// Many skills have `--help` and `--format` themselves, so these two are no sign of a mistake.
function ownOptionsIn(
  row: CommandRow,
  own: readonly string[],
  words: readonly string[],
): PassedOn | undefined {
  const names = new Set<string>();
  const moved: string[] = [];
  const left: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--') {
      left.push(...words.slice(at));
      break;
    }
    const [, name = '', value] = /^--([^=]+)(=.*)?$/s.exec(word) ?? [];
    const option = Object.hasOwn(row.options, name) ? row.options[name] : undefined;
    if (option === undefined) left.push(word);
    else {
      names.add(`--${name}`);
      const hasNext = option.type === 'string' && value === undefined;
      moved.push(...words.slice(at, hasNext ? ++at + 1 : at + 1));
    }
  }
  return names.size === 0 ? undefined : { names: [...names], instead: [...moved, ...own, ...left] };
}

function configOf(
  rows: Readonly<Record<string, OptionRow>>,
): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type } : { type, short },
    ]),
  );
}

/** The values that a command's `--format` takes, the default first. */
export function formatsOf(row: Pick<CommandRow, 'formats'>): readonly Format[] {
  return row.formats ?? ['text', 'json'];
}

function formatOf(row: CommandRow, value: OptionValue): Format {
  const formats = formatsOf(row);
  const wanted = value === undefined || value === 'pretty' ? 'text' : value;
  const format = formats.find((known) => known === wanted);
  if (format === undefined) throw usage(row, `--format must be ${formats.join(' or ')}`);
  return format;
}

function requireArgumentCount(row: CommandRow, args: readonly string[]): void {
  if (args.length < row.args.min) throw usage(row, `the command needs ${row.usage}`);
  if (args.length > row.args.max)
    throw usage(row, `${JSON.stringify(args[row.args.max])} is one argument too many`);
}

function usage(row: CommandRow, why: string): Problem {
  return new Problem('usage', `Cannot run ${calledName()} ${row.name}: ${why}`, {
    hint: `for example: ${row.examples[0]?.[0] ?? `skillgate ${row.name} ${row.usage}`}   (more examples: skillgate help ${row.name})`,
  });
}
