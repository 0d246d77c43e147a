/**
 * Values of expressions without running them, constant folding, and a function's arguments in one
 * call.
 */
import type { ts } from 'ts-morph';
import { alternativesMax, foldedCharsMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { type Functionish, parametersOf } from '../syntax.ts';

export type JsValue =
  /** `made`: where an object was created of which nothing else is known. */
  | { readonly kind: 'unknown'; readonly made?: readonly ts.Node[] }
  /**
   * `unknownPart` stands for parts that could not be computed. `built`: an operation computed the
   * text, and not a literal.
   */
  | { readonly kind: 'text'; readonly text: string; readonly built: boolean }
  /** Bytes, one code unit each. */
  | { readonly kind: 'bytes'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  /** A number that changes: the index in a loop. */
  | { readonly kind: 'count' }
  /** A regular expression. */
  | { readonly kind: 'pattern'; readonly source: string; readonly flags: string }
  /** An entry of the capability tables, or of the language, by its qualified name. */
  | { readonly kind: 'api'; readonly name: string; readonly built: boolean }
  /** An object that an API returned; `made` is the call. */
  | { readonly kind: 'instance'; readonly of: string; readonly made: ts.Node }
  | { readonly kind: 'function'; readonly node: Functionish; readonly frame: Frame }
  /** A class, or an object of the class. */
  | { readonly kind: 'class'; readonly node: ts.ClassLikeDeclaration; readonly made: boolean }
  | { readonly kind: 'object'; readonly node: ts.ObjectLiteralExpression; readonly frame: Frame }
  /**
   * `nodes`: the expressions of the items, when they are in a literal or are arguments. `made`: the
   * expressions that created the list or passed it on.
   */
  | {
      readonly kind: 'array';
      readonly items: readonly JsValue[];
      readonly nodes?: readonly (ts.Expression | undefined)[];
      readonly made?: readonly ts.Node[];
    }
  /**
   * A list that only `push`, `pop` and `shift` change; its length is not known. It is no `array`,
   * so that code that reads all items of a list treats it as unknown. `pushed`: the added items.
   */
  | {
      readonly kind: 'growing';
      readonly items: readonly JsValue[];
      readonly pushed: readonly ts.Expression[];
      readonly made?: readonly ts.Node[];
    }
  /** An object that a JSON text holds. */
  | { readonly kind: 'data'; readonly data: object }
  /** A file of the skill, as a module. */
  | { readonly kind: 'module'; readonly file: ts.SourceFile }
  /** `.constructor` of something that is no function. */
  | { readonly kind: 'constructor' }
  /** A method of the language's own objects. */
  | {
      readonly kind: 'method';
      readonly of: JsValue;
      readonly name: string;
      readonly built: boolean;
    }
  /** A function with its first arguments bound. */
  | {
      readonly kind: 'bound';
      readonly callee: JsValue;
      readonly given: readonly JsValue[];
      readonly nodes?: readonly (ts.Expression | undefined)[];
    }
  /** One of several values. */
  | { readonly kind: 'union'; readonly of: readonly JsValue[] };

export const unknown: JsValue = { kind: 'unknown' };

export function text(value: string, built = false): JsValue {
  return value.length > foldedCharsMax ? unknown : { kind: 'text', text: value, built };
}

/**
 * A list of these items. A recursive function can double its list with each call, so a list that is
 * too long is an unknown value.
 */
export function listOf(items: readonly JsValue[]): JsValue {
  return items.length > listItemsMax ? unknown : { kind: 'array', items };
}

/** Items of a list, and arguments of a call, that are looked at. */
export const listItemsMax = 4_096;

/** The alternatives of a value. */
export function alternatives(value: JsValue): readonly JsValue[] {
  return value.kind === 'union' ? value.of : [value];
}

/**
 * One value that may be any of these. Equal texts and names count once, and only a few are kept.
 */
export function unionOf(values: readonly JsValue[]): JsValue {
  const [only] = values;
  if (values.length <= 1) return only ?? unknown;
  const flat = values.flatMap(alternatives);
  const kept = new Map<unknown, JsValue>();
  for (const value of flat) kept.set(keyOf(value), value);
  const all = [...kept.values()];
  const [first] = all;
  if (first === undefined) return unknown;
  if (all.length === 1) return first;
  return {
    kind: 'union',
    of: all.length <= alternativesMax ? all : [...all.slice(0, alternativesMax - 1), unknown],
  };
}

function keyOf(value: JsValue): unknown {
  if (value.kind === 'text') return `text ${value.text}`;
  if (value.kind === 'api') return `api ${value.name}`;
  if (value.kind === 'unknown') return value.made?.[0] ?? 'unknown';
  if (value.kind === 'count') return 'count';
  if (value.kind === 'class') return value.made ? value.node : value.node.members;
  // A function that a call returned is not the one that another call returned.
  return value.kind === 'function' ? (value.frame?.question(value.node) ?? value.node) : value;
}

/** The text of a value; a hole for an unknown value. */
export function textOr(value: JsValue, otherwise = unknownPart): string {
  if (value.kind === 'text' || value.kind === 'bytes') return value.text;
  if (value.kind === 'number') return String(value.number);
  if (value.kind === 'array') return value.items.map((item) => textOr(item)).join(',');
  if (value.kind === 'api' && /^(process|Bun)\.env\.(HOME|USERPROFILE)$/.test(value.name))
    return '~';
  return otherwise;
}

/** Whether a value is a text without holes. */
export function isWhole(value: JsValue): value is { kind: 'text'; text: string; built: boolean } {
  return value.kind === 'text' && !value.text.includes(unknownPart);
}

/** Joined texts: the product of the alternatives, as long as it is small. */
export function concatenated(parts: readonly JsValue[]): JsValue {
  let texts = [''];
  for (const part of parts) {
    const options = alternatives(part).map((value) => textOr(value));
    const grown = texts.flatMap((before) => options.map((option) => before + option));
    texts = grown.length <= alternativesMax ? grown : texts.map((before) => before + unknownPart);
    if (texts.some((text) => text.length > foldedCharsMax)) return unknown;
  }
  const holes = (folded: string): string => folded.replace(/\0+/g, unknownPart);
  return unionOf(texts.map((folded) => text(holes(folded), true)));
}

/** The number of a value where it is one. */
export function numberOf(value: JsValue | undefined): number | undefined {
  return value?.kind === 'number' ? value.number : undefined;
}

/** One call of a function. Two calls with the same arguments are one. */
export class CallFrame {
  readonly callee: Functionish;
  readonly args: readonly JsValue[];
  readonly outer: Frame;
  readonly #file: ts.SourceFile;
  readonly #questions = new Map<object, object>();

  constructor(callee: Functionish, args: readonly JsValue[], outer: Frame) {
    this.callee = callee;
    this.args = args;
    this.outer = outer;
    this.#file = callee.getSourceFile();
  }

  /** The argument for a parameter; undefined when the call passes none. */
  given(parameter: ts.ParameterDeclaration): JsValue | undefined {
    if (parameter.parent !== this.callee) return this.outer?.given(parameter);
    const index = parametersOf(this.callee).indexOf(parameter);
    return parameter.dotDotDotToken === undefined
      ? this.args[index]
      : listOf(this.args.slice(index));
  }

  /** The key for a question within this call. */
  question(about: object): object {
    const known = this.#questions.get(about) ?? {};
    this.#questions.set(about, known);
    return known;
  }

  /** The call, or one around it, whose arguments a node can depend on. */
  around(node: ts.Node): Frame {
    const inside =
      node.pos >= this.callee.pos &&
      node.end <= this.callee.end &&
      node.getSourceFile() === this.#file;
    return inside ? this : this.outer?.around(node);
  }
}

export type Frame = CallFrame | undefined;

/** A member that its object lacks. */
export function isAbsent(value: JsValue): boolean {
  return value.kind === 'method' && value.of.kind === 'object';
}
