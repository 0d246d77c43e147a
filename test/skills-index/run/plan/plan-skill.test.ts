import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printPlan } from '../../../../cli/run/run.ts';
import type { Agent } from '../../../../skills-index/run/agents/agent.ts';
import { emptyHostPolicy } from '../../../../skills-index/run/plan/host-policy.ts';
import type { PlanInput, WorkspaceFact } from '../../../../skills-index/run/plan/plan-input.ts';
import { planRun } from '../../../../skills-index/run/plan/plan-skill.ts';
import type { BundlePath } from '../../../../skills-index/skill/bundle-path.ts';
import { type Capabilities, noCapabilities } from '../../../../skills-index/skill/capability.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { parseManifest } from '../../../../skills-index/skill/manifest.ts';

const wanted = {
  env: [{ name: 'TZ', why: 'dates' }],
  secret: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'reads deals' }],
  egress: [{ url: 'http://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
  mount: [
    { source: 'workspace:reports', target: '/reports', mode: 'rw', why: 'writes the report' },
  ],
  exec: [{ program: 'git', why: 'reads the last tag' }],
};
const folder: WorkspaceFact = { path: '/srv/reports', uid: 1000, gid: 1000, id: '1:2' };

function inputFor(capabilities: object = wanted, more: Partial<PlanInput> = {}): PlanInput {
  const base = {
    name: '@acme/report',
    version: '1.0.0',
    license: 'MIT',
    commands: { report: 'report.ts' },
    limits: { seconds: 60, memoryMiB: 256 },
  };
  // Behind the parser: a plan has to hold also for what no manifest could say.
  const manifest = {
    ...parseManifest(Buffer.from(JSON.stringify({ ...base, capabilities: {} }))),
    capabilities: { ...noCapabilities, ...capabilities },
  };
  return {
    admitted: { name: manifest.name, version: manifest.version, bundle: digestOf('bundle') },
    manifest,
    approved: manifest.capabilities,
    command: { name: 'report', file: 'report.ts' as BundlePath, interpreter: 'node' },
    hostPolicy: {
      ...emptyHostPolicy,
      hosts: { 'api.crm.example': { address: '127.0.0.1', port: 4010 } },
      workspaces: { reports: '/srv/reports' },
      env: { TZ: 'UTC' },
    },
    secrets: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], source: 'file', stored: '' }],
    host: {
      uid: 0,
      gid: 0,
      workspaces: { reports: folder },
      programs: { node: '/opt/node', git: '/usr/bin/git' },
      base: [],
    },
    sandbox: { name: 'bubblewrap', gives: ['seccomp'] },
    now: new Date('2026-01-01T00:00:00Z'),
    ...more,
  };
}

const agent: Agent = {
  schema: 'skillgate.agent/1',
  name: 'bot',
  keyId: digestOf('key'),
  publicKey: '',
  created: '2025-12-01T00:00:00.000Z',
  expires: '2026-02-01T00:00:00.000Z',
  grants: [{ skill: '@acme/report', range: '^1.0.0' }],
  ceiling: inputFor().manifest.capabilities,
  env: { TZ: 'Europe/Zurich' },
};

describe('a plan', () => {
  it('gives what is approved, granted and allowed, each line with its reason', () => {
    const { plan } = planRun(inputFor());
    expect(plan).toMatchObject({
      agent: 'operator',
      uid: 1000,
      gid: 1000,
      workingDirectory: '/reports',
      mounts: [
        {
          source: 'workspace:reports',
          path: '/srv/reports',
          target: '/reports',
          mode: 'rw',
          id: '1:2',
        },
      ],
      egress: [
        {
          host: 'api.crm.example',
          port: 80,
          path: '/v2/*',
          methods: ['GET'],
          pinned: { 'api.crm.example': { address: '127.0.0.1', port: 4010 } },
        },
      ],
      secrets: [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer' }],
      env: [{ name: 'TZ', value: 'UTC' }],
      programs: [
        { program: 'node', path: '/opt/node' },
        { program: 'git', path: '/usr/bin/git' },
      ],
      limits: { seconds: 60, memoryMiB: 256 },
      leftOut: [],
      refused: [],
    });
    expect(printPlan(plan)).toContain('rw /reports <- /srv/reports');
    expect(printPlan(plan)).toContain('GET http[:]//api.crm.example:80/v2/*');
  });

  const base = [
    { program: 'grep', path: '/usr/bin/grep' },
    { program: 'zcat', path: '/usr/bin/zcat', needs: 'sh' },
  ];

  it.each<[string, Capabilities['exec'], readonly string[]]>([
    ['nothing', [], ['grep']],
    ['the shell, which a script needs', [{ program: 'sh', why: 'x' }], ['grep', 'zcat']],
    ['a base program', [{ program: 'grep', why: 'x' }], ['grep']],
  ])('has base programs when the manifest declares %s', (_, exec, expected) => {
    const host = { ...inputFor().host, base };
    const programs = { ...host.programs, sh: '/usr/bin/dash', grep: '/usr/bin/grep' };
    const { plan } = planRun(inputFor({ exec }, { host: { ...host, programs } }));
    expect(plan.base.map((one) => one.program)).toEqual(expected);
    expect(plan.leftOut).toEqual([]);
    const lines = printPlan(plan).split('\n');
    expect(lines.filter((line) => line.includes('of the system'))).toEqual([
      `  ${expected.length} base programs of the system`,
    ]);
  });

  it('says which interpreter a declared script needs', () => {
    const host = { ...inputFor().host, base };
    const programs = { ...host.programs, zcat: '/usr/bin/zcat' };
    const exec = [{ program: 'zcat', why: 'x' }];
    const { plan } = planRun(inputFor({ exec }, { host: { ...host, programs } }));
    expect(plan.leftOut).toEqual([
      { what: 'exec zcat', reason: 'on this host it is a script for sh, so declare sh, too' },
    ]);
    expect(plan.programs.map((one) => one.program)).toEqual(['node']);
  });

  it('leaves out no base program that a manifest declares and nobody approved or granted', () => {
    const host = { ...inputFor().host, base };
    const exec = ['grep', 'git'].map((program) => ({ program, why: 'x' }));
    const unapproved = planRun(inputFor({ exec }, { approved: noCapabilities, host })).plan;
    expect(unapproved.leftOut.map((one) => one.what)).toEqual(['exec git']);
    const ungranted = { ...agent, ceiling: noCapabilities };
    const { plan } = planRun(inputFor({ exec }, { agent: ungranted, host }));
    expect(plan.leftOut.map((one) => one.what)).toEqual(['exec git']);
  });

  it('has the same digest for the same facts and another for any other', () => {
    expect(planRun(inputFor()).digest).toBe(planRun(inputFor()).digest);
    const moved = inputFor(wanted, {
      host: { ...inputFor().host, workspaces: { reports: { ...folder, id: '1:3' } } },
    });
    expect(planRun(moved).digest).not.toBe(planRun(inputFor()).digest);
  });

  it('leaves out what the reviewer did not approve', () => {
    const { plan } = planRun(inputFor(wanted, { approved: noCapabilities }));
    expect(plan).toMatchObject({
      mounts: [],
      egress: [],
      secrets: [],
      env: [],
      workingDirectory: '/tmp',
      refused: [],
    });
    expect(plan.leftOut).toHaveLength(5);
    expect(plan.programs.map((one) => one.program)).toEqual(['node']);
  });

  it('leaves out what the agent has not been granted, and narrows to what it has', () => {
    const ceiling: Capabilities = {
      ...noCapabilities,
      egress: [{ url: 'http://api.crm.example/v2/deals', methods: ['GET'] }],
    };
    const { plan } = planRun(inputFor(wanted, { agent: { ...agent, ceiling } }));
    expect(plan.egress).toMatchObject([{ path: '/v2/deals' }]);
    expect(plan.leftOut.map((one) => one.reason)).toEqual(
      Array(4).fill('not granted to agent bot'),
    );
  });

  it('gives the time zone of host policy, and the declared TZ where there is one', () => {
    const hostPolicy = { ...emptyHostPolicy, timeZone: 'Asia/Tokyo' };
    expect(planRun(inputFor({}, { hostPolicy })).plan.env).toMatchObject([
      { name: 'TZ', value: 'Asia/Tokyo' },
    ]);
    expect(planRun(inputFor(wanted, { agent, hostPolicy })).plan.env).toMatchObject([
      { value: 'Europe/Zurich' },
    ]);
  });

  it('takes env from the agent before host policy, and never from anywhere else', () => {
    expect(planRun(inputFor(wanted, { agent })).plan.env).toMatchObject([
      { value: 'Europe/Zurich' },
    ]);
    process.env.TZ_OF_RUNNER = 'x';
    const { plan } = planRun(inputFor({ env: [{ name: 'TZ_OF_RUNNER', why: 'x' }] }));
    expect(plan.env).toEqual([]);
    expect(plan.leftOut).toMatchObject([{ what: 'env TZ_OF_RUNNER' }]);
  });

  it.each(['PATH', 'http_proxy', 'BASH_ENV'])('never sets %s', (name) => {
    const { plan } = planRun(
      inputFor(
        { env: [{ name, why: 'x' }] },
        { hostPolicy: { ...emptyHostPolicy, env: { [name]: 'x' } } },
      ),
    );
    expect(plan.env).toEqual([]);
  });

  it.each([
    [
      'methods without names',
      { egress: [{ url: 'https://api.crm.example/*', methods: ['*'], why: 'x' }] },
      'named methods',
    ],
    [
      'a name that is not pinned',
      { egress: [{ url: 'http://other.example/*', methods: ['GET'], why: 'x' }] },
      'pins no address',
    ],
    [
      'a program that is not there',
      { exec: [{ program: 'ffmpeg', why: 'x' }] },
      'not installed below /usr/bin',
    ],
  ])('leaves out %s with the reason', (_, capabilities, reason) => {
    const { plan } = planRun(inputFor(capabilities));
    expect(plan).toMatchObject({
      egress: [],
      refused: [],
      leftOut: [{ reason: expect.stringContaining(reason) }],
    });
  });
});

describe('a secret in a plan', () => {
  it.each(['bearer', 'hmac:X-Signature'])(
    'is used as %s, with the methods that the operator named',
    (as) => {
      const secret = [{ name: 'CRM_TOKEN', hosts: ['*.crm.example'], as, why: 'x' }];
      const stored = {
        name: 'CRM_TOKEN',
        hosts: ['api.crm.example', 'other.example'],
        source: 'command',
        stored: '',
      } as const;
      const line = { name: 'CRM_TOKEN', hosts: ['api.crm.example'], as };
      const planned = (more: object) =>
        planRun(inputFor({ secret }, { secrets: [{ ...stored, ...more }] })).plan;
      expect(planned({})).toMatchObject({ refused: [], secrets: [line] });
      expect(planned({}).secrets[0]).not.toHaveProperty('methods');
      const reason = 'approved for "x"; bound to GET POST api.crm.example, other.example';
      expect(planned({ methods: ['GET', 'POST'] }).secrets).toEqual([
        { ...line, methods: ['GET', 'POST'], reason },
      ]);
    },
  );
});

describe('https in a plan', () => {
  const egress = [{ url: 'https://*.crm.example/v2/*', methods: ['GET'], why: 'x' }];
  const withPolicy = (more: object) =>
    planRun(inputFor({ egress }, { hostPolicy: { ...emptyHostPolicy, ...more } })).plan;

  it('is opened and judged, to any public address, and to the one that is pinned', () => {
    const pinned = { 'api.crm.example': { address: '10.0.0.7', port: 8443 } };
    const line = {
      scheme: 'https',
      mode: 'intercept',
      host: '*.crm.example',
      port: 443,
      methods: ['GET'],
      path: '/v2/*',
    };
    expect(withPolicy({}).egress).toEqual([{ ...line, pinned: {}, reason: 'approved for "x"' }]);
    const reason = 'approved for "x"; api.crm.example is 10.0.0.7:8443';
    expect(withPolicy({ hosts: pinned }).egress).toEqual([{ ...line, pinned, reason }]);
  });

  it('is marked where the skill wants a secret in its path, also when the run has none', () => {
    const hosts = ['a.chat.example', 'b.chat.example'];
    const wanted = (as: string) => [{ name: 'HOOK', hosts, as, why: 'x' }];
    const keyedFor = (as: string) =>
      planRun(inputFor({ egress, secret: wanted(as) }, { secrets: [] })).plan.egress[0]?.keyed;
    expect(['address', 'path', 'bearer'].map(keyedFor)).toEqual([hosts, hosts, undefined]);
  });

  it('over tcp is left out beside requests to the same port, which are judged', () => {
    const tcp = ['a.crm.example:443', 'db.acme.example:5432'].map((at) => ({
      url: `tcp://${at}/*`,
      methods: ['*'],
      why: 'x',
    }));
    const https = { url: 'https://*.crm.example/*', methods: ['GET'], why: 'x' };
    const { egress: lines, leftOut } = planRun(inputFor({ egress: [https, ...tcp] })).plan;
    expect(lines.map(({ host, scheme }) => `${scheme} ${host}`)).toEqual([
      'tcp db.acme.example',
      'https *.crm.example',
    ]);
    expect(leftOut).toMatchObject([{ reason: 'another egress judges requests to the same port' }]);
  });

  it('over tcp is left out where host policy leads it to a server whose requests are judged', () => {
    const at = { address: '10.0.0.5', port: 8443 };
    const hosts = { 'api.acme.example': at, 'db.acme.example': at };
    const egress = [
      { url: 'https://api.acme.example/v2/*', methods: ['GET'], why: 'x' },
      { url: 'tcp://db.acme.example:9000/*', methods: ['*'], why: 'x' },
    ];
    const hostPolicy = { ...emptyHostPolicy, hosts };
    const { plan } = planRun(inputFor({ egress }, { hostPolicy }));
    expect(plan.egress.map(({ scheme }) => scheme)).toEqual(['https']);
  });

  it.each([
    [['tcp://db.acme.example:5432/*'], []],
    [['tcp://db.acme.example:5432/*', 'tcp://db.acme.example:6379/*'], ['secret-refused']],
    [['https://db.acme.example/*'], ['secret-refused']],
  ])('over tcp to %j, with the password of a database: %j', (urls, refused) => {
    const secret = [{ name: 'DB', hosts: ['db.acme.example'], as: 'postgres', why: 'x' }];
    const given = { egress: urls.map((url) => ({ url, methods: ['*'], why: 'x' })), secret };
    const stored = { name: 'DB', hosts: ['db.acme.example'], source: 'file', stored: '' } as const;
    const { plan } = planRun(inputFor(given, { secrets: [stored] }));
    expect(plan.refused.map(({ code }) => code)).toEqual(refused);
  });

  it('is left alone for the names that the operator lists, and says what that means', () => {
    const plan = withPolicy({
      tunnels: ['bank.crm.example:443', 'api.crm.example:8443', 'stranger.example:443'],
    });
    expect(plan.egress).toMatchObject([
      {
        mode: 'tunnel',
        host: 'bank.crm.example',
        reason: expect.stringContaining('checks neither method nor path'),
      },
      { mode: 'intercept', host: '*.crm.example' },
    ]);
    expect(printPlan(plan)).toContain('TUNNEL https[:]//bank.crm.example:443');
    expect(printPlan(plan)).toContain('GET https[:]//*.crm.example:443/v2/*');
  });

  it('has the caps of host policy where they are less than ours', () => {
    expect(withPolicy({}).egressLimits).toEqual({
      requestsPerMinute: 3_000,
      sentBytes: 268_435_456,
    });
    const egressLimits = { requestsPerMinute: 60, sentBytes: 1_000 };
    expect(withPolicy({ egress: egressLimits }).egressLimits).toEqual(egressLimits);
    expect(withPolicy({ egress: { requestsPerMinute: 1e9 } }).egressLimits.requestsPerMinute).toBe(
      3_000,
    );
    expect(printPlan(withPolicy({ egress: egressLimits }))).toContain(
      'at most 60 requests in a minute, 1000 bytes that leave',
    );
  });
});

describe('a plan that must not start', () => {
  const policy = inputFor().hostPolicy;
  const mount = (more: object) => ({ mount: [{ ...wanted.mount[0], ...more }] });
  const at = (fact: WorkspaceFact) => ({
    host: { ...inputFor().host, workspaces: { reports: fact } },
  });
  const table: readonly (readonly [string, string, PlanInput])[] = [
    [
      'a requirement this host lacks',
      'sandbox-refused',
      inputFor(wanted, { hostPolicy: { ...policy, require: ['memory-cgroup'] } }),
    ],
    [
      'a folder that nothing binds',
      'plan-refused',
      inputFor(wanted, { host: { ...inputFor().host, workspaces: {} } }),
    ],
    [
      'a folder of root',
      'mount-owner-root',
      inputFor(wanted, at({ path: '/srv/reports', uid: 0, gid: 0, id: '1:2' })),
    ],
    ['a target over the system', 'plan-refused', inputFor(mount({ target: '/usr/bin' }))],
    ['a secret that is not stored', 'secret-refused', inputFor(wanted, { secrets: [] })],
    [
      'a secret of another agent',
      'secret-refused',
      inputFor(wanted, {
        secrets: [
          {
            name: 'CRM_TOKEN',
            hosts: ['api.crm.example'],
            agent: 'other',
            source: 'file',
            stored: '',
          },
        ],
      }),
    ],
    [
      'a secret bound elsewhere',
      'secret-refused',
      inputFor(wanted, {
        secrets: [{ name: 'CRM_TOKEN', hosts: ['b.example'], source: 'file', stored: '' }],
      }),
    ],
    [
      'no interpreter',
      'plan-refused',
      inputFor({}, { command: { name: 'x', file: 'x' as BundlePath, interpreter: undefined } }),
    ],
    [
      'an agent without a grant',
      'plan-refused',
      inputFor(wanted, { agent: { ...agent, grants: [] } }),
    ],
    [
      'a version outside the grant',
      'plan-refused',
      inputFor(wanted, {
        agent: { ...agent, grants: [{ skill: '@acme/report', range: '^2.0.0' }] },
      }),
    ],
    [
      'a grant for a scope that begins alike',
      'plan-refused',
      inputFor(wanted, { agent: { ...agent, grants: [{ skill: '@ac/*', range: '*' }] } }),
    ],
    [
      'an agent that ended',
      'plan-refused',
      inputFor(wanted, { agent: { ...agent, expires: '2026-01-01T00:00:00.000Z' } }),
    ],
  ];
  it.each(table)('for %s says %s', (_, code, input) => {
    expect(planRun(input).plan.refused.map((one) => one.code)).toContain(code);
  });

  it('refuses two mounts that lie in one another', () => {
    const two = {
      mount: [wanted.mount[0], { source: 'workspace:deep', target: '/deep', mode: 'ro', why: 'x' }],
    };
    const workspaces = {
      reports: folder,
      deep: { ...folder, path: '/srv/reports/deep', id: '1:9' },
    };
    expect(
      planRun(inputFor(two, { host: { ...inputFor().host, workspaces } })).plan.refused,
    ).toMatchObject([{ code: 'plan-refused' }]);
  });
});

describe('any plan', () => {
  const name = fc.constantFrom('a.example', 'b.example', '*.c.example', 'x.c.example');
  const egress = fc.record({
    url: fc
      .tuple(fc.constantFrom('http', 'https'), name, fc.constantFrom('/*', '/v2/*', '/v2/x'))
      .map(([scheme, host, path]) => `${scheme}://${host}${path}`),
    methods: fc.subarray(['GET', 'POST', 'DELETE'], { minLength: 1 }),
  });
  const some = fc.array(egress, { maxLength: 4 });

  it('lets out nothing that was not approved and granted, and in the clear only what is pinned', () => {
    fc.assert(
      fc.property(some, some, some, (asked, approved, granted) => {
        const manifest = {
          ...inputFor().manifest,
          capabilities: { ...noCapabilities, egress: asked },
        };
        const hosts = {
          'a.example': { address: '127.0.0.1', port: 1 },
          'x.c.example': { address: '127.0.0.1', port: 2 },
        };
        const { plan } = planRun({
          ...inputFor({}),
          manifest,
          approved: { ...noCapabilities, egress: approved },
          agent: { ...agent, ceiling: { ...noCapabilities, egress: granted } },
          hostPolicy: { ...emptyHostPolicy, hosts },
        });
        for (const line of plan.egress) {
          const within = (list: typeof asked): boolean =>
            list.some((one) => {
              const [, host = '', path = ''] = /^https?:\/\/([^/]+)(.*)$/.exec(one.url) ?? [];
              const hostFits =
                host === line.host || (host.startsWith('*.') && line.host.endsWith(host.slice(1)));
              return (
                one.url.startsWith(`${line.scheme}:`) &&
                hostFits &&
                (path === line.path ||
                  (path.endsWith('*') && line.path.startsWith(path.slice(0, -1)))) &&
                line.methods.every((method) => one.methods.includes(method))
              );
            });
          expect([within(asked), within(approved), within(granted)]).toEqual([true, true, true]);
          expect(Object.keys(line.pinned).every((host) => Object.hasOwn(hosts, host))).toBe(true);
          expect(line.scheme === 'https' || Object.keys(line.pinned).length > 0).toBe(true);
        }
      }),
    );
  });
});
