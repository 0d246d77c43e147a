import { expect, it, onTestFinished, vi } from 'vitest';
import { RegistryWriter, type WorkerEnvironment } from '../../registry/worker.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { makeCloudflare } from './cloudflare/cloudflare.ts';
import { makeKey, makeRoot } from './people.ts';
import { claimScope, makeSkill, publish } from './road.ts';
import { bodyAt, expectAnswer, expectProblem } from './steps.ts';
import { holdCeremony } from './tuf-maker.ts';

/** An environment whose bucket answers slowly, and counts who asks. */
function environment({ fails = 0 } = {}): {
  readonly environment: WorkerEnvironment;
  readonly asked: () => number;
} {
  const { root, texts } = makeRoot();
  let asked = 0;
  const get = async (): Promise<null> => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (asked <= fails) throw new Error('the bucket does not answer');
    return null;
  };
  return {
    environment: {
      DB: {},
      OBJECTS: { get },
      ROOT: canonicalJson(root),
      BASE: 'http://localhost',
      LOG_KEY: texts.log,
      STATUS_KEY: texts.status,
      REGISTRY_KEY: texts.registry,
    } as unknown as WorkerEnvironment,
    asked: () => asked,
  };
}

const health = (): Request => new Request('http://localhost/healthz');

it('the object that writes makes one registry for all who come while it starts', async () => {
  const { environment: given, asked } = environment();
  const writer = new RegistryWriter(undefined, given);
  const answers = await Promise.all(Array.from({ length: 20 }, () => writer.fetch(health())));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(asked()).toBe(1);
});

it('the object that writes starts again after a start that failed', async () => {
  const writer = new RegistryWriter(undefined, environment({ fails: 1 }).environment);
  await expect(writer.fetch(health())).rejects.toThrow('the bucket does not answer');
  await expectAnswer(writer.fetch(health()), 200);
});

it('takes the policy that administrators signed, and no start where a variable has another one', async () => {
  const trust = makeRoot();
  const { root, administrator } = trust;
  const usual = { total: 2, independent: 1 };
  const policy = { ...defaultPolicy, approvals: { ...defaultPolicy.approvals, usual } };
  const signed = await holdCeremony({ root, signers: [administrator], now: Date.now(), policy });
  const withSettings = async (settings: { POLICY?: string }, tuf: object = signed) => {
    const cloudflare = makeCloudflare(trust, { settings });
    onTestFinished(() => cloudflare.close());
    await cloudflare.bucket.put('tuf.json', Buffer.from(JSON.stringify(tuf)));
    return cloudflare.send(0);
  };
  const send = await withSettings({});
  const author = makeKey();
  await claimScope(send, 'acme', author);
  await expectAnswer(publish(send, makeSkill('@acme/x', '1.0.0'), author), 201);
  expect((await bodyAt(send, '/api/v1/versions/@acme/x/1.0.0')).approvalsNeeded).toEqual(usual);

  const other = await withSettings({ POLICY: canonicalJson(defaultPolicy) });
  await expectProblem(other('/index/root.json'), 'tuf-invalid');
  const unsigned = await holdCeremony({ root, signers: [], now: Date.now() });
  const lax = await withSettings({}, unsigned);
  await expectProblem(lax('/index/root.json'), 'tuf-invalid');
});

it('writes an error of a Worker once, however often a request meets it', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => errors.mockRestore());
  // The database has no functions.
  const writer = new RegistryWriter(undefined, environment().environment);
  const version = 'http://localhost/api/v1/versions/@acme/count/1.0.0';
  for (let asked = 0; asked < 3; asked++)
    await expectAnswer(writer.fetch(new Request(version)), 500);
  expect(errors.mock.calls).toEqual([[expect.stringContaining('TypeError')]]);
});

it('tells the operator of a Worker once in ten minutes why nobody can sign in', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const ask = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('no route'));
  const settings = {
    SIGN_ON: JSON.stringify({
      issuer: 'https://login.acme.example',
      clientId: 'x',
      readers: ['x'],
    }),
    SIGN_ON_SECRET: 'x',
  };
  const cloudflare = makeCloudflare(makeRoot(), { settings });
  onTestFinished(async () => {
    vi.useRealTimers();
    errors.mockRestore();
    ask.mockRestore();
    await cloudflare.close();
  });
  const send = cloudflare.send(0);
  for (let i = 0; i < 3; i++) {
    await expectAnswer(send('/review/sign-in/start'), 503);
    vi.setSystemTime(Date.now() + 6_000);
  }
  expect(ask).toHaveBeenCalledTimes(3);
  expect(errors.mock.calls).toEqual([[expect.stringContaining('Nobody can sign in')]]);
});
