/** Splits the arguments of a shell, and of its builtin `set`, as shells do. */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { ShellValue } from '../value.ts';
import type { Arguments, Option } from './arguments.ts';

/**
 * Splits arguments. The first operand, `--` or `-` ends the options. A `+` switches options off.
 * @param isGlued whether the rest of the word behind `-o` is its value, as in zsh
 */
export function parseSettings(args: readonly ShellValue[], isGlued = false): Arguments {
  const options: Option[] = [];
  let at = 0;
  while (at < args.length) {
    const text = args[at]?.text ?? '';
    if (!isOption(text) && !(text === unknownPart && isOption(args[at + 1]?.text ?? ''))) break;
    at += 1;
    // In front of an option, a word that is not known is nothing or an option: `set $MORE -- file`.
    if (text === unknownPart) continue;
    if (text === '--' || text === '-') break;
    for (const name of namesIn(text, isGlued)) {
      // No value begins with a dash: `bash -noprofile -c CODE`.
      const takes = takesValue.test(name) && /^(?![-+])./.test(args[at]?.text ?? '');
      options.push({ name, value: takes ? args[at] : undefined });
      if (takes) at += 1;
    }
  }
  return { options, operands: args.slice(at) };
}

/** Splits the arguments of a shell. The option `-c` is a flag: the first operand is its code. */
export function parseShellArguments(name: string, args: readonly ShellValue[]): Arguments {
  const { options, operands } = parseSettings(args, /^(zsh|m?ksh)$/.test(name));
  const others = options.filter((option) => option.name !== 'c');
  if (others.length === options.length) return { options, operands };
  const [value, ...rest] = operands;
  return { options: [...others, { name: 'c', value }], operands: rest };
}

function isOption(text: string): boolean {
  return /^[-+]/.test(text) && text !== '+';
}

const takesValue = /^(o|O|rcfile|init-file|emulate)$/;

// bash takes its long options with one dash as well.
const longOption =
  /^(?:-.*|debug(?:ger)?|dump-.*|help|init-file|login|no(?:editing|profile|rc)|posix|pretty-print|rcfile|restricted|verbose|version)$/;

function namesIn(text: string, isGlued: boolean): readonly string[] {
  const letters = text.slice(1);
  if (longOption.test(letters)) return [letters.replace(/^-/, '')];
  return [...(isGlued ? letters.replace(/o.+$/, '') : letters)];
}
