import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Approver } from '../../skills-index/run/holds/hold-policy.ts';
import { heldNow, makeApprover, passphrase } from './approver.ts';
import { type InstalledHost, makeInstalledHost } from './installed-host.ts';
import { atTerminal } from './terminal.ts';

let host: InstalledHost;
let mira: Approver;
let folder = '';
/** What came to the model's endpoint. */
const asked: string[] = [];
const model = createServer((request, response) => {
  asked.push(request.url ?? '');
  response.end('{"choices":[{"message":{"role":"assistant","content":"done"}}]}');
});

beforeAll(async () => {
  host = await makeInstalledHost();
  folder = mkdtempSync(join(tmpdir(), 'skillgate-session-holds-'));
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'stub'));
  cpSync(fileURLToPath(new URL('./stub-agent.ts', import.meta.url)), join(folder, 'stub/agent.ts'));
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  mira = await makeApprover(join(host.home, 'config'));
  writePolicy({});
  for (const name of ['finance', 'sales', 'legal']) await host.skill('agent', 'create', name);
});
afterAll(async () => {
  model.close();
  await host?.close();
  rmSync(folder, { recursive: true, force: true });
});

function writePolicy(more: object): void {
  const program = join(folder, 'stub');
  const policy = {
    models: {
      local: { url: `http://127.0.0.1:${(model.address() as AddressInfo).port}`, kind: 'openai' },
    },
    agentPrograms: { stub: { folder: program, command: ['node', join(program, 'agent.ts')] } },
    approvers: [mira],
    ...more,
  };
  writeFileSync(join(host.home, 'config/host.json'), JSON.stringify(policy), { mode: 0o600 });
}
const start = (agent: string, steps: object) =>
  host.skill('agent', 'run', agent, '--', 'stub', JSON.stringify(steps));
const ask = { model: { does: 'model', text: 'pay Ann' } };

const allow = (id: string) =>
  atTerminal(['hold', 'allow', id], host.env, [['Passphrase of key mira', passphrase]]);

describe('the program of an agent', () => {
  it('has its request to the model held by a rule for its agent and host, and another agent has not', async () => {
    const when = { agent: 'finance', host: 'model.skillgate.internal', method: 'POST' };
    writePolicy({ holds: [{ name: 'talks', when, seconds: 60 }] });
    const running = start('finance', ask);
    const hold = await heldNow(host);
    expect(hold).toMatchObject({
      kind: 'egress',
      rule: 'talks',
      agent: 'finance',
      skill: 'session',
    });
    expect(asked).toEqual([]);
    expect((await allow(hold.id)).shown).toContain(
      'agent finance, in a session, wants to send POST ',
    );
    const { exit, out } = await running;
    expect([exit, JSON.parse(out)]).toMatchObject([0, { model: { status: 200 } }]);
    expect(asked).toHaveLength(1);
    expect(await start('sales', ask)).toMatchObject({ exit: 0 });
    expect(asked).toHaveLength(2);
  });

  it('waits at its start where a rule says so, and its plan tells', async () => {
    writePolicy({ holds: [{ name: 'starts', when: { agent: 'finance' }, seconds: 1 }] });
    const planned = await host.skill('agent', 'run', 'finance', '--plan', '--', 'stub', '{}');
    expect(planned.out).toContain('waits for a person');
    expect(await start('finance', ask)).toMatchObject({
      exit: 6,
      err: expect.stringContaining('hold-expired'),
    });
  });

  it('is ended by its breaker, and refused until a person closes it; another agent’s goes on', async () => {
    writePolicy({ breakers: { denied: 1 } });
    const steps = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => [
        `step${n}`,
        { does: 'fetch', url: `http://elsewhere.example/${n}` },
      ]),
    );
    expect(await start('sales', steps)).toMatchObject({
      exit: 7,
      err: expect.stringContaining('breaker'),
    });
    const refused = await start('sales', ask);
    expect(refused.err).toContain(
      'the session is stopped for agent sales: its breaker opened. requests that were denied: 20',
    );
    const [, id = ''] = /skill(?:gate)? hold allow (\w+)/.exec(refused.err) ?? [];
    writePolicy({});
    expect(await start('finance', ask)).toMatchObject({ exit: 0 });
    expect(await allow(id)).toMatchObject({ exit: 0 });
    expect(await start('sales', ask)).toMatchObject({ exit: 0 });
  });

  it('is ended when it prints the canary that lies in its HOME', async () => {
    const ended = await start('legal', {
      bait: { does: 'read', path: '/home/skill/.aws/credentials' },
    });
    expect(ended).toMatchObject({ exit: 7, err: expect.stringContaining('canary') });
    expect(ended.out).not.toContain('aws_secret_access_key');
    expect(readFileSync(join(host.home, 'data/audit/audit.jsonl'), 'utf8')).toContain(
      '"channel":"stdout"',
    );
    expect((await start('legal', ask)).err).toContain('a canary credential was about to leave');
  });
});
