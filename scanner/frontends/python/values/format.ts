/**
 * Formatting of Python text, computed: `%`, `str.format`, format specifications (library reference:
 * printf-style, format string syntax).
 */
import { foldedCharsMax } from '../../../limits.ts';
import type { Folded, MaybeFolded } from '../program.ts';
import { isDict, isList, keyOf, printFolded } from './value.ts';

/**
 * `text % values`. `hole` stands for parts that are not known; without it, one of them makes the
 * whole unknown.
 */
export function percentOf(text: string, given: MaybeFolded, hole?: string): string | undefined {
  const values = isList(given) && given.kind === 'tuple' ? given.items : [given];
  let index = 0;
  let failed = false;
  const done = text.replace(
    /%(?:\((\w{1,60})\))?([-+ #0]{0,5})(\d{0,3})(?:\.(\d{1,3}))?([sdrifxXoc%])/g,
    (
      _,
      name: string | undefined,
      flags: string,
      width: string,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === '%') return '%';
      const value =
        name === undefined
          ? values[index++]
          : isDict(given)
            ? given.entries.get(keyOf(name))?.value
            : undefined;
      const type = kind === 's' || kind === 'r' || kind === 'i' ? '' : kind;
      const shown =
        specified(
          value,
          `${flags.includes('-') ? '<' : ''}${flags.includes('0') ? '0' : ''}${width}${precision === undefined ? '' : `.${precision}`}${type}`,
        ) ?? hole;
      failed ||= shown === undefined;
      return shown ?? '';
    },
  );
  return failed || done.length > foldedCharsMax ? undefined : done;
}

/** `text.format(…)`; `hole` as in `percentOf`. */
export function formatOf(
  text: string,
  args: readonly MaybeFolded[],
  keywords: ReadonlyMap<string, MaybeFolded>,
  hole?: string,
): string | undefined {
  let index = 0;
  let failed = false;
  const done = text.replace(
    /\{\{|\}\}|\{(\w*)((?:\[[^[\]{}]{1,60}\]){0,3})(?:!([rsa]))?(?::([^{}]{0,40}))?\}/g,
    (all, name, path, _, spec) => {
      if (all === '{{' || all === '}}') return all.charAt(0);
      let value: MaybeFolded =
        name === '' ? args[index++] : /^\d+$/.test(name) ? args[Number(name)] : keywords.get(name);
      for (const [, key = ''] of String(path).matchAll(/\[([^\]]*)\]/g))
        value = isDict(value)
          ? value.entries.get(keyOf(key))?.value
          : isList(value)
            ? value.items[Number(key)]
            : undefined;
      const shown = specified(value, spec ?? '') ?? hole;
      failed ||= shown === undefined;
      return shown ?? '';
    },
  );
  return failed || done.length > foldedCharsMax ? undefined : done;
}

/** `format(value, spec)`; undefined when it is not known or the specification is an unusual one. */
export function specified(value: MaybeFolded, spec: string): string | undefined {
  if (value === undefined) return undefined;
  if (spec === '') return printFolded(value);
  const [all, fill = ' ', align, sign, alternative, zero, width, precision, type] =
    /^(?:(.)(?=[<>^=]))?([<>^=]?)([-+ ]?)(#?)(0?)(\d{0,4})[,_]?(?:\.(\d{1,3}))?([a-zA-Z%]?)$/.exec(
      spec,
    ) ?? [];
  if (all === undefined) return undefined;
  const text = typed(value, type ?? '', precision, alternative === '#');
  if (text === undefined) return undefined;
  const signed = sign === '+' && !text.startsWith('-') ? `+${text}` : text;
  const size = Number(width);
  const isNumber = typeof value === 'bigint' || typeof value === 'number';
  const side = align || (isNumber ? '>' : '<');
  const pad = zero === '0' && isNumber && !align ? '0' : fill;
  if (side === '^')
    return signed
      .padStart(signed.length + Math.floor(Math.max(0, size - signed.length) / 2), pad)
      .padEnd(size, pad);
  return side === '<' ? signed.padEnd(size, pad) : signed.padStart(size, pad);
}

function typed(
  value: Folded,
  type: string,
  precision: string | undefined,
  prefixed: boolean,
): string | undefined {
  if (typeof value === 'bigint') {
    const base = { x: 16, X: 16, o: 8, b: 2 }[type];
    if (base !== undefined) {
      const digits = value.toString(base);
      return `${prefixed ? `0${type}` : ''}${type === 'X' ? digits.toUpperCase() : digits}`;
    }
    if (type === 'c')
      return value >= 0n && value <= 0x10ffffn ? String.fromCodePoint(Number(value)) : undefined;
    if (type === 'f') return Number(value).toFixed(Number(precision ?? 6));
  }
  if (typeof value === 'number' && type === 'f')
    return value.toFixed(Math.min(100, Number(precision ?? 6)));
  const text = printFolded(value);
  return precision === undefined || typeof value !== 'string'
    ? text
    : text?.slice(0, Number(precision));
}
