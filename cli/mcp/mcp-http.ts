/**
 * The MCP server over HTTP, for clients on this host. Whoever has the token acts as the agent. Each
 * request has a server of its own.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import { mcpConnectionsMax, mcpMessageBytesMax, mcpRequestMillisMax } from '../limits.ts';
import { type ListenAddress, listen } from '../listen.ts';
import { type McpOptions, type McpWorld, makeMcpServer } from './mcp-server.ts';

export interface McpOverHttp {
  /** Where it answers. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts to answer, on a loopback address.
 * @param token that each request must have
 * @throws Problem `port-taken`
 */
export async function serveMcpOverHttp(
  world: McpWorld,
  { at, token }: { readonly at: ListenAddress; readonly token: string },
  options: McpOptions,
): Promise<McpOverHttp> {
  const handler = createMcpHandler(({ era }) => makeMcpServer(world, era, options), {
    maxRequestBodySize: mcpMessageBytesMax,
    // Nothing is announced, so a subscription would stay open for nothing.
    maxSubscriptions: 0,
    onerror: (error) => options.log(error.message),
  });
  const server = createAdaptorServer({
    fetch: async (request: Request) => refusalOf(request, token) ?? handler.fetch(request),
    overrideGlobalObjects: false,
  }) as Server;
  server.headersTimeout = mcpRequestMillisMax;
  server.requestTimeout = mcpRequestMillisMax;
  server.maxConnections = mcpConnectionsMax;
  const base = await listen(server, at);
  return {
    url: `${base}/mcp`,
    close: async () => {
      await handler.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/**
 * Why a request is not answered. A page in a browser reaches this port under a name of its own (DNS
 * rebinding) or from its own site, and programs of other users reach it without the token.
 */
function refusalOf(request: Request, token: string): Response | undefined {
  const wrongPlace =
    hostHeaderValidationResponse(request, localhostAllowedHostnames()) ??
    originValidationResponse(request, localhostAllowedOrigins());
  if (wrongPlace !== undefined) return wrongPlace;
  if (new URL(request.url).pathname !== '/mcp')
    return new Response('MCP is at /mcp\n', { status: 404 });
  if (isSame(request.headers.get('authorization') ?? '', `Bearer ${token}`)) return undefined;
  return new Response('Send the token: Authorization: Bearer TOKEN\n', {
    status: 401,
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}
