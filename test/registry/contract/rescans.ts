/** A new rule set has an approved version scanned again, and what it finds suspends the version. */
import { expect } from 'vitest';
import { type Digest, digestOf } from '../../../skills-index/skill/digest.ts';
import type { Finding } from '../../../skills-index/statement/finding.ts';
import { makeFinding } from '../../finding.ts';
import {
  approve,
  leaseJob,
  makeReport,
  makeSkill,
  publish,
  reportOn,
  type Skill,
} from '../road.ts';
import type { Cast } from './cast.ts';

const critical = makeFinding({ rule: 'flow/b' });

export async function walkRescans(cast: Cast): Promise<void> {
  const [first, second] = [digestOf('b1'), digestOf('b2')];
  const skill = makeSkill('@acme/rescanned', '1.0.0');
  expect((await publish(cast, skill, cast.author)).status).toBe(201);
  expect(await report(cast, skill, { by: first, findings: [] })).toBe('in review');
  expect((await approve(cast, cast.tokens.rita, cast.rita, skill)).status).toBe(201);
  expect(await report(cast, skill, { by: second, findings: [critical] })).toBe('suspended');
  expect(await cast.statusOf(skill)).toBe('suspended');
}

/** Leases until the job is of this skill, and reports on it. */
async function report(
  cast: Cast,
  skill: Skill,
  { by, findings }: { readonly by: Digest; readonly findings: readonly Finding[] },
): Promise<string> {
  const who = { token: cast.tokens.scanner, key: cast.scanner };
  const lease = () => leaseJob(cast, who.token, { ruleSet: by });
  let job = await lease();
  while (job !== null && job.name !== skill.manifest.name) job = await lease();
  const verdict = findings.length === 0 ? 'pass' : 'block';
  const made = { ...makeReport(skill, verdict, findings), ruleSet: by };
  const { status, body } = await reportOn(cast, who, job, [skill, made]);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.status;
}
