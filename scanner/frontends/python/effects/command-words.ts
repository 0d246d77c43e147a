/** Words and lines of commands that Python starts. */
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { fewLists } from '../assignments/alternatives.ts';
import type { PyValue } from '../program.ts';
import type { PyCall } from './call.ts';

interface GivenWords {
  readonly words: readonly PyValue[];
  /** The same command as it may be besides. */
  readonly others: readonly (readonly PyValue[])[];
}

/**
 * The words of a command whose program is given beside its arguments; undefined for other calls.
 * The arguments begin with the name that the program is to have, which says nothing of the program.
 */
export function givenWords(call: PyCall, command: PyValue): GivenWords | undefined {
  const [, name = '', list, end] =
    /^os\.(exec|spawn|posix_spawn|startfile)([lv]?)p?(e?)$/.exec(call.api) ?? [];
  if (name === '') return ofExecutable(call, command);
  const rest = call.args.slice(name === 'spawn' ? 2 : 1);
  if (name === 'startfile') return { words: [command, ...rest], others: [] };
  if (list === 'l')
    return { words: withProgram(command, end === 'e' ? rest.slice(0, -1) : rest), others: [] };
  const [argv] = rest;
  if (argv === undefined) return { words: [command], others: [] };
  const others = argv.otherItems.map((items) => withProgram(command, items));
  return { words: withProgram(command, argv.items ?? [argv, argv]), others };
}

/** Whether the call asks for a shell. */
export function isByShell({ keywords }: PyCall): boolean {
  const shell = keywords.get('shell');
  return /^(True|1)$/.test(shell?.qual ?? shell?.texts[0] ?? '');
}

// `subprocess.run(["x", "-c", line], executable="/bin/sh")`
function ofExecutable(call: PyCall, command: PyValue): GivenWords | undefined {
  const program = call.keywords.get('executable');
  if (program === undefined || program.texts.length === 0 || isByShell(call)) return undefined;
  if (command.items === undefined) return { words: [program], others: [] };
  const others = command.otherItems.map((items) => withProgram(program, items));
  return { words: withProgram(program, command.items), others };
}

// The first word decides what busybox or toybox is.
function withProgram(program: PyValue, words: readonly PyValue[]): readonly PyValue[] {
  return program.texts.some((text) => /(^|\/)(busy|toy)box$/.test(text))
    ? [program, ...words]
    : [program, ...words.slice(1)];
}

/** The same command with one word as it may be besides. */
export function otherWords(words: readonly PyValue[]): readonly (readonly PyValue[])[] {
  const others = words.flatMap((word, at) =>
    [
      ...word.texts.slice(1),
      ...word.otherTexts.filter((text) => at > 0 || asLine(text) !== unknownPart),
    ].map((text) => words.with(at, { ...word, texts: [text], otherTexts: [], folded: true })),
  );
  return fewLists(others);
}

/**
 * A line for a shell; where its first word is not known to its end, nothing is known of what
 * starts.
 */
export function asLine(text: string): string {
  return (text.trimStart().split(/\s/, 1)[0] ?? '').includes(unknownPart) ? unknownPart : text;
}

/** Whether it is not known what a line starts. */
export function isUnknownLine(line: string): boolean {
  return line.trimStart().startsWith(unknownPart) || line.startsWith(`'${unknownPart}`);
}

/** What a word of a command is. */
export function wordText(word: PyValue): string {
  if (word.qual === 'sys.executable') return 'python3';
  return word.texts[0] ?? unknownPart;
}

/** A word as a shell reads it. */
export function quoteWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
