/**
 * Programs that turn one text into another, computed when the text is known: decoders, and programs
 * that cut and join.
 */
import { constants, gunzipSync, inflateSync } from 'node:zlib';
import { decodedCharsMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { Call } from '../call.ts';
import { unescapedText } from '../escapes.ts';
import { type Filter, sedFilter } from './sed.ts';

/** The effect of a program on its input; undefined for an unknown program. */
export function filterOf(call: Call): Filter | undefined {
  const { args, name } = call;
  if (args.some((arg) => arg.text.includes(unknownPart)))
    return /^(base64|xxd|openssl|gzip|gunzip)$/.test(name) ? hidden(() => undefined) : undefined;
  const words = args.map((arg) => arg.text);
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  switch (name) {
    case 'base64':
      return has(/^(-[a-zA-Z]*[dD]|--decode)$/)
        ? hidden((text) => textOrBytes(Buffer.from(text.replace(/\s/g, ''), 'base64')))
        : undefined;
    case 'base32':
      return has(/^(-[a-z]*d|--decode)$/) ? hidden((text) => textOrBytes(base32(text))) : undefined;
    case 'openssl':
      if (!has(/^-d$/) || !has(/base64|enc/)) return undefined;
      return hidden((text) =>
        has(/^-?base64$|^-(a|A)$/) && !has(/^-?(aes|des|camellia|chacha|rc4|bf)/i)
          ? textOrBytes(Buffer.from(text.replace(/\s/g, ''), 'base64'))
          : undefined,
      );
    case 'xxd':
      return has(/^-[a-z]*r/)
        ? hidden((text) =>
            textOrBytes(
              Buffer.from(
                text.replace(/^[0-9a-f]{6,16}:| {2}.*$/gm, '').replace(/[^0-9a-fA-F]/g, ''),
                'hex',
              ),
            ),
          )
        : undefined;
    case 'gunzip':
    case 'zcat':
      return hidden(inflated);
    case 'gzip':
    case 'pigz':
    case 'zlib-flate':
      return has(/^(-[a-z]*d[a-z]*|--decompress|-uncompress)$/) ? hidden(inflated) : undefined;
    case 'bzip2':
    case 'xz':
    case 'zstd':
    case 'bunzip2':
    case 'gpg':
      return has(/^(-[a-z]*d[a-z]*|--decompress|--decrypt)$/) ? hidden(() => undefined) : undefined;
    case 'rev':
      return hidden((text) => lines(text, (line) => [...line].reverse().join('')));
    case 'tr':
      return {
        decodes: !changesCase(words) && !trims(words),
        apply: (text) => translate(text, words),
      };
    case 'sed':
      return sedFilter(words);
    case 'awk':
    case 'gawk':
    case 'mawk':
      return awkFilter(words);
    default:
      return cutterOf(name, words);
  }
}

// `tr A-Z a-z` and `tr '[:upper:]' '[:lower:]'` leave each word readable.
function changesCase(words: readonly string[]): boolean {
  const [from, to] = words.filter((word) => !word.startsWith('-'));
  const sets = new Set([from, to].map((one) => one?.replace(/^\[:(\w+):\]$/, '$1')));
  return (
    sets.size === 2 &&
    [...sets].every((one) => /^(A-Z|upper)$/.test(one ?? '') || /^(a-z|lower)$/.test(one ?? ''))
  );
}

// `wc -l | tr -d ' '` takes the padding of a number away. A known text is read as it is afterwards.
function trims(words: readonly string[]): boolean {
  const [how, what = '', ...more] = words;
  return how === '-d' && more.length === 0 && /^(?:\s|\\[nrt]|\[:(?:space|blank):\])+$/.test(what);
}

function hidden(apply: Filter['apply']): Filter {
  return { decodes: true, apply };
}

function shown(apply: (text: string) => string | undefined): Filter {
  return { decodes: false, apply };
}

// What takes a piece of its input and leaves it as it is.
function cutterOf(name: string, words: readonly string[]): Filter | undefined {
  const option = (letters: string): string | undefined => {
    const at = words.findIndex((word) => new RegExp(`^-[${letters}]`).test(word));
    const word = words[at];
    return word === undefined ? undefined : word.length > 2 ? word.slice(2) : words[at + 1];
  };
  switch (name) {
    case 'head':
    case 'tail':
      return shown((text) =>
        ends(name, text, option('c'), option('n') ?? /^-(\d+)$/.exec(words[0] ?? '')?.[1] ?? '10'),
      );
    case 'cut': {
      const wanted = rangesOf(option('cbf') ?? '');
      const isFields = words.some((word) => /^-f/.test(word));
      const delimiter = option('d') ?? '\t';
      if (wanted === undefined) return undefined;
      return shown((text) =>
        lines(text, (line) =>
          isFields
            ? line
                .split(delimiter)
                .filter((_, at) => wanted(at + 1))
                .join(delimiter)
            : [...line].filter((_, at) => wanted(at + 1)).join(''),
        ),
      );
    }
    case 'paste':
      return words.some((word) => /^-[a-z]*s/.test(word))
        ? shown((text) =>
            text
              .trimEnd()
              .split('\n')
              .join(option('d')?.replace(/^\\0$/, '') ?? '\t'),
          )
        : undefined;
    case 'fold':
      return shown((text) =>
        lines(
          text,
          (line) =>
            line
              .match(new RegExp(`.{1,${Math.min(Number(option('w') ?? 80) || 80, 1000)}}`, 'g'))
              ?.join('\n') ?? '',
        ),
      );
    case 'uniq':
    case 'sort':
      return words.length === 0 && name === 'sort'
        ? shown((text) => text.trimEnd().split('\n').sort().join('\n'))
        : undefined;
    case 'tac':
      return shown((text) => text.trimEnd().split('\n').reverse().join('\n'));
    case 'cat':
      return shown((text) => text);
    default:
      return undefined;
  }
}

function lines(text: string, change: (line: string) => string): string {
  return text.split('\n').map(change).join('\n');
}

function ends(
  name: string,
  text: string,
  bytes: string | undefined,
  count: string,
): string | undefined {
  const number = Number((bytes ?? count).replace(/^\+/, ''));
  if (!Number.isInteger(number)) return undefined;
  const all = bytes === undefined ? text.replace(/\n$/, '').split('\n') : [...text];
  const isFrom = (bytes ?? count).startsWith('+');
  const kept =
    name === 'head' ? all.slice(0, number) : isFrom ? all.slice(number - 1) : all.slice(-number);
  return kept.join(bytes === undefined ? '\n' : '');
}

// `1,3-5,7-`
function rangesOf(list: string): ((at: number) => boolean) | undefined {
  if (!/^[\d,-]{1,200}$/.test(list)) return undefined;
  const ranges = list.split(',').map((range) => {
    const [from = '', to = from] = range.split('-');
    return [
      Number(from) || 1,
      range.endsWith('-') ? Number.POSITIVE_INFINITY : Number(to),
    ] as const;
  });
  return (at) => ranges.some(([from, to]) => at >= from && at <= to);
}

function base32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text.toUpperCase()) {
    const digit = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character);
    if (digit < 0) continue;
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 255);
  }
  return Buffer.from(bytes);
}

function inflated(_: string, bytes: Uint8Array | undefined): string | Uint8Array | undefined {
  if (bytes === undefined) return undefined;
  const options = { maxOutputLength: decodedCharsMax, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return textOrBytes(
      bytes[0] === 0x1f ? gunzipSync(bytes, options) : inflateSync(bytes, options),
    );
  } catch {
    return undefined;
  }
}

function textOrBytes(bytes: Buffer): string | Uint8Array | undefined {
  const text = bytes.toString('utf8');
  return text === '' ? undefined : /[\0\ufffd]/.test(text) ? bytes : text;
}

// `tr` (POSIX): characters for others, deleted, or only some kept.

/** What tr makes of a text; undefined for sets it cannot be computed for. */
function translate(text: string, words: readonly string[]): string | undefined {
  const options = words.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const [from, to] = words.filter((word) => !/^-[a-zA-Z]+$/.test(word)).map(setOf);
  if (from === undefined) return undefined;
  const complements = /[cC]/.test(options);
  const isIn = (character: string): boolean => from.includes(character) !== complements;
  if (options.includes('d')) return [...text].filter((character) => !isIn(character)).join('');
  const last = to?.at(-1);
  if (to === undefined || last === undefined)
    return options.includes('s') ? squeezed(text, isIn) : undefined;
  const made = [...text].map((character) => {
    if (!isIn(character)) return character;
    return complements ? last : (to[from.indexOf(character)] ?? last);
  });
  return made.join('');
}

function squeezed(text: string, isIn: (character: string) => boolean): string {
  return [...text]
    .filter((character, at, all) => at === 0 || character !== all[at - 1] || !isIn(character))
    .join('');
}

// Ranges, classes, escapes.
function setOf(written: string): string[] | undefined {
  const set = written
    .replace(/\[:(\w{5,6}):\]/g, (_, name: string) => classes[name] ?? '')
    .replace(/\\([nrt\\]|[0-7]{1,3})/g, (_, code: string) =>
      code === 'n'
        ? '\n'
        : code === 'r'
          ? '\r'
          : code === 't'
            ? '\t'
            : code === '\\'
              ? '\\'
              : String.fromCharCode(Number.parseInt(code, 8) & 255),
    );
  if (/\[[.=]/.test(set) || set === '') return undefined;
  const found: string[] = [];
  const characters = [...set];
  for (let at = 0; at < characters.length; at++) {
    const [first = '', dash, end] = characters.slice(at, at + 3);
    if (dash !== '-' || end === undefined || end.charCodeAt(0) < first.charCodeAt(0))
      found.push(first);
    else {
      for (
        let code = first.charCodeAt(0);
        code <= Math.min(end.charCodeAt(0), first.charCodeAt(0) + 255);
        code++
      )
        found.push(String.fromCharCode(code));
      at += 2;
    }
  }
  return found;
}

const classes: Readonly<Record<string, string>> = {
  upper: 'A-Z',
  lower: 'a-z',
  digit: '0-9',
  alpha: 'A-Za-z',
  alnum: 'A-Za-z0-9',
  space: ' \t\n\r',
  blank: ' \t',
  punct: '!-/:-@[-`{-~',
};

// `awk` on known text: `{print $2 "x" $1}` and `BEGIN{print …}`; and the shell commands that an awk
// program runs.

/** The output of an awk program; undefined when it is not computed here. */
function awkFilter(words: readonly string[]): Filter | undefined {
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
