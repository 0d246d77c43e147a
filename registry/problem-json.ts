/** Failures as RFC 9457 problem documents: code, next step, and every reason with its place. */
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { Problem } from '../skills-index/skill/problem.ts';
import { type ProblemCode, problemCodes } from '../skills-index/skill/problem-codes.ts';
import { StorageSilent } from './store/bounded-objects.ts';
import { whyDamaged } from './store/sqlite-errors.ts';

/** Failures that the operator must learn of. */
const operatorCodes: readonly ProblemCode[] = ['internal', 'database-damaged', 'blob-damaged'];

/**
 * Answers a failure. An error that is not a Problem is logged, and the answer reveals nothing about
 * it.
 */
export function answerProblem(
  context: Context,
  error: unknown,
  log: (error: unknown) => void,
): Response {
  const problem = problemOf(error);
  if (operatorCodes.includes(problem.code) || error instanceof StorageSilent) log(error);
  return problemResponse(context, problem);
}

/** A problem document with the status of its code. */
export function problemResponse(context: Context, problem: Problem): Response {
  const row = problemCodes[problem.code];
  const headers = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };
  if (row.status === 503 || row.status === 429) context.header('retry-after', '1');
  return context.body(
    JSON.stringify({
      type: `https://skillgate.dev/problems/${problem.code}`,
      title: row.means,
      status: row.status,
      code: problem.code,
      detail: problem.code === 'internal' ? row.means : problem.message,
      hint: problem.hint ?? row.fix,
      reasons: problem.reasons,
    }),
    row.status as ContentfulStatusCode,
    headers,
  );
}

/** The Problem that a failure is for the client. It reveals nothing of an unexpected error. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof StorageSilent)
    return new Problem('registry-busy', error.message, { cause: error });
  if (error instanceof HTTPException)
    return new Problem(codeOfStatus(error.status), error.message, { cause: error });
  const text =
    error instanceof Error
      ? `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`
      : '';
  if (whyDamaged(error) !== undefined)
    return new Problem(
      'database-damaged',
      'The part of the database that this request needs is damaged',
      {
        cause: error,
      },
    );
  // The database was opened for writing, so a damage check has closed it to writes since.
  if (/readonly database/.test(text))
    return new Problem(
      'database-damaged',
      'The database is damaged, so the registry writes nothing to it',
      {
        cause: error,
      },
    );
  if (/SQLITE_BUSY|database is locked/.test(text))
    return new Problem('registry-busy', 'The database is busy', { cause: error });
  if (/SQLITE_FULL|ENOSPC|disk is full/.test(text))
    return new Problem('registry-full', 'The disk is full', { cause: error });
  return new Problem('internal', 'The registry failed to answer: this is a fault of Skillgate', {
    cause: error,
  });
}

function codeOfStatus(status: number): ProblemCode {
  if (status === 413) return 'request-too-large';
  return status < 500 ? 'request-invalid' : 'internal';
}
