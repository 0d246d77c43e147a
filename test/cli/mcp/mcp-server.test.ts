import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { callsAtOnceMax, callTurns } from '../../../cli/mcp/call-turns.ts';
import { type McpWorld, progressMs, serveMcp } from '../../../cli/mcp/mcp-server.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Answer {
  readonly id: number;
  readonly result?: { readonly content?: { readonly text: string }[]; readonly tools?: unknown[] };
  readonly error?: { readonly code: number };
}

function start(skills: Partial<McpWorld['skills']> = {}) {
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const logged = [] as string[];
  const gone = new AbortController();
  ends.push(() => gone.abort());
  const turns = callTurns({ now: () => 0, tell: () => undefined, signal: gone.signal });
  const world = { turns, skills: skills as McpWorld['skills'], boundary: () => 'k7' };
  const served = serveMcp(
    world,
    { stdin, stdout },
    { version: '1', signal: gone.signal, log: (line) => logged.push(line) },
  );
  const send = (message: object): boolean =>
    stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'test', version: '1' };
  send({
    id: 0,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
  });
  send({ method: 'notifications/initialized' });
  return { stdin, stdout, logged, served, send };
}

/** Reads answers until there are so many. */
async function answers(stdout: PassThrough, wanted: number): Promise<Answer[]> {
  let text = '';
  stdout.on('data', (chunk) => {
    text += chunk;
  });
  while (text.split('\n').length <= wanted) await once(stdout, 'data');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const call = (id: number) => ({
  id,
  method: 'tools/call',
  params: { name: 'skills_search', arguments: { task: '' } },
});

describe('the MCP server', () => {
  it('refuses calls beyond what may go on at once, and starts none of them', async () => {
    let started = 0;
    const skills: Partial<McpWorld['skills']> = {
      search: () => {
        started += 1;
        return new Promise(() => undefined);
      },
    };
    const { send, stdout } = start(skills);
    for (let id = 1; id <= callsAtOnceMax + 50; id++) send(call(id));
    const said = (await answers(stdout, 1 + 50)).filter(({ id }) => id > 0);
    expect(started).toBe(callsAtOnceMax);
    expect(said).toHaveLength(50);
    for (const { result } of said)
      expect(result?.content?.[0]?.text).toContain('refused [run-limit]');
  });

  it('takes the next ones when those have ended', async () => {
    const { send, stdout } = start({ search: async () => ({ hits: [], notes: [] }) });
    for (let id = 1; id <= 3 * callsAtOnceMax; id++) send(call(id));
    const said = (await answers(stdout, 1 + 3 * callsAtOnceMax)).filter(({ id }) => id > 0);
    expect(
      said.filter(({ result }) => result?.content?.[0]?.text.startsWith('No approved skill')),
    ).not.toEqual([]);
    send(call(900));
    expect((await once(stdout, 'data')).toString()).toContain('No approved skill');
  });

  it('tells a client that asked for progress that a call still runs', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    ends.push(() => vi.useRealTimers());
    const began = Promise.withResolvers<void>();
    const search = (): Promise<never> => {
      began.resolve();
      return new Promise(() => undefined);
    };
    const { send, stdout } = start({ search });
    const { params, ...rest } = call(1);
    send({ ...rest, params: { ...params, _meta: { progressToken: 7 } } });
    await began.promise;
    vi.advanceTimersByTime(progressMs);
    expect(JSON.stringify(await answers(stdout, 2))).toContain('waiting for a person');
  });

  it('does not read from who does not read its answers', async () => {
    const { send, stdin, stdout } = start();
    await once(stdout, 'readable');
    for (let id = 1; id <= 20_000; id++) send({ id, method: 'tools/list' });
    for (let turn = 0; turn < 5_000; turn++) await nextTurn();
    expect(stdout.readableLength + stdout.writableLength).toBeLessThan(1024 * 1024);
    expect(stdin.writableLength + stdin.readableLength).toBeGreaterThan(0);
  });

  it('ends, and says why, at a line that is longer than a message may be', async () => {
    const { logged, served, stdin } = start();
    stdin.write(Buffer.alloc(11 * 1024 * 1024, 'x'));
    await served;
    expect(logged.join()).toContain('a line has more than');
  });

  it.each(['skills/forget', 'constructor', '__proto__'])('knows no method %s', async (method) => {
    const { send, stdout } = start();
    send({ id: 7, method });
    expect((await answers(stdout, 2)).find(({ id }) => id === 7)?.error?.code).toBe(-32_601);
  });
});
