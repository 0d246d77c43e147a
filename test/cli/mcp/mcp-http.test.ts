import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mcpConnectionsMax } from '../../../cli/limits.ts';
import type { SkillCall } from '../../../cli/mcp/agent-skills.ts';
import { type McpOverHttp, serveMcpOverHttp } from '../../../cli/mcp/mcp-http.ts';
import type { McpWorld } from '../../../cli/mcp/mcp-server.ts';
import { skill } from '../command-line.ts';

const token = 't'.repeat(43);
const listCall = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
const right = {
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  authorization: `Bearer ${token}`,
};

describe('skillgate mcp --http', () => {
  let server: McpOverHttp;
  const logged: string[] = [];
  let calls = 0;
  let started: (() => void) | undefined;
  let ended: (() => void) | undefined;
  beforeAll(async () => {
    const world = {
      skills: {
        search: async () => ({ skills: [], notes: [] }),
        run: ({ signal }: SkillCall) =>
          new Promise((_, reject) => {
            started?.();
            signal?.addEventListener('abort', () => {
              ended?.();
              reject(new Error('the run was ended'));
            });
          }),
      },
      turns: {
        take: (call: () => Promise<unknown>) => {
          calls++;
          return call();
        },
      },
      boundary: () => 'b',
    } as unknown as McpWorld;
    server = await serveMcpOverHttp(
      world,
      { at: { host: '127.0.0.1', port: 0 }, token },
      { version: '1', signal: new AbortController().signal, log: (line) => logged.push(line) },
    );
  });
  afterAll(() => server?.close());

  /** With any header, which `fetch` would not send. */
  function send(
    headers: Record<string, string>,
    { body = listCall, method = 'POST', path = '/mcp' } = {},
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, server.url), { method, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
      });
      sent.on('error', reject).end(body);
    });
  }

  it('answers a client with the token', async () => {
    const { status, text } = await send(right);
    expect(status).toBe(200);
    for (const tool of ['skills_search', 'skill_open', 'skill_run']) expect(text).toContain(tool);
    const local = { ...right, host: 'localhost:1', origin: 'http://localhost:1' };
    expect((await send(local)).status).toBe(200);
  });

  it.each([
    ['no token', { authorization: '' }, {}, 401],
    ['another token', { authorization: `Bearer ${'x'.repeat(43)}` }, {}, 401],
    ['a part of the token', { authorization: `Bearer ${token.slice(1)}` }, {}, 401],
    ['a name that leads here (DNS rebinding)', { host: 'evil.example' }, {}, 403],
    ['a page of another site', { origin: 'https://evil.example' }, {}, 403],
    ['a page without a site', { origin: 'null' }, {}, 403],
    ['another path', {}, { path: '/' }, 404],
    ['a stream', {}, { method: 'GET', body: '' }, 405],
    ['the end of a session', {}, { method: 'DELETE', body: '' }, 405],
    ['half a message', {}, { body: '{"jsonrpc"' }, 400],
    ['no JSON', { 'content-type': 'text/plain' }, {}, 415],
    ['a body over the limit', {}, { body: `"${'x'.repeat(10 * 1024 * 1024)}"` }, 413],
  ] as const)('refuses %s', async (_, headers, how, status) => {
    calls = 0;
    expect((await send({ ...right, ...headers }, how)).status).toBe(status);
    expect(calls).toBe(0);
  });

  it('says nothing of its skills or its token without the token', async () => {
    const { text } = await send({ ...right, authorization: 'Bearer x' });
    expect(text).toBe('Send the token: Authorization: Bearer TOKEN\n');
    expect(logged.join()).not.toContain(token);
  });

  it('ends the run of a client that leaves', async () => {
    const going = new Promise<void>((resolve) => {
      started = resolve;
    });
    const over = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const params = { name: 'skill_run', arguments: { name: '@acme/slow', why: 'to wait' } };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const sent = request(new URL('/mcp', server.url), { method: 'POST', headers: right });
    sent.on('error', () => undefined).end(body);
    await going;
    sent.destroy();
    await over;
  });

  it('drops connections beyond its limit, and answers again when they are gone', async () => {
    const { port } = new URL(server.url);
    const held = Array.from({ length: mcpConnectionsMax + 20 }, () => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      return socket;
    });
    await sleep(300);
    const open = held.filter((socket) => !socket.destroyed && !socket.readableEnded);
    // Connections of the requests before may still be open.
    expect(open.length).toBeLessThanOrEqual(mcpConnectionsMax);
    expect(open.length).toBeGreaterThan(mcpConnectionsMax / 2);
    for (const socket of held) socket.destroy();
    await sleep(100);
    expect((await send(right)).status).toBe(200);
  });
});

describe('the options of skillgate mcp --http', () => {
  it.each([
    [['--listen', '127.0.0.1:1'], 'Cannot listen: --listen is for MCP over HTTP'],
    [['--http', '--listen', '0.0.0.0:1'], 'Cannot listen on 0.0.0.0: other machines'],
    [['--http', '--listen', '[::]:1'], 'Cannot listen on ::: other machines'],
    [['--http', '--listen', 'skills.example:1'], 'Cannot listen on skills.example: other'],
    [['--http', '--listen', 'x'], 'it is not HOST:PORT'],
  ])('%j is refused', async (words, says) => {
    const ended = await skill(['mcp', '--agent', 'reporter', ...words]);
    expect([ended.exit, ended.stderr]).toEqual([2, expect.stringContaining(says)]);
  });

  it('a short token is refused', async () => {
    const ended = await skill(['mcp', '--agent', 'reporter', '--http'], {
      env: { SKILLGATE_MCP_TOKEN: 'short' },
    });
    expect([ended.exit, ended.stderr]).toEqual([
      2,
      expect.stringContaining('SKILLGATE_MCP_TOKEN has fewer than 32 characters'),
    ]);
    expect(ended.stderr).not.toContain('short\n');
  });
});
