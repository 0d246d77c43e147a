/** The global object as code in a text gives it, and calls by way of `Function.call`. */
import { isWhole, type JsValue } from '../values/values.ts';

// What `Function("return this")` gives: its call gives the global object.
export const globalMaker = 'Function()';

/** Whether code gives the global object, and does nothing else. */
export function givesGlobal(code: JsValue | undefined): boolean {
  return code !== undefined && isWhole(code) && globalCode.test(code.text);
}

const globalCode =
  /^\s{0,9}(?:["']use strict["'];\s{0,9})?(?:(?:return )?this|\(\s?function\s?\(\) ?\{ ?return this;? ?\}\)\(\))\s{0,9};?\s{0,9}$/;

/** `Function.call.bind(f)` is `f.call`; undefined for any other function. */
export function boundCall(name: string, args: readonly JsValue[]): JsValue | undefined {
  const [, method] = /^Function(?:\.prototype)?\.(call|apply)[.#]bind$/.exec(name) ?? [];
  const [first, ...given] = args;
  if (method === undefined || first === undefined) return undefined;
  if (first.kind === 'api' && takesFunction.test(first.name)) return undefined;
  const callee: JsValue =
    first.kind === 'api'
      ? { kind: 'api', name: `${first.name}.${method}`, built: first.built }
      : { kind: 'method', of: first, name: method, built: false };
  return { kind: 'bound', callee, given };
}

// What a function does with a function that it is given is not followed through `call`.
const takesFunction =
  /[.#](map|forEach|filter|reduce|reduceRight|some|every|find\w*|sort|flatMap|from|replace\w*|then|call|apply|bind)$/;
