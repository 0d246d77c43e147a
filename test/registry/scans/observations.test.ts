import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { memberStatement } from '../../../skills-index/statement/attestation.ts';
import type {
  ObservedBehaviour,
  ObservedFact,
} from '../../../skills-index/statement/observation.ts';
import { defaultPolicy, type Policy } from '../../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../../nonce.ts';
import { signedIn } from '../desk-visit.ts';
import { asked, observationOf, observedBody, sendObservation, sentDecoy } from '../observed.ts';
import { makeKey } from '../people.ts';
import {
  type Answer,
  approve,
  call,
  enrol,
  makeSkill,
  publishApproved,
  publishScanned,
  signIn,
  state,
} from '../road.ts';
import { expectAnswer, expectCode, publishIn } from '../steps.ts';
import { makeStaffedWorld, type Staffed, worldAfter } from '../world.ts';

const skill = makeSkill('@acme/deals', '1.0.0');
const review = '/api/v1/reviews/@acme/deals/1.0.0';
const stranger: ObservedFact = { ...asked, level: 'block', what: 'asked GET https://x.example/' };
let world: Staffed | undefined;
afterEach(() => world?.close());

const reviewed = worldAfter((made) => publishScanned(made, skill));

async function inReview(options: { readonly policy?: Policy } = {}): Promise<Staffed> {
  world = await reviewed();
  Object.assign(world.registry, options);
  return world;
}

async function observe(
  { registry, scanner, send, tokens }: Staffed,
  facts: readonly ObservedFact[],
  coverage?: ObservedBehaviour['coverage'],
): Promise<Answer> {
  const observation = observationOf(skill, facts, registry.now(), coverage);
  return sendObservation(
    send,
    tokens.scanner,
    skill,
    await observedBody(send, skill, observation, scanner),
  );
}

const read = async ({ send, tokens }: Staffed) =>
  (await call(send, review, { token: tokens.rita })).body;

describe('an observation of a version', () => {
  it('is logged, stored, and shown beside the report', async () => {
    const users = await inReview();
    expect(await read(users)).not.toHaveProperty('observation');
    const { get } = await signedIn(users.send, users.tokens.rita);
    expect((await get('/@acme/deals/1.0.0')).html).toContain('Not observed');
    const { status, body } = await observe(users, [asked]);
    expect([status, body]).toMatchObject([201, { status: 'in review', verdict: 'review' }]);
    const shown = await read(users);
    expect(shown).toMatchObject({
      verdict: 'review',
      observation: { verdict: 'review', by: 'scanner', facts: [asked], others: [] },
    });
    expect(shown.risk.parts).toContainEqual({
      name: 'observed',
      points: 16,
      why: 'scanner ran it: a person has to judge what it did.',
    });
    const { html } = await get('/@acme/deals/1.0.0');
    expect(html).toContain('asked GET https://usage.stranger.example/');
    expect(html).toContain('6 of 6 steps ran');
    expect((await get('')).html).toContain('a person has to judge what it did');
    const logged = await call(users, `/log/statements/${body.statement.logIndex}`);
    expect(logged.status).toBe(200);
    expect(JSON.stringify(logged.body)).not.toContain('usage.stranger');
  });

  it('holds a waiting version back when it says block, and a pass changes nothing', async () => {
    const users = await inReview();
    expect((await observe(users, [])).body).toMatchObject({ status: 'in review', verdict: 'pass' });
    expect((await observe(users, [sentDecoy])).body.status).toBe('quarantined');
    users.wait(1_000);
    expect((await observe(users, [])).body.status).toBe('quarantined');
    expect(await read(users)).toMatchObject({
      verdict: 'block',
      approvalsNeeded: { total: 2 },
      observation: { verdict: 'block', facts: [sentDecoy], others: ['pass', 'pass'] },
    });
  });

  it('does not overrule a person who moved the version on in spite of it', async () => {
    const users = await inReview();
    await observe(users, [sentDecoy]);
    const move = { token: users.tokens.rita, json: { to: 'in review', reason: 'a false alarm' } };
    await call(users, `${review}/move`, move);
    users.wait(1_000);
    expect((await observe(users, [sentDecoy])).body.status).toBe('in review');
    expect((await read(users)).verdict).toBe('block');
  });

  it('acts again on another fact than the one that a person overruled', async () => {
    const users = await inReview();
    await observe(users, [stranger]);
    const move = { token: users.tokens.rita, json: { to: 'in review', reason: 'a false alarm' } };
    await call(users, `${review}/move`, move);
    users.wait(1_000);
    expect((await observe(users, [stranger])).body.status).toBe('in review');
    expect((await observe(users, [stranger, sentDecoy])).body.status).toBe('quarantined');
    users.wait(1_000);
    await observe(users, [stranger, asked]);
    const { observation } = await read(users);
    expect(observation.facts).toEqual([stranger, sentDecoy, asked]);
    expect(observation.others).toEqual(['block', 'block', 'block']);
  });

  it('stays hidden when it is sent after the approval', async () => {
    world = await makeStaffedWorld();
    await publishApproved(world, skill);
    const observation = observationOf(skill, [asked], world.registry.now());
    const body = await observedBody(world.send, skill, observation, world.scanner);
    await sendObservation(world.send, world.tokens.scanner, skill, body);
    const blob = (digest: string) =>
      call(world?.send ?? fetch, `/blobs/sha256/${digest.replace('sha256:', '')}`);
    await expectAnswer(blob(digestOf(canonicalJson(observation))), 404);
    await expectAnswer(blob(skill.packed.digest), 200);
  });

  it('suspends an approved version when it says block', async () => {
    world = await makeStaffedWorld();
    await publishApproved(world, skill);
    expect((await observe(world, [asked])).body.status).toBe('approved');
    world.wait(1_000);
    expect((await observe(world, [sentDecoy])).body.status).toBe('suspended');
  });

  it('is taken once: the same statement gets the same answer', async () => {
    const users = await inReview();
    const first = await observe(users, [asked]);
    expect(await observe(users, [asked])).toEqual(first);
    expect((await read(users)).observation.others).toEqual([]);
  });

  it('is demanded by a policy before an approval', async () => {
    const users = await inReview({ policy: { ...defaultPolicy, observed: true } });
    const { send, tokens, rita } = users;
    const refused = await approve(send, tokens.rita, rita, skill);
    expect([refused.status, refused.body.code]).toEqual([403, 'approval-refused']);
    expect(refused.body.detail).toContain('asks for an observation');
    expect(await read(users)).toMatchObject({ lacksObservation: true });
    const { get } = await signedIn(send, tokens.rita);
    expect((await get('/@acme/deals/1.0.0')).html).toContain('skillgate observe --send');
    await observe(users, []);
    await expectAnswer(approve(send, tokens.rita, rita, skill), 201);
    expect((await read(users)).status).toBe('approved');
  });

  it('stops counting with its scanner', async () => {
    const users = await inReview({ policy: { ...defaultPolicy, observed: true } });
    const other = makeKey();
    const administrators = users.trust.administrators.slice(0, users.trust.root.threshold);
    await enrol(users, administrators, { name: 'second', roles: ['scanner'], key: other });
    const token = await signIn(users, other);
    const observation = observationOf(skill, [], users.registry.now());
    const body = await observedBody(users.send, skill, observation, other);
    await expectAnswer(sendObservation(users.send, token, skill, body), 201);
    expect(await read(users)).not.toHaveProperty('lacksObservation');
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'second',
      roles: ['scanner'],
      key: other.open,
      state: 'ended',
      validUpTo: 0,
    });
    await expectAnswer(state(users, ended, users.trust.administrator), 201);
    expect(await read(users)).toMatchObject({ lacksObservation: true });
    await expectAnswer(approve(users, users.tokens.rita, users.rita, skill), 403);
  });
});

describe('a false observation is refused', () => {
  const refusal = async (
    users: Staffed,
    make: (users: Staffed) => Promise<{ token?: string | undefined; json: unknown }>,
  ) => {
    const { json, token } = await make(users);
    const { status, body } = await sendObservation(users.send, token, skill, json);
    return `${status} ${body.code}`;
  };
  const pass = ({ registry }: Staffed) => observationOf(skill, [], registry.now());
  type Attack = (users: Staffed) => Promise<{ token?: string | undefined; json: unknown }>;
  const signed =
    (
      change: (users: Staffed) => ReturnType<typeof pass>,
      more: Readonly<Record<string, unknown>> = {},
    ): Attack =>
    async (users) => ({
      token: users.tokens.scanner,
      json: await observedBody(users.send, skill, change(users), users.scanner, more),
    });
  const changed = (change: (body: ReturnType<typeof pass>) => unknown) =>
    signed((users) => change(structuredClone(pass(users))) as never);
  const within = (more: Readonly<Record<string, unknown>>) =>
    changed((one) => ({
      ...one,
      predicate: { ...one.predicate, observation: { ...one.predicate.observation, ...more } },
    }));

  it.each<[string, string, Attack]>([
    ['nobody', '401 not-signed-in', async () => ({ json: {} })],
    [
      'the author',
      '403 forbidden',
      async (users) => ({
        token: users.tokens.author,
        json: await observedBody(users.send, skill, pass(users), users.author),
      }),
    ],
    [
      'a scanner with the signature of another key',
      '403 key-unknown',
      async (users) => ({
        token: users.tokens.scanner,
        json: await observedBody(users.send, skill, pass(users), users.author),
      }),
    ],
    [
      'another registry’s statement',
      '422 other-registry',
      signed(pass, { registry: digestOf('another registry') }),
    ],
    [
      'a statement about another version',
      '422 subject-mismatch',
      async (users) => ({
        token: users.tokens.scanner,
        json: await observedBody(
          users.send,
          makeSkill('@acme/deals', '1.0.1'),
          pass(users),
          users.scanner,
        ),
      }),
    ],
    [
      'an observation of another bundle',
      '422 subject-mismatch',
      signed((users) => observationOf(makeSkill('@acme/other', '1.0.0'), [], users.registry.now())),
    ],
    [
      'another observation than the signed one',
      '422 subject-mismatch',
      signed(pass, { observation: digestOf('another observation') }),
    ],
    ['another verdict', '422 subject-mismatch', signed(pass, { verdict: 'review' })],
    [
      'an observation of tomorrow',
      '422 subject-mismatch',
      signed((users) =>
        observationOf(skill, [], new Date(users.registry.now().getTime() + 86_400_000)),
      ),
    ],
    [
      'a pass over a fact that blocks',
      '422 statement-invalid',
      within({ facts: [sentDecoy], verdict: 'pass' }),
    ],
    [
      'a scan statement',
      '422 statement-invalid',
      async ({ tokens }) => ({
        token: tokens.scanner,
        json: { envelope: { payload: '', payloadType: 'x', signatures: [] }, observation: {} },
      }),
    ],
    [
      'a body with more members',
      '400 request-invalid',
      async ({ tokens }) => ({ token: tokens.scanner, json: { observation: {}, force: true } }),
    ],
  ])('from or with %s: %s', async (_, expected, attack) => {
    const users = await inReview();
    expect(await refusal(users, attack)).toBe(expected);
    expect(await read(users)).not.toHaveProperty('observation');
    expect((await read(users)).status).toBe('in review');
  });

  it('before the version has a report, and where there is no version', async () => {
    world = await makeStaffedWorld();
    const body = await observedBody(world.send, skill, pass(world), world.scanner);
    await expectCode(sendObservation(world.send, world.tokens.scanner, skill, body), 'not-found');
    await publishIn(world, skill);
    await expectCode(
      sendObservation(world.send, world.tokens.scanner, skill, body),
      'move-illegal',
    );
  });

  it('beyond ten of one scanner, unless its verdict is worse', async () => {
    const users = await inReview();
    for (let at = 0; at < 10; at++) {
      users.wait(1_000);
      await expectAnswer(observe(users, []), 201);
    }
    users.wait(1_000);
    const { status, body } = await observe(users, []);
    expect([status, body.code]).toEqual([409, 'move-illegal']);
    expect(body.hint).toContain('worse verdict');
    expect((await observe(users, [asked])).body.verdict).toBe('review');
    expect((await observe(users, [sentDecoy])).body.status).toBe('quarantined');
  });
});
