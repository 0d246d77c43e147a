import { expect, it, onTestFinished } from 'vitest';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { makeCast } from '../contract/cast.ts';
import { observationOf, observedBody, sendObservation } from '../observed.ts';
import { makeRoot } from '../people.ts';
import { makeSkill } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { makeCloudflare } from './cloudflare.ts';

const lease = '/api/v1/observation-jobs/lease';

async function workerWith(settings: { readonly POLICY?: string }, versions: number) {
  const trust = makeRoot();
  const cloudflare = makeCloudflare(trust, { settings });
  onTestFinished(() => cloudflare.close());
  const cast = await makeCast({ send: cloudflare.send(0), trust });
  const skills = Array.from({ length: versions }, (_, at) => makeSkill(`@acme/s${at}`, '1.0.0'));
  for (const skill of skills) await cast.offer(skill);
  const spentOn = (route: string) =>
    cloudflare.invocations.routes().find((one) => one.route === `POST ${route}`)?.most;
  return { ...cast, skills, spentOn };
}

it('a Worker hands out observations, with few queries however many versions wait', async () => {
  const POLICY = canonicalJson({ ...defaultPolicy, observed: true });
  const { asScanner, scanner, send, skills, spentOn, tokens } = await workerWith({ POLICY }, 12);
  for (const { manifest, packed } of skills.slice(0, 10)) {
    const { job } = (await asScanner(lease, {})).body;
    expect(job).toMatchObject({ name: manifest.name, bundle: packed.digest });
    const failed = { lease: job.lease, detail: 'no memory' };
    expect((await asScanner('/api/v1/observation-jobs/fail', failed)).body).toEqual({
      taken: true,
    });
  }
  for (const skill of skills.slice(10)) {
    const body = await observedBody(send, skill, observationOf(skill, [], new Date()), scanner);
    await expectAnswer(sendObservation(send, tokens.scanner, skill, body), 201);
  }
  // The others failed less than a minute ago.
  expect((await asScanner(lease, {})).body).toEqual({ job: null });
  const spent = spentOn(lease);
  expect((spent?.reads ?? 99) + (spent?.statements ?? 99)).toBeLessThanOrEqual(8);
  expect(spent?.rowsRead).toBeLessThanOrEqual(12);
  const failing = spentOn('/api/v1/observation-jobs/fail');
  expect((failing?.reads ?? 99) + (failing?.statements ?? 99)).toBeLessThanOrEqual(5);
});

it('a Worker without the policy asks its database for no more than the session', async () => {
  const { asScanner, spentOn } = await workerWith({}, 1);
  await asScanner(lease, {});
  expect((await asScanner(lease, {})).body).toEqual({ job: null });
  // Four reads find who asks.
  expect(spentOn(lease)).toMatchObject({ reads: 4, batches: 0, rowsWritten: 0 });
});
