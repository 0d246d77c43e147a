/** Operands of httpie, which are parts of a request. */
import type { Call } from '../../call.ts';
import type { ShellRun } from '../../run.ts';
import { type ShellValue, slice } from '../../value.ts';
import { readFileValue } from '../files.ts';

/** httpie and its like. */
export const isHttpie = /^(https?|xhs?)$/;

// A port is no header: `localhost:3000/path`.
const item = /^[\w.[\]-]{1,80}(?:[:=]{0,2}@|:?={1,2}|:(?!\/\/|\d+(?:\/|$)))/;

/** Whether an operand is a part of the request, and so no address. */
export function isRequestItem({ text }: ShellValue): boolean {
  return item.test(text);
}

/**
 * What request items send in a header, or else in the body or the query: `Header:value`,
 * `key=value`, `key:=json`, `key==query`, or a file behind `@`. Source: httpie's manual, "Request
 * items".
 */
export function requestItems(
  run: ShellRun,
  call: Call,
  operands: readonly ShellValue[],
  part: 'header' | 'body',
): ShellValue[] {
  if (!isHttpie.test(call.name)) return [];
  return operands.flatMap((operand) => {
    const [all] = item.exec(operand.text) ?? [];
    if (all === undefined || /^[^=@]+:@?$/.test(all) !== (part === 'header')) return [];
    const value = slice(operand, all.length);
    return all.endsWith('@') ? readFileValue(run, call, value) : value;
  });
}
