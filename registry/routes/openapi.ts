/** The paths of the OpenAPI document: Hono's route table and the description in each handler. */

import { toJsonSchema } from '@valibot/to-json-schema';
import type { Hono } from 'hono';
import type { GenericSchema } from 'valibot';
import { capitalized } from '../../skills-index/skill/text/capitalized.ts';

/** A part of an OpenAPI operation. */
export interface OperationPart {
  readonly summary?: string;
  readonly security?: readonly object[];
  readonly requestBody?: object;
  /** Besides those in the path. */
  readonly parameters?: readonly object[];
  readonly responses?: object;
}

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
export function jsonSchemaOf(schema: GenericSchema): object {
  const { $schema: _, ...jsonSchema } = toJsonSchema(schema, { errorMode: 'ignore' });
  return jsonSchema;
}

/** All documented routes of an application, in the order of their definition. */
export function openapiPaths({ routes }: Pick<Hono, 'routes'>): object {
  const paths = new Map<string, object>();
  for (const { method, path, part } of documentedRoutes(routes)) {
    const segments = path.split('/').map(segmentOf);
    const verb = method.toLowerCase();
    const operationId = [verb, ...segments.map(wordsOf)].join('');
    const inPath = segments.filter(isParameter).map(parameterOf);
    const parameters = [...inPath, ...(part.parameters ?? [])];
    const operation = { operationId, ...part, ...(parameters.length > 0 && { parameters }) };
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
    if (part !== undefined)
      found.set(key, { method, path, part: { ...found.get(key)?.part, ...part } });
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
