/**
 * What one version, one installation and one check of an installed version spend on Workers: the
 * Worker runs over the D1 and R2 of the tests, which count.
 */
import { type AdmissionRequest, admit } from '../../runner/admission/admit.ts';
import { type Cloudflare, makeCloudflare } from '../../test/registry/cloudflare/cloudflare.ts';
import type { Spending } from '../../test/registry/cloudflare/invocations.ts';
import { type Cast, makeCast, type Road } from '../../test/registry/contract/cast.ts';
import { emptyHost } from '../../test/registry/contract/empty-host.ts';
import { makeRoot } from '../../test/registry/people.ts';
import { call, type Skill } from '../../test/registry/road.ts';
import { benchSkill } from '../registry/skill.ts';

/** The mean of one action. */
export type Usage = Readonly<Record<Spending, number>> & {
  readonly requests: number;
  /** An upper bound: the client and the test's storage work in the same process. */
  readonly cpuMs: number;
};

export interface MeasuredUsage {
  /** Publication, scan, a look at the desk, approval, index. */
  readonly version: Usage;
  /** Of a host that has nothing of the skill. */
  readonly installation: Usage;
  /** Of a host that has the version. */
  readonly check: Usage;
  /** A question of a scanner for which there is no work. */
  readonly poll: Usage;
  readonly cron: Usage;
  /** Of one approved version. */
  readonly databaseBytes: number;
  readonly bucketBytes: number;
  readonly bucketObjects: number;
}

const versions = 60;
const admissions = 20;
const scope = 'acme';

export async function measureUsage(): Promise<MeasuredUsage> {
  const trust = makeRoot();
  const cloudflare = makeCloudflare(trust, { keyMs: 0 });
  try {
    const cast = await makeCast({ send: cloudflare.send(0), trust });
    const skills = Array.from({ length: versions + 5 }, (_, at) =>
      benchSkill(scope, `skill-${at}`, '1.0.0'),
    );
    // The first ones pay for what all share.
    for (const skill of skills.slice(0, 5)) await release(cast, skill);
    const before = { database: cloudflare.database.bytes(), bucket: bucketOf(cloudflare) };
    const released = skills.slice(5);
    const version = await mean(cloudflare, released, (skill) => release(cast, skill));
    const after = { database: cloudflare.database.bytes(), bucket: bucketOf(cloudflare) };
    const hosts = released.slice(0, admissions).map((skill) => emptyHost(cast, skill));
    const requireAdmitted = async (host: AdmissionRequest): Promise<void> => {
      const { decision } = await admit(host);
      if (decision.kind !== 'admitted') throw new Error('not admitted');
    };
    const installation = await mean(cloudflare, hosts, requireAdmitted);
    const check = await mean(cloudflare, hosts, requireAdmitted);
    const times = Array.from({ length: admissions });
    const poll = await mean(cloudflare, times, () => cast.asScanner('/api/v1/jobs/lease', {}));
    const cron = await mean(cloudflare, times, () => cloudflare.cron());
    return {
      version,
      installation,
      check,
      poll,
      cron,
      databaseBytes: (after.database - before.database) / versions,
      bucketBytes: (after.bucket.bytes - before.bucket.bytes) / versions,
      bucketObjects: (after.bucket.objects - before.bucket.objects) / versions,
    };
  } finally {
    cloudflare.close();
  }
}

async function release(cast: Cast<Road>, skill: Skill): Promise<void> {
  const { name, version } = skill.manifest;
  await cast.offer(skill);
  await call(cast.send, `/api/v1/reviews/${name}/${version}`, { token: cast.tokens.rita });
  const { status, body } = await cast.approve(skill);
  if (status !== 201) throw new Error(`approve: ${JSON.stringify(body)}`);
}

async function mean<Item>(
  { invocations }: Cloudflare,
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
): Promise<Usage> {
  const before = invocations.total();
  const cpu = process.cpuUsage();
  for (const item of items) await act(item);
  const { user, system } = process.cpuUsage(cpu);
  const after = invocations.total();
  const each = Object.entries(after).map(([kind, value]) => [
    kind,
    (value - (before[kind as keyof typeof before] ?? 0)) / items.length,
  ]);
  return { ...Object.fromEntries(each), cpuMs: (user + system) / 1_000 / items.length };
}

function bucketOf({ bucket }: Cloudflare): { readonly bytes: number; readonly objects: number } {
  const all = [...bucket.stored.values()];
  return { bytes: all.reduce((sum, { bytes }) => sum + bytes.byteLength, 0), objects: all.length };
}
