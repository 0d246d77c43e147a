/** `sed` on known text: s, y, p, d and line numbers, with patterns that cannot be slow. */

import { shellPatternCharsMax } from '../../../fact/shared-limits.ts';
import { type BoundedPattern, boundedPattern } from '../../../programs/bounded-pattern.ts';

type Step = ((line: string) => string | undefined) & {
  readonly line?: number;
  readonly prints?: true;
  readonly pattern?: BoundedPattern;
};

/** The effect of a sed script; undefined when it is not computed here. */
export function sedFilter(words: readonly string[]): Filter | undefined {
  const quiet = words.some((word) => /^-[a-zA-Z]*n/.test(word));
  const extended = words.some((word) => /^-[a-zA-Z]*[Er]/.test(word));
  const scripts = words.flatMap((word, at) =>
    /^-[a-zA-Z]*e$/.test(words[at - 1] ?? '') ? [word] : [],
  );
  const first = words.find((word) => !word.startsWith('-'));
  const steps = (scripts.length > 0 ? scripts : first === undefined ? [] : [first]).flatMap(
    (script) => commandsOf(script).map((command) => stepOf(command, extended)),
  );
  if (steps.length === 0 || steps.includes(undefined)) return undefined;
  const patterns = steps.flatMap((step) => step?.pattern ?? []);
  const lineMax = Math.min(shellPatternCharsMax, ...patterns.map((pattern) => pattern.lineMax));
  const isShort = (text: string): boolean =>
    text.length <= shellPatternCharsMax && text.split('\n').every((line) => line.length <= lineMax);
  const work = (line: string): number =>
    Math.max(line.length, ...patterns.map((pattern) => pattern.work(line.length)));
  const cost = (text: string): number =>
    isShort(text)
      ? text.split('\n').reduce((sum, line) => sum + (work(line) >> 6), 0) * steps.length
      : 0;
  return {
    decodes: false,
    cost,
    apply: (text) => (isShort(text) ? run(text, steps, quiet) : undefined),
  };
}

interface Command {
  readonly line: number | undefined;
  readonly text: string;
}

function run(text: string, steps: readonly (Step | undefined)[], quiet: boolean): string {
  const out: string[] = [];
  text
    .replace(/\n$/, '')
    .split('\n')
    .forEach((given, index) => {
      let line: string | undefined = given;
      for (const step of steps) {
        if (
          line === undefined ||
          step === undefined ||
          (step.line !== undefined && step.line !== index + 1)
        )
          continue;
        if (step.prints) out.push(line);
        line = step(line);
      }
      if (line !== undefined && !quiet) out.push(line);
    });
  return out.join('\n');
}

// Commands are parted by `;` or line ends outside of s and y.
function commandsOf(script: string): Command[] {
  const found: Command[] = [];
  let rest = script.trim();
  while (rest !== '' && found.length < 50) {
    const [, line, body = ''] = /^(\d{0,6})(?:!)?\s*(.*)$/s.exec(rest) ?? [];
    const length = /^[sy]/.test(body)
      ? lengthOfThree(body)
      : body.search(/[;\n]/) < 0
        ? body.length
        : body.search(/[;\n]/);
    found.push({
      line: line === '' || line === undefined ? undefined : Number(line),
      text: body.slice(0, length),
    });
    rest = body.slice(length).replace(/^[;\s]+/, '');
  }
  return found;
}

// `s/a/b/flags`: three delimiters, then flags.
function lengthOfThree(body: string): number {
  const delimiter = body[1];
  let seen = 0;
  let at = 1;
  for (; at < body.length && seen < 3; at++) {
    if (body[at] === '\\') at += 1;
    else if (body[at] === delimiter) seen += 1;
  }
  while (at < body.length && /[gIip0-9e]/.test(body[at] ?? '')) at += 1;
  return at;
}

function stepOf({ line, text }: Command, extended: boolean): Step | undefined {
  const at = line === undefined ? {} : { line };
  if (text === 'p') return Object.assign((line: string) => line, { ...at, prints: true as const });
  if (text === 'd') return Object.assign(() => undefined, at);
  const [from = '', to = '', flags = ''] = text
    .slice(2)
    .split(new RegExp(`(?<!\\\\)\\${text[1] ?? '/'}`));
  if (/^y\W/.test(text))
    return Object.assign(
      (line: string) =>
        [...line].map((character) => [...to][[...from].indexOf(character)] ?? character).join(''),
      at,
    );
  const isReplacing = /^s\W/.test(text) && !/[e]/.test(flags);
  const pattern = isReplacing
    ? boundedPattern(
        extended ? from : extendedForm(from),
        `${flags.includes('g') ? 'g' : ''}${/i/i.test(flags) ? 'i' : ''}`,
      )
    : undefined;
  if (pattern === undefined) return undefined;
  const replacement = to
    .replace(/\$/g, '$$$$')
    .replace(/\\(\d)|\\(.)|&/g, (all, group, plain) =>
      group !== undefined
        ? `$${group}`
        : plain !== undefined
          ? plain === 'n'
            ? '\n'
            : plain
          : all === '&'
            ? '$&'
            : all,
    );
  const { expression } = pattern;
  return Object.assign((line: string) => line.replace(expression, replacement), { ...at, pattern });
}

// Basic patterns write `\(` for a group, and `(` for the character.
function extendedForm(basic: string): string {
  return basic.replace(/\\([(){}+?|])|([(){}+?|])/g, (_, escaped, bare) => escaped ?? `\\${bare}`);
}

/** A program that turns one text into another. */
export interface Filter {
  /** Whether its input was hidden: base64, hex, rot13, reversed. */
  readonly decodes: boolean;
  /** Its output is the same whatever goes in. */
  readonly ignoresInput?: true;
  /** Steps for a text, when they are more than reading it. */
  readonly cost?: (text: string) => number;
  /** The output, as text or as bytes that are no text; undefined when it cannot be computed. */
  readonly apply: (text: string) => string | undefined;
}
