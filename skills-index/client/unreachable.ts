import { Problem } from '../skill/problem.ts';

/**
 * The failure of a request that got no answer.
 * @param late aborted where the time was over
 */
export function unreachable(
  base: string,
  cause: unknown,
  { late, seconds }: { readonly late: AbortSignal; readonly seconds: number },
  hint?: string,
): Problem {
  const why = late.aborted ? `: no answer within ${seconds} s` : '';
  return new Problem('registry-down', `Cannot reach ${base}${why}`, { cause, hint });
}
