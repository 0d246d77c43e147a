import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import { logSize } from '../../../registry/log/log.ts';
import { boundedObjects, type ObjectPatience } from '../../../registry/store/bounded-objects.ts';
import type { Objects } from '../../../registry/store/objects.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { verifyStatement } from '../../../skills-index/trust/signatures/verify-statement.ts';
import { judge, readLine } from '../contract/read-line.ts';
import { makeKey } from '../people.ts';
import { type Answer, makeSkill, publishApproved, state } from '../road.ts';
import { expectAnswer, publishIn, stopIn } from '../steps.ts';
import { eachWorld } from '../world.ts';

const world = eachWorld();

const patience: ObjectPatience = { waitMs: 200, silentMs: 50, overdueMax: 8, probeMs: 300 };
const never = (): Promise<never> => new Promise(() => undefined);
const names = ['get', 'getTagged', 'has', 'put', 'putOver', 'putAll'] as const;

/** Some operations of the storage never answer, until the function is called. */
function hang(registry: Registry, silent: readonly (keyof Objects)[]): () => void {
  let hangs = true;
  const { objects } = registry;
  const hanging: Objects = { ...objects };
  for (const name of silent)
    Object.assign(hanging, {
      [name]: (...given: unknown[]) =>
        hangs ? never() : (objects[name] as (...all: unknown[]) => unknown)(...given),
    });
  Object.assign(registry, { objects: boundedObjects(hanging, patience) });
  return () => {
    hangs = false;
  };
}

let made = 0;
const claim = (): (() => Promise<Answer>) => {
  const owner = makeKey();
  const scope = parseScope(`scope-${made++}`);
  const statement = scopeStatement({ scope, owners: [owner.open] });
  return () => state(world, statement, owner);
};

describe('while the object storage hangs', () => {
  it('others append, and each answer says whether its statement counts', async () => {
    const { registry } = world;
    // Everybody is known, so that decisions need no object.
    await claim()();
    const mend = hang(registry, names);
    const before = await logSize(registry);
    const claims = Array.from({ length: 6 }, claim);
    const start = Date.now();
    const answers: Answer[] = [];
    for (const send of claims) answers.push(await send());
    expect(Date.now() - start).toBeLessThan(5_000);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      claims.map(() => [503, 'logged-unfinished']),
    );
    expect((await logSize(registry)) - before).toBe(claims.length);
    mend();
    await sleep(patience.probeMs);
    for (const [at, send] of claims.entries()) {
      const { status, body } = await send();
      expect([status, body.logIndex], JSON.stringify(body)).toEqual([201, before + at]);
      verifyStatement(body.bundle, { root: world.trust.root });
    }
  });

  it('a decision that has to read gives its turn back, and nothing of it is written later', async () => {
    const { registry } = world;
    registry.identities.verified?.clear();
    Object.assign(registry, { identities: {} });
    const mend = hang(registry, ['get']);
    const before = await logSize(registry);
    const send = claim();
    const refused = await Promise.all([send(), claim()()]);
    for (const { status, body } of refused)
      expect([status, body.code], JSON.stringify(body)).toEqual([503, 'registry-busy']);
    expect(await logSize(registry)).toBe(before);
    mend();
    expect(await send()).toMatchObject({ status: 201, body: { logIndex: before } });
  });

  it('a revocation counts at once: the status, the proofs and the statement are served', async () => {
    const { registry, send } = world;
    const skill = makeSkill('@acme/leaky', '1.0.0');
    await publishApproved(world, skill);
    const line = await readLine(send, skill);
    const now = () => registry.now().getTime();
    expect(await judge(world, skill, line, now())).toMatchObject({ kind: 'admitted' });
    const mend = hang(registry, ['put', 'putOver', 'putAll']);
    const target = { bundle: skill.packed.digest };
    await expectAnswer(stopIn(world, 'revoked', target), 201);
    // The object of the status cannot be written, and the database has it.
    await send('/index/status.json');
    expect(await judge(world, skill, line, now())).toMatchObject({
      kind: 'refused',
      reasons: [{ code: 'revoked' }],
    });
    mend();
    await sleep(patience.probeMs);
    expect(await judge(world, skill, line, now())).toMatchObject({ kind: 'refused' });
  });

  it('an upload is refused until the storage has its files, and the name is free then', async () => {
    const { registry } = world;
    const skill = makeSkill('@acme/tidy', '1.0.0');
    const mend = hang(registry, ['putAll']);
    const before = await logSize(registry);
    await expectAnswer(publishIn(world, skill), 503, 'registry-busy');
    expect(await logSize(registry)).toBe(before);
    mend();
    await expectAnswer(publishIn(world, skill), 201);
  });
});
