import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeSegment } from '../../../../registry/log/segments/keep-segments.ts';
import { countApprovals } from '../../../../registry/review/approvals.ts';
import { countShown, listQueue } from '../../../../registry/review/queue/queue.ts';
import { draftMs } from '../../../../registry/review/review.ts';
import { requireVersion } from '../../../../registry/versions/find-versions.ts';
import { parseScope } from '../../../../skills-index/skill/name.ts';
import { memberStatement, scopeStatement } from '../../../../skills-index/statement/attestation.ts';
import { defaultPolicy } from '../../../../skills-index/trust/policy/policy.ts';
import { freshNonce } from '../../../nonce.ts';
import { type Crowd, makeCrowd } from '../../approval-walk.ts';
import { call, makeSkill, publish, state } from '../../road.ts';
import { expectAnswer } from '../../steps.ts';

const skill = makeSkill('@acme/risky', '1.0.0', {
  capabilities: {
    secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
    egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
  },
});

describe('approvals that are older than the last segment', () => {
  let crowd: Crowd;
  beforeEach(async () => {
    crowd = await makeCrowd();
    await expectAnswer(publish(crowd.world, skill, crowd.keys.author), 201);
    await crowd.walk(skill, { kind: 'scan', who: 'scanner', verdict: 'review' });
    await crowd.walk(skill, { kind: 'passkey', who: 'rita', holder: 'rita', lie: {} });
    await crowd.walk(skill, { kind: 'approve', who: 'omar', independent: false });
    await crowd.walk(skill, { kind: 'approve', who: 'rita', independent: false });
    while (await makeSegment(crowd.world.registry, 1));
  });
  afterEach(() => crowd.world.close());

  /** The number that the queue shows; it must be the number that decides. */
  const counted = async (): Promise<number> => {
    const { registry } = crowd.world;
    const row = await requireVersion(registry, skill.manifest);
    const shown = await countShown(registry, row);
    expect(await countApprovals(registry, row)).toHaveLength(shown);
    return shown;
  };

  it('are shown on a page of the queue that reads no object', async () => {
    const { registry } = crowd.world;
    // The page must not judge a version anew.
    await listQueue(registry);
    const { objects } = registry;
    const read: string[] = [];
    const get = (name: string) => {
      read.push(name);
      return objects.get(name);
    };
    Object.assign(registry, { objects: { ...objects, get } });
    expect((await listQueue(registry)).rows).toMatchObject([{ approvals: 2 }]);
    Object.assign(registry, { objects });
    expect(read).toEqual([]);
    expect(await counted()).toBe(2);
  });

  const end = (name: 'rita' | 'omar', part: object): Promise<unknown> => {
    const ended = { nonce: freshNonce(), name, roles: ['reviewer' as const], ...part };
    const statement = memberStatement({ ...ended, state: 'ended', validUpTo: 0 });
    return state(crowd.world, statement, crowd.world.trust.administrator);
  };

  it.each<[string, number, () => Promise<unknown> | undefined]>([
    ['nobody who approved left', 2, () => undefined],
    ['a key never counted', 1, () => end('omar', { key: crowd.keys.omar.open })],
    [
      'a passkey never counted, and its holder approved by key, too',
      2,
      () => end('rita', { passkey: crowd.desk.rita?.passkey.enrolled }),
    ],
    [
      'neither key nor passkey ever counted',
      1,
      async () => {
        await end('rita', { passkey: crowd.desk.rita?.passkey.enrolled });
        await end('rita', { key: crowd.keys.rita.open });
      },
    ],
    [
      'another policy is in force',
      0,
      async () => {
        const policy = {
          ...defaultPolicy,
          approvals: { ...defaultPolicy.approvals, high: defaultPolicy.approvals.usual },
        };
        Object.assign(crowd.world.registry, { policy });
      },
    ],
    ['the drafts expired', 0, async () => crowd.world.wait(draftMs + 1)],
    [
      'an approver became an owner of the scope afterwards',
      2,
      async () => {
        const { send, author, omar } = crowd.world;
        const { body } = await call(send, '/api/v1/scopes/acme');
        const owners = [author.open, omar.open];
        const claim = { scope: parseScope('acme'), owners, previous: body.statement };
        await expectAnswer(state(send, scopeStatement(claim), author), 201);
      },
    ],
  ])('count alike in the queue and for the index when %s', async (_, left, change) => {
    await change();
    expect(await counted()).toBe(left);
  });
});
