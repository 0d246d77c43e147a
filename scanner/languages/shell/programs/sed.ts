/**
 * Scripts of sed: what they make of a known text, by s, y, p, d and line numbers, with patterns
 * that cannot be slow; and the commands that they run, which GNU sed has.
 */
import { shellPatternCharsMax } from '../../../fact/shared-limits.ts';
import { boundedPattern } from '../../../programs/bounded-pattern.ts';

/** A program that turns one text into another. */
export interface Filter {
  /** Whether its input was hidden: base64, hex, rot13, reversed. */
  readonly decodes: boolean;
  /** Its output is the same whatever goes in. */
  readonly ignoresInput?: true;
  /** Steps for a text, when they are more than reading it. */
  readonly cost?: (text: string) => number;
  /** The output; undefined when it cannot be computed. */
  readonly apply: (text: string) => string | undefined;
}

interface SedCommand {
  /** The lines for which it is, as written. */
  readonly address: string;
  readonly name: string;
  /** Of `s` and `y`, the first part; of `e`, the line that is run. */
  readonly text: string;
  readonly replacement: string;
  readonly flags: string;
}

/** What a command makes of a line, and what that costs. */
interface Step {
  readonly line: number | undefined;
  readonly prints?: true;
  readonly apply: (line: string) => string | undefined;
  readonly lineMax: number;
  readonly work: (length: number) => number;
}

/** The effect of a sed script; undefined when it is not computed here. */
export function sedFilter(words: readonly string[]): Filter | undefined {
  const has = (letters: string): boolean =>
    words.some((word) => new RegExp(`^-[a-zA-Z]*[${letters}]`).test(word));
  const given = words.filter((_, at) => /^-[a-zA-Z]*e$/.test(words[at - 1] ?? ''));
  const scripts = given.length > 0 ? given : words.filter((word) => !word.startsWith('-'));
  const found = scripts.slice(0, Math.max(1, given.length)).map(parsed);
  const steps = found.flatMap((commands) => commands?.map((one) => stepOf(one, has('Er'))));
  const known = steps.filter((step) => step !== undefined);
  if (known.length === 0 || known.length < steps.length) return undefined;
  const lineMax = Math.min(shellPatternCharsMax, ...known.map((step) => step.lineMax));
  const isShort = (text: string): boolean =>
    text.length <= shellPatternCharsMax && text.split('\n').every((line) => line.length <= lineMax);
  const work = ({ length }: string): number =>
    Math.max(length, ...known.map((step) => step.work(length))) >> 6;
  return {
    decodes: false,
    cost: (text) =>
      isShort(text)
        ? text.split('\n').reduce((sum, line) => sum + work(line), 0) * known.length
        : 0,
    apply: (text) => (isShort(text) ? edited(text, known, has('n')) : undefined),
  };
}

function edited(text: string, steps: readonly Step[], isQuiet: boolean): string {
  const out: string[] = [];
  const lines = text.replace(/\n$/, '').split('\n');
  for (const [index, given] of lines.entries()) {
    let line: string | undefined = given;
    for (const step of steps) {
      if (line === undefined || (step.line !== undefined && step.line !== index + 1)) continue;
      if (step.prints) out.push(line);
      line = step.apply(line);
    }
    if (line !== undefined && !isQuiet) out.push(line);
  }
  return out.join('\n');
}

function stepOf(command: SedCommand, isExtended: boolean): Step | undefined {
  const { name, text, replacement, flags } = command;
  const address = command.address.replace(/[;\s]/g, '');
  if (!/^\d*$/.test(address)) return undefined;
  const line = address === '' ? undefined : Number(address);
  const step = { line, lineMax: Number.POSITIVE_INFINITY, work: (length: number) => length };
  if (name === 'p') return { ...step, prints: true, apply: (one) => one };
  if (name === 'd') return { ...step, apply: () => undefined };
  if (name === 'y') {
    const to = [...replacement];
    const from = [...text];
    return { ...step, apply: (one) => [...one].map((x) => to[from.indexOf(x)] ?? x).join('') };
  }
  if (name !== 's' || /[ew]/.test(flags)) return undefined;
  const global = flags.includes('g') ? 'g' : '';
  const pattern = boundedPattern(
    isExtended ? text : extendedForm(text),
    `${global}${/i/i.test(flags) ? 'i' : ''}`,
  );
  if (pattern === undefined) return undefined;
  const by = replacement
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)|\\(.)|&/g, (_, group, plain) =>
      group !== undefined ? `$${group}` : plain === undefined ? '$&' : plain === 'n' ? '\n' : plain,
    );
  const { expression, lineMax, work } = pattern;
  return { ...step, lineMax, work, apply: (one) => one.replace(expression, by) };
}

// Basic patterns write `\(` for a group, and `(` for the character.
function extendedForm(basic: string): string {
  return basic.replace(/\\([(){}+?|])|([(){}+?|])/g, (_, escaped, bare) => escaped ?? `\\${bare}`);
}

/** The commands that a script runs; an empty one runs lines of the input. */
export function sedCommands(script: string): readonly string[] {
  return commandsOf(script).flatMap(({ name, text, replacement, flags }) =>
    name === 'e' ? [text] : name === 's' && flags.includes('e') ? [replacement] : [],
  );
}

function parsed(script: string): readonly SedCommand[] | undefined {
  const found = commandsOf(script);
  return found.length > 0 ? found : undefined;
}

// The commands up to the first that is none.
function commandsOf(script: string): readonly SedCommand[] {
  const found: SedCommand[] = [];
  let at = 0;
  while (at < script.length && found.length < commandsMax) {
    const address = matchAt(addresses, script, at);
    const name = script[at + address.length];
    if (name === undefined) break;
    at += address.length + 1;
    if (name === 's' || name === 'y') {
      const delimiter = script[at] ?? '';
      const middle = partEnd(script, at + 1, delimiter, true);
      const end = partEnd(script, middle + 1, delimiter, false);
      const flags = name === 's' ? matchAt(flag, script, end + 1) : '';
      const plain = (text: string): string => text.replaceAll(`\\${delimiter}`, delimiter);
      const replacement = plain(script.slice(middle + 1, end));
      found.push({ address, name, text: plain(script.slice(at + 1, middle)), replacement, flags });
      at = Math.min(end + 1, script.length);
      // A file name ends with its line.
      at += (flags.includes('w') ? matchAt(line, script, at) : flags).length;
      continue;
    }
    const rest = behind.find(([names]) => names.test(name));
    if (rest === undefined) return [...found, { ...nothing, address, name: '?' }];
    const text = matchAt(rest[1], script, at);
    // A word that begins with the letter `e` is no command but a file.
    if (name !== 'e' || text !== '' || at === script.length)
      found.push({ ...nothing, address, name, text: text.replace(/^;/, '').trim() });
    at += name === 'e' ? Math.max(text.length, 1) : text.length;
  }
  return found;
}

const nothing = { text: '', replacement: '', flags: '' };

// The pattern is sticky, so that a long script is not cut for each command.
function matchAt(pattern: RegExp, script: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(script)?.[0] ?? '';
}

// The lines that a command is for: `1,2`, `/./!`, `$`, `\,x,`, and brackets in front.
const addresses =
  /(?:[\s;{}!,]|\d{1,6}|\$|\/(?:[^/\\\n]|\\.){0,200}\/[IM]?|\\([^\n\\])(?:(?!\1)[^\n]){0,200}\1[IM]?|[+~]\d{1,6})*/y;
const flag = /\w*/y;
const line = /[^\n]*/y;

/** What stands behind the names of commands. */
const behind: readonly (readonly [RegExp, RegExp])[] = [
  [/e/, /[ \t][^\n]*|[;\n]/y],
  [/[aic#rRwW]/, line],
  [/[:btT]/, /[^;}\n]*/y],
  [/[dDgGhHnNpPxlLqQFz=]/, /\s*\d*/y],
];
const commandsMax = 64;
const bracketCharsMax = 400;

// The end of a part of `s/…/…/`: a delimiter that is not escaped and in no `[…]` of the pattern.
function partEnd(script: string, from: number, delimiter: string, isPattern: boolean): number {
  for (let at = from; at < script.length; at++) {
    if (script[at] === '\\') at++;
    else if (script[at] === delimiter) return at;
    else if (isPattern && script[at] === '[') {
      const skipped = script[at + 1] === '^' ? 3 : 2;
      const end = script.slice(at + skipped, at + bracketCharsMax).indexOf(']');
      if (end >= 0) at += skipped + end;
    }
  }
  return script.length;
}
