/** Requests during which one call of the storage fails, for one call after the other. */
import { payloadMark } from '../../registry/store/columns/payload-mark-column.ts';
import { makeKey } from '../registry/people.ts';
import { makeSkill, registryIdAt } from '../registry/road.ts';
import {
  type Act,
  type ActKind,
  claim,
  isStop,
  publication,
  publisherStop,
  revocation,
} from './acts.ts';
import type { FailingStorage } from './failing-storage.ts';
import {
  drafted,
  enterStaff,
  recordTaken,
  releaseOne,
  scanOne,
  scanReport,
  type Walk,
} from './walk.ts';
import { Checker } from './whole.ts';

export interface FailedCalls {
  /** How many calls of the storage failed, each in a request of its own. */
  readonly calls: number;
  /** What was answered wrongly, lost or left half. */
  readonly faults: readonly string[];
}

/** Makes the act about something new, up to the request itself. */
const makers: Readonly<Record<ActKind, (walk: Walk, name: string) => Promise<Act>>> = {
  publish: ({ staff }, name) => publication(skillOf(name), staff.author),
  report: async ({ send, staff, take }, name) => {
    await take(await publication(skillOf(name), staff.author));
    return scanReport(send, skillOf(name), staff.scanner);
  },
  approve: async (walk, name) => {
    await scanOne(walk, skillOf(name));
    return drafted(walk.send, skillOf(name), walk.staff.reviewer);
  },
  claim: async ({ send }, name) => claim(await registryIdAt(send), name),
  revoke: async (walk, name) => {
    const skill = await releaseOne(walk, skillOf(name));
    return revocation(await registryIdAt(walk), skill, walk.staff.reviewer.key);
  },
  stop: async (walk, name) => {
    const registry = await registryIdAt(walk);
    const author = makeKey();
    await walk.take(await claim(registry, name, author));
    const own = { ...walk, staff: { ...walk.staff, author } };
    const skill = await releaseOne(own, makeSkill(`@${name}/${name}`, '1.0.0'));
    return publisherStop(registry, skill, {
      publisher: author,
      reviewer: walk.staff.reviewer.key,
    });
  },
};
const skillOf = (name: string) => makeSkill(`@acme/${name}`, '1.0.0');

/** @param every fails each call when 1, every second call when 2, and so on */
export async function failCalls(
  storage: FailingStorage,
  kind: ActKind,
  every: number,
): Promise<FailedCalls> {
  const { send } = storage;
  const acts: Act[] = [];
  const faults: string[] = [];
  const take = recordTaken(send, acts);
  const staff = await enterStaff(send, storage.trust);
  await take(await claim(await registryIdAt(send), 'acme', staff.author));
  let calls = 0;
  for (let failed = true; failed; ) {
    const nth = calls * every;
    const act = await makers[kind]({ send, staff, take }, `${kind}-${nth}`);
    storage.fail(nth);
    const { status, body } = await act.send(send);
    failed = storage.mend();
    if (failed) calls++;
    const saysSo = status < 300 || body.code === 'logged-unfinished';
    if (saysSo !== (await isLogged(storage, act)))
      faults.push(`call ${nth}: ${body.code} was answered, and the log says otherwise`);
    // Whatever was answered, the same request is taken now, or was.
    const again = await act.send(send);
    if (again.status >= 300)
      faults.push(`call ${nth}: ${again.body.code} was answered to the same request`);
    acts.push(act);
  }
  await storage.finish();
  const revoking = acts.filter(({ kind }) => isStop(kind)).map(({ about }) => about);
  const found = await new Checker(storage, new Set(revoking)).check(acts);
  return { calls, faults: [...faults, ...found.map(({ what }) => what)] };
}

async function isLogged({ rows }: FailingStorage, { payload }: Act): Promise<boolean> {
  return (
    (await rows(`SELECT 1 FROM statements WHERE payload = x'${payloadMark(payload)}'`)).length > 0
  );
}
