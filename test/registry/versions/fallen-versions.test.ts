import { describe, expect, it } from 'vitest';
import type { Registry } from '../../../registry/context.ts';
import { makeSegment } from '../../../registry/log/segments/keep-segments.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { statements } from '../../../registry/store/schema.ts';
import { requireVersion } from '../../../registry/versions/find-versions.ts';
import { statementsOf } from '../../../registry/versions/manifests.ts';
import {
  keyStatement,
  type MemberRole,
  memberStatement,
} from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { makeCrowd } from '../approval-walk.ts';
import { makeKey, type TestKey } from '../people.ts';
import {
  approve,
  enrol,
  makeSkill,
  publish,
  publishScanned,
  type Skill,
  signIn,
  state,
  stopsShown,
} from '../road.ts';
import { bodyAt, expectAnswer, stopStatement } from '../steps.ts';
import { eachWorld } from '../world.ts';

/** Records the names of the objects that a registry reads from now on. */
function readsOf(registry: Registry): ReadonlySet<string> {
  const { objects } = registry;
  const read = new Set<string>();
  const get = (name: string) => {
    read.add(name);
    return objects.get(name);
  };
  Object.assign(registry, { objects: { ...objects, get } });
  return read;
}

const skillAt = (number: number) =>
  makeSkill('@acme/t', `1.0.${number}`, { files: { 'n.md': `${number}\n` } });

describe('what is ended for a log index before now', () => {
  const world = eachWorld({}, async () => {
    await bring(skillAt(1));
    between = await sizeNow();
    await bring(skillAt(2));
  });
  /** Size of the log between version 1 and version 2. */
  let between: number;

  const bring = async (skill: Skill, by: 'rita' | 'omar' = 'rita') => {
    await publishScanned(world, skill);
    await expectAnswer(approve(world, world.tokens[by], world[by], skill), 201);
  };
  const sizeNow = async (): Promise<number> =>
    (await bodyAt(world, `/api/v1/keys/${world.author.keyId}`)).logSize;
  const endMember = async (name: string, role: MemberRole, key: TestKey, validUpTo?: number) =>
    state(
      world,
      memberStatement({
        nonce: freshNonce(),
        name,
        roles: [role],
        key: key.open,
        state: 'ended',
        ...(validUpTo === undefined ? {} : { validUpTo }),
      }),
      world.trust.administrator,
    );
  const endKey = async (validUpTo: number, by: TestKey) =>
    state(world, keyStatement({ key: world.author.open, state: 'ended', validUpTo }), by);
  const states = async (): Promise<string[]> =>
    Promise.all(
      [1, 2].map(async (n) => (await bodyAt(world, `/api/v1/versions/@acme/t/1.0.${n}`)).status),
    );
  const marked = async (): Promise<string[]> =>
    Object.entries(await stopsShown(world)).map(([bundle, kind]) => `${kind} ${bundle}`);
  const second = (): string[] => [`revoked ${skillAt(2).packed.digest}`];

  it.each([
    ['the author’s key, by its holder', () => endKey(between - 1, world.author)],
    ['the author’s key, by an administrator', () => endKey(between - 1, world.trust.administrator)],
    ['the reviewer', () => endMember('rita', 'reviewer', world.rita, between - 1)],
    ['the scanner', () => endMember('scanner', 'scanner', world.scanner, between - 1)],
  ] as const)(
    '%s: what rests on it and lies behind that index is revoked, the rest lives',
    async (_, end) => {
      await expectAnswer(end(), 201);
      expect(await states()).toEqual(['approved', 'revoked']);
      expect(await marked()).toEqual(second());
      const { history } = await bodyAt(world, '/api/v1/versions/@acme/t/1.0.2');
      expect(history.at(-1).why).toMatch(/no longer counted/);
    },
  );

  it('reads the older statements of fallen versions only', async () => {
    const { registry, rita } = world;
    const behind = await sizeNow();
    await bring(skillAt(3), 'omar');
    while (await makeSegment(registry, 1));
    const rows = await registry.db.read.select().from(statements).orderBy(statements.logIndex);
    const older = rows.filter(({ envelope }) => envelope === '');
    const read = readsOf(registry);
    await expectAnswer(endMember('rita', 'reviewer', rita, between - 1), 201);
    const indexesRead = older
      .filter((row) => row.bundle !== null && read.has(storedBlobName(row.bundle)))
      .map((row) => row.logIndex);
    expect(await states()).toEqual(['approved', 'revoked']);
    expect(indexesRead).not.toEqual([]);
    expect(indexesRead.filter((index) => index < between || index >= behind)).toEqual([]);
  });

  it('reads no statement of a version that another person’s passkey approved', async () => {
    const crowd = await makeCrowd();
    const { registry, send, author, trust } = crowd.world;
    for (const who of ['rita', 'omar'] as const) {
      const skill = makeSkill(`@acme/by-${who}`, '1.0.0');
      await expectAnswer(publish(send, skill, author), 201);
      await crowd.walk(skill, { kind: 'scan', who: 'scanner', verdict: 'review' });
      await crowd.walk(skill, { kind: 'passkey', who, holder: who, lie: {} });
    }
    while (await makeSegment(registry, 1));
    const read = readsOf(registry);
    const ended = memberStatement({
      nonce: freshNonce(),
      name: 'rita',
      roles: ['reviewer'],
      ...(crowd.desk.rita && { passkey: crowd.desk.rita.passkey.enrolled }),
      state: 'ended',
      validUpTo: 0,
    });
    await expectAnswer(state(send, ended, trust.administrator), 201);
    const about = async (name: string): Promise<unknown> => {
      const row = await requireVersion(registry, makeSkill(name, '1.0.0').manifest);
      const told = await statementsOf(registry, row.id);
      const isRead = told.some(({ bundle }) => bundle !== null && read.has(storedBlobName(bundle)));
      return [row.status, isRead];
    };
    expect([await about('@acme/by-rita'), await about('@acme/by-omar')]).toEqual([
      ['revoked', true],
      ['approved', false],
    ]);
    await crowd.world.close();
  });

  it('takes what rests on whom an ended administrator enrolled', async () => {
    const { send, trust, omar } = world;
    await enrol(send, trust.administrator, { name: 'omar', roles: ['administrator'], key: omar });
    const before = await sizeNow();
    const sam = makeKey();
    await enrol(send, omar, { name: 'sam', roles: ['reviewer'], key: sam });
    const skill = skillAt(3);
    await publishScanned(world, skill);
    await expectAnswer(approve(send, await signIn(send, sam), sam, skill), 201);
    await expectAnswer(endMember('omar', 'administrator', omar, before - 1), 201);
    expect((await bodyAt(send, '/api/v1/versions/@acme/t/1.0.3')).status).toBe('revoked');
    expect(await states()).toEqual(['approved', 'approved']);
  });

  it.each([
    ['a reviewer who leaves', () => endMember('rita', 'reviewer', world.rita)],
    ['a scanner that is replaced', () => endMember('scanner', 'scanner', world.scanner)],
  ] as const)('leaves everything as it is for %s today', async (_, end) => {
    await expectAnswer(end(), 201);
    expect(await states()).toEqual(['approved', 'approved']);
    expect(await marked()).toEqual([]);
  });

  it('takes back a lift by a reviewer who no longer counted, and none by another', async () => {
    const say = async (kind: 'suspended' | 'lifted', number: number, by: TestKey) => {
      const { name, version } = skillAt(number).manifest;
      const said = stopStatement(kind, { name, version }, `${kind} it`);
      await expectAnswer(state(world, said, by), 201);
    };
    for (const number of [1, 2]) await say('suspended', number, world.rita);
    const before = await sizeNow();
    await say('lifted', 1, world.omar);
    await say('lifted', 2, world.rita);
    expect(await states()).toEqual(['approved', 'approved']);
    await expectAnswer(endMember('omar', 'reviewer', world.omar, before - 1), 201);
    expect(await states()).toEqual(['suspended', 'approved']);
    expect(await marked()).toEqual([`suspended ${skillAt(1).packed.digest}`]);
    // Somebody who counts may lift it anew.
    await say('lifted', 1, world.rita);
    expect([await states(), await marked()]).toEqual([['approved', 'approved'], []]);
  });

  it('touches no version that only a part outside the evidence rests on', async () => {
    await expectAnswer(endMember('omar', 'reviewer', world.omar, 0), 201);
    expect(await states()).toEqual(['approved', 'approved']);
  });
});
