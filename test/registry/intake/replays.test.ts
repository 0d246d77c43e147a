import { describe, expect, it } from 'vitest';
import type { Statement } from '../../../skills-index/statement/attestation.ts';
import { makeKey, type TestKey } from '../people.ts';
import { makeSkill, publishApproved, state } from '../road.ts';
import { bodyAt, reviewerStatement, stopStatement } from '../steps.ts';
import { eachWorld } from '../world.ts';

describe('a statement that comes again', () => {
  const world = eachWorld();

  const say = async (statement: Statement, key: TestKey): Promise<string | number> => {
    const { status, body } = await state(world, statement, key);
    return status === 201 ? body.logIndex : body.code;
  };

  it('is refused when a suspension was lifted since, and a new one suspends', async () => {
    const { send, rita } = world;
    const skill = makeSkill('@acme/back', '1.0.0');
    await publishApproved(world, skill);
    const target = { bundle: skill.packed.digest };
    const act = (kind: 'suspended' | 'lifted') => stopStatement(kind, target, 'leaks');
    const first = act('suspended');
    const at = await say(first, rita);
    expect(await say(first, rita)).toBe(at);
    expect(await say(act('lifted'), rita)).toBeTypeOf('number');
    expect(await say(first, rita)).toBe('statement-replayed');
    expect(await say(act('suspended'), rita)).toBeTypeOf('number');
    expect((await bodyAt(send, '/api/v1/versions/@acme/back/1.0.0')).status).toBe('suspended');
  });

  it('is refused when a membership has ended since, whoever sends it', async () => {
    const { administrator } = world.trust;
    const eve = makeKey();
    const act = (kind: 'enrolled' | 'ended') => reviewerStatement('eve', { key: eve.open }, kind);
    const first = act('enrolled');
    const at = await say(first, administrator);
    expect(await say(first, administrator)).toBe(at);
    expect(await say(act('ended'), administrator)).toBeTypeOf('number');
    expect(await say(first, administrator)).toBe('statement-replayed');
    expect(await say(act('enrolled'), administrator)).toBeTypeOf('number');
  });
});
