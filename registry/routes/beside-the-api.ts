/**
 * The part of the OpenAPI document that no route describes: the route table covers /api/v1 only,
 * but installers and monitors also read files at the root of the site.
 */

import type { ProblemCode } from '../../skills-index/skill/problem-codes.ts';
import { problemsOfAll, refusalsOf } from './openapi.ts';

/** Paths at the root of the site, in the form of `openapiPaths`. */
export const besideTheApi = {
  '/mcp': {
    servers: [{ url: '/' }],
    post: {
      summary:
        'Skills over MCP (SEP-2640), read-only: one JSON-RPC message of MCP’s Streamable HTTP transport',
      requestBody: {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } } },
      },
      responses: {
        '200': {
          description: 'The answer to the message, which may be an error of JSON-RPC',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        '202': { description: 'Nothing: the message was a notification' },
        ...refusalsOf(
          [
            'request-invalid',
            'request-too-large',
            'origin-refused',
            'blob-damaged',
            ...problemsOfAll,
          ],
          // An error of JSON-RPC, for a message that MCP does not know.
          { 'application/json': { schema: { type: 'object' } } },
        ),
      },
    },
  },
  '/osv/modified_id.csv': advisoryPage(
    'Ids and times of the advisories, the last changed first; the header Link names the next page',
    'text/csv',
  ),
  '/osv/all.jsonl': advisoryPage(
    'Whole advisories, one on a line, the last changed first; the header Link names the next page',
    'application/x-ndjson',
  ),
  '/osv/{id}.json': {
    servers: [{ url: '/' }],
    get: {
      summary: 'An advisory in the form of the OSV schema',
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: {
        '200': {
          description: 'The advisory as it is now',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...refusalsOf(['not-found', ...problemsOfAll]),
      },
    },
  },
  '/index/parts/{scope}/{name}/{digest}': bytesAt(
    ['scope', 'name', 'digest'],
    'Older lines of the index of a skill with many versions, or further parts: the SHA-256 of the part in hexadecimal',
    ['digest-invalid', 'name-invalid'],
  ),
  '/packs/evidence/{index}/{line}': bytesAt(
    ['index', 'line'],
    'The evidence of an index line in one answer: its log index, and the SHA-256 of the line in hexadecimal',
    [],
  ),
  '/packs/files/{bundle}/{group}': bytesAt(
    ['bundle', 'group'],
    'One group of the files of a bundle in one answer: the SHA-256 of the bundle in hexadecimal, and the number of the group',
    ['digest-invalid'],
  ),
  '/log/nodes/{from}/{size}': bytesAt(
    ['from', 'size'],
    'Nodes of the log’s tree that prove that the log of one size continues the log of a smaller size',
  ),
  '/index/notices.atom': feed('The last approved and stopped versions, as an Atom feed'),
  '/feeds/approvals.atom': feed('The last approved versions, as an Atom feed'),
  '/feeds/revocations.atom': feed('The last suspended and revoked versions, as an Atom feed'),
  '/feeds/@{scope}.atom': feed('The last approved and stopped versions of a scope', ['scope']),
  '/badges/{scope}/{name}.json': {
    servers: [{ url: '/' }],
    get: {
      summary: 'A badge about the offered version of a skill, as shields.io reads it',
      parameters: parametersOf(['scope', 'name']),
      responses: {
        '200': {
          description: 'The badge (schema version 1)',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...refusalsOf(['name-invalid', 'not-found', ...problemsOfAll]),
      },
    },
  },
  '/words/{scope}/{name}/{version}': {
    servers: [{ url: '/' }],
    get: {
      summary:
        'The log indexes of all statements about the people, keys and scope behind a version, with the proofs that the log has no others',
      parameters: [
        ...parametersOf(['scope', 'name', 'version']),
        { name: 'size', in: 'query', required: false, schema: { type: 'integer', minimum: 1 } },
      ],
      responses: {
        '200': {
          description:
            'The proofs, for the head of the log with this size. Without `size`, and for a head whose map the registry no longer keeps: for the head in status.json',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...refusalsOf(['name-invalid', 'version-invalid', 'not-found', ...problemsOfAll]),
      },
    },
  },
  '/log/statements/{index}': {
    servers: [{ url: '/' }],
    get: {
      summary:
        'The signed statement at a log index, as a Sigstore bundle v0.3; the log entry commits to it',
      parameters: [
        { name: 'index', in: 'path', required: true, schema: { type: 'integer', minimum: 0 } },
      ],
      responses: {
        '200': {
          description: 'The statement, which never changes',
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...refusalsOf(['not-found', ...problemsOfAll]),
      },
    },
  },
};

function feed(summary: string, names: readonly string[] = []): object {
  return {
    servers: [{ url: '/' }],
    get: {
      summary,
      parameters: parametersOf(names),
      responses: {
        '200': {
          description: 'The feed, newest first',
          content: { 'application/atom+xml': { schema: { type: 'string' } } },
        },
        ...(names.length === 0 ? {} : refusalsOf(['name-invalid', 'not-found', ...problemsOfAll])),
      },
    },
  };
}

function parametersOf(names: readonly string[]): object[] {
  return names.map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function advisoryPage(summary: string, type: string): object {
  return {
    servers: [{ url: '/' }],
    get: {
      summary,
      parameters: [{ name: 'before', in: 'query', required: false, schema: { type: 'string' } }],
      responses: {
        '200': { description: 'A page', content: { [type]: {} } },
        ...refusalsOf(['request-invalid', ...problemsOfAll]),
      },
    },
  };
}

function bytesAt(
  names: readonly string[],
  summary: string,
  problems: readonly ProblemCode[] = [],
): object {
  return {
    servers: [{ url: '/' }],
    get: {
      summary,
      parameters: parametersOf(names),
      responses: {
        '200': {
          description: 'Bytes that never change',
          content: { 'application/octet-stream': {} },
        },
        ...refusalsOf(['not-found', ...problems, ...problemsOfAll]),
      },
    },
  };
}
