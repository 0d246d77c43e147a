import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../registry/data-folder/data-folder.ts';
import { hexOf } from '../../skills-index/skill/digest.ts';
import {
  defaultPolicy,
  type Policy,
  policyDigest,
} from '../../skills-index/trust/policy/policy.ts';
import { pathOf } from './desk-visit.ts';
import { makeSkill, publishApproved, publishScanned, state } from './road.ts';
import { approveIn, bodyAt, deskOf, expectProblem, stopStatement } from './steps.ts';
import { makeStaffedWorld } from './world.ts';

const two = { total: 2, independent: 0 };
const strict: Policy = {
  ...defaultPolicy,
  approvals: { usual: two, high: { total: 2, independent: 2 } },
  programs: ['git'],
};

describe('the policy of an operator', () => {
  it('decides how many approve, stands by its digest in the verification summary, and the desk says why it wants more', async () => {
    const world = await makeStaffedWorld({ policy: strict });
    const { send } = world;
    const plain = makeSkill('@acme/plain', '1.0.0');
    const git = makeSkill('@acme/git', '1.0.0', {
      capabilities: { exec: [{ program: 'git', why: 'w' }] },
    });
    for (const skill of [plain, git]) {
      await publishApproved(world, skill);
      await approveIn(world, skill, { by: 'omar', independent: true });
    }
    const read = async (skill: typeof plain) =>
      await bodyAt(send, `/api/v1/versions${pathOf(skill)}`);
    expect(await read(plain)).toMatchObject({ status: 'approved', approvalsNeeded: two });
    expect(await read(git)).toMatchObject({
      status: 'in review',
      approvalsNeeded: { total: 2, independent: 2 },
    });
    const page = await (await deskOf(world, 'rita')).get(pathOf(git));
    expect(page.html).toContain(
      'More approvals than usual are needed, because <bdi>it starts git</bdi>.',
    );
    const { statements } = JSON.parse(await (await send('/index/@acme/plain')).text());
    const payloads = await Promise.all(
      statements.map(async (digest: string) => {
        const { dsseEnvelope } = JSON.parse(
          await (await send(`/blobs/sha256/${digest.slice(7)}`)).text(),
        );
        return JSON.parse(Buffer.from(dsseEnvelope.payload, 'base64').toString('utf8'));
      }),
    );
    const summary = payloads.find(
      ({ predicateType }) => predicateType === 'https://slsa.dev/verification_summary/v1',
    );
    expect(summary.predicate.policy).toEqual({ digest: { sha256: hexOf(policyDigest(strict)) } });
    world.close();
  });

  it('is read from policy.json; without one the usual holds, and one that cannot be read is replaced by none', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'skillgate-policy-'));
    expect(await readPolicy(dir)).toEqual(defaultPolicy);
    writeFileSync(join(dir, 'policy.json'), JSON.stringify(strict));
    expect(await readPolicy(dir)).toEqual(strict);
    for (const text of [
      '',
      '{}',
      JSON.stringify({ ...strict, approvals: { usual: { total: 0, independent: 0 }, high: two } }),
    ]) {
      writeFileSync(join(dir, 'policy.json'), text);
      await expectProblem(readPolicy(dir), 'json-invalid');
    }
    rmSync(dir, { recursive: true });
  });
});

describe('the desk', () => {
  it('says that nobody can approve what a stopped publisher sent', async () => {
    const world = await makeStaffedWorld();
    const skill = makeSkill('@acme/t', '1.0.0');
    await publishScanned(world, skill);
    const target = { publisher: world.author.keyId };
    await state(world, stopStatement('suspended', target, 'laptop lost'), world.omar);
    const page = await (await deskOf(world, 'rita')).get(pathOf(skill));
    expect(page.html).toMatch(
      /Nobody can approve this version: its publisher was suspended at log index \d+: laptop lost/,
    );
    world.close();
  });
});
