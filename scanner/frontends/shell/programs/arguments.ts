/** Splits the arguments of a command into options and operands, as getopt does. */
import { type ShellValue, slice } from '../value.ts';

export interface Option {
  /** Without dashes. */
  readonly name: string;
  readonly value: ShellValue | undefined;
}

export interface Arguments {
  readonly options: readonly Option[];
  readonly operands: readonly ShellValue[];
}

/**
 * Splits arguments.
 * @param takesValue names of options (a letter, or a word) whose value follows
 * @param stopAtOperand whether the first operand ends the options, as for a program that runs
 * another
 */
export function parseArguments(
  args: readonly ShellValue[],
  takesValue: ReadonlySet<string>,
  stopAtOperand = false,
): Arguments {
  const options: Option[] = [];
  const operands: ShellValue[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    if (arg.text === '--') {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (!arg.text.startsWith('-') || arg.text === '-') {
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
export function optionValues({ options }: Arguments, names: readonly string[]): ShellValue[] {
  return options.flatMap((option) =>
    option.value !== undefined && names.includes(option.name) ? [option.value] : [],
  );
}

// `--name=value`, `-name` (one dash, as some programs write words), and letters written together:
// `-sSLo file`, `-XPOST`.
function optionsOf(arg: ShellValue, takesValue: ReadonlySet<string>): Option[] {
  const { text } = arg;
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
