/**
 * Asks a registry with ClawHub's API. The answers are a stranger's: every answer has limits in
 * bytes and time, and no redirect leaves the address that the operator named.
 */
import * as v from 'valibot';
import * as fetches from '../../../runner/package-fetch/public.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { parseJson } from '../../../skills-index/skill/text/json.ts';
import type { CommandContext } from '../../command.ts';
import { upstreamAnswerBytesMax, upstreamRunSecondsMax, upstreamSecondsMax } from './limits.ts';

export type UpstreamWorld = Pick<CommandContext, 'fetch' | 'signal'>;

export interface UpstreamRegistry {
  /** Without a slash at the end. */
  readonly address: string;
  /**
   * Asks for JSON.
   * @param path below `/api/v1/`
   * @returns undefined when the registry has no such thing, or withholds it
   * @throws Problem `upstream-failed`, `upstream-invalid`
   */
  ask<Schema extends v.GenericSchema>(
    path: string,
    schema: Schema,
  ): Promise<v.InferOutput<Schema> | undefined>;
  /** Asks for bytes. @throws Problem `upstream-failed` */
  bytes(path: string, bytesMax: number): Promise<Buffer | undefined>;
}

/** The statuses of things that are gone, and of versions that are stopped or wait for review. */
const absent: ReadonlySet<number> = new Set([403, 404, 409, 410, 423, 451]);

/** A registry for one run of `mirror`: after `upstreamRunSecondsMax`, each request fails unsent. */
export function upstreamRegistry(
  { fetch, signal }: UpstreamWorld,
  address: string,
): UpstreamRegistry {
  const until = performance.now() + upstreamRunSecondsMax * 1000;
  const bytes: UpstreamRegistry['bytes'] = async (path, bytesMax) => {
    // A registry that answers slowly must not hold a run up for days.
    if (performance.now() > until)
      throw new Problem(
        'upstream-failed',
        `${address} was not asked: this run has taken ${upstreamRunSecondsMax / 3_600} hours. The next run goes on`,
      );
    try {
      const found = await fetches.download(
        { fetch, signal },
        {
          url: new URL(`${address}/api/v1/${path}`),
          accept: 'application/json, application/zip',
          bytesMax,
          origins: new Set(),
          absent,
          secondsMax: upstreamSecondsMax,
        },
      );
      return found?.bytes;
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== 'package-unavailable') throw cause;
      throw new Problem('upstream-failed', cause.message, { cause });
    }
  };
  return {
    address,
    bytes,
    ask: async (path, schema) => {
      const answer = await bytes(path, upstreamAnswerBytesMax);
      return answer && parseAnswer(answer, schema, `${address}/api/v1/${path}`);
    },
  };
}

function parseAnswer<Schema extends v.GenericSchema>(
  answer: Buffer,
  schema: Schema,
  url: string,
): v.InferOutput<Schema> {
  const invalid = (why: string, cause?: unknown): Problem =>
    new Problem('upstream-invalid', `Cannot read the answer of ${url}: ${why}`, { cause });
  let value: unknown;
  try {
    value = parseJson(answer, 'the answer').value;
  } catch (cause) {
    throw invalid('it is not JSON, or it has too many values', cause);
  }
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw invalid(`${v.getDotPath(issue) ?? 'the answer'}: ${issue.message}`);
}

/** An address below `/api/v1/` with a query of the values that are given. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | undefined>>,
): string {
  const given = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) given.set(key, value);
  return given.size === 0 ? path : `${path}?${given}`;
}
