import { and, eq, isNull } from 'drizzle-orm';
import { afterEach, describe, expect, it } from 'vitest';
import { indexFileName } from '../../../registry/index/index-file.ts';
import { settlePauseMs } from '../../../registry/index/put-off.ts';
import { actorOf } from '../../../registry/people/actors.ts';
import { approveByPasskey } from '../../../registry/review/approval-intake.ts';
import { storedBlobName } from '../../../registry/store/objects.ts';
import { audit, statements } from '../../../registry/store/schema.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  memberStatement,
  predicateTypes,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { parseStatement } from '../../../skills-index/statement/parse-statement.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { approvalChallenge } from '../../../skills-index/trust/signatures/passkey.ts';
import { freshNonce } from '../../nonce.ts';
import { testPasskey } from '../../skills-index/story-keys.ts';
import { failWrite } from '../failing-write.ts';
import { makeKey } from '../people.ts';
import {
  type Answer,
  enrol,
  leaseJob,
  makeReport,
  makeSkill,
  publish,
  publishScanned,
  ruleSet,
  type Skill,
  signIn,
  signReport,
  state,
} from '../road.ts';
import { bodyAt, callAs, expectAnswer, publishIn, rowsOf } from '../steps.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

interface Act {
  /** Does the act; sends the very same bytes each time. */
  readonly send: () => Promise<Answer>;
}

const open: Staffed[] = [];
afterEach(() => {
  for (const world of open.splice(0)) world.close();
});

async function inReview(world: Staffed, version = '1.0.0'): Promise<Skill> {
  const skill = makeSkill('@acme/tidy', version);
  await publishScanned(world, skill);
  return skill;
}

async function draftOf(world: Staffed, skill: Skill, reviewer: object) {
  const { name, version } = skill.manifest;
  const json = { reviewer, reason: 'read it', independent: false };
  const { body } = await callAs(world, 'rita', `/api/v1/reviews/${name}/${version}/draft`, json);
  const statement = parseStatement(Buffer.from(body.payload, 'base64'));
  if (statement.predicateType !== predicateTypes.approval) throw new Error('no approval');
  return { statement, digest: body.digest };
}

const acts = {
  'a claim of a scope': async (world) => {
    const owner = makeKey();
    const claim = scopeStatement({ scope: parseScope('later'), owners: [owner.open] });
    return { send: () => state(world, claim, owner) };
  },
  'a publication': async (world) => {
    const skill = makeSkill('@acme/new', '1.0.0');
    return { send: () => publish(world, skill, world.author) };
  },
  'a scan report': async (world) => {
    const skill = makeSkill('@acme/tidy', '1.0.0');
    await publish(world, skill, world.author);
    const job = await leaseJob(world, world.tokens.scanner, { ruleSet });
    const report = makeReport(skill, 'pass');
    const envelope = await signReport(world, skill, report, world.scanner);
    const json = { lease: job?.lease, envelope, report };
    return { send: () => callAs(world, 'scanner', `/api/v1/jobs/${job?.id}/report`, json) };
  },
} satisfies Record<string, (world: Staffed) => Promise<Act>>;

async function countOf({ registry }: Staffed, type: string): Promise<number> {
  const rows = await registry.db.read
    .select({ at: statements.logIndex })
    .from(statements)
    .where(eq(statements.predicateType, type));
  return rows.length;
}

describe('a version whose approval was logged while the storage failed', () => {
  /** From the write after the approval's own batch on, nothing can be written. */
  async function approvedWhileBroken(
    world: Staffed,
  ): Promise<{ readonly skill: Skill; readonly send: () => Promise<Answer> }> {
    const skill = await inReview(world);
    const { statement } = await draftOf(world, skill, { keyId: world.rita.keyId });
    const { objects } = world.registry;
    const isEvidence = (name: string): boolean => name.startsWith('public/');
    const putAll: typeof objects.putAll = (all) =>
      [...all.keys()].some(isEvidence)
        ? Promise.reject(new Error('the storage is busy'))
        : objects.putAll(all);
    Object.assign(world.registry, { objects: { ...objects, putAll } });
    const send = () => state(world, statement, world.rita);
    await expectAnswer(send(), 201);
    expect(await statusOf(world, skill)).toBe('in review');
    Object.assign(world.registry, { objects });
    return { skill, send };
  }

  const statusOf = async (
    world: Staffed,
    { manifest: { name, version } }: Skill,
  ): Promise<string> => (await bodyAt(world, `/api/v1/versions/${name}/${version}`)).status;

  it.each<[string, (world: Staffed, send: () => Promise<Answer>) => Promise<unknown>]>([
    ['the same approval comes again', (_, send) => send()],
    ['somebody asks for the status', (world) => world.send('/index/status.json')],
  ])('enters the index when %s', async (_, next) => {
    const world = await makeStaffedWorld();
    open.push(world);
    const { skill, send } = await approvedWhileBroken(world);
    world.wait(settlePauseMs);
    await next(world, send);
    await expect.poll(() => statusOf(world, skill)).toBe('approved');
    expect(world.stored.has(indexFileName(skill.manifest.name))).toBe(true);
    await expect.poll(() => world.registry.unsettled.size).toBe(0);
  });

  it('enters the index though nothing could be written behind the batch of its approval', async () => {
    const world = await makeStaffedWorld();
    open.push(world);
    const skill = await inReview(world);
    const { statement } = await draftOf(world, skill, { keyId: world.rita.keyId });
    const fault = failWrite(world.registry, 1, { forGood: true });
    await expectAnswer(state(world, statement, world.rita), 201);
    expect(await statusOf(world, skill)).toBe('in review');
    fault.mend();
    world.wait(settlePauseMs);
    await world.send('/index/status.json');
    await expect.poll(() => statusOf(world, skill)).toBe('approved');
  });

  it('keeps nobody waiting who asks for the status, or says another word, while the storage does not answer', async () => {
    const world = await makeStaffedWorld();
    open.push(world);
    const { skill } = await approvedWhileBroken(world);
    const { objects } = world.registry;
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const putAll: typeof objects.putAll = async (all) => {
      if ([...all.keys()].some((name) => name.startsWith('public/'))) await answered;
      return objects.putAll(all);
    };
    Object.assign(world.registry, { objects: { ...objects, putAll } });
    world.wait(settlePauseMs);
    await expectAnswer(world.send('/index/status.json'), 200);
    await expectAnswer((await acts['a claim of a scope'](world)).send(), 201);
    expect(await statusOf(world, skill)).toBe('in review');
    answer();
    await expect.poll(() => statusOf(world, skill)).toBe('approved');
  });

  it.each([
    ['is repeated after the log could not be written', 0],
    ['comes eight times at once', undefined],
  ])(
    'is approved by a passkey whose assertion %s, and no copy is suspected',
    async (_, failing) => {
      const world = await makeStaffedWorld();
      open.push(world);
      const { registry } = world;
      const { actor, ...signed } = await assertedBy(world);
      const ask = (): ReturnType<typeof approveByPasskey> =>
        approveByPasskey(registry, actor, signed);
      if (failing !== undefined) {
        const fault = failWrite(registry, failing);
        await expect(ask()).rejects.toThrow('the storage is busy');
        fault.mend();
      }
      const all = await Promise.all(Array.from({ length: 8 }, ask));
      expect(new Set(all.map(({ logIndex }) => logIndex)).size).toBe(1);
      expect(await countOf(world, predicateTypes.approval)).toBe(1);
    },
  );

  async function assertedBy(world: Staffed) {
    const { registry, trust, rita } = world;
    const passkey = testPasskey('rita');
    const enrolled = {
      nonce: freshNonce(),
      name: 'rita',
      roles: ['reviewer'],
      passkey: passkey.enrolled,
      state: 'enrolled',
    } as const;
    await state(world, memberStatement(enrolled), trust.administrator);
    const { credentialId } = passkey.enrolled;
    const skill = await inReview(world);
    const { statement, digest } = await draftOf(world, skill, { credentialId });
    const { credentialId: id, ...response } = passkey.assert(approvalChallenge(statement));
    const assertion = { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
    const actor = await actorOf(registry, { kind: 'key', keyId: rita.keyId });
    if (actor === undefined) throw new Error('no rita');
    const { name, version } = skill.manifest;
    return { actor, name, version, digest, assertion };
  }
});

describe('a publication that is in the log', () => {
  it('is answered as taken, and served, while the storage takes nothing behind its batch', async () => {
    const world = await makeStaffedWorld();
    open.push(world);
    const act = await acts['a publication'](world);
    const fault = failWrite(world.registry, 2, { forGood: true });
    const { status, body } = await act.send();
    expect(status).toBe(201);
    const [{ logIndex, digest }] = body.statements;
    const served = await world.send(`/log/statements/${logIndex}`);
    expect(digestOf(new Uint8Array(await served.arrayBuffer()))).toBe(digest);
    expect(world.stored.has(storedBlobName(digest))).toBe(false);
    fault.mend();
    const refusals = await rowsOf(
      world,
      audit,
      and(isNull(audit.versionId), eq(audit.kind, 'refused-intake')),
    );
    expect(refusals).toEqual([]);
  });

  it('that was refused is answered so when the audit line cannot be written', async () => {
    const world = await makeStaffedWorld();
    open.push(world);
    const skill = makeSkill('@acme/new', '1.0.0');
    await publishIn(world, skill);
    const fault = failWrite(world.registry, 0, { forGood: true });
    await expectAnswer(publishIn(world, skill), 409, 'version-exists');
    fault.mend();
    expect(world.errors).not.toEqual([]);
  });
});

describe('a scan report', () => {
  it('of two that policy asks for leaves its version waiting for nobody, whatever write fails once', async () => {
    for (let nth = 0; ; nth++) {
      const world = await makeStaffedWorld({ policy: { ...defaultPolicy, scanners: 2 } });
      open.push(world);
      const other = makeKey();
      await enrol(world, world.trust.administrator, {
        name: 'elsewhere',
        roles: ['scanner'],
        key: other,
      });
      const act = await acts['a scan report'](world);
      const fault = failWrite(world.registry, nth);
      await act.send();
      fault.mend();
      await act.send();
      world.wait(settlePauseMs);
      await world.send('/index/status.json');
      const token = await signIn(world, other);
      const lease = () => leaseJob(world, token, { ruleSet });
      await expect.poll(lease, { message: `a job after write ${nth}` }).not.toBeNull();
      if (!fault.failed()) return;
    }
  });
});
