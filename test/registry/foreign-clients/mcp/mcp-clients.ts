/** Unmodified clients of both eras of MCP, over the requests of a test's registry. */
import {
  Client as ClientOf2026,
  StreamableHTTPClientTransport as HttpOf2026,
  type StandardSchemaV1,
} from '@modelcontextprotocol/client';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { onTestFinished } from 'vitest';
import type { Send } from '../../road.ts';

export const eras = ['2025-11-25', '2026-07-28'] as const;
export type Era = (typeof eras)[number];

interface Content {
  readonly uri: string;
  readonly mimeType: string;
  readonly text?: string;
  readonly blob?: string;
}

interface Entry {
  readonly uri: string;
  readonly frontmatter: Readonly<Record<string, unknown>>;
  readonly resources: readonly { readonly uri: string; readonly digest: string }[];
  readonly _meta: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** What the methods answer; each answer has some of the fields. */
export interface McpAnswer {
  readonly skills: readonly Entry[];
  readonly skill: Entry;
  readonly contents: readonly Content[];
  readonly resources: readonly { readonly uri: string; readonly name: string }[];
  readonly nextCursor?: string;
  readonly ttlMs?: number;
  readonly cacheScope?: string;
}

export type Ask = (method: string, params?: Record<string, unknown>) => Promise<McpAnswer>;

/** @param token of a reader or of a session */
export async function mcpClient(send: Send, era: Era, token?: string): Promise<Ask> {
  const url = new URL('http://localhost/mcp');
  const fetch = (to: string | URL, init?: RequestInit) => send(new URL(to).pathname, init);
  const headers: Record<string, string> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const about = { name: 'test', version: '1' };
  const options = { fetch, requestInit: { headers } };
  if (era === '2025-11-25') {
    const client = new Client(about);
    // The types of this SDK are not made for exactOptionalPropertyTypes.
    await client.connect(
      new StreamableHTTPClientTransport(url, options) as Parameters<Client['connect']>[0],
    );
    onTestFinished(() => client.close());
    return async (method, params = {}) =>
      (await client.request({ method, params }, ResultSchema)) as unknown as McpAnswer;
  }
  const client = new ClientOf2026(about, { versionNegotiation: { mode: { pin: era } } });
  await client.connect(new HttpOf2026(url, options));
  onTestFinished(() => client.close());
  return async (method, params = {}) => client.request({ method, params }, anyAnswer);
}

const anyAnswer: StandardSchemaV1<unknown, McpAnswer> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => ({ value: value as McpAnswer }),
  },
};
