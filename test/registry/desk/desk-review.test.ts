import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { logSize } from '../../../registry/log/log.ts';
import { makeSegment } from '../../../registry/log/segments/keep-segments.ts';
import { drafts } from '../../../registry/store/schema.ts';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import {
  type DeskPasskey,
  deskPasskey,
  pathOf,
  scanned,
  statusOf,
  type Visitor,
} from '../desk-visit.ts';
import { enrol, type Skill, state } from '../road.ts';
import { approveIn, deskOf, expectAnswer, reviewerStatement, rowsOf } from '../steps.ts';
import { oneWorld } from '../world.ts';

const world = oneWorld();
let rita: Visitor;
const ritasPasskey: DeskPasskey = deskPasskey('rita');

beforeAll(async () => {
  const passkey = ritasPasskey.enrolled;
  const hers = reviewerStatement('rita', { passkey });
  await state(world, hers, world.trust.administrator);
  rita = await deskOf(world, 'rita');
});

let serial = 0;
const publishScanned = (verdict: 'pass' | 'block', capabilities?: object) => {
  serial += 1;
  return scanned(world, serial, verdict, capabilities);
};

describe('an approval in the desk', () => {
  const draft = async (skill: Skill): Promise<string> => {
    const reviewer = `passkey:${ritasPasskey.enrolled.credentialId}`;
    const { status, location } = await rita.post(`${pathOf(skill)}/approve`, {
      reason: 'Read all of it.',
      reviewer,
    });
    expect(status).toBe(303);
    return location?.replace('/review', '') ?? '';
  };

  it('is signed by the passkey over exactly the statement shown', async () => {
    const skill = await publishScanned('pass');
    const at = await draft(skill);
    const page = await rita.get(at);
    expect(page.html).toContain('Read all of it.');
    expect(await statusOf(world, skill)).toBe('in review');
    const omar = await deskOf(world, 'omar');
    expect((await omar.get(at)).html).toContain('Only <bdi>rita</bdi> can sign this approval.');
    expect(
      (await omar.post(at, { response: ritasPasskey.get(page) })).status,
    ).toBeGreaterThanOrEqual(400);
    expect(await statusOf(world, skill)).toBe('in review');
    await expectAnswer(rita.post(at, { response: ritasPasskey.get(page) }), 303);
    expect(await statusOf(world, skill)).toBe('approved');
  });

  it('that is sent again after its draft went into a segment gets the first answer', async () => {
    const skill = await publishScanned('pass');
    const other = await publishScanned('pass');
    const at = await draft(skill);
    const page = await rita.get(at);
    const response = ritasPasskey.get(page);
    const first = await rita.post(at, { response });
    expect(first.status).toBe(303);
    await publishScanned('pass');
    const { registry } = world;
    while (await makeSegment(registry, 4));
    const digest = parseDigest(at.split('/').at(-1));
    expect(await rowsOf({ registry }, drafts, eq(drafts.digest, digest))).toEqual([]);
    const size = await logSize(registry);
    expect(await rita.post(at, { response })).toMatchObject({
      status: 303,
      location: first.location,
    });
    // Another signature over the draft, another reviewer, and another version are no repetitions.
    await expectAnswer(rita.post(at, { response: ritasPasskey.get(page) }), 403);
    const omar = await deskOf(world, 'omar');
    await expectAnswer(omar.post(at, { response }), 403);
    const elsewhere = at.replace(pathOf(skill), pathOf(other));
    await expectAnswer(rita.post(elsewhere, { response }), 404);
    expect(await logSize(registry)).toBe(size);
    expect(await statusOf(world, other)).toBe('in review');
  });

  it('of one version does not approve another', async () => {
    const one = await publishScanned('pass');
    const other = await publishScanned('pass');
    const atOne = await draft(one);
    const atOther = await draft(other);
    const response = ritasPasskey.get(await rita.get(atOne));
    await expectAnswer(rita.post(atOther, { response }), 403);
    expect(await statusOf(world, other)).toBe('in review');
  });

  it('alone is not enough for secrets with egress: one has to come from outside the desk', async () => {
    const secret = [
      { name: 'CRM_TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'reads deals' },
    ];
    const egress = [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }];
    const skill = await publishScanned('pass', { secret, egress });
    const at = await draft(skill);
    await rita.post(at, { response: ritasPasskey.get(await rita.get(at)) });
    expect(await statusOf(world, skill)).toBe('in review');
    const page = await rita.get(pathOf(skill));
    expect(page.html).toContain(
      'You approved this version. The version waits for another reviewer.',
    );
    expect(page.html).toContain('it takes secrets and reaches the network');
    await approveIn(world, skill, { by: 'omar', independent: true });
    expect(await statusOf(world, skill)).toBe('approved');
  });

  it('cannot name somebody else’s key or passkey', async () => {
    const skill = await publishScanned('pass');
    for (const reviewer of [`key:${world.omar.keyId}`, 'passkey:AAAA', '']) {
      await expectAnswer(rita.post(`${pathOf(skill)}/approve`, { reason: 'Read.', reviewer }), 422);
    }
  });

  it('is not offered to the one who published the version', async () => {
    const { send, author, trust } = world;
    await enrol(send, trust.administrator, { name: 'ada', roles: ['reviewer'], key: author });
    const ada = await deskOf(world, 'author');
    const skill = await publishScanned('pass');
    expect((await ada.get(pathOf(skill))).html).toContain(
      'You cannot approve this version: an author cannot approve their own version.',
    );
    const tried = await ada.post(`${pathOf(skill)}/approve`, {
      reason: 'Mine.',
      reviewer: `key:${author.keyId}`,
    });
    expect(tried).toMatchObject({ status: 422 });
  });
});

describe('a decision', () => {
  it.each(['refuse', 'approve'])(
    'to %s without a reason is refused, and nothing moves',
    async (action) => {
      const skill = await publishScanned('block');
      const page = await rita.post(`${pathOf(skill)}/${action}`, { reason: '  ' });
      expect(page).toMatchObject({ status: 422 });
      expect(page.html).toContain('Give a reason for the decision');
      expect(await statusOf(world, skill)).toBe('quarantined');
    },
  );

  it('moves out of quarantine and refuses; what cannot be done is said, and what was typed is kept', async () => {
    const skill = await publishScanned('block');
    await expectAnswer(rita.post(`${pathOf(skill)}/move`, { reason: 'A mistake.' }), 303);
    expect(await statusOf(world, skill)).toBe('in review');
    await expectAnswer(rita.post(`${pathOf(skill)}/refuse`, { reason: 'It leaks.' }), 303);
    const late = await rita.post(`${pathOf(skill)}/refuse`, { reason: 'Once more.' });
    expect(late).toMatchObject({ status: 422 });
    expect(late.html).toContain('The version is &quot;refused&quot; already');
    expect((await rita.get(`${pathOf(skill)}?done=refused`)).html).toContain('It leaks.');
  });

  it('asks and claims without moving anything', async () => {
    const skill = await publishScanned('pass');
    await rita.post(`${pathOf(skill)}/ask`, { reason: 'Why <b>this</b>?' });
    await rita.post(`${pathOf(skill)}/claim`);
    expect(await statusOf(world, skill)).toBe('in review');
    expect((await rita.get(pathOf(skill))).html).toContain('Why &lt;b&gt;this&lt;/b&gt;?');
    expect((await rita.get('')).html).toContain('<bdi>rita</bdi><span class="sub quiet">until');
  });

  it.each(['approved', 'constructor'])('that is unknown (%s) is not found', async (action) => {
    await expectAnswer(
      rita.post(`${pathOf(await publishScanned('pass'))}/${action}`, { reason: 'x' }),
      404,
    );
  });
});

describe('a file of a quarantined version', () => {
  it('is text in a page, never its own bytes', async () => {
    const skill = await publishScanned('block');
    const page = await rita.get(`${pathOf(skill)}/files/bin/tool`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    expect(page.html).toContain('<span class="chip" title="U+007F">U+007F</span>ELF');
  });

  it.each(['..%2f..%2fkeys.json', '%2e%2e/skill.json', '%E0%A4%A'])(
    'is not found at %j',
    async (path) => {
      expect([400, 404]).toContain(
        (await rita.get(`${pathOf(await publishScanned('block'))}/files/${path}`)).status,
      );
    },
  );
});
