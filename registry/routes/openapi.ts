/** The paths of the OpenAPI document: Hono's route table and the description in each handler. */

import { toJsonSchema } from '@valibot/to-json-schema';
import type { Hono } from 'hono';
import * as v from 'valibot';
import { type ProblemCode, problemCodes } from '../../skills-index/skill/problem-codes.ts';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';

/** A part of an OpenAPI operation. */
export interface OperationPart {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: object;
  /** Besides those in the path. */
  readonly parameters?: readonly object[];
  /** Answers of a request that succeeds. */
  readonly responses?: object;
  /** Codes of the answers to other requests, besides those of every route. */
  readonly problems?: readonly ProblemCode[];
  /** Media types in which these answers come besides problem documents. */
  readonly refusedAs?: object;
}

/** What the steps before the routes answer to any request. */
export const problemsOfAll = ['host-unknown', 'not-signed-in', 'registry-busy'] as const;
/** The same, to requests that limits count. */
const problemsOfCounted = [
  'origin-refused',
  'log-behind',
  'request-too-large',
  'too-many-requests',
  'registry-full',
] as const;

/** Refusals of routes whose clients print the body as it is. */
export const refusedAsText = { 'text/plain': { schema: { type: 'string' } } };

// Keyed by handler: Hono's route table holds the same handlers.
const parts = new WeakMap<object, OperationPart>();

/** Attaches a part of the OpenAPI document to a handler. */
export function withOperationPart<Handler extends object>(
  handler: Handler,
  part: OperationPart,
): Handler {
  parts.set(handler, part);
  return handler;
}

/** The schema in OpenAPI 3.1. Checks that JSON Schema cannot express are left out. */
export function jsonSchemaOf(schema: v.GenericSchema): object {
  const { $schema: _, ...jsonSchema } = toJsonSchema(schema, { errorMode: 'ignore' });
  return jsonSchema;
}

/**
 * The answers with these problem codes (RFC 9457), one for each HTTP status.
 * @param refusedAs other media types of these answers
 */
export function refusalsOf(codes: readonly ProblemCode[], refusedAs: object = {}): object {
  const byStatus = Map.groupBy(new Set(codes), (code) => problemCodes[code].status);
  const answers = [...byStatus].map(([status, list]) => [
    String(status),
    {
      description: list.join(', '),
      content: {
        'application/problem+json': { schema: jsonSchemaOf(problemSchema(list)) },
        ...refusedAs,
      },
    },
  ]);
  return Object.fromEntries(answers);
}

const problemSchema = (codes: readonly ProblemCode[]) =>
  v.object({
    type: v.string(),
    title: v.string(),
    status: v.number(),
    code: v.picklist(codes),
    detail: v.string(),
    hint: v.string(),
    reasons: v.array(
      v.object({
        message: v.string(),
        place: v.exactOptional(
          v.object({ path: v.string(), line: v.number(), column: v.number() }),
        ),
      }),
    ),
  });

/** All documented routes of an application, in the order of their definition. */
export function openapiPaths({ routes }: Pick<Hono, 'routes'>): object {
  const paths = new Map<string, object>();
  for (const { method, path, part } of documentedRoutes(routes)) {
    const segments = path.split('/').map(segmentOf);
    const verb = method.toLowerCase();
    const operationId = [verb, ...segments.map(wordsOf)].join('');
    const inPath = segments.filter(isParameter).map(parameterOf);
    const parameters = [...inPath, ...(part.parameters ?? [])];
    const { problems = [], refusedAs, ...described } = part;
    const counted = method === 'GET' ? [] : problemsOfCounted;
    const operation = {
      operationId,
      ...described,
      ...(parameters.length > 0 && { parameters }),
      responses: {
        ...part.responses,
        ...refusalsOf([...problems, ...problemsOfAll, ...counted], refusedAs),
      },
    };
    const template = segments.join('/');
    paths.set(template, { ...paths.get(template), [verb]: operation });
  }
  return Object.fromEntries(paths);
}

interface DocumentedRoute {
  readonly method: string;
  readonly path: string;
  readonly part: OperationPart;
}

// A route has several handlers: one describes the route, and another describes the body that it
// reads.
function documentedRoutes(routes: Hono['routes']): DocumentedRoute[] {
  const found = new Map<string, DocumentedRoute>();
  for (const { handler, method, path } of routes) {
    const part = parts.get(handler);
    const key = `${method} ${path}`;
    if (part === undefined) continue;
    const before = found.get(key)?.part;
    const problems = [...(before?.problems ?? []), ...(part.problems ?? [])];
    found.set(key, { method, path, part: { ...before, ...part, problems } });
  }
  return [...found.values()];
}

function segmentOf(segment: string): string {
  return segment.replace(/^:(\w+).*$/, '{$1}');
}

function isParameter(segment: string): boolean {
  return segment.startsWith('{');
}

function parameterOf(segment: string): object {
  return { schema: { type: 'string' }, in: 'path', name: segment.slice(1, -1), required: true };
}

// `/jobs/{id}/renew` becomes `JobsByIdRenew`.
function wordsOf(segment: string): string {
  const words = segment.split(/[\W_]+/).filter((word) => word !== '');
  const name = words.map(capitalized).join('');
  return isParameter(segment) ? `By${name}` : name;
}
