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
  const why = late.aborted ? `no answer within ${seconds} s` : reasonOf(cause);
  const message = why === undefined ? `Cannot reach ${base}` : `Cannot reach ${base}: ${why}`;
  return new Problem('registry-down', message, { cause, hint });
}

// `fetch` says only "fetch failed"; the reason is in the cause, or in the first of several.
function reasonOf(failure: unknown): string | undefined {
  const cause = failure instanceof Error ? (failure.cause ?? failure) : failure;
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error && 'code' in first ? first.message : undefined;
}
