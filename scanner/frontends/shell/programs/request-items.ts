/** Operands of httpie, which are parts of a request. */
import type { Call } from '../call.ts';
import type { ShellRun } from '../run.ts';
import { type ShellValue, slice } from '../value.ts';
import { readFileValue } from './files.ts';

/** httpie and its like. */
export const isHttpie = /^(https?|xhs?)$/;

/**
 * What a request item sends: `key=value`, `key:=json`, `key==query`, `Header:value`, or a file
 * behind `@`. A header that signs in is the caller's. Source: httpie's manual, "Request items".
 */
export function requestItem(
  run: ShellRun,
  call: Call,
  operand: ShellValue,
): ShellValue | undefined {
  const [all, name = ''] =
    /^([\w.[\]-]{1,80})(?:[:=]{0,2}@|:?={1,2}|:(?!\/\/))/.exec(operand.text) ?? [];
  if (all === undefined || /^(authorization|x-api-key)$/i.test(name)) return undefined;
  const value = slice(operand, all.length);
  return all.endsWith('@') ? readFileValue(run, call, value) : value;
}
