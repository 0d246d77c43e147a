import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backendRows } from '../../../cli/host/toolchains.ts';
import { ociBackend } from '../../../runner/backends/backends.ts';
import { engineBackend } from '../../../runner/backends/engine.ts';
import { noSandbox } from '../../../runner/backends/none.ts';
import { planSkill } from '../../../runner/run/run.ts';
import { backends } from '../../../skills-index/run/plan/backend-names.ts';
import { requirements } from '../../../skills-index/run/plan/host-policy.ts';
import { makeTestHost, requestFor, type TestHost } from '../../journey/sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

const engine = { program: '/nowhere', flags: [] };
const others = [
  ociBackend({ name: 'runc', path: '/nowhere' }),
  ociBackend({ name: 'runsc', path: '/nowhere' }),
  engineBackend({ name: 'docker', ...engine }),
  noSandbox,
];

// What each can be required to give; all the rest is refused.
const given: Readonly<Record<string, string>> = {
  runc: 'seccomp no-network no-user-namespaces dropped-uid memory-cgroup pids-cgroup cpu-cgroup',
  runsc: 'seccomp no-network dropped-uid memory-cgroup',
  docker: 'seccomp no-network no-user-namespaces dropped-uid memory-cgroup pids-cgroup cpu-cgroup',
  none: '',
};

describe('what host policy requires', () => {
  const pairs = others.flatMap((sandbox) =>
    requirements.map((requirement) => [sandbox.name, requirement, sandbox] as const),
  );

  it.each(pairs)('of %s: %s', async (name, requirement, sandbox) => {
    const request = requestFor(host, { files: { 'probe.sh': ':' } }, { require: [requirement] });
    const { plan } = await planSkill({ ...request, sandbox });
    const isGiven = (given[name] ?? '').split(' ').includes(requirement);
    expect(plan.refused.length === 0).toBe(isGiven);
    if (!isGiven) expect(plan.refused[0]?.message).toContain(requirement);
  });
});

describe('what doctor says of backends', () => {
  it('has every name that host policy takes', () => {
    expect(backendRows({ backend: 'bubblewrap' }).map(({ name }) => name)).toEqual(
      backends.map((name) => `backend ${name}`),
    );
  });
});
