/**
 * Calls that are followed with their arguments: what a function's parameters stand for in one of
 * them.
 */
import type { ts } from 'ts-morph';
import { alternatives, type Functionish, type Value } from './values/values.ts';

/** One call of a function; two calls with the same arguments are one. */
export class CallFrame {
  readonly callee: Functionish;
  readonly args: readonly Value[];
  readonly outer: Frame;
  readonly #file: ts.SourceFile;
  readonly #questions = new Map<object, object>();

  constructor(callee: Functionish, args: readonly Value[], outer: Frame) {
    this.callee = callee;
    this.args = args;
    this.outer = outer;
    this.#file = callee.getSourceFile();
  }

  /** What a parameter stands for; undefined when the call gives nothing for it. */
  given(parameter: ts.ParameterDeclaration): Value | undefined {
    if (parameter.parent !== this.callee) return this.outer?.given(parameter);
    const index = this.callee.parameters.indexOf(parameter);
    return parameter.dotDotDotToken === undefined
      ? this.args[index]
      : { kind: 'array', items: this.args.slice(index) };
  }

  /** Stands for a question that is asked in this call. */
  question(about: object): object {
    const known = this.#questions.get(about) ?? {};
    this.#questions.set(about, known);
    return known;
  }

  /** The call, or one around it, on whose arguments a node can depend. */
  around(node: ts.Node): Frame {
    const inside =
      node.pos >= this.callee.pos &&
      node.end <= this.callee.end &&
      node.getSourceFile() === this.#file;
    return inside ? this : this.outer?.around(node);
  }
}

export type Frame = CallFrame | undefined;

/** Calls by function and arguments. */
export class Frames {
  readonly #known = new Map<Functionish, Map<string, CallFrame>>();
  readonly #ids = new Map<object, number>();

  /**
   * The frame of a call; undefined when nothing is known of its arguments, so that it is like any
   * other.
   */
  of(callee: Functionish, args: readonly Value[], outer: Frame): Frame {
    if (outer === undefined && args.every((one) => one.kind === 'unknown' || one.kind === 'method'))
      return undefined;
    const key = `${outer === undefined ? '' : this.#id(outer)} ${args.map((one) => this.#key(one, 0)).join(' ')}`;
    const same = this.#known.get(callee) ?? new Map<string, CallFrame>();
    this.#known.set(callee, same);
    const known = same.get(key) ?? new CallFrame(callee, args, outer);
    same.set(key, known);
    return known;
  }

  #id(thing: object): number {
    const known = this.#ids.get(thing) ?? this.#ids.size;
    this.#ids.set(thing, known);
    return known;
  }

  #key(value: Value, depth: number): string {
    switch (value.kind) {
      case 'text':
        return `t${value.built ? 1 : 0}${JSON.stringify(value.text)}`;
      case 'number':
        return `n${value.number}`;
      case 'api':
        return `a${value.built ? 1 : 0}${value.name}`;
      case 'unknown':
      case 'constructor':
        return value.kind;
      case 'function':
      case 'object':
        return `${value.kind}${this.#id(value.node)},${value.frame === undefined ? '' : this.#id(value.frame)}`;
      case 'class':
        return `${value.made ? 'made' : 'class'}${this.#id(value.node)}`;
      case 'module':
        return `m${this.#id(value.file)}`;
      case 'array':
      case 'union': {
        const parts = value.kind === 'array' ? value.items : alternatives(value);
        if (depth > 2 || parts.length > 64) return `v${this.#id(value)}`;
        return `${value.kind}(${parts.map((one) => this.#key(one, depth + 1)).join(' ')})`;
      }
      default:
        return `v${this.#id(value)}`;
    }
  }
}
