/**
 * Calls that are followed with their arguments: the values of a function's parameters in one call.
 */

import type { Functionish } from './syntax.ts';
import { alternatives, CallFrame, type Frame, type JsValue } from './values/values.ts';

/** Calls by function and arguments. */
export class Frames {
  readonly #known = new Map<Functionish, Map<string, CallFrame>>();
  readonly #ids = new Map<object, number>();

  /**
   * The frame of a call; undefined when nothing is known about its arguments, so that it is like
   * any other call.
   */
  of(callee: Functionish, args: readonly JsValue[], outer: Frame): Frame {
    if (
      outer === undefined &&
      args.every((value) => value.kind === 'unknown' || value.kind === 'method')
    )
      return undefined;
    const key = `${outer === undefined ? '' : this.#id(outer)} ${args.map((value) => this.#key(value, 0)).join(' ')}`;
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

  #key(value: JsValue, depth: number): string {
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
        return `${value.kind}(${parts.map((value) => this.#key(value, depth + 1)).join(' ')})`;
      }
      default:
        return `v${this.#id(value)}`;
    }
  }
}
