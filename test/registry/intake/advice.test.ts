/** Who may yank and deprecate which versions, and what installers are shown. */
import { beforeAll, describe, expect, it } from 'vitest';
import { readIndexFile } from '../../../registry/index/index-file.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  type AdvicePredicate,
  adviceStatement,
  keyStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { parseIndexFile } from '../../../skills-index/trust/index-files/index-line.ts';
import { freshNonce } from '../../nonce.ts';
import { makeKey, type TestKey } from '../people.ts';
import { makeSkill, type Skill, state } from '../road.ts';
import {
  approveIn,
  bodyAt,
  callAs,
  expectAnswer,
  expectCode,
  publishIn,
  scanIn,
  stopStatement,
} from '../steps.ts';
import { oneWorld } from '../world.ts';

const name = parseSkillName('@acme/counter');
const world = oneWorld();
let coOwner: TestKey;
let publisher: TestKey;

/** One version in each state, by its number. */
const states = {
  approved: '1.0.0',
  suspended: '1.1.0',
  revoked: '1.2.0',
  'in review': '1.3.0',
  refused: '1.4.0',
  received: '1.5.0',
} as const;
type State = keyof typeof states;

beforeAll(async () => {
  const { send, author, rita } = world;
  coOwner = makeKey();
  publisher = makeKey();
  const { statement } = await bodyAt(send, '/api/v1/scopes/@acme');
  const change = scopeStatement({
    scope: parseScope('acme'),
    owners: [author.open, coOwner.open],
    publishers: [author.open, publisher.open],
    previous: statement,
  });
  await expectAnswer(state(send, change, author), 201);
  for (const [wanted, version] of Object.entries(states)) {
    const skill = skillAt(version);
    await expectAnswer(publishIn(world, skill), 201);
    if (wanted === 'received') continue;
    await scanIn(world, skill);
    if (wanted === 'refused')
      await callAs(world, 'rita', `/api/v1/reviews/${name}/${version}/move`, {
        to: 'refused',
        reason: 'a mistake',
      });
    if (wanted === 'refused' || wanted === 'in review') continue;
    await expectAnswer(approveIn(world, skill), 201);
    if (wanted === 'suspended' || wanted === 'revoked')
      await state(send, stop(skill, wanted), rita);
  }
  for (const [wanted, version] of Object.entries(states))
    expect((await versionAt(version)).status).toBe(wanted);
});

const skillAt = (version: string) =>
  makeSkill(name, version, { files: { 'n.md': `${version}\n` } });
const stop = (skill: Skill, kind: 'suspended' | 'revoked') =>
  stopStatement(kind, { bundle: skill.packed.digest }, 'it leaks');
const versionAt = async (version: string) =>
  await bodyAt(world, `/api/v1/versions/${name}/${version}`);
const advise = (
  by: TestKey,
  version: string,
  kind: AdvicePredicate['kind'],
  more: Partial<AdvicePredicate> = {},
) =>
  state(
    world,
    adviceStatement({
      name,
      version: parseVersion(version),
      kind,
      reason: 'totals are wrong',
      nonce: freshNonce(),
      ...more,
    }),
    by,
  );
const hintsOf = async () => {
  const file = await readIndexFile(world.registry, name);
  const lines = parseIndexFile(file?.bytes ?? new Uint8Array(), name);
  return Object.fromEntries(
    lines.flatMap(({ version, advice }) => (advice === undefined ? [] : [[version, advice]])),
  );
};

describe('the table: role × state × action', () => {
  const people = {
    'the author': () => world.author,
    'another owner': () => coOwner,
    'a publisher that is no owner': () => publisher,
    'a reviewer': () => world.rita,
    'the administrator': () => world.trust.administrator,
    'the scanner': () => world.scanner,
    'a stranger': () => makeKey(),
  };
  const mayAdvise = ['the author', 'another owner', 'a publisher that is no owner'];
  const advised: readonly State[] = ['approved', 'suspended'];
  const rows = Object.keys(people).flatMap((who) =>
    (Object.keys(states) as State[]).flatMap((at) =>
      (['yanked', 'deprecated'] as const).map((kind) => [who, kind, at] as const),
    ),
  );

  it.each(rows)('%s says %s of a version that is %s', async (who, kind, at) => {
    const by = people[who as keyof typeof people]();
    const may = mayAdvise.includes(who);
    const given = await advise(by, states[at], kind);
    const undone = await advise(by, states[at], `un${kind}`);
    const codes = [given, undone].map(({ status, body }) => (status === 201 ? 201 : body.code));
    const refused = who === 'a stranger' ? 'key-unknown' : 'forbidden';
    const expected = may ? (advised.includes(at) ? 201 : 'move-illegal') : refused;
    expect(codes).toEqual([expected, expected]);
    expect((await versionAt(states[at])).status).toBe(at);
    expect(await hintsOf()).toEqual({});
  });

  it('keeps advice on a version that is revoked later, and lets the author take it back', async () => {
    const { send, author, rita } = world;
    const version = states.suspended;
    await expectAnswer(advise(author, version, 'yanked'), 201);
    await expectAnswer(state(send, stop(skillAt(version), 'revoked'), rita), 201);
    await expectAnswer(advise(author, version, 'unyanked'), 201);
  });
});

describe('advice', () => {
  it('is in the index line and in the answers, and gone when it is taken back', async () => {
    const before = await readIndexFile(world.registry, name);
    const yank = await advise(world.author, '1.0.0', 'yanked');
    const replacement = parseSkillName('@acme/sums');
    const deprecation = await advise(coOwner, '1.0.0', 'deprecated', { replacement });
    expect(await hintsOf()).toEqual({
      '1.0.0': { yanked: yank.body.logIndex, deprecated: deprecation.body.logIndex },
    });
    expect((await versionAt('1.0.0')).advice).toEqual([
      expect.objectContaining({ kind: 'deprecated', replacement, reason: 'totals are wrong' }),
      expect.objectContaining({ kind: 'yanked', by: world.author.keyId }),
    ]);
    const { versions } = await bodyAt(world, `/api/v1/versions/${name}`);
    expect(versions[0]).toMatchObject({ version: '1.0.0', advice: ['deprecated', 'yanked'] });
    await advise(world.author, '1.0.0', 'unyanked');
    await advise(world.author, '1.0.0', 'undeprecated');
    expect((await versionAt('1.0.0')).advice).toEqual([]);
    expect(await readIndexFile(world.registry, name)).toEqual(before);
  });

  it('can be said again with another text, and the newest text counts', async () => {
    await advise(world.author, '1.0.0', 'deprecated', { reason: 'slow' });
    const { body } = await advise(world.author, '1.0.0', 'deprecated', { reason: 'wrong' });
    expect((await versionAt('1.0.0')).advice).toMatchObject([
      { reason: 'wrong', logIndex: body.logIndex },
    ]);
    await advise(world.author, '1.0.0', 'undeprecated');
  });

  it('that is sent again is the same answer while it holds, and is replayed afterwards', async () => {
    const nonce = freshNonce();
    const first = await advise(world.author, '1.0.0', 'yanked', { nonce });
    const again = await advise(world.author, '1.0.0', 'yanked', { nonce });
    // Another envelope over the same bytes.
    expect(again).toEqual(first);
    const undo = freshNonce();
    const undone = await advise(world.author, '1.0.0', 'unyanked', { nonce: undo });
    expect(await advise(world.author, '1.0.0', 'unyanked', { nonce: undo })).toEqual(undone);
    await expectAnswer(
      advise(world.author, '1.0.0', 'yanked', { nonce }),
      409,
      'statement-replayed',
    );
    await expectCode(advise(world.author, '1.0.0', 'unyanked'), 'move-illegal');
  });

  it('reaches the file of a registry that crashed before it wrote the file', async () => {
    const { registry } = world;
    const put = registry.objects.putOver;
    const failing = { ...registry.objects, putOver: () => Promise.reject(new Error('full')) };
    Object.assign(registry, { objects: failing });
    await expectAnswer(advise(world.author, '1.0.0', 'yanked'), 201);
    Object.assign(registry, { objects: { ...failing, putOver: put } });
    const { writeLackingFiles } = await import('../../../registry/index/index-file.ts');
    await writeLackingFiles(registry);
    const file = Buffer.from(world.stored.get(`public/index/${name}`) ?? []).toString();
    expect(file).toContain('"yanked":');
    await advise(world.author, '1.0.0', 'unyanked');
  });

  it('of a publisher whose key ended is refused', async () => {
    const ended = keyStatement({ key: publisher.open, state: 'ended' });
    await expectAnswer(state(world, ended, publisher), 201);
    await expectCode(advise(publisher, '1.0.0', 'yanked'), 'forbidden');
  });

  it('of a suspended publisher is refused', async () => {
    const target = { publisher: coOwner.keyId };
    const suspended = stopStatement('suspended', target, 'a stolen laptop');
    await expectAnswer(state(world, suspended, world.rita), 201);
    await expectCode(advise(coOwner, '1.0.0', 'yanked'), 'publisher-stopped');
  });
});
