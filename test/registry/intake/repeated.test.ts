/**
 * Every route that takes a statement: the same bytes again are the same answer, for a client that
 * missed the first. Other bytes for the same end are a conflict, which says why.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  adviceStatement,
  keyStatement,
  type Statement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { makeKey, type TestKey } from '../people.ts';
import {
  approve,
  leaseJob,
  makeReport,
  makeSkill,
  publish,
  publishScanned,
  reportOn,
  type Send,
  scan,
  signPublication,
  state,
} from '../road.ts';
import {
  approveIn,
  bodyAt,
  expectAnswer,
  publishIn,
  reviewerStatement,
  stopStatement,
} from '../steps.ts';
import { eachWorld } from '../world.ts';

interface Request {
  readonly path: string;
  readonly init: RequestInit | undefined;
}

const world = eachWorld();
let sent: Request[];
/** As `world.send`, and remembers the requests that write. */
let send: Send;
beforeEach(async () => {
  sent = [];
  send = (path, init) => {
    if (init?.method === 'POST') sent.push({ path, init });
    return world.send(path, init);
  };
});

const name = parseSkillName('@acme/again');
const version = parseVersion('1.0.0');
const skill = (file = 'one') => makeSkill(name, version, { files: { 'n.md': file } });
const inReview = async () => {
  await publishScanned(world, skill());
};
const approved = async () => {
  await inReview();
  await approveIn(world, skill());
};
const stop = (kind: 'suspended' | 'lifted' | 'revoked', target?: object): Statement =>
  stopStatement(kind, (target ?? { name, version }) as never, 'leaks');
const advice = (kind: 'yanked' | 'unyanked' | 'deprecated'): Statement =>
  adviceStatement({ name, version, kind, reason: 'old', nonce: freshNonce() });
const member = (key: TestKey, end: 'enrolled' | 'ended'): Statement =>
  reviewerStatement('eve', { key: key.open }, end);
const claim = (owner: TestKey): Statement =>
  scopeStatement({ scope: parseScope('other'), owners: [owner.open] });
const say = (statement: () => Statement, by: () => TestKey) => () => state(send, statement(), by());
const nothing = async () => undefined;
const author = () => world.author;
const rita = () => world.rita;
const administrator = () => world.trust.administrator;
const eve = makeKey();

describe('the same request again is the same answer', () => {
  it.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['a publication', nothing, () => publish(send, skill(), world.author)],
    [
      'a scan report',
      async () => publishIn(world, skill()),
      () => scan(send, world.tokens.scanner, world.scanner, skill(), 'pass'),
    ],
    ['an approval', inReview, () => approve(send, world.tokens.rita, world.rita, skill())],
    ['a suspension', approved, say(() => stop('suspended'), rita)],
    [
      'a lift',
      async () => {
        await approved();
        await state(world, stop('suspended'), world.omar);
      },
      say(() => stop('lifted'), rita),
    ],
    ['a revocation', approved, say(() => stop('revoked'), rita)],
    [
      'a stop of a publisher',
      approved,
      say(() => stop('suspended', { publisher: world.author.keyId }), rita),
    ],
    [
      'a claim of a scope',
      nothing,
      say(
        () => claim(eve),
        () => eve,
      ),
    ],
    ['an enrolment', nothing, say(() => member(eve, 'enrolled'), administrator)],
    [
      'the end of a member',
      async () => state(world, member(eve, 'enrolled'), administrator()),
      say(() => member(eve, 'ended'), administrator),
    ],
    [
      'a successor of a key',
      nothing,
      say(
        () => keyStatement({ key: eve.open, state: 'enrolled', replaces: world.author.keyId }),
        author,
      ),
    ],
    [
      'the end of a key',
      nothing,
      say(() => keyStatement({ key: world.author.open, state: 'ended' }), author),
    ],
    ['a yank', approved, say(() => advice('yanked'), author)],
    [
      'a yank taken back',
      async () => {
        await approved();
        await state(world, advice('yanked'), author());
      },
      say(() => advice('unyanked'), author),
    ],
    ['a deprecation', approved, say(() => advice('deprecated'), author)],
  ])('%s', async (_, before, act) => {
    await before();
    const first = (await act()) as { status: number; body: unknown };
    expect(first.status, JSON.stringify(first.body)).toBeLessThan(300);
    const last = sent.at(-1);
    const size = async () => await bodyAt(world, '/log/checkpoint');
    const logged = await size();
    const again = await Promise.all(
      [1, 2, 3].map(() => world.send(last?.path ?? '', last?.init ?? {})),
    );
    for (const answer of again)
      expect({ status: answer.status, body: await answer.json() }).toEqual(first);
    expect(await size()).toEqual(logged);
  });
});

describe('other bytes for the same end are a conflict', () => {
  it.each<
    [
      string,
      () => Promise<unknown>,
      () => Promise<{ status: number; body: { code: string } }>,
      string,
    ]
  >([
    [
      'another skill under a published number',
      async () => publishIn(world, skill()),
      () => publish(send, skill('two'), world.author),
      'version-exists',
    ],
    [
      'the same skill, signed anew',
      async () => publishIn(world, skill()),
      async () =>
        publish(send, skill(), world.author, {
          envelope: await signPublication(skill(), world.author),
        }),
      'version-exists',
    ],
    [
      'an approval of an approved version',
      approved,
      () => approve(send, world.tokens.omar, world.omar, skill()),
      'move-illegal',
    ],
    [
      'a second revocation',
      async () => {
        await approved();
        await state(world, stop('revoked'), world.omar);
      },
      say(() => stop('revoked'), rita),
      'move-illegal',
    ],
    [
      'a second suspension',
      async () => {
        await approved();
        await state(world, stop('suspended'), world.omar);
      },
      say(() => stop('suspended'), rita),
      'move-illegal',
    ],
    [
      'a claim of a claimed scope',
      async () => state(world, claim(world.omar), world.omar),
      say(
        () => claim(eve),
        () => eve,
      ),
      'scope-taken',
    ],
    [
      'taking back what was not said',
      approved,
      say(() => advice('unyanked'), author),
      'move-illegal',
    ],
  ])('%s', async (_, before, act, code) => {
    await before();
    const { body, status } = await act();
    expect([status, body.code]).toEqual([code === 'scope-taken' ? 403 : 409, code]);
    expect(body).toMatchObject({ title: expect.any(String) });
  });

  it('another report for a job that is done', async () => {
    await publishIn(world, skill());
    const token = world.tokens.scanner;
    const job = await leaseJob(world, token);
    const post = (verdict: 'pass' | 'block') => {
      const said = [skill(), makeReport(skill(), verdict)] as const;
      return reportOn(world, { token, key: world.scanner }, job, said);
    };
    await expectAnswer(post('pass'), 200);
    await expectAnswer(post('block'), 409, 'job-stale');
    expect((await bodyAt(world, `/api/v1/versions/${name}/${version}`)).verdict).toBe('pass');
  });
});
