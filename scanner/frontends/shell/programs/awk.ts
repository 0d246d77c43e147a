/**
 * `awk` on known text: `{print $2 "x" $1}` and `BEGIN{print …}`; and the shell commands that an awk
 * program runs.
 */
import { unescapedText } from '../escapes.ts';
import type { Filter } from './filter.ts';

/** The output of an awk program; undefined when it is not computed here. */
export function awkFilter(words: readonly string[]): Filter | undefined {
  const separator = words.flatMap((word, at) =>
    word === '-F' ? [words[at + 1] ?? ' '] : /^-F./.test(word) ? [word.slice(2)] : [],
  )[0];
  const program = words.find(
    (word, at) => !word.startsWith('-') && words[at - 1] !== '-F' && words[at - 1] !== '-v',
  );
  const [, begin, body] =
    /^\s*(BEGIN)?\s*\{\s*(?:print|printf)\s+([^{};]{1,400}?);?\s*\}\s*$/s.exec(program ?? '') ?? [];
  if (body === undefined || (separator !== undefined && separator.length > 1)) return undefined;
  const items = itemsOf(body);
  if (items === undefined) return undefined;
  return {
    decodes: false,
    ...(begin !== undefined && { ignoresInput: true as const }),
    apply: (text) =>
      (begin !== undefined ? [''] : text.replace(/\n$/, '').split('\n'))
        .map((line) => printed(items, line, separator))
        .join('\n'),
  };
}

interface AwkCommands {
  readonly known: readonly string[];
  /** Commands that awk writes to, each with the text where it is a literal. */
  readonly piped: readonly { readonly line: string; readonly printed?: string }[];
  readonly others: boolean;
}

/** Shell commands in an awk program, as literals, and whether there are unknown ones. */
export function awkCommands(program: string): AwkCommands {
  const known = [
    ...program.matchAll(/\bsystem\s{0,9}\(\s{0,9}"((?:[^"\\]|\\.){0,4000})"\s{0,9}\)/g),
    ...program.matchAll(/"((?:[^"\\]|\\.){1,4000})"\s{0,9}\|&?\s{0,9}getline/g),
  ].map((match) => unescapedText(match[1] ?? ''));
  const piped = [...program.matchAll(pipes)].map(([, printed, line = '']) => ({
    line: unescapedText(line),
    ...(printed !== undefined && { printed: `${unescapedText(printed)}\n` }),
  }));
  const calls = program.match(/\bsystem\s*\(|\|&?\s*getline|\|\s*"/g)?.length ?? 0;
  return { known, piped, others: calls > known.length + piped.length };
}

// `print "text" | "command"`, and any other pipe into a command.
const pipes =
  /(?:\bprintf?\s{0,9}\(?\s{0,9}"((?:[^"\\]|\\.){1,4000})"\s{0,9}\)?\s{0,9})?\|\s{0,9}"((?:[^"\\]|\\.){1,4000})"/g;

type Item = { readonly field: number | 'last' } | { readonly text: string };

function itemsOf(body: string): Item[] | undefined {
  const items: Item[] = [];
  let rest = body.trim();
  while (rest !== '') {
    const found = /^(?:"((?:[^"\\]|\\.){0,400})"|\$(\d{1,3}|NF)|(,))\s*/.exec(rest);
    if (found === null) return undefined;
    const [all, text, field, comma] = found;
    items.push(
      field !== undefined
        ? { field: field === 'NF' ? 'last' : Number(field) }
        : { text: comma !== undefined ? ' ' : unescapedText(text ?? '') },
    );
    rest = rest.slice(all.length);
  }
  return items;
}

function printed(items: readonly Item[], line: string, separator: string | undefined): string {
  const fields =
    separator === undefined || separator === ' ' ? line.trim().split(/\s+/) : line.split(separator);
  return items
    .map((item) =>
      'text' in item
        ? item.text
        : item.field === 'last'
          ? (fields.at(-1) ?? '')
          : item.field === 0
            ? line
            : (fields[item.field - 1] ?? ''),
    )
    .join('');
}
