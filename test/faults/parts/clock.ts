/** The clock of a registry jumps by days, and later is right again. */
import { fetchVersionEvidence } from '../../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';
import { decide } from '../../../skills-index/trust/decision/decision.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { call, makeSkill, registryIdAt, type Skill } from '../../registry/road.ts';
import { claim, revocation } from '../acts.ts';
import { releaseOne } from '../walk.ts';
import { makeStage, type Row, type Stage } from './stage.ts';

const dayMs = 24 * 3_600_000;
const shim = new URL('shifted-clock.mjs', import.meta.url).href;

/** @param days by which the clock is wrong meanwhile; negative when it is behind */
export async function runClock(days: number): Promise<Row> {
  let shiftMs = 0;
  const stage = await makeStage({
    env: () => ({ NODE_OPTIONS: `--import=${shim}`, SHIFTED_CLOCK_MS: String(shiftMs) }),
  });
  const { site, walk, acts } = stage;
  const faults: string[] = [];
  const revoking = new Set<string>();
  const work = async (round: number): Promise<void> => {
    const id = await registryIdAt(walk);
    await releaseOne(walk, skillOf(round));
    const stopped = await releaseOne(walk, makeSkill(`@acme/stopped-${round}`, '1.0.0'));
    revoking.add(`@acme/stopped-${round}@1.0.0`);
    await walk.take(await revocation(id, stopped, walk.staff.reviewer.key));
    await walk.take(await claim(id, `scope-${round}`));
  };
  try {
    await work(0);
    await site.kill();
    shiftMs = days * dayMs;
    await site.start();
    const session = await sessionAnswer(stage);
    await stage.signInAgain();
    const before = acts.length;
    await work(1);
    const taken = acts.length - before;
    const meanwhile = await installerSays(stage, skillOf(1));
    await site.kill();
    shiftMs = 0;
    await site.start();
    const sessionAfter = await sessionAnswer(stage);
    await stage.signInAgain();
    await work(2);
    for (const round of [0, 1, 2]) {
      const said = await installerSays(stage, skillOf(round));
      if (said !== 'admitted') faults.push(`version of round ${round}: ${said}`);
    }
    faults.push(...(await stage.lacks(revoking)));
    const sign = days > 0 ? '+' : '';
    return {
      what: `clock ${sign}${days} days`,
      outcome: [
        `${taken} acts taken meanwhile`,
        `an installer meanwhile: ${meanwhile}`,
        `an older session: ${session}`,
        `a session from then: ${sessionAfter}`,
      ].join('; '),
      faults,
    };
  } finally {
    await site.close();
  }
}

const skillOf = (round: number): Skill => makeSkill('@acme/kept', `1.${round}.0`);

/** What an installer with the right clock decides. */
async function installerSays({ site, walk }: Stage, skill: Skill): Promise<string> {
  const { root } = site.trust;
  const { name, version } = skill.manifest;
  const now = Date.now();
  const base = 'http://registry.invalid';
  const fetch = (input: unknown, init?: unknown): Promise<Response> =>
    walk.send(String(input).slice(base.length), init as RequestInit);
  try {
    const asked = { fetch: fetch as typeof globalThis.fetch, store: memoryStore(), base, root };
    const evidence = await fetchVersionEvidence({ ...asked, now, name, range: version });
    const decision = decide({ ...evidence, root, policy: defaultPolicy, now });
    if (decision.kind === 'admitted') return 'admitted';
    return decision.reasons.map(({ code, message }) => `${code} (${message})`).join(', ');
  } catch (error) {
    return error instanceof Problem ? `${error.code} (${error.message})` : String(error);
  }
}

async function sessionAnswer({ walk: { send, staff } }: Stage): Promise<string> {
  const { status, body } = await call(send, '/api/v1/whoami', { token: staff.reviewer.token });
  return status === 200 ? 'still counts' : String(body.code);
}
