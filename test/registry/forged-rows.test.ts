import { describe, expect, it } from 'vitest';
import { refreshStatus } from '../../registry/index/status-json.ts';
import { append } from '../../registry/log/sequencer.ts';
import { readIdentities } from '../../registry/people/identities.ts';
import { storedBlobName } from '../../registry/store/objects.ts';
import { capabilityDigest, noCapabilities } from '../../skills-index/skill/capability.ts';
import { type Digest, hexOf } from '../../skills-index/skill/digest.ts';
import { parseScope, purlOf } from '../../skills-index/skill/name.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { type Statement, scopeStatement } from '../../skills-index/statement/attestation.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import {
  approvalStatement,
  publishStatement,
  scanStatement,
  verificationSummaryStatement,
} from '../../skills-index/statement/version-statement.ts';
import { type Decision, decide } from '../../skills-index/trust/decision/decision.ts';
import { defaultPolicy, policyDigest } from '../../skills-index/trust/policy/policy.ts';
import { makeKey, type TestKey } from './people.ts';
import { aboutOf, call, makeReport, makeSkill, ruleSet, scanPredicate } from './road.ts';
import { expectAnswer, publishIn, reviewerStatement } from './steps.ts';
import { oneWorld } from './world.ts';

/**
 * Who plays which part in a version that is written into the database row by row, the registry's
 * own keys in hand.
 */
interface Cast {
  readonly owner: TestKey;
  readonly reviewer: TestKey;
  readonly extra: readonly (readonly [Statement, TestKey])[];
}

describe('rows that somebody wrote straight into the database', () => {
  const world = oneWorld();
  const mallory = makeKey();

  /** Logs a statement past every check. */
  const forge = async (
    statement: Statement,
    key: Pick<TestKey, 'keyId' | 'publicKey' | 'sign'>,
  ): Promise<Digest> => {
    const envelope = await signStatement(statement, key);
    const signer = { keyId: key.keyId, spki: key.publicKey };
    const statements = [{ statement, envelope, signer }];
    const { logged } = await append(world.registry, { statements, writes: () => [] });
    if (logged?.[0] === undefined) throw new Error('not logged');
    return logged[0].digest;
  };

  const decideOn = async (version: string, { owner, reviewer, extra }: Cast): Promise<Decision> => {
    const { registry } = world;
    const skill = makeSkill('@acme/forged', version);
    const { packed, manifest } = skill;
    const about = aboutOf(skill);
    const report = makeReport(skill, 'pass');
    const identities: Digest[] = [];
    for (const [statement, key] of extra) identities.push(await forge(statement, key));
    const published = await forge(publishStatement(about, { manifest, tool: 't' }), owner);
    const scan = scanPredicate(report);
    const scanned = await forge(scanStatement(about, scan), world.scanner);
    const approval = approvalStatement(about, {
      name: manifest.name,
      version: manifest.version,
      bundle: packed.digest,
      capabilities: noCapabilities,
      capabilityDigest: capabilityDigest(noCapabilities),
      scanReport: scan.report,
      ruleSet,
      policy: policyDigest(defaultPolicy),
      reviewer: { member: reviewer === mallory ? 'mallory' : 'rita', keyId: reviewer.keyId },
      reason: 'r',
      nonce: 'bm9uY2Utbm9uY2Utbm9uY2U',
      expires: '2027-01-01T00:00:00.000Z',
      independent: true,
    });
    const approved = await forge(approval, reviewer);
    const inputs = [published, scanned, approved].map(hexOf).sort();
    const summary = await forge(
      verificationSummaryStatement(about, {
        verifier: { id: 'http://localhost' },
        timeVerified: registry.now().toISOString(),
        resourceUri: purlOf(manifest.name, manifest.version),
        policy: { digest: { sha256: hexOf(policyDigest(defaultPolicy)) } },
        inputAttestations: inputs.map((sha256) => ({ digest: { sha256 } })),
        verificationResult: 'PASSED',
        verifiedLevels: [],
      }),
      registry.keys.registry,
    );
    const checkpoint = await (await world.send('/log/checkpoint')).text();
    const honest = (await honestIdentities()).filter((digest) => !identities.includes(digest));
    const line = {
      schema: 'skillgate.index/1',
      name: manifest.name,
      version: manifest.version,
      bundle: packed.digest,
      description: 'Counts words.',
      capabilities: noCapabilities,
      requires: {},
      publisher: owner.keyId,
      statements: [...honest, ...identities, published, scanned, approved, summary].sort(),
      logIndex: Number(checkpoint.split('\n')[1]) - 1,
    } as const;
    const bytesOf = (digest: Digest): Uint8Array =>
      world.stored.get(storedBlobName(digest)) ?? Buffer.alloc(0);
    return decide({
      root: world.trust.root,
      policy: defaultPolicy,
      now: registry.now().getTime(),
      line,
      statements: new Map(line.statements.map((digest) => [digest, bytesOf(digest)])),
      bundle: packed.bytes,
      report: Buffer.from(canonicalJson(report)),
      files: new Map(packed.contents),
      statuses: [await refreshStatus(registry)],
    });
  };

  const honestIdentities = async (): Promise<Digest[]> => {
    const { chain, statements } = await readIdentities(world.registry, {
      scopes: [parseScope('acme')],
    });
    const ignored = new Set(chain.ignored.map(({ digest }) => digest));
    return statements.flatMap(({ digest }) => (ignored.has(digest) ? [] : [digest]));
  };

  it('are admitted where each part was signed by who may sign it (so the test tests what it says)', async () => {
    const decision = await decideOn('1.0.0', {
      owner: world.author,
      reviewer: world.rita,
      extra: [],
    });
    expect(decision.kind === 'refused' ? decision.reasons : []).toEqual([]);
  });

  it('make nobody a reviewer', async () => {
    const enrolment = reviewerStatement('mallory', { key: mallory.open });
    for (const [version, signer] of [
      ['1.0.1', mallory],
      ['1.0.2', { ...world.registry.keys.registry, open: mallory.open, pem: '' }],
    ] as const) {
      const decision = await decideOn(version, {
        owner: world.author,
        reviewer: mallory,
        extra: [[enrolment, signer]],
      });
      expect(decision.kind).toBe('refused');
      expect(JSON.stringify(decision)).toMatch(/approvals-missing|approval-invalid/);
    }
    await expectAnswer(
      call(world, '/api/v1/session/challenge', { json: { keyId: mallory.keyId } }),
      403,
    );
  });

  it('make nobody an owner of a scope', async () => {
    const claim = scopeStatement({ scope: parseScope('acme'), owners: [mallory.open] });
    const decision = await decideOn('1.0.3', {
      owner: mallory,
      reviewer: world.rita,
      extra: [[claim, mallory]],
    });
    expect(decision.kind).toBe('refused');
    expect(JSON.stringify(decision)).toMatch(/publisher-unknown/);
    await expectAnswer(publishIn(world, makeSkill('@acme/forged', '9.0.0'), mallory), 403);
  });
});
