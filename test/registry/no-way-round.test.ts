import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { states } from '../../registry/status.ts';
import { capabilityDigest, noCapabilities } from '../../skills-index/skill/capability.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { purlOf } from '../../skills-index/skill/name.ts';
import { approvalStatement, revocationStatement, verdictStatement } from '../../skills-index/statement/attestation.ts';
import { defaultPolicy, policyDigest } from '../../skills-index/trust/policy.ts';
import { freshNonce } from '../nonce.ts';
import type { TestKey } from './people.ts';
import { approve, call, makeReport, makeSkill, publish, type Skill, signReport, state } from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

const who = fc.constantFrom('author', 'scanner', 'rita', 'omar');
const step = fc.oneof(
  fc.record({ kind: fc.constant('scan'), who, verdict: fc.constantFrom('pass', 'review', 'block', 'incomplete') }),
  fc.record({ kind: fc.constant('approve'), who, independent: fc.boolean() }),
  fc.record({ kind: fc.constant('approve without a draft'), who }),
  fc.record({ kind: fc.constant('move'), who, to: fc.constantFrom(...states) }),
  fc.record({ kind: fc.constant('state'), who, what: fc.constantFrom('suspended', 'lifted', 'revoked') }),
  fc.record({ kind: fc.constant('verdict'), who }),
  fc.record({ kind: fc.constant('claim'), who }),
);

/** Half of the walks begin in review, where most of the ways round would be. */
const steps = fc.tuple(fc.boolean(), fc.array(step, { maxLength: 12 })).map(([scanned, rest]) => {
  return scanned ? [{ kind: 'scan', who: 'scanner', verdict: 'review' } as const, ...rest] : rest;
});

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never;

describe('a version that takes two approvals, one of them independent', () => {
  let world: Staffed;
  let count = 0;
  beforeAll(async () => {
    world = await makeStaffedWorld();
  });
  afterAll(() => world.close());

  const publishNext = async (): Promise<Skill> => {
    count += 1;
    const skill = makeSkill('@acme/walked', `1.0.${count}`, {
      capabilities: {
        secret: [{ name: 'TOKEN', hosts: ['api.crm.example'], as: 'bearer', why: 'w' }],
        egress: [{ url: 'https://api.crm.example/*', methods: ['GET'], why: 'w' }],
      },
    });
    expect((await publish(world.send, skill, world.author)).status).toBe(201);
    return skill;
  };

  const walk = async (skill: Skill, one: Step): Promise<void> => {
    const { send, tokens, registry } = world;
    const key: TestKey = world[one.who];
    const token = tokens[one.who];
    const { name, version } = skill.manifest;
    const about = { name, version, bundle: skill.packed.digest, files: skill.packed.bundle.files };
    switch (one.kind) {
      case 'scan': {
        const { job } = (await call(send, '/api/v1/jobs/lease', { token: tokens.scanner, json: {} })).body;
        const report = makeReport(skill, 'verdict' in one ? one.verdict : 'pass');
        const json = { lease: job?.lease ?? 'none', envelope: await signReport(skill, report, key), report };
        await call(send, `/api/v1/jobs/${job?.id ?? 'none'}/report`, { token, json });
        return;
      }
      case 'approve':
        await approve(send, token, key, skill, { independent: 'independent' in one && one.independent });
        return;
      case 'approve without a draft': {
        const approval = approvalStatement(about, {
          name,
          version,
          bundle: about.bundle,
          capabilities: noCapabilities,
          capabilityDigest: capabilityDigest(noCapabilities),
          scanReport: digestOf('none'),
          ruleSet: digestOf('none'),
          policy: policyDigest(defaultPolicy),
          reviewer: { member: one.who, keyId: key.keyId },
          reason: 'r',
          nonce: 'bm9uY2Utbm9uY2Utbm9uY2U',
          expires: '2027-01-01T00:00:00.000Z',
          independent: true,
        });
        await state(send, approval, key);
        return;
      }
      case 'move':
        await call(send, `/api/v1/reviews/${name}/${version}/move`, {
          token,
          json: { to: 'to' in one ? one.to : '', reason: 'r' },
        });
        return;
      case 'state':
        await state(
          send,
          revocationStatement({
            nonce: freshNonce(),
            kind: 'what' in one ? one.what : 'lifted',
            target: { name, version },
            reason: 'r',
          }),
          key,
        );
        return;
      case 'verdict': {
        const verdict = verdictStatement(about, {
          verifier: { id: 'http://localhost' },
          timeVerified: registry.now().toISOString(),
          resourceUri: purlOf(name, version),
          policy: { digest: { sha256: hexOf(policyDigest(defaultPolicy)) } },
          inputAttestations: [],
          verificationResult: 'PASSED',
          verifiedLevels: [],
        });
        await state(send, verdict, key);
        return;
      }
      case 'claim':
        await call(send, `/api/v1/reviews/${name}/${version}/claim`, { token, json: {} });
    }
  };

  it('is never approved by any sequence of calls that holds fewer', async () => {
    let approvedOnce = false;
    await fc.assert(
      fc.asyncProperty(steps, async (taken) => {
        const skill = await publishNext();
        for (const one of taken) await walk(skill, one);
        const { body } = await call(world.send, `/api/v1/versions/${skill.manifest.name}/${skill.manifest.version}`);
        const gone = body.history.some((move: { to: string }) => move.to === 'approved');
        const drafted = taken.filter((one) => one.kind === 'approve' && (one.who === 'rita' || one.who === 'omar'));
        const people = new Set(drafted.map((one) => one.who));
        const independent = drafted.some((one) => 'independent' in one && one.independent);
        if (gone) expect([people.size, independent]).toEqual([2, true]);
        if (gone) approvedOnce = true;
        const isIndexed = (await (await world.send(`/index/${skill.manifest.name}`)).text()).includes(
          `"${skill.manifest.version}"`,
        );
        expect(isIndexed).toBe(gone);
        // The next walk must find its own job at the head of the queue.
        for (let job = true; job; )
          job = (await call(world.send, '/api/v1/jobs/lease', { token: world.tokens.scanner, json: {} })).body.job !== null;
        expect(world.errors).toEqual([]);
      }),
      {
        numRuns: 25,
        examples: [
          [
            [
              { kind: 'scan', who: 'scanner', verdict: 'pass' },
              { kind: 'approve', who: 'rita', independent: false },
              { kind: 'approve', who: 'omar', independent: true },
            ],
          ],
        ],
      },
    );
    expect(approvedOnce).toBe(true);
  });
});
