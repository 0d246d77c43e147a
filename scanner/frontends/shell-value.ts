/** Values as the shell front end follows them: text with unknown parts, where each piece was written, and what flowed in. */
import type { Confidence } from '../../skills-index/statement/finding.ts';
import type { FlowSource, Span } from '../fact.ts';
import { alternativesMax, foldedCharsMax, shellTaintsMax } from '../limits.ts';
import { unknownPart } from '../models/egress-of.ts';
import type { OffsetMap } from '../source.ts';

/** Something that flowed into a value, with the way it came. */
export interface Taint {
  readonly source: FlowSource;
  readonly steps: readonly { readonly span: Span; readonly note: string }[];
  readonly encoded: boolean;
  readonly certainty: Confidence;
}

export interface Value {
  /** `unknownPart` stands for each part that could not be computed. */
  readonly text: string;
  /** Other texts that it may be instead, from branches and loops. */
  readonly others: readonly string[];
  /** Where pieces of `text` stand in the source. */
  readonly map: OffsetMap;
  readonly taints: readonly Taint[];
  /** Put together from pieces, decoded or taken from a variable: not as it stands in the source. */
  readonly folded: boolean;
  /** Decoded from base64, hex or such. */
  readonly decoded: boolean;
  /** What an interactive shell or an interpreter without a program prints. */
  readonly shellOutput: boolean;
}

export const emptyValue: Value = { text: '', others: [], map: [], taints: [], folded: false, decoded: false, shellOutput: false };

/** A value of which only its taints are known. */
export function unknownValue(taints: readonly Taint[] = []): Value {
  return { ...emptyValue, text: unknownPart, taints };
}

/** Text as it stands in the source from `raw` on. */
export function literalValue(text: string, raw: number, folded = false): Value {
  return { ...emptyValue, text, folded, map: text === '' ? [] : [{ at: 0, raw, ...(folded && { fixed: true as const }) }] };
}

/** Several values one after the other. */
export function concat(values: readonly Value[]): Value {
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
    others: alternatives(values),
    taints: joinTaints(values),
    folded: values.some((value) => value.folded),
    decoded: values.some((value) => value.decoded),
    shellOutput: values.some((value) => value.shellOutput),
  };
}

/** One value or the other: the first's text, with the second's beside it. */
export function either(first: Value, second: Value): Value {
  const others = [...first.others, second.text, ...second.others].filter((text) => text !== first.text);
  return { ...first, others: [...new Set(others)].slice(0, alternativesMax), taints: joinTaints([first, second]) };
}

/** Every text that a value may be. */
export function textsOf(value: Value): readonly string[] {
  return [value.text, ...value.others];
}

export function isKnown(value: Value): boolean {
  return !value.text.includes(unknownPart);
}

export function joinTaints(values: readonly Value[]): readonly Taint[] {
  const kept = new Map<string, Taint>();
  for (const taint of values.flatMap((value) => value.taints)) {
    const key = `${taint.source.what}\n${taint.source.name}\n${taint.encoded}\n${taint.steps[0]?.span.start}`;
    if (!kept.has(key) && kept.size < shellTaintsMax) kept.set(key, taint);
  }
  return [...kept.values()];
}

/** The taints one step on. */
export function pass(taints: readonly Taint[], step: Taint['steps'][number], encodes = false): readonly Taint[] {
  return taints.map((taint) => {
    const last = taint.steps.at(-1);
    const isSame = last !== undefined && last.span.start === step.span.start && last.note === step.note;
    return {
      ...taint,
      encoded: taint.encoded || encodes,
      steps: isSame || taint.steps.length >= 12 ? taint.steps : [...taint.steps, step],
    };
  });
}

function alternatives(values: readonly Value[]): readonly string[] {
  if (values.every((value) => value.others.length === 0)) return [];
  const found: string[] = [];
  values.forEach((value, index) => {
    for (const other of value.others) found.push(values.map((one, at) => (at === index ? other : one.text)).join(''));
  });
  return [...new Set(found)].slice(0, alternativesMax);
}

/** A piece of a value's text, with its places. */
export function slice(value: Value, from: number, to = value.text.length): Value {
  const text = value.text.slice(from, to);
  const map = value.map
    .filter((piece, index) => piece.at < to && (value.map[index + 1]?.at ?? Number.POSITIVE_INFINITY) > from)
    .map((piece) => {
      const skipped = Math.max(0, from - piece.at);
      return { ...piece, at: Math.max(0, piece.at - from), raw: piece.fixed ? piece.raw : piece.raw + skipped };
    });
  return { ...value, text, map, others: value.others.map((other) => other.slice(from, to < value.text.length ? to : undefined)) };
}
