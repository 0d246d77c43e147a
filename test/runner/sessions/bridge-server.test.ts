import { randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import {
  type BridgeCalls,
  serveBridge,
  writableOf,
} from '../../../runner/sessions/bridge-server.ts';
import { runTokens } from '../../../skills-index/run/agents/run-token.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

/** Two ends of one stream. */
function pair(): readonly [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const make = (other: number): Duplex =>
    new Duplex({
      read: () => undefined,
      write: (chunk, _, done) => done(void ends[other]?.push(chunk) as unknown as null),
      final: (done) => done(void ends[other]?.push(null) as unknown as null),
    });
  ends.push(make(1), make(0));
  const [a, b] = ends as [Duplex, Duplex];
  return [a, b];
}

const calls: BridgeCalls = {
  run: async (call, { stderr, stdin, stdout }) => {
    if (call.skill === '@acme/refused') throw new Problem('plan-refused', 'Cannot run it');
    if (call.skill === '@acme/ungranted')
      throw new Problem('plan-refused', 'Cannot run it', {
        hint: 'an operator can allow it: npm run -s skill -- agent grant fin --all-of @acme/x',
      });
    if (call.skill === '@acme/waits')
      throw new Problem('breaker-open', 'Cannot run it', {
        hint: 'a person closes the breaker with skillgate hold allow 3f9c',
      });
    if (call.skill === '@acme/unasked') throw new Problem('hold-unsupported', 'Cannot run it');
    if (call.skill === '@acme/broken') throw new Error('the path /srv/secret is not there');
    stdout(Buffer.from(`${await text(stdin)} ${call.args.join()} ${call.why}`));
    stderr(Buffer.from('é'));
    return 3;
  },
  mcp: async () => 0,
};

async function say(...lines: readonly (object | string)[]): Promise<Record<string, unknown>[]> {
  const tokens = runTokens(
    () => new Date(),
    () => randomBytes(32),
  );
  const token = tokens.renew();
  const [inside, outside] = pair();
  serveBridge(outside, tokens, calls);
  for (const line of lines)
    inside.write(`${typeof line === 'string' ? line : JSON.stringify({ token, ...line })}\n`);
  const said = await text(inside);
  return said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const run = { call: 'run', skill: '@acme/report', args: ['a', 'b'], why: 'Ann' };
const base64 = (plain: string): string => Buffer.from(plain).toString('base64');

describe('the runner’s end of the bridge', () => {
  it('hands on what it is fed, and gives back both outputs and the exit code', async () => {
    const said = await say(run, { stdin: base64('ein') }, { stdin: base64('gabe') }, { end: true });
    expect(said).toEqual([
      { stdout: base64('eingabe a,b Ann') },
      { stderr: base64('é') },
      { exit: 3 },
    ]);
  });

  it.each<[string, readonly (object | string)[], string, number]>([
    ['a call without a token that is good', [{ ...run, token: 'sgrun_other' }], 'token-ended', 6],
    ['a call whose later lines have none', [run, { token: '', end: true }], 'token-ended', 6],
    ['a second call', [run, { call: 'mcp' }], 'usage', 2],
    ['a call that there is not', [{ call: 'hold', allow: 'x' }], 'usage', 2],
    ['what is no line', ['GET / HTTP/1.1'], 'usage', 2],
    ['a line without end', ['x'.repeat(600_000)], 'run-limit', 7],
    ['a skill that is refused', [{ ...run, skill: '@acme/refused' }], 'plan-refused', 6],
  ])('refuses %s, and says why', async (_, lines, code, exit) => {
    expect((await say(...lines)).at(-1)).toEqual({
      exit,
      says: expect.stringContaining(`refused [${code}]`),
    });
  });

  it.each(['@acme/ungranted', '@acme/waits', '@acme/unasked'])(
    'tells an agent to ask its person, and not how (%s)',
    async (skill) => {
      const [last] = (await say({ ...run, skill })).slice(-1);
      expect(JSON.stringify(last)).toContain('tell the person you work for');
      expect(JSON.stringify(last)).not.toMatch(/skill( --)? (agent|hold|key)|host\.json/);
    },
  );

  it('tells nothing of what failed inside', async () => {
    expect(await say({ ...run, skill: '@acme/broken' })).toEqual([
      { exit: 1, says: 'the call failed inside the runner' },
    ]);
  });
});

describe('a call’s stdout', () => {
  it('takes no more from who writes it than the sandbox reads', async () => {
    const written: Uint8Array[] = [];
    let read = (): void => undefined;
    const drained = (): Promise<void> =>
      new Promise((resolve) => {
        read = resolve;
      });
    const out = writableOf({ stdout: (chunk) => void written.push(chunk), drained });
    for (let i = 0; i < 100; i++) out.write(Buffer.alloc(64 * 1024));
    expect(written).toHaveLength(1);
    expect(out.writableNeedDrain).toBe(true);
    read();
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toHaveLength(2);
  });
});
