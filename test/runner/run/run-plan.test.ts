import { type ChildProcess, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgent, grantAgent, revokeAgent } from '../../../runner/agents/agent-store.ts';
import { readAgent } from '../../../runner/agents/agents.ts';
import { runSkill } from '../../../runner/run/run.ts';
import type { RunEnd, RunWorld } from '../../../runner/run/run-request.ts';
import type { Sandbox, SandboxStart } from '../../../runner/sandbox/sandbox.ts';
import { runSession } from '../../../runner/sessions/session.ts';
import { openSessionHost } from '../../../runner/sessions/session-host.ts';
import type { AuditEvent, AuditSubject } from '../../../skills-index/run/audit/audit-entry.ts';
import { type Hold, holdDigest } from '../../../skills-index/run/holds/hold.ts';
import { emptyHostPolicy } from '../../../skills-index/run/plan/host-policy.ts';
import { planSession } from '../../../skills-index/run/plan/plan-session.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

type Line = AuditSubject & AuditEvent;
/** What a sandbox does once it runs; it ends by itself when that is done. */
type Act = (start: SandboxStart) => Promise<void> | void;

const mount = [
  { source: 'workspace:reports', target: '/reports', mode: 'rw', why: 'test' },
] as const;
const isRoot = process.getuid?.() === 0;
const noSecrets = { entries: [], reveal: async () => ({ value: '' }) };

let folder: string;
let agents: string;
let world: RunWorld;
let lines: Line[];
/** The event of the log's lines that are refused. */
let unwritable: string | undefined;
/** What happened to sandboxes, in order. */
let seen: string[];
let starts: SandboxStart[];
let sleeper: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-run-plan-'));
  const paths = {
    config: join(folder, 'config'),
    data: join(folder, 'data'),
    cache: join(folder, 'cache'),
  };
  for (const path of Object.values(paths)) mkdirSync(path, { mode: 0o700 });
  const reports = join(folder, 'reports');
  mkdirSync(reports);
  giveToSandbox(reports);
  agents = join(paths.config, 'agents');
  createAgent(agents, { name: 'bot', now: new Date() });
  const agent = grantAgent(agents, 'bot', {
    skills: [{ skill: '@acme/probe', range: '*' }],
    capabilities: {
      ...noCapabilities,
      mount: [{ source: 'workspace:reports', target: '/reports', mode: 'rw' }],
    },
    workspace: { name: 'reports', mode: 'rw' },
  });
  lines = [];
  unwritable = undefined;
  seen = [];
  starts = [];
  const record = (subject: AuditSubject, event: AuditEvent): void => {
    if (event.event === unwritable) throw new Problem('audit-unwritable', 'the disk is full');
    lines.push({ ...subject, ...event });
  };
  world = {
    agent,
    hostPolicy: { ...emptyHostPolicy, workspaces: { reports }, writable: ['reports'] },
    secrets: noSecrets,
    paths,
    audit: { record },
    onStdout: () => undefined,
    onStderr: () => undefined,
    now: () => new Date(),
  };
});
afterEach(() => {
  sleeper?.kill('SIGKILL');
  sleeper = undefined;
  rmSync(folder, { recursive: true });
});

function giveToSandbox(path: string): void {
  if (isRoot) lchownSync(path, 65_534, 65_534);
}

function sandboxThat(act: Act): Sandbox {
  const start = async (what: SandboxStart) => {
    starts.push(what);
    let end = (_: number | null): void => undefined;
    const ended = new Promise<{ code: number | null; outOfMemory: boolean }>((resolve) => {
      end = (code) => resolve({ code, outOfMemory: false });
    });
    const kill = (): void => {
      seen.push('killed');
      setTimeout(() => {
        seen.push('gone');
        end(null);
      }, 20);
    };
    await act(what);
    setTimeout(() => end(0), 700);
    return {
      pid: sleeper?.pid,
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      ended,
      kill,
      notes: [],
    };
  };
  return { name: 'fake', gives: [], checks: [], start };
}

async function startSkill(sandbox: Sandbox): Promise<RunEnd> {
  const declared = {
    name: '@acme/probe',
    version: '1.0.0',
    license: 'MIT',
    commands: { probe: 'probe.sh' },
  };
  const manifest = parseManifest(
    Buffer.from(JSON.stringify({ ...declared, capabilities: { mount } })),
  );
  const files = {
    'SKILL.md': '---\nname: probe\ndescription: tries things\n---\n',
    'probe.sh': 'true\n',
  };
  const packed = packBundle(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o755 })),
  );
  const admitted = { name: manifest.name, version: manifest.version, bundle: packed.digest };
  return runSkill({
    ...world,
    skill: { admitted, ...packed },
    manifest,
    approved: manifest.capabilities,
    args: [],
    sandbox,
  });
}

async function startSession(sandbox: Sandbox): Promise<RunEnd> {
  const { hostPolicy, paths, secrets = noSecrets } = world;
  const agent = readAgent(agents, 'bot');
  const host = openSessionHost({ agent, command: ['sh'], hostPolicy, paths, secrets });
  try {
    const planned = planSession({
      agent,
      hostPolicy,
      facts: host.facts,
      skills: [],
      sandbox,
      now: new Date(),
    });
    const calls = { run: async () => 0, mcp: async () => 0 };
    return await runSession({ id: 's1', ...planned, host, skills: [], calls, sandbox }, world);
  } finally {
    host.close();
  }
}

/** Another user of this host answers as soon as they are asked. */
function askAtStart(answer: () => 'allow' | 'deny'): void {
  const drop = join(folder, 'drop');
  mkdirSync(drop, { mode: 0o755 });
  const notify = (hold: Hold): void => {
    const at = new Date().toISOString();
    const verdict = answer();
    const said = {
      schema: 'skillgate.hold-answer/1',
      hold: holdDigest(hold),
      verdict,
      seconds: 0,
      approver: 'ops',
      at,
    };
    const path = join(drop, `${hold.id}.json`);
    writeFileSync(path, JSON.stringify({ answer: said }), { mode: 0o644 });
    for (const one of [path, drop]) chownSync(one, 500, 500);
  };
  const holds = [{ name: 'ask', when: { agent: 'bot' }, seconds: 60 }];
  const approvers = [{ name: 'ops', user: { uid: 500, folder: drop } }];
  world = { ...world, hostPolicy: { ...world.hostPolicy, approvers, holds }, hands: { notify } };
}

const events = (): string[] => lines.map((one) => one.event);
const refusals = (): Line[] => lines.filter((one) => one.event === 'refused');

describe.each([
  { kind: 'a skill', start: startSkill, target: '/reports', named: { skill: '@acme/probe' } },
  { kind: 'a session', start: startSession, target: '/workspace', named: { session: 's1' } },
])('a run of $kind', ({ named, start, target }) => {
  it('is recorded from its start to its end, each line with the digest of its plan', async () => {
    expect(await start(sandboxThat(() => undefined))).toMatchObject({
      reason: 'exit',
      code: 0,
      cleaned: [],
    });
    expect(events()).toEqual(['start', 'exit']);
    for (const line of lines)
      expect(line).toMatchObject({
        agent: 'bot',
        ...named,
        plan: expect.stringMatching(/^sha256:/),
      });
    expect(existsSync(starts[0]?.runFolder ?? '/')).toBe(false);
  });

  it('is dead before anybody hears that the audit log refused its first line', async () => {
    unwritable = 'start';
    await expect(start(sandboxThat(() => undefined))).rejects.toMatchObject({
      code: 'audit-unwritable',
    });
    expect(seen).toEqual(['killed', 'gone']);
    expect(existsSync(starts[0]?.runFolder ?? '/')).toBe(false);
    expect(refusals()).toMatchObject([{ code: 'audit-unwritable' }]);
  });

  it('has what it starts recorded as a sample', async () => {
    sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    expect(await start(sandboxThat(() => undefined))).toMatchObject({ reason: 'exit' });
    expect(lines).toContainEqual(
      expect.objectContaining({ event: 'child', name: 'sleep', sampled: true, ...named }),
    );
  });

  it('goes on where the audit log takes no sample', async () => {
    sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    unwritable = 'child';
    expect(await start(sandboxThat(() => undefined))).toMatchObject({ reason: 'exit', code: 0 });
  });

  it('that leaves its canary in a file offers no change, and says what else it left', async () => {
    const leave: Act = ({ files, sources }) => {
      const view = sources?.get(target) ?? '';
      const canary = files.find(({ path }) => path.endsWith('.aws/credentials'))?.bytes ?? '';
      writeFileSync(join(view, 'notes.txt'), canary);
      symlinkSync('/etc/passwd', join(view, 'link'));
      for (const name of ['notes.txt', 'link']) giveToSandbox(join(view, name));
    };
    const end = await start(sandboxThat(leave));
    expect(end).toMatchObject({ reason: 'canary', code: null });
    expect(end.cleaned).toEqual([{ path: `${target}/link`, why: expect.any(String) }]);
    expect(end).not.toHaveProperty('changes');
  });

  it.runIf(isRoot)('starts nothing where a person says no', async () => {
    askAtStart(() => 'deny');
    await expect(start(sandboxThat(() => undefined))).rejects.toMatchObject({
      code: 'hold-denied',
    });
    expect(starts).toEqual([]);
    expect(refusals()).toMatchObject([
      { code: 'hold-denied', ...named, plan: expect.stringMatching(/^sha256:/) },
    ]);
  });

  it.runIf(isRoot)('starts where a person says yes', async () => {
    askAtStart(() => 'allow');
    expect(await start(sandboxThat(() => undefined))).toMatchObject({ reason: 'exit' });
  });

  it.runIf(isRoot)(
    'starts nothing where the identity was revoked while a person was asked',
    async () => {
      askAtStart(() => {
        revokeAgent(agents, 'bot', 'everything', new Date());
        return 'allow';
      });
      await expect(start(sandboxThat(() => undefined))).rejects.toMatchObject({
        code: 'plan-refused',
      });
      expect(starts).toEqual([]);
      expect(refusals()).toMatchObject([
        { code: 'plan-refused', why: expect.stringContaining('was revoked') },
      ]);
    },
  );

  it('leaves one line and no folder where the sandbox refuses to start', async () => {
    const refusing = sandboxThat(() => {
      throw new Problem('sandbox-refused', 'no user namespace');
    });
    await expect(start(refusing)).rejects.toMatchObject({ code: 'sandbox-refused' });
    expect(refusals()).toMatchObject([{ code: 'sandbox-refused', ...named }]);
    expect(existsSync(starts[0]?.runFolder ?? '/')).toBe(false);
    expect(seen).toEqual([]);
  });
});
