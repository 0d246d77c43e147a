import { describe, expect, it } from 'vitest';
import { printSessionPlan } from '../../../../cli/agents/agent-run.ts';
import type { Agent } from '../../../../skills-index/run/agents/agent.ts';
import type { ModelEndpoint } from '../../../../skills-index/run/agents/agent-policy.ts';
import { judgeRequest } from '../../../../skills-index/run/egress/egress-judge.ts';
import { emptyHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';
import {
  planSession,
  type SessionFacts,
  type SessionInput,
} from '../../../../skills-index/run/plan/plan-session.ts';
import { noCapabilities } from '../../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';

const agent: Agent = {
  schema: 'skillgate.agent/1',
  name: 'finance',
  keyId: digestOf('key'),
  publicKey: '',
  created: '2026-01-01T00:00:00.000Z',
  expires: '2026-04-01T00:00:00.000Z',
  grants: [],
  ceiling: noCapabilities,
  env: {},
  workspace: { name: 'ledgers', mode: 'cow' },
};
const folder = { path: '/srv/ledgers', id: '1:2', uid: 1000, gid: 1000 };
const facts: SessionFacts = {
  uid: 0,
  gid: 0,
  workspace: folder,
  memory: { path: '/data/memory', id: '1:3' },
  folders: [],
  program: { command: ['/usr/bin/sh'] },
  secrets: [],
  toolchains: [],
  hasPython: true,
};
const local = { url: 'http://127.0.0.1:8080', kind: 'openai' } as const;
const cloud = { url: 'https://api.model.example', kind: 'anthropic', secret: 'KEY' } as const;
const key = { name: 'KEY', hosts: ['api.model.example'], source: 'file', stored: '' } as const;

type More = Partial<Omit<SessionInput, 'facts'>> & { readonly facts?: Partial<SessionFacts> };

function planWith({ facts: more = {}, ...rest }: More = {}) {
  const hostPolicy = { ...emptyHostPolicy, models: { local } };
  const sandbox = { name: 'bubblewrap', gives: ['seccomp'] };
  const now = new Date('2026-02-01T00:00:00Z');
  return planSession({
    agent,
    hostPolicy,
    skills: [],
    sandbox,
    now,
    ...rest,
    facts: { ...facts, ...more },
  });
}

describe('the plan of a session', () => {
  it('is the same for the same, and another for another program', () => {
    expect(planWith().digest).toBe(planWith().digest);
    expect(planWith({ facts: { program: { command: ['/usr/bin/id'] } } }).digest).not.toBe(
      planWith().digest,
    );
    expect(planWith().plan).toMatchObject({
      agent: 'finance',
      uid: 1000,
      workingDirectory: '/workspace',
      refused: [],
    });
  });

  it('mounts the workspace and the memory, each with its reason, and nothing else', () => {
    expect(planWith().plan.mounts.map((one) => `${one.mode} ${one.target} <- ${one.path}`)).toEqual(
      ['cow /workspace <- /srv/ledgers', 'rw /memory <- /data/memory'],
    );
    const { workspace: _, ...without } = agent;
    const { plan } = planWith({ agent: without });
    expect(plan).toMatchObject({ workingDirectory: '/memory', leftOut: [{ what: 'a workspace' }] });
  });

  it('lets a local model alone be reached, pinned to its address', () => {
    const { egress, env, secrets } = planWith().plan;
    const place = { scheme: 'http', host: 'model.skillgate.internal', port: 80 };
    const pinned = { 'model.skillgate.internal': { address: '127.0.0.1', port: 8080 } };
    expect(
      egress.map(({ host, pinned, port, scheme }) => ({ scheme, host, port, pinned })),
    ).toEqual(egress.map(() => ({ ...place, pinned })));
    expect(env).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'OPENAI_BASE_URL',
          value: 'http://model.skillgate.internal/v1',
        }),
        expect.objectContaining({ name: 'OPENAI_API_KEY', value: 'placeholder' }),
      ]),
    );
    expect(secrets).toEqual([]);
  });

  it('adds the key of a model elsewhere by reference, to its host alone', () => {
    const hostPolicy = { ...emptyHostPolicy, models: { cloud } };
    const { egress, env, secrets, refused } = planWith({
      hostPolicy,
      facts: { secrets: [key] },
    }).plan;
    expect(egress[0]).toMatchObject({
      scheme: 'https',
      host: 'api.model.example',
      port: 443,
      path: '/v1/messages',
      pinned: {},
    });
    expect(secrets).toMatchObject([
      { name: 'KEY', hosts: ['api.model.example'], as: 'header:x-api-key' },
    ]);
    expect(env).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: 'ANTHROPIC_BASE_URL', value: 'https://api.model.example' }),
      ]),
    );
    expect(refused).toEqual([]);
  });

  it('has the toolchains of host policy before the system, and leaves out those it may not see', () => {
    const rust = { name: 'rust', path: '/opt/rust', programs: '/opt/rust/bin' };
    const cargo = { name: 'cargo', path: '/home/ann/.cargo', why: 'credentials' };
    const { env, folders, leftOut } = planWith({ facts: { toolchains: [rust, cargo] } }).plan;
    expect(env[0]).toMatchObject({
      name: 'PATH',
      value: '/opt/rust/bin:/opt/skillgate/bin:/usr/local/bin:/usr/bin:/bin',
    });
    expect(folders).toMatchObject([{ path: '/opt/rust', target: '/opt/rust' }]);
    expect(leftOut).toMatchObject([{ what: 'toolchain cargo', reason: 'credentials' }]);
  });

  it('has more temporary space than a skill, or what host policy names', () => {
    expect(planWith().plan.limits).toMatchObject({
      temporaryMiB: 1_024,
      homeMiB: 256,
      changesMiB: 512,
    });
    const hostPolicy = { ...emptyHostPolicy, sizes: { temporaryMiB: 2_048, changesMiB: 1_024 } };
    const { plan } = planWith({ hostPolicy });
    expect(plan.limits).toMatchObject({ temporaryMiB: 2_048, homeMiB: 256, changesMiB: 1_024 });
    expect(printSessionPlan(plan)).toContain(
      'temporary space: 2048 MiB in /tmp, 256 MiB in HOME; changes: 1024 MiB in each folder',
    );
  });

  it('has a terminal when a person asks for one, and the system has Python', () => {
    const { env, refused, terminal } = planWith({ terminal: 'xterm-256color' }).plan;
    expect([terminal, refused]).toEqual(['xterm-256color', []]);
    expect(env).toContainEqual(expect.objectContaining({ name: 'TERM', value: 'xterm-256color' }));
    expect(planWith().plan.terminal).toBeUndefined();
    expect(planWith({ terminal: 'xterm', facts: { hasPython: false } }).plan.refused).toMatchObject(
      [{ message: expect.stringContaining('needs python3') }],
    );
  });

  it('adds the egress of the identity, each line with its reason', () => {
    const url = 'https://docs.example/guide/*';
    const { egress, leftOut, refused } = planWith({
      agent: { ...agent, egress: [{ url, methods: ['GET'], hold: true }] },
      hostPolicy: emptyHostPolicy,
    }).plan;
    expect(egress).toMatchObject([
      {
        scheme: 'https',
        mode: 'intercept',
        host: 'docs.example',
        methods: ['GET'],
        path: '/guide/*',
        reason: 'egress of agent finance; each request waits for a person',
      },
    ]);
    expect([leftOut.length, refused]).toEqual([1, []]);
  });

  it.each([
    ['https://*/*', 'every host is too wide'],
    ['http://docs.example/*', 'plain http needs one'],
    ['https://*.skillgate.internal/*', 'the runner itself uses'],
    ['https://docs.example/../*', 'Not an egress url'],
    ['tcp://api.docs.example:8443', 'another egress judges requests to the same port'],
  ])('leaves out the egress %s of an identity, and says why', (url, why) => {
    const { egress, leftOut } = planWith({
      agent: {
        ...agent,
        egress: [
          { url, methods: [url.startsWith('tcp') ? '*' : 'GET'] },
          { url: 'https://*.docs.example:8443/guide/*', methods: ['GET'] },
        ],
      },
    }).plan;
    const granted = egress.filter(({ host }) => host !== '*.docs.example');
    expect(granted.every(({ host }) => host === 'model.skillgate.internal')).toBe(true);
    expect(leftOut).toMatchObject([
      { reason: expect.stringContaining(why), hint: expect.stringContaining('agent revoke') },
    ]);
  });

  it('leaves out tcp to the server of a package index, whose requests the runner answers', () => {
    const url = 'https://pypi.acme.example:8443/simple/';
    const { egress, leftOut } = planWith({
      agent: {
        ...agent,
        indexes: ['python'],
        egress: [{ url: 'tcp://pypi.acme.example:8443', methods: ['*'] }],
      },
      hostPolicy: { ...emptyHostPolicy, indexes: { python: { url } } },
    }).plan;
    expect(egress.filter(({ scheme }) => scheme === 'tcp')).toEqual([]);
    expect(leftOut.map(({ reason }) => reason)).toContain(
      'another egress judges requests to the same port',
    );
  });

  it('names the commits, and gives git a credential by reference', () => {
    const url = 'https://git.example/acme/*';
    const stored = { ...key, name: 'TOKEN', hosts: ['git.example'], methods: ['POST'] };
    const read = { url: 'https://git.example/*', methods: ['GET'] };
    const coder = { ...agent, egress: [read, { url, methods: ['POST'], secret: 'TOKEN' }] };
    const { env, refused, secrets } = planWith({ agent: coder, facts: { secrets: [stored] } }).plan;
    expect(refused).toEqual([]);
    expect(secrets).toMatchObject([
      {
        name: 'TOKEN',
        hosts: ['git.example'],
        places: ['git.example/acme/*'],
        as: 'basic',
        methods: ['POST'],
      },
    ]);
    const values = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(values).toMatchObject({
      GIT_AUTHOR_NAME: 'finance (agent)',
      GIT_COMMITTER_EMAIL: 'finance@agent.invalid',
      TOKEN: '(placeholder)',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'credential.https://git.example.helper',
    });
    const others = [[], [{ ...stored, agent: 'sales' }], [{ ...stored, hosts: ['other.example'] }]];
    for (const secrets of others)
      expect(planWith({ agent: coder, facts: { secrets } }).plan).toMatchObject({
        secrets: [],
        refused: [{ code: 'secret-refused', hint: expect.stringContaining('secret set TOKEN') }],
      });
  });

  it.each<[Partial<ModelEndpoint>, string, string, boolean]>([
    [{}, 'POST', '/v1/chat/completions', true],
    [{}, 'GET', '/v1/models/stub', true],
    [{}, 'POST', '/v1/models/stub', false],
    [{}, 'GET', '/slots/0?action=save', false],
    [{ url: 'http://127.0.0.1:8080/llm' }, 'POST', '/llm/chat/completions', true],
    [{ paths: ['/v1/rerank', '/v1/files/*'] }, 'GET', '/v1/files/1', true],
    [{ paths: ['/v1/rerank', '/v1/files/*'] }, 'POST', '/v1/rerank/all', false],
    [{ kind: 'anthropic' }, 'POST', '/v1/messages?beta=true', true],
    [{ kind: 'anthropic' }, 'POST', '/v1/chat/completions', false],
    [
      { kind: 'anthropic', url: 'http://127.0.0.1:8080/claude' },
      'POST',
      '/claude/v1/messages',
      true,
    ],
    [
      { kind: 'anthropic', url: 'http://127.0.0.1:8080/claude/v1' },
      'POST',
      '/claude/v1/messages',
      true,
    ],
  ])('of a model %j: %s %s: %s', (more, method, target, expected) => {
    const hostPolicy = { ...emptyHostPolicy, models: { local: { ...local, ...more } } };
    const { egress } = planWith({ hostPolicy }).plan;
    const url = `http://model.skillgate.internal${target}`;
    const { kind } = judgeRequest(
      { method, target: url, headers: [['host', 'model.skillgate.internal']] },
      { egress, secrets: [] },
    );
    expect(kind === 'allowed').toBe(expected);
  });

  it.each<[string, string, More]>([
    ['an identity that ended', 'plan-refused', { now: new Date('2026-05-01') }],
    [
      'an identity that was revoked',
      'plan-refused',
      { agent: { ...agent, revoked: '2026-01-02' } },
    ],
    [
      'a program that is not there',
      'plan-refused',
      { facts: { program: { why: 'x', hint: 'y' } } },
    ],
    ['a folder that another agent works in', 'plan-refused', { facts: { sharedWith: 'sales' } }],
    ['a model that nobody named', 'plan-refused', { agent: { ...agent, model: 'other' } }],
    [
      'no choice among two models',
      'plan-refused',
      { hostPolicy: { ...emptyHostPolicy, models: { local, cloud } } },
    ],
    [
      'a key that is not there',
      'secret-refused',
      { hostPolicy: { ...emptyHostPolicy, models: { cloud } } },
    ],
    [
      'a key for another host',
      'secret-refused',
      {
        hostPolicy: { ...emptyHostPolicy, models: { cloud } },
        facts: { secrets: [{ ...key, hosts: ['other.example'] }] },
      },
    ],
  ])('refuses %s', (_, code, more) => {
    expect(planWith(more).plan.refused.map((one) => one.code)).toContain(code);
  });

  it('says what is missing where no model is named', () => {
    const { plan } = planWith({ hostPolicy: emptyHostPolicy });
    expect(plan).toMatchObject({
      egress: [],
      refused: [],
      leftOut: [{ what: 'a model endpoint' }],
    });
    expect(printSessionPlan(plan)).toContain(
      '      skillgate host model add local http://127.0.0.1:8080 --kind openai',
    );
  });
});
