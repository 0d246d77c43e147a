/** Splits the arguments of a command into options and operands, as getopt does. */
import type { Value } from '../../engine/value.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { shown, slice } from './values.ts';

interface Option {
  /** Without dashes. */
  readonly name: string;
  readonly value: Value | undefined;
}

export interface Arguments {
  readonly options: readonly Option[];
  readonly operands: readonly Value[];
}

/**
 * Splits arguments.
 * @param takesValue names of options (a letter, or a word) whose value follows
 * @param stopAtOperand whether the first operand ends the options, as for a program that runs
 * another
 */
export function parseArguments(
  args: readonly Value[],
  takesValue: ReadonlySet<string>,
  stopAtOperand = false,
): Arguments {
  const options: Option[] = [];
  const operands: Value[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    const text = shown(arg);
    if (text === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (!text.startsWith('-') || text === '-') {
      if (stopAtOperand) return { options, operands: args.slice(at) };
      operands.push(arg);
      continue;
    }
    const found = optionsOf(arg, takesValue);
    const last = found.at(-1);
    if (last !== undefined && last.value === undefined && takesValue.has(last.name)) {
      at += 1;
      found[found.length - 1] = { name: last.name, value: args[at] };
    }
    options.push(...found);
  }
  return { options, operands };
}

/** Whether an option of one of the names is there. */
export function hasOption({ options }: Arguments, names: readonly string[]): boolean {
  return options.some((option) => names.includes(option.name));
}

/** The values given to options of the names. */
export function optionValues({ options }: Arguments, names: readonly string[]): Value[] {
  return options.flatMap((option) =>
    option.value !== undefined && names.includes(option.name) ? [option.value] : [],
  );
}

// `--name=value`, `-name` (one dash, as some programs write words), and letters written together:
// `-sSLo file`, `-XPOST`.
function optionsOf(arg: Value, takesValue: ReadonlySet<string>): Option[] {
  const text = shown(arg);
  const equals = text.indexOf('=');
  if (text.startsWith('--')) {
    if (equals < 0) return [{ name: text.slice(2), value: undefined }];
    return [{ name: text.slice(2, equals), value: slice(arg, equals + 1) }];
  }
  if (text.length > 2 && takesValue.has(text.slice(1)))
    return [{ name: text.slice(1), value: undefined }];
  const found: Option[] = [];
  for (let at = 1; at < text.length; at++) {
    const name = text[at] ?? '';
    const takes = takesValue.has(name);
    if (takes && at + 1 < text.length) return [...found, { name, value: slice(arg, at + 1) }];
    found.push({ name, value: undefined });
  }
  return found;
}

/** Splits the arguments of a shell, and of its builtin `set`. A `+` switches options off. */
export function parseSettings(args: readonly Value[], isGlued = false): Arguments {
  const options: Option[] = [];
  let at = 0;
  while (at < args.length) {
    const text = shown(args[at]);
    if (!isOption(text) && !(text === unknownPart && isOption(shown(args[at + 1])))) break;
    at += 1;
    // In front of an option, a word that is not known is nothing or an option: `set $MORE -- file`.
    if (text === unknownPart) continue;
    if (text === '--' || text === '-') break;
    // In zsh, the rest of the word behind `-o` is its value.
    for (const name of namesIn(text, isGlued)) {
      // No value begins with a dash: `bash -noprofile -c CODE`.
      const takes = settingTakesValue.test(name) && /^(?![-+])./.test(shown(args[at]));
      options.push({ name, value: takes ? args[at] : undefined });
      if (takes) at += 1;
    }
  }
  return { options, operands: args.slice(at) };
}

/** Splits the arguments of a shell. The option `-c` is a flag: the first operand is its code. */
export function parseShellArguments(name: string, args: readonly Value[]): Arguments {
  const { options, operands } = parseSettings(args, /^(zsh|m?ksh)$/.test(name));
  const others = options.filter((option) => option.name !== 'c');
  if (others.length === options.length) return { options, operands };
  const [value, ...rest] = operands;
  return { options: [...others, { name: 'c', value }], operands: rest };
}

function isOption(text: string): boolean {
  return /^[-+]/.test(text) && text !== '+';
}

const settingTakesValue = /^(o|O|rcfile|init-file|emulate)$/;

// bash takes its long options with one dash as well.
const longOption =
  /^(?:-.*|debug(?:ger)?|dump-.*|help|init-file|login|no(?:editing|profile|rc)|posix|pretty-print|rcfile|restricted|verbose|version)$/;

function namesIn(text: string, isGlued: boolean): readonly string[] {
  const letters = text.slice(1);
  if (longOption.test(letters)) return [letters.replace(/^-/, '')];
  return [...(isGlued ? letters.replace(/o.+$/, '') : letters)];
}
