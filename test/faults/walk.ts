/** The road of one skill after the other, in acts. */
import { signatureOf } from '../../skills-index/skill/text/matching-parts.ts';
import { makeKey, type TestKey, type TestRoot } from '../registry/people.ts';
import { call, enrol, type Send, type Skill, signIn } from '../registry/road.ts';
import { type Act, approval, type Lease, publication, report, type SignedIn } from './acts.ts';

export interface Staff {
  readonly author: TestKey;
  readonly scanner: SignedIn;
  readonly reviewer: SignedIn;
}

export interface Walk {
  readonly send: Send;
  readonly staff: Staff;
  readonly take: (act: Act) => Promise<unknown>;
}

/**
 * Sends acts, and records them for a `Checker`.
 * @throws Error for an act that the registry does not take
 */
export function recordTaken(send: Send, acts: Act[]): Walk['take'] {
  return async (act) => {
    const { status, body } = await act.send(send);
    if (status >= 300)
      throw new Error(`${act.kind} ${act.about}: ${status} ${JSON.stringify(body)}`);
    acts.push(act);
  };
}

/** Publishes, scans and approves a skill. */
export async function releaseOne(walk: Walk, skill: Skill): Promise<Skill> {
  await scanOne(walk, skill);
  await walk.take(await drafted(walk.send, skill, walk.staff.reviewer));
  return skill;
}

/** The approval of a skill that is in review. */
export async function drafted(send: Send, skill: Skill, reviewer: SignedIn): Promise<Act> {
  const act = await approval(send, skill, reviewer);
  if ('payload' in act) return act;
  throw new Error(`no draft: ${JSON.stringify(act.body)}`);
}

/** Publishes and scans a skill. */
export async function scanOne({ send, staff, take }: Walk, skill: Skill): Promise<void> {
  await take(await publication(skill, staff.author));
  await take(await scanReport(send, skill, staff.scanner));
}

/** Leases the job of a skill, and makes the report about it. */
export async function scanReport(send: Send, skill: Skill, scanner: SignedIn): Promise<Act> {
  const job = await leaseFor(send, skill, scanner.token);
  const texts = skill.files.map(({ path, bytes }) => ({ path, text: bytes.toString() }));
  const sentence = { path: 'SKILL.md', line: 5, text: 'Count the words.', isHidden: false };
  const seen = {
    prose: { schema: 'skillgate.prose/1', sentences: [sentence], left: 0 },
    signature: signatureOf(texts),
  } as const;
  return report(send, skill, scanner, job, seen);
}

/** Leases jobs until the one of a skill comes: rescans may wait before it. */
export async function leaseFor(send: Send, { manifest }: Skill, token: string): Promise<Lease> {
  for (;;) {
    const { job } = (await call(send, '/api/v1/jobs/lease', { token, json: {} })).body;
    if (job === null) throw new Error(`no job for ${manifest.name}`);
    if (job.name === manifest.name && job.version === manifest.version) return job;
  }
}

/** Enrols and signs in who scans and reviews. */
export async function enterStaff(send: Send, { administrator }: TestRoot): Promise<Staff> {
  const enter = async (name: 'scanner' | 'reviewer'): Promise<SignedIn> => {
    const key = makeKey();
    await enrol(send, administrator, { name, roles: [name], key });
    return { key, token: await signIn(send, key) };
  };
  return { author: makeKey(), scanner: await enter('scanner'), reviewer: await enter('reviewer') };
}
