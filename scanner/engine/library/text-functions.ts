/** What functions of one text give, where the text is known. */
import { posix } from 'node:path';
import { alternativesMax } from '../../fact/shared-limits.ts';
import type { Computation } from '../../knowledge/computation.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { boundedPattern } from '../../programs/bounded-pattern.ts';
import { concatTexts, Text } from '../text.ts';
import {
  either,
  isWhole,
  itemsOf,
  type Known,
  knownOf,
  knownText,
  listValue,
  objectsOf,
  orOther,
  scalarValue,
  textValue,
  unknown,
  type Value,
} from '../value.ts';
import { bytesOf, codeOf, decoded, translated } from './codecs.ts';
import { cutOfText, numberOf } from './cuts.ts';
import { listCharsMax } from './lists.ts';
import { unpacked } from './pack.ts';
import { ofScript } from './scripting.ts';

// `text -replace 'a', 'b'`, for patterns that surely take linear time.
export function replacedPattern(value: Value, given: Value): Value | undefined {
  const items = itemsOf(value);
  if (items !== undefined)
    return listValue(items.map((item) => replacedPattern(item, given) ?? unknown));
  const [from, to] = (itemsOf(given) ?? [given]).map(knownText);
  const text = knownText(value);
  if (text === undefined || from === undefined || !plainPattern.test(from)) return undefined;
  return textValue(text.replace(new RegExp(from, 'gi'), to ?? ''));
}

// Letters, classes, one group of letters, and one repetition.
const plainPattern =
  /^(?=.{1,60}$)(?:(?:\\[\\.dDwWsSnrt|()[\]{}$^*+?\-/"']|\[\^?[^\]\\]{1,40}\]|[^\\[\](){}*+?])+[+*?]?|\(\.{1,4}\))$/;

// These change nothing that stands in the text.
export function keeping(
  computation: Computation,
  text: Text,
  [a]: readonly Known[],
): Value | undefined {
  if (computation === 'shell-words') return shellWords(text);
  if (!/^strip(-start|-end)?$/.test(computation)) return undefined;
  const letters = a instanceof Text ? new Set(a.whole) : undefined;
  const isGone = (letter = ''): boolean =>
    letters === undefined ? letter.trim() === '' : letters.has(letter);
  const { whole } = text;
  let from = 0;
  let to = whole.length;
  if (computation !== 'strip-end') while (from < to && isGone(whole[from])) from += 1;
  if (computation !== 'strip-start') while (to > from && isGone(whole[to - 1])) to -= 1;
  const kept = textValue(text.slice(from, to));
  const isFirst =
    computation !== 'strip-end' && whole[from] === unknownPart && isGone(whole[from + 1]);
  const isLast =
    computation !== 'strip-start' && whole[to - 1] === unknownPart && isGone(whole[to - 2]);
  if (!isFirst && !isLast) return kept;
  // All of what is not known may be gone, and what stands beside it.
  if ((isFirst && isLast) || whole.split(unknownPart).length > alternativesMax) return undefined;
  const rest = text.slice(from + Number(isFirst), to - Number(isLast));
  const inside = keeping(computation, rest, [a]);
  return inside && either([kept, inside]);
}

// The words of a line as a shell takes it apart. What is not known may be several words.
function shellWords(text: Text): Value | undefined {
  if (/[\\$`]/.test(text.whole)) return undefined;
  const words = [...text.whole.matchAll(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g)].map(
    ({ 0: word, index }) =>
      concatTexts(
        [...word.matchAll(/'([^']*)'|"([^"]*)"|[^'"]+/g)].map((part) => {
          const inner = part[1] ?? part[2];
          const from = index + part.index + (inner === undefined ? 0 : 1);
          return text.slice(from, from + (inner ?? part[0]).length);
        }),
      ),
  );
  const hole = words.findIndex(({ isKnown }) => !isKnown);
  if (hole < 0) return listValue(words.map((word) => textValue(word)));
  const list = listValue(words.slice(0, hole).map((word) => textValue(word)));
  const rest = either(words.slice(hole).map((word) => textValue(word)));
  for (const object of objectsOf(list)) object.rest = orOther(rest);
  return list;
}

// `str.maketrans(from, to)`, or letters by their numbers.
export function byTable(text: string, table: Value): Value | undefined {
  const [object, ...others] = objectsOf(table);
  if (object?.kind !== 'record' || others.length > 0 || !isWhole(object)) return undefined;
  const letters = [...text].map((letter) => {
    const found = object.fields.get(letter) ?? object.fields.get(String(letter.codePointAt(0)));
    if (found === undefined) return letter;
    const known = knownOf(found);
    return known instanceof Text
      ? known.whole
      : typeof known === 'number'
        ? String.fromCodePoint(known)
        : known === null
          ? ''
          : undefined;
  });
  return letters.every((one) => one !== undefined) ? textValue(letters.join('')) : undefined;
}

// Whether some of a part may stand in what is not known, and the rest beside that.
function mayMeet(text: string, part: string): boolean {
  const isBeside = (one: string): boolean =>
    text.includes(one + unknownPart) || text.includes(unknownPart + one);
  return text.includes(unknownPart) && [...new Set(part)].some(isBeside);
}

export function ofText(
  computation: Computation,
  text: string,
  [a, b, c]: readonly Known[],
): Value | undefined {
  const hasHole = text.includes(unknownPart);
  const other = a instanceof Text ? a.whole : undefined;
  const third = b instanceof Text ? b.whole : undefined;
  switch (computation) {
    case 'lower':
      return textValue(text.toLowerCase());
    case 'remove-prefix':
      return other === undefined || mayMeet(text, other)
        ? undefined
        : textValue(text.startsWith(other) ? text.slice(other.length) : text);
    case 'remove-suffix':
      return other === undefined || mayMeet(text, other)
        ? undefined
        : textValue(other !== '' && text.endsWith(other) ? text.slice(0, -other.length) : text);
    case 'rsplit':
    case 'partition':
    case 'rpartition':
      return other === undefined || other === ''
        ? undefined
        : dividedText(computation, text, other, b);
    case 'upper':
      return textValue(text.toUpperCase());
    case 'reverse':
      return textValue([...text].reverse().join(''));
    case 'replace': {
      if (other === undefined || other === '') return undefined;
      if (other.length > 1 && mayMeet(text, other)) return undefined;
      const put = third ?? (b === undefined ? unknownPart : '');
      if (c === undefined && text.split(other).length > 2) return undefined;
      let left = typeof c === 'number' ? c : Number.POSITIVE_INFINITY;
      const changed = textValue(text.replaceAll(other, () => (left-- > 0 ? put : other)));
      if (!hasHole || c === null) return changed;
      // What comes first may be in what is not known.
      return c === 1 ? either([changed, textValue(text)]) : undefined;
    }
    case 'translate':
      return other === undefined || third === undefined
        ? undefined
        : textValue(translated(text, other, third));
    case 'split':
      if (hasHole || (b !== null && typeof b !== 'number')) return undefined;
      return listValue(splitText(text, other, b ?? undefined).map((part) => textValue(part)));
    case 'split-lines': {
      if (hasHole) return undefined;
      const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
      return listValue((a === true ? text.split(/(?<=\n)/) : lines).map((one) => textValue(one)));
    }
    case 'slice':
    case 'part':
    case 'between':
    case 'substring':
      return cutOfText(computation, text, [a, b, c]);
    case 'repeat':
      return typeof a === 'number'
        ? textValue(text.repeat(Math.max(0, Math.min(a, listCharsMax))))
        : undefined;
    case 'length':
      // Languages count letters or units of UTF-16.
      return hasHole || /[\ud800-\udfff]/.test(text) ? undefined : scalarValue(text.length);
    case 'letters':
      return hasHole ? undefined : listValue([...text].map((letter) => textValue(letter)));
    case 'bytes':
      return hasHole ? undefined : listValue([...bytesOf(text)].map(scalarValue));
    case 'ord':
      return hasHole || text === '' ? undefined : scalarValue(codeOf(text));
    case 'unpack':
      return hasHole || other === undefined ? undefined : unpacked(text, other);
    default:
      return (
        ofScript(computation, text, [a, b, c]) ??
        ofPath(computation, text, other) ??
        (hasHole ? undefined : decoded(computation, text))
      );
  }
}

// The parts between separators, at most so often; the last has what is left.
function splitText(text: string, by: string | undefined, times?: number): readonly string[] {
  const parts = by === undefined ? text.trim().split(/\s+/) : text.split(by);
  if (times === undefined || times < 0 || parts.length <= times + 1) return parts;
  if (by !== undefined) return [...parts.slice(0, times), parts.slice(times).join(by)];
  const kept = parts.slice(0, times);
  const rest = kept.reduce((left, part) => left.slice(part.length).trimStart(), text.trimStart());
  return [...kept, rest];
}

// `a.partition(by)`, `a.rpartition(by)`, `a.rsplit(by, times)`
function dividedText(
  computation: Computation,
  text: string,
  other: string,
  times: Known,
): Value | undefined {
  const isFromStart = computation === 'partition';
  const ordered = (all: readonly string[]): readonly string[] =>
    isFromStart ? all : all.toReversed();
  const turned = (one: string): string => ordered([...one]).join('');
  const all = turned(text).split(turned(other)).map(turned);
  const most = computation === 'rsplit' ? numberOf(times ?? -1) : 1;
  if (most === undefined) return undefined;
  const cuts = Math.min(most < 0 ? all.length : most, all.length - 1);
  const told = all.slice(0, cuts);
  // What is not known may have separators, too.
  const isTold = cuts === most && !told.some((part) => part.includes(unknownPart));
  if (text.includes(unknownPart) && !isTold) return undefined;
  const parts = [...told, ordered(all.slice(cuts)).join(other)];
  if (computation !== 'rsplit') parts.splice(1, 0, ...(cuts === 0 ? ['', ''] : [other]));
  return listValue(ordered(parts).map((part) => textValue(part)));
}

// A function of a path; undefined for another.
function ofPath(
  computation: Computation,
  text: string,
  other: string | undefined,
): Value | undefined {
  switch (computation) {
    case 'path-parents': {
      const folders: Value[] = [];
      let folder = folderOf(text);
      for (let up = 0; up < 16; up++) {
        folders.push(textValue(folder));
        if (folder === posix.dirname(folder)) break;
        folder = posix.dirname(folder);
      }
      return listValue(folders);
    }
    case 'path-suffix':
      return other === undefined
        ? undefined
        : textValue(`${text.slice(0, text.length - posix.extname(text).length)}${other}`);
    case 'path-beside':
      return other === undefined ? undefined : textValue(posix.join(folderOf(text), other));
    case 'path-title':
      return textValue(posix.basename(text, posix.extname(text)));
    case 'path-stem': {
      const end = posix.extname(text);
      return listValue([textValue(text.slice(0, text.length - end.length)), textValue(end)]);
    }
    case 'path-folder':
      return textValue(folderOf(text));
    case 'path-name':
      return textValue(nameIn(text, other));
    case 'path-absolute':
      return textValue(absolute(text, other));
    case 'host': {
      const [, host] = /^[a-z][\w+.-]*:\/\/(?:[^@/]*@)?([^/?#]*)/i.exec(text) ?? [];
      return host === undefined && text.includes(unknownPart) ? undefined : textValue(host ?? text);
    }
    case 'windows-folder':
      return windowsFolder(text);
    default:
      return undefined;
  }
}

// What is not known of a path may have further folders.
function folderOf(path: string): string {
  // Nobody knows where the skills lie.
  if (path === '/skills') return unknownPart;
  const hole = path.indexOf(unknownPart);
  if (hole < 0 || !path.slice(path.lastIndexOf('/')).includes(unknownPart))
    return posix.dirname(path);
  return `${path.slice(0, path.lastIndexOf('/', hole) + 1)}${unknownPart}`;
}

function nameIn(path: string, suffix = ''): string {
  const name = posix.basename(path, suffix === '.*' ? posix.extname(path) : suffix);
  const hole = name.lastIndexOf(unknownPart);
  return hole < 0 ? name : name.slice(hole);
}

/** The flags of a pattern of Python: `re.I`. */
export function flagsIn(value: Value | undefined): string {
  const names = value?.things.flatMap((thing) => (thing.is === 'api' ? [thing.name] : [])) ?? [];
  return names.some((name) => /\.(I|IGNORECASE)$/.test(name)) ? 'i' : '';
}

export function byPattern(
  computation: Computation,
  text: Value,
  pattern: Value,
  other: Value,
  flags = '',
): Value | undefined {
  const source = knownText(pattern)?.replaceAll('(?P<', '(?<').replaceAll(/\\Z/g, '$');
  const whole = knownText(text);
  const bounded = source === undefined ? undefined : boundedPattern(source, `gm${flags}`);
  if (bounded === undefined || whole === undefined || whole.length > bounded.lineMax)
    return undefined;
  const { expression } = bounded;
  if (computation === 'split-regex')
    return listValue(whole.split(expression).map((part) => textValue(part ?? '')));
  if (computation === 'replace-regex') {
    const by = knownText(other);
    return by === undefined
      ? undefined
      : textValue(
          whole.replace(expression, by.replaceAll('$', '$$$$').replace(/\\(?:g<)?(\d)>?/g, '$$$1')),
        );
  }
  expression.lastIndex = 0;
  const found = expression.exec(whole);
  return found === null ? undefined : listValue([...found].map((part) => textValue(part ?? '')));
}

// `[Variables]::GetFolderPath(…)`
function windowsFolder(name: string): Value | undefined {
  const folders: Readonly<Record<string, string>> = {
    userprofile: '~',
    applicationdata: '~/AppData/Roaming',
    localapplicationdata: '~/AppData/Local',
    mydocuments: '~/Documents',
    personal: '~/Documents',
    desktop: '~/Desktop',
    desktopdirectory: '~/Desktop',
    commonapplicationdata: '/c/ProgramData',
    startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
    commonstartup: '/c/ProgramData/Microsoft/Windows/Start Menu/Programs/Startup',
  };
  const folder = own(folders, name.toLowerCase());
  return folder === undefined ? undefined : textValue(folder);
}

function absolute(path: string, below: string | undefined): string {
  if (/^[~/]/.test(path) || path.startsWith(unknownPart)) return posix.normalize(path);
  return posix.join(below ?? '.', path);
}
