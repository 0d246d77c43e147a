/** Values of a PowerShell program: known text, or shell code that gives it. */
import type { Block } from './syntax.ts';

export type Part =
  | { readonly text: string }
  /** `of` has the words that an unknown text was made of. */
  | { readonly code: string; readonly of?: readonly string[] };

export interface Value {
  readonly parts: readonly Part[];
  /** The elements of a list, and the entries of a table by lower-case name. */
  readonly items?: readonly Value[];
  readonly fields?: ReadonlyMap<string, Value>;
  /** What runs when the value is called. */
  readonly blocks?: readonly Block[];
  /** The .NET type of an object, or the type itself; lower case. */
  readonly type?: string;
  readonly isType?: true;
  /** A member that was named and not called yet. */
  readonly method?: { readonly of: Value; readonly name: string };
  /** Decoded bytes, and whether the text was decoded. */
  readonly bytes?: Buffer;
  readonly decoded?: true;
}

/** Stands for text that could not be computed; the shell's front end knows the mark. */
export const hole = '\0';
export const unknown: Value = { parts: [{ text: hole }] };
export const nothing: Value = { parts: [] };

export function textValue(text: string): Value {
  // What does not fit is unknown, so that nothing counts as read that is not.
  if (text.length > textMax) return { parts: [{ text: text.slice(0, textMax) }, { text: hole }] };
  return { parts: [{ text }] };
}

export function codeValue(code: string): Value {
  return { parts: [{ code }] };
}

const textMax = 20_000;
const partsMax = 60;

/** The whole text where it is known. */
export function knownText(value: Value): string | undefined {
  let text = '';
  for (const part of value.parts) {
    if (!('text' in part) || part.text.includes(hole)) return undefined;
    text += part.text;
  }
  return text;
}

/** Several values one after the other. */
export function joined(values: readonly Value[], separator = ''): Value {
  const parts: Part[] = [];
  values.forEach((value, at) => {
    if (at > 0 && separator !== '') addPart(parts, { text: separator });
    for (const part of value.parts) addPart(parts, part);
  });
  const length = parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 8), 0);
  const decoded = values.some((value) => value.decoded) ? ({ decoded: true } as const) : {};
  if (parts.length > partsMax || length > textMax) return changed(values);
  return { parts, ...decoded };
}

// Known texts next to each other are one.
function addPart(parts: Part[], part: Part): void {
  const last = parts.at(-1);
  if (last !== undefined && 'text' in last && 'text' in part)
    parts[parts.length - 1] = { text: last.text + part.text };
  else parts.push(part);
}

export function listValue(items: readonly Value[]): Value {
  return { ...joined(items, ' '), items };
}

/** A value that some operation makes of others: its text is unknown, where it comes from is not. */
export function changed(values: readonly Value[]): Value {
  const codes = values.flatMap(({ parts }) => parts.filter((part) => 'code' in part));
  if (codes.length === 0) return unknown;
  const words = [...new Set(codes.flatMap(({ code, of }) => of ?? [`"${code}"`]))].slice(0, 40);
  return { parts: [{ code: `$(${valueProgram} ${words.join(' ')})`, of: words }] };
}

/** A program of the lowered script that makes an unknown text of its words and its input. */
export const valueProgram = 'powershell-value';

/** A value as one word of the shell. */
export function wordOf({ parts, decoded }: Value): string {
  const text = knownText({ parts });
  if (decoded && text !== undefined)
    return `"$(printf %s '${Buffer.from(text, 'utf8').toString('base64')}' | base64 -d)"`;
  if (parts.length === 0 || text === '') return "''";
  return parts
    .filter((part) => 'code' in part || part.text !== '')
    .map((part) => ('text' in part ? quoted(part.text) : `"${part.code}"`))
    .join('');
}

function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

const profile =
  /^[A-Za-z]:[\\/]users[\\/](?!public[\\/]|default[\\/]|all users)[^\\/]{1,60}(?=[\\/]|$)/i;

/** A value as a path of the shell. */
export function pathOf(value: Value): Value {
  const parts = value.parts.map((part, at): Part => {
    if (
      !('text' in part) ||
      /^(?:\\\\|hk(?:lm|cu|cr|ey)|cert:|env:|registry::|[a-z]{2,}:\/\/)/i.test(part.text)
    )
      return part;
    const text =
      at === 0
        ? part.text
            .replace(profile, '~')
            .replace(/^([A-Za-z]):(?=[\\/])/, (_, drive: string) => `/${drive.toLowerCase()}`)
        : part.text;
    return { text: text.replace(/\\+/g, '/') };
  });
  return { ...value, parts };
}
