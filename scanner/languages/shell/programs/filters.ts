/** What programs that turn one text into another give: decoders, and those that cut and join. */

import { decoded, spread } from '../../../engine/library/codecs.ts';
import type { Computation } from '../../../knowledge/computation.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import type { ShellCommand } from '../shell-state.ts';
import { shown } from '../values.ts';
import { unescapedText } from './printed.ts';
import { type Filter, sedFilter } from './sed.ts';

/** The effect of a program on its input; undefined for an unknown program. */
export function filterOf({ args, name }: ShellCommand): Filter | undefined {
  const words = args.map(shown);
  if (words.some((word) => word.includes(unknownPart)))
    return /^(base64|xxd|openssl|gzip|gunzip)$/.test(name) ? hidden(() => undefined) : undefined;
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  switch (name) {
    case 'base64':
      return has(/^(-[a-zA-Z]*[dD]|--decode)$/) ? decoder('base64-decode') : undefined;
    case 'base32':
      return has(/^(-[a-z]*d|--decode)$/) ? decoder('base32-decode') : undefined;
    case 'openssl': {
      if (!has(/^-d$/) || !has(/base64|enc/)) return undefined;
      const isPlain = has(/^-?base64$|^-(a|A)$/) && !has(/^-?(aes|des|camellia|chacha|rc4|bf)/i);
      return isPlain ? decoder('base64-decode') : hidden(() => undefined);
    }
    case 'xxd':
      return has(/^-[a-z]*r/)
        ? hidden((text) =>
            decodedText(
              'hex-decode',
              text.replace(/^[0-9a-f]{6,16}:| {2}.*$/gm, '').replace(/[^0-9a-fA-F]/g, ''),
            ),
          )
        : undefined;
    case 'gunzip':
    case 'zcat':
      return decoder('inflate');
    case 'gzip':
    case 'pigz':
    case 'zlib-flate':
      return has(/^(-[a-z]*d[a-z]*|--decompress|-uncompress)$/) ? decoder('inflate') : undefined;
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

function decodedText(computation: Computation, text: string): string | undefined {
  const made = decoded(computation, text);
  return made === undefined || shown(made) === '' ? undefined : shown(made);
}

function decoder(computation: Computation): Filter {
  return hidden((text) => decodedText(computation, text));
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

function readable(apply: Filter['apply']): Filter {
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
    case 'tail': {
      const count = option('n') ?? /^-(\d+)$/.exec(words[0] ?? '')?.[1] ?? '10';
      return readable((text) => ends(name, text, option('c'), count));
    }
    case 'cut': {
      const wanted = rangesOf(option('cbf') ?? '');
      const isFields = words.some((word) => /^-f/.test(word));
      const delimiter = option('d') ?? '\t';
      if (wanted === undefined) return undefined;
      return readable((text) =>
        lines(text, (line) => {
          const parts = isFields ? line.split(delimiter) : [...line];
          return parts.filter((_, at) => wanted(at + 1)).join(isFields ? delimiter : '');
        }),
      );
    }
    case 'paste': {
      const by = option('d')?.replace(/^\\0$/, '') ?? '\t';
      return words.some((word) => /^-[a-z]*s/.test(word))
        ? readable((text) => text.trimEnd().split('\n').join(by))
        : undefined;
    }
    case 'fold': {
      const width = Math.min(Number(option('w') ?? 80) || 80, 1000);
      const piece = new RegExp(`.{1,${width}}`, 'g');
      return readable((text) => lines(text, (line) => line.match(piece)?.join('\n') ?? ''));
    }
    case 'sort':
      return words.length === 0
        ? readable((text) => text.trimEnd().split('\n').sort().join('\n'))
        : undefined;
    case 'tac':
      return readable((text) => text.trimEnd().split('\n').reverse().join('\n'));
    case 'cat':
      return readable((text) => text);
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
  const given = bytes ?? count;
  const number = Number(given.replace(/^\+/, ''));
  if (!Number.isInteger(number)) return undefined;
  const all = bytes === undefined ? text.replace(/\n$/, '').split('\n') : [...text];
  const last = given.startsWith('+') ? all.slice(number - 1) : all.slice(-number);
  const kept = name === 'head' ? all.slice(0, number) : last;
  return kept.join(bytes === undefined ? '\n' : '');
}

// `1,3-5,7-`
function rangesOf(list: string): ((at: number) => boolean) | undefined {
  if (!/^[\d,-]{1,200}$/.test(list)) return undefined;
  const ranges = list.split(',').map((range) => {
    const [from = '', to = from] = range.split('-');
    const end = range.endsWith('-') ? Number.POSITIVE_INFINITY : Number(to);
    return [Number(from) || 1, end] as const;
  });
  return (at) => ranges.some(([from, to]) => at >= from && at <= to);
}

// `tr` (POSIX): characters for others, deleted, or only some kept.

/** What tr makes of a text; undefined for sets it cannot be computed for. */
function translate(text: string, words: readonly string[]): string | undefined {
  const options = words.filter((word) => /^-[a-zA-Z]+$/.test(word)).join('');
  const [from, to] = words.filter((word) => !/^-[a-zA-Z]+$/.test(word)).map(setOf);
  if (from === undefined) return undefined;
  const complements = /[cC]/.test(options);
  const isIn = (character: string): boolean => from.includes(character) !== complements;
  const letters = [...text];
  if (options.includes('d')) return letters.filter((character) => !isIn(character)).join('');
  const last = to?.at(-1);
  if (to !== undefined && last !== undefined)
    return letters
      .map((character) => {
        if (!isIn(character)) return character;
        return complements ? last : (to[from.indexOf(character)] ?? last);
      })
      .join('');
  if (!options.includes('s')) return undefined;
  return letters
    .filter((character, at, all) => at === 0 || character !== all[at - 1] || !isIn(character))
    .join('');
}

// Ranges, classes, escapes.
function setOf(written: string): string[] | undefined {
  const set = unescapedText(
    written.replace(/\[:(\w{5,6}):\]/g, (_, name: string) => classes[name] ?? ''),
  );
  if (/\[[.=]/.test(set) || set === '') return undefined;
  return [...spread(set)];
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

// `awk` on known text: `{print $2 "x" $1}` and `BEGIN{print …}`.

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
      (begin === undefined ? text.replace(/\n$/, '').split('\n') : [''])
        .map((line) => printed(items, line, separator))
        .join('\n'),
  };
}

type Item = { readonly field: number | 'last' } | { readonly text: string };

function itemsOf(body: string): Item[] | undefined {
  const items: Item[] = [];
  let rest = body.trim();
  while (rest !== '') {
    const found = /^(?:"((?:[^"\\]|\\.){0,400})"|\$(\d{1,3}|NF)|(,))\s*/.exec(rest);
    if (found === null) return undefined;
    const [all, text, field, comma] = found;
    if (field !== undefined) items.push({ field: field === 'NF' ? 'last' : Number(field) });
    else items.push({ text: comma === undefined ? unescapedText(text ?? '') : ' ' });
    rest = rest.slice(all.length);
  }
  return items;
}

function printed(items: readonly Item[], line: string, separator: string | undefined): string {
  const fields =
    separator === undefined || separator === ' ' ? line.trim().split(/\s+/) : line.split(separator);
  return items
    .map((item) => {
      if ('text' in item) return item.text;
      if (item.field === 'last') return fields.at(-1) ?? '';
      return item.field === 0 ? line : (fields[item.field - 1] ?? '');
    })
    .join('');
}
