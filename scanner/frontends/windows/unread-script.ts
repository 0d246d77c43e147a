import type { TaintSource } from '../../fact/source.ts';
import type { FrontEndResult } from '../frontend.ts';

/**
 * Why a script of Windows is held, whatever was found: not every call has a model yet. Of 120 tests
 * of attack techniques for Windows, 74 would pass on findings alone.
 * @param first where the program cannot be parsed, if anywhere
 */
export function unreadScript(
  { context, path, text }: TaintSource,
  first?: { readonly at: number; readonly reason: string },
): FrontEndResult['unanalysed'] {
  if (context !== 'code' && context !== 'test') return [];
  const start = Math.min(first?.at ?? 0, text.length);
  const reason =
    first === undefined
      ? 'programs of Windows are followed, but not every call has a model: a person reads them'
      : `PowerShell cannot read it: ${first.reason}`;
  return [{ span: { path, start, end: Math.min(start + 1, text.length) }, reason }];
}
