/** The arguments of jq: its program, variables with their values, and the files that it reads. */
import type { ShellValue } from '../value.ts';

export interface JqArguments {
  readonly files: readonly ShellValue[];
  /** Values that the program can put into its output. */
  readonly given: readonly ShellValue[];
  /** The program, unless it is in a file. */
  readonly program: ShellValue | undefined;
}

// jq 1.7 manual, "Invoking jq".
const namesValue = /^--(arg|argjson)$/;
const namesFile = /^--(slurpfile|rawfile|argfile)$/;
const takesValue = /^(-L|--indent|--seq-depth|--stream-depth)$/;
const takesProgram = /^(-[a-zA-Z]*f|--from-file)$/;
const valuesFollow = /^--(args|jsonargs)$/;

export function jqArguments(args: readonly ShellValue[]): JqArguments {
  const files: ShellValue[] = [];
  const given: ShellValue[] = [];
  let program: ShellValue | undefined;
  let needsProgram = true;
  let operands = files;
  for (let at = 0; at < args.length; at++) {
    const arg = args[at];
    if (arg === undefined) break;
    const next = args.slice(at + 1, at + 3);
    if (namesValue.test(arg.text) || namesFile.test(arg.text)) {
      (namesValue.test(arg.text) ? given : files).push(...next.slice(1));
      at += 2;
    } else if (takesProgram.test(arg.text)) {
      needsProgram = false;
      files.push(...next.slice(0, 1));
      at += 1;
    } else if (takesValue.test(arg.text)) at += 1;
    else if (valuesFollow.test(arg.text)) operands = given;
    else if (arg.text.startsWith('-') && arg.text !== '-') continue;
    else if (needsProgram) {
      program = arg;
      needsProgram = false;
    } else operands.push(arg);
  }
  return { files, given, program };
}
