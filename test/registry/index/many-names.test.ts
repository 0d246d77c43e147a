/** A scope that has had so many owners and publishers that installers could not read its words. */
import { expect, it } from 'vitest';
import { scopeNamesMax } from '../../../registry/index/name-proofs.ts';
import { append } from '../../../registry/log/sequencer.ts';
import { latest, readIdentities } from '../../../registry/people/identities.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  type ScopeStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { scopeOwnersMax } from '../../../skills-index/statement/predicate-shapes.ts';
import { signStatement } from '../../../skills-index/statement/sign.ts';
import {
  parseNameProofsFile,
  provenNamesMax,
} from '../../../skills-index/trust/index-files/name-proofs.ts';
import { makeKey, type TestKey } from '../people.ts';
import { type Answer, claimScope, makeSkill, publishScanned, state } from '../road.ts';
import { approveIn, bodyAt, expectAnswer } from '../steps.ts';
import { ownWorld, type Staffed } from '../world.ts';

const scope = parseScope('acme');

async function makeWorld(): Promise<Staffed> {
  const world = await ownWorld();
  return world;
}

async function release(world: Staffed, version: string): Promise<Answer> {
  const skill = makeSkill('@acme/t', version, { files: { 'v.md': version } });
  await publishScanned(world, skill);
  return approveIn(world, skill);
}

/** A statement that names the author as owner, and these publishers. */
async function change(
  { author, registry }: Staffed,
  publishers: readonly TestKey[],
): Promise<ScopeStatement> {
  const { chain } = await readIdentities(registry, { scopes: [scope] });
  const previous = chain.scopeStatementOf(scope, latest);
  if (previous === undefined) throw new Error('nobody claimed the scope');
  return scopeStatement({
    scope,
    owners: [author.open],
    publishers: [author.open, ...publishers.map(({ open }) => open)],
    previous,
  });
}

const strangers = (count = scopeOwnersMax - 1) => Array.from({ length: count }, makeKey);

it('gets no further ones, and its versions stay installable', async () => {
  const world = await makeWorld();
  const { author, send } = world;
  await expectAnswer(release(world, '1.0.0'), 201);
  let last = strangers();
  let answer = await state(send, await change(world, last), author);
  let named = 0;
  for (; answer.status === 201; named += last.length) {
    last = strangers();
    answer = await state(send, await change(world, last), author);
  }
  expect(named).toBeGreaterThan(scopeNamesMax - 2 * scopeOwnersMax);
  expect([answer.status, answer.body.code]).toEqual([400, 'request-invalid']);
  expect(answer.body.detail).toMatch(
    /^The scope @acme cannot get \d+ more owners and publishers: .* at most 900 are allowed$/,
  );
  expect(answer.body.hint).toContain('can still lose owners');

  // Who was named before can be named again, or lose the rights.
  await expectAnswer(state(send, await change(world, []), author), 201);
  await expectAnswer(release(world, '1.1.0'), 201);
  for (const version of ['1.0.0', '1.1.0']) {
    const words = await send(`/proofs/@acme/t/${version}`);
    const { names } = parseNameProofsFile(new Uint8Array(await words.arrayBuffer()));
    expect(names.size).toBeLessThanOrEqual(provenNamesMax);
  }
  // Other scopes are not concerned.
  await expectAnswer(claimScope(send, 'other', makeKey()), 201);
}, 120_000);

it('with more names than it may have gets no version into the index, and the reviewer reads why', async () => {
  const world = await makeWorld();
  const { author, registry, send } = world;
  await expectAnswer(release(world, '1.0.0'), 201);
  for (let named = 0; named <= provenNamesMax; named += scopeOwnersMax - 1) {
    const statement = await change(world, strangers());
    const envelope = await signStatement(statement, author);
    const signer = { keyId: author.keyId, spki: author.publicKey };
    await append(registry, { statements: [{ statement, envelope, signer }], writes: () => [] });
  }
  const { status, body } = await release(world, '1.1.0');
  expect([status, body.code]).toEqual([403, 'not-admitted']);
  expect(body.detail).toMatch(/rests on the statements about 1\d{3} keys, .* at most 1000$/);
  expect(body.hint).toContain('Publish the skill in another scope');
  expect((await bodyAt(send, '/api/v1/versions/@acme/t/1.1.0')).status).toBe('in review');
  expect((await (await send('/index/@acme/t')).text()).trim().split('\n')).toHaveLength(1);
}, 120_000);
