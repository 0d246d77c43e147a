/** A version that rests on more names than an installer reads. */
import { expect, it, onTestFinished } from 'vitest';
import { latest, readIdentities } from '../../../registry/people/identities.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { scopeOwnersMax } from '../../../skills-index/statement/limits.ts';
import { wordsNamesMax } from '../../../skills-index/trust/limits.ts';
import { makeKey } from '../people.ts';
import { type Answer, approve, call, makeSkill, publish, scan, state } from '../road.ts';
import { makeStaffedWorld } from '../world.ts';

it('stays out of the index, and the reviewer reads why; the version before it stays', async () => {
  const world = await makeStaffedWorld();
  onTestFinished(() => world.close());
  const { author, registry, rita, scanner, send, tokens } = world;
  const scope = parseScope('acme');
  const release = async (version: string): Promise<Answer> => {
    const skill = makeSkill('@acme/t', version, { files: { 'v.md': version } });
    expect((await publish(send, skill, author)).status).toBe(201);
    await scan(send, tokens.scanner, scanner, skill, 'pass');
    return approve(send, tokens.rita, rita, skill);
  };
  expect((await release('1.0.0')).status).toBe(201);
  for (let named = 0; named <= wordsNamesMax; named += scopeOwnersMax - 1) {
    const { chain } = await readIdentities(registry, { scopes: [scope] });
    const previous = chain.scopeStatementOf(scope, latest);
    if (previous === undefined) throw new Error('nobody claimed the scope');
    const others = Array.from({ length: scopeOwnersMax - 1 }, () => makeKey().open);
    const publishers = [author.open, ...others];
    const change = scopeStatement({ scope, owners: [author.open], publishers, previous });
    expect((await state(send, change, author)).status).toBe(201);
  }
  const { status, body } = await release('1.1.0');
  expect([status, body.code]).toEqual([403, 'not-admitted']);
  expect(body.detail).toMatch(/rests on the statements about 1\d{3} keys, .* at most 1000$/);
  expect(body.hint).toContain('Publish the skill in another scope');
  expect((await call(send, '/api/v1/versions/@acme/t/1.1.0')).body.status).toBe('in review');
  expect((await (await send('/index/@acme/t')).text()).trim().split('\n')).toHaveLength(1);
}, 60_000);
