import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { CommandContext } from '../../../cli/command.ts';
import { workerObserver } from '../../../cli/observe/worker-observer.ts';
import type { observeSkill } from '../../../runner/observe/observe-skill.ts';
import type { ObservedBehaviour } from '../../../skills-index/statement/observation.ts';

type Observe = typeof observeSkill;

function contextWith(signal = new AbortController().signal) {
  const stderr = new PassThrough();
  const context = { stderr, env: {}, signal, paths: {}, now: () => new Date(0) };
  const told = (): string => String(stderr.read() ?? '');
  return { context: context as unknown as CommandContext, told };
}

const behaviour = (coverage: Partial<ObservedBehaviour['coverage']>): ObservedBehaviour => ({
  schema: 'skillgate.observation/1',
  verdict: 'pass',
  facts: [],
  coverage: { planned: 3, done: 3, late: 0, rounds: ['now'], ...coverage },
});

it('observes the files of a version under its own manifest, once a trial ran', async () => {
  const { context, told } = contextWith();
  const asked: Parameters<Observe>[0][] = [];
  const observer = await workerObserver(context, async (request) => {
    asked.push(request);
    return behaviour({});
  });
  expect(asked[0]).toMatchObject({ seconds: 15, skill: { manifest: undefined } });
  const json = '{"name":"@acme/deals","version":"1.0.0"}';
  const { signal } = new AbortController();
  const files = [
    { path: 'skill.json', mode: 0o644, bytes: Buffer.from(json) },
    { path: 'go.sh', mode: 0o755, bytes: Buffer.from('true') },
  ];
  expect(await observer?.observe(files, signal)).toEqual(behaviour({}));
  expect(asked[1]).toMatchObject({
    skill: { manifest: { name: '@acme/deals' }, files: [{ mode: '644' }, { mode: '755' }] },
    signal,
  });
  expect(asked[1]).not.toHaveProperty('seconds');
  expect(observer?.name).toMatch(/^skillgate \d/);
  expect(told()).toBe('');
});

it.each<[string, Observe, RegExp]>([
  [
    'the sandbox is refused',
    () => Promise.reject(new Error('bwrap: no\u001b[2J')),
    /^scanner: takes no observation jobs, because it has no sandbox: bwrap: no[^\u001b]*\n$/,
  ],
  ['no step of the trial ran', async () => behaviour({ done: 0 }), /no step of a trial ran/],
])('takes no jobs where %s', async (_, observe, line) => {
  const { context, told } = contextWith();
  expect(await workerObserver(context, observe)).toBeUndefined();
  expect(told()).toMatch(line);
});

it('says what observations of this host do not see', async () => {
  const { context, told } = contextWith();
  const observe: Observe = async () => behaviour({ blind: 'only root can listen there' });
  expect(await workerObserver(context, observe)).toBeDefined();
  expect(told()).toContain('see only the proxy’s clients: only root can listen there');
});

it('ends with its scanner', async () => {
  const stop = new AbortController();
  const { context, told } = contextWith(stop.signal);
  stop.abort(new Error('stopped'));
  const observe: Observe = () => Promise.reject(new Error('stopped'));
  await expect(workerObserver(context, observe)).rejects.toThrow('stopped');
  expect(told()).toBe('');
});
