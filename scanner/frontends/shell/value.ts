/**
 * Values in the shell front end: text with unknown parts, the source place of each part, and
 * taints.
 */
import type { Confidence } from '../../../skills-index/statement/finding.ts';
import type { FlowSource, Span } from '../../fact/fact.ts';
import { alternativesMax, foldedCharsMax } from '../../fact/shared-limits.ts';
import type { OffsetMap } from '../../fact/source.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';

const shellTaintStepsMax = 12;

const shellTaintsMax = 24;

/** A value that flowed in: one step of its path, with the steps before. */
export interface Taint {
  readonly source: FlowSource;
  /**
   * The beginning of the path: a source, the start of this program, or the output of a program that
   * it starts.
   */
  readonly origin: 'source' | 'argument' | 'stdin' | 'output';
  readonly certainty: Confidence;
  readonly span: Span;
  readonly note: string;
  readonly before: Taint | undefined;
  /** The first step. */
  readonly root: Pick<Taint, 'span' | 'origin'>;
  /**
   * Whether this step is base64, compression, encryption or the like, and whether any step so far
   * is.
   */
  readonly encodes: boolean;
  readonly encoded: boolean;
  readonly length: number;
  /** It stands behind the first slash of an address, where it cannot say the host. */
  readonly behindSlash?: boolean;
}

interface TaintStep {
  readonly span: Span;
  readonly note: string;
}

/** A taint at its first step. */
export function rootTaint(
  source: FlowSource,
  { span, note }: TaintStep,
  certainty: Confidence = 'exact',
  origin: Taint['origin'] = 'source',
): Taint {
  const root = { span, origin };
  return {
    source,
    origin,
    certainty,
    span,
    note,
    before: undefined,
    root,
    encodes: false,
    encoded: false,
    length: 1,
  };
}

export interface ShellValue {
  /** `unknownPart` stands for each part that could not be computed. */
  readonly text: string;
  /** Other possible texts, from branches and loops. */
  readonly others: readonly string[];
  /** The places of the parts of `text` in the source. */
  readonly map: OffsetMap;
  readonly taints: readonly Taint[];
  /** Joined from parts, decoded or taken from a variable: not as written in the source. */
  readonly folded: boolean;
  /** Decoded from base64, hex or such. */
  readonly decoded: boolean;
  /** The elements of an array, by index or name; `text` is all of them. */
  readonly members?: ReadonlyMap<string, ShellValue>;
  /** Decoded bytes that are no text. */
  readonly bytes?: Uint8Array;
  /** It may be more texts than are kept. As code, it may be anything. */
  readonly isCut?: boolean;
  /** The output of an interactive shell, or of an interpreter without a program. */
  readonly shellOutput: boolean;
}

export const emptyValue: ShellValue = {
  text: '',
  others: [],
  map: [],
  taints: [],
  folded: false,
  decoded: false,
  shellOutput: false,
};

/** A value with known taints only. */
export function unknownValue(taints: readonly Taint[] = []): ShellValue {
  return { ...emptyValue, text: unknownPart, taints };
}

/** Text as it stands in the source from `raw` on. */
export function literalValue(text: string, raw: number, folded = false): ShellValue {
  return {
    ...emptyValue,
    text,
    folded,
    map: text === '' ? [] : [{ at: 0, raw, ...(folded && { fixed: true as const }) }],
  };
}

/** Several values one after the other. */
export function concat(values: readonly ShellValue[]): ShellValue {
  const [only] = values;
  if (only === undefined) return emptyValue;
  if (values.length === 1) return only;
  let text = '';
  const map: { at: number; raw: number; fixed?: true }[] = [];
  for (const value of values) {
    if (text.length + value.text.length > foldedCharsMax) return unknownValue(joinTaints(values));
    for (const piece of value.map) map.push({ ...piece, at: piece.at + text.length });
    text += value.text;
  }
  return {
    text,
    map,
    ...(values.some((value) => value.isCut) && { isCut: true }),
    others: alternatives(values),
    taints: joinTaints(inAddress(values)),
    folded: values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    shellOutput: values.some((value) => value.shellOutput),
  };
}

// Of values one after the other, those behind a slash are marked. What a value itself marks counts
// only while its own text still has that slash.
function inAddress(values: readonly ShellValue[]): readonly ShellValue[] {
  if (values.every(({ taints }) => taints.length === 0)) return values;
  let isBehind = false;
  return values.map((value) => {
    const marked = isBehind
      ? markedAs(value, true)
      : hasSlash(value)
        ? value
        : markedAs(value, false);
    isBehind ||= hasSlash(value);
    return marked;
  });
}

function markedAs(value: ShellValue, behindSlash: boolean): ShellValue {
  const isSame = value.taints.every((taint) => (taint.behindSlash === true) === behindSlash);
  if (isSame) return value;
  return { ...value, taints: value.taints.map((taint) => markedTaint(taint, behindSlash)) };
}

// The taint itself is the step before: graphs know taints by identity.
function markedTaint(taint: Taint, behindSlash: boolean): Taint {
  return { ...taint, before: taint, note: '', encodes: false, behindSlash };
}

/** Whether each text of a value has a slash behind its scheme, so that its host has ended. */
export function hasSlash(value: ShellValue): boolean {
  return textsOf(value).every((text) => {
    const rest = text.replace(/^(\w{1,20}:)?\/\//, '');
    return /[/?#]/.test(rest) && !rest.startsWith(`${unknownPart}//`);
  });
}

/** Several values with a separator between them. */
export function joinWith(values: readonly ShellValue[], separator: string): ShellValue {
  if (values.length < 2) return values[0] ?? emptyValue;
  const between = { ...emptyValue, text: separator };
  return concat(values.flatMap((value, index) => (index === 0 ? [value] : [between, value])));
}

/** A value with another text computed from its own. */
export function changedText(value: ShellValue, text: string): ShellValue {
  const raw = value.map[0]?.raw;
  const { members: _members, bytes: _bytes, ...plain } = value;
  return {
    ...plain,
    text,
    map: raw === undefined ? [] : [{ at: 0, raw, fixed: true }],
    folded: true,
    others: [],
  };
}

/** One value or the other: the first's text, with the second's as an alternative. */
export function either(first: ShellValue, second: ShellValue): ShellValue {
  const others = [...first.others, second.text, ...second.others].filter(
    (text) => text !== first.text,
  );
  const all = [...new Set(others)];
  return {
    ...first,
    ...((all.length > alternativesMax || first.isCut === true || second.isCut === true) && {
      isCut: true,
    }),
    others: all.slice(0, alternativesMax),
    taints: joinTaints([first, second]),
    decoded: first.decoded || second.decoded,
    shellOutput: first.shellOutput || second.shellOutput,
  };
}

/** Every possible text of a value; of more than are kept, the rest is one unknown text. */
export function textsOf(value: ShellValue): readonly string[] {
  const texts = [value.text, ...value.others];
  return value.isCut === true && !texts.includes(unknownPart) ? [...texts, unknownPart] : texts;
}

/** A value with other texts computed from each of its own; undefined where one is not known. */
export function changedTexts(
  value: ShellValue,
  change: (text: string) => string | undefined,
): ShellValue {
  const [text = unknownPart, ...others] = textsOf(value).map((one) =>
    one.includes(unknownPart) ? unknownPart : (change(one) ?? unknownPart),
  );
  return {
    ...changedText(value, text),
    others: [...new Set(others)].filter((one) => one !== text),
  };
}

/** Words, each of them with one text, for every combination of what they may be. */
export function choicesOf(words: readonly ShellValue[]): readonly (readonly ShellValue[])[] {
  const texts = words.map((word) => (word.members === undefined ? textsOf(word) : [word.text]));
  const count = texts.reduce((product, { length }) => product * length, 1);
  if (count === 1) return [words];
  const given = (word: ShellValue, text: string): ShellValue =>
    text === word.text ? { ...word, others: [] } : changedText(word, text);
  if (count > 2 * alternativesMax)
    return [
      words,
      words.map((word, at) =>
        (texts[at]?.length ?? 0) > 1 ? changedText(word, unknownPart) : word,
      ),
    ];
  return words.reduce<readonly (readonly ShellValue[])[]>(
    (rows, word, at) =>
      rows.flatMap((row) => (texts[at] ?? []).map((text) => [...row, given(word, text)])),
    [[]],
  );
}

/** Words, of which there may be many: behind the greatest number there may be any. */
export function fewWords(words: readonly ShellValue[], most: number): readonly ShellValue[] {
  return words.length > most
    ? [...words.slice(0, most), unknownValue(joinTaints(words.slice(most)))]
    : words;
}

export function isKnown(value: ShellValue): boolean {
  return !value.text.includes(unknownPart);
}

export function joinTaints(values: readonly ShellValue[]): readonly Taint[] {
  const tainted = values.filter((value) => value.taints.length > 0);
  const [only] = tainted;
  if (only === undefined) return noTaints;
  if (tainted.length === 1) return only.taints;
  const kept: Taint[] = [];
  for (const { taints } of tainted) {
    for (const taint of taints) {
      const at = kept.findIndex((known) => isSameTaint(known, taint));
      const known = kept[at];
      const isNarrower = known?.behindSlash === true && taint.behindSlash !== true;
      if (isNarrower) kept[at] = taint;
      else if (known === undefined && kept.length < shellTaintsMax) kept.push(taint);
    }
  }
  return kept;
}

// The taints of a loop are joined in every round: only a few are kept, so comparing costs less than
// keys.
function isSameTaint(a: Taint, b: Taint): boolean {
  return (
    a === b ||
    (a.root.span.start === b.root.span.start &&
      a.origin === b.origin &&
      a.encoded === b.encoded &&
      a.source.what === b.source.what &&
      a.source.name === b.source.name &&
      a.root.span.path === b.root.span.path)
  );
}

const noTaints: readonly Taint[] = [];

/** The taints after one more step; a very long path keeps its first steps. */
export function pass(taints: readonly Taint[], step: TaintStep, encodes = false): readonly Taint[] {
  return taints.map((taint) => {
    const isSame = taint.span.start === step.span.start && taint.note === step.note;
    if (isSame && (taint.encoded || !encodes)) return taint;
    const length = taint.length + 1;
    if (length > shellTaintStepsMax)
      return encodes && !taint.encoded ? { ...taint, encodes, encoded: true } : taint;
    return { ...taint, ...step, before: taint, encodes, encoded: taint.encoded || encodes, length };
  });
}

// Every combination of the texts; of too many, those that differ in one value, and any text.
function alternatives(values: readonly ShellValue[]): readonly string[] {
  const several = values.filter(({ others }) => others.length > 0);
  if (several.length === 0) return none;
  const text = values.map((value) => value.text).join('');
  const count = several.reduce((product, { others }) => product * (others.length + 1), 1);
  const found = new Set<string>();
  if (count <= alternativesMax + 1) {
    let texts = [''];
    for (const value of values)
      texts = texts.flatMap((before) => [value.text, ...value.others].map((one) => before + one));
    for (const one of texts) found.add(one);
  } else {
    for (let at = 0; at < values.length && found.size < alternativesMax; at++)
      for (const other of values[at]?.others ?? []) {
        if (found.size >= alternativesMax) break;
        found.add(values.map((value, index) => (index === at ? other : value.text)).join(''));
      }
    found.add(unknownPart);
  }
  found.delete(text);
  // Of an unknown place below the root nothing is known.
  return [...new Set([...found].map((one) => (/^[/~]+\0/.test(one) ? unknownPart : one)))];
}

const none: readonly string[] = [];

/** A piece of a value's text, with its places. */
export function slice(value: ShellValue, from: number, to = value.text.length): ShellValue {
  const text = value.text.slice(from, to);
  const map = value.map
    .filter(
      (piece, index) =>
        piece.at < to && (value.map[index + 1]?.at ?? Number.POSITIVE_INFINITY) > from,
    )
    .map((piece) => {
      const skipped = Math.max(0, from - piece.at);
      return {
        ...piece,
        at: Math.max(0, piece.at - from),
        raw: piece.fixed ? piece.raw : piece.raw + skipped,
      };
    });
  const { members: _members, bytes: _bytes, ...plain } = value;
  return {
    ...plain,
    text,
    map,
    others: value.others.map((other) => other.slice(from, to < value.text.length ? to : undefined)),
  };
}
