/**
 * What level a verification summary states follows from who signed the provenance, and an installer
 * shows the same.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { fetchVersionEvidence } from '../../skills-index/client/registry-index.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { parseJson } from '../../skills-index/skill/text/json.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import { peekStatement } from '../../skills-index/statement/signature-formats/envelope.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { chainOf } from '../../skills-index/trust/decision/chain.ts';
import { type DecisionInput, decide } from '../../skills-index/trust/decision/decision.ts';
import { judge } from '../../skills-index/trust/decision/judge.ts';
import { defaultPolicy } from '../../skills-index/trust/policy/policy.ts';
import { somebody, someWorkflow, type TestClaims } from '../skills-index/story-sigstore.ts';
import {
  certify,
  claim,
  job,
  kim,
  provenanceOf,
  publication,
  sigstore,
  upload,
} from './certified-road.ts';
import { makeSkill, type Skill } from './road.ts';
import { approveIn, expectAnswer, scanIn } from './steps.ts';
import { oneWorld } from './world.ts';

const world = oneWorld({ sigstore: sigstore.trustedRoot });
beforeAll(async () => {
  await claim(world, 'kims', { owners: [kim], signer: certify(somebody) });
  await claim(world, 'ours', { owners: [kim], publishers: [job], signer: certify(somebody) });
});

async function release(
  skill: Skill,
  claims: TestClaims,
  withProvenance: boolean,
): Promise<DecisionInput> {
  const signer = certify(claims);
  const publish = await sigstore.say(publication(skill), signer);
  const provenance = withProvenance
    ? { provenance: await sigstore.say(provenanceOf(skill), signer) }
    : {};
  await expectAnswer(upload(world, skill, { publish, ...provenance }), 201);
  await scanIn(world, skill);
  await approveIn(world, skill);
  const base = 'http://localhost';
  const query = {
    fetch: (async (input) =>
      world.send(String(input).slice(base.length))) as typeof globalThis.fetch,
    store: memoryStore(),
    base,
    root: world.trust.root,
    now: world.registry.now().getTime(),
    name: skill.manifest.name,
    range: skill.manifest.version,
  };
  return {
    ...query,
    ...(await fetchVersionEvidence(query)),
    policy: defaultPolicy,
    sigstore: sigstore.trustedRoot,
  };
}

function levelsIn(input: DecisionInput): readonly string[] {
  return [...input.statements.values()].flatMap((bytes) => {
    const statement = peekStatement(
      parseSigstoreBundle(parseJson(bytes, 'statement').value).dsseEnvelope,
    );
    return statement.predicateType === predicateTypes.summary
      ? statement.predicate.verifiedLevels
      : [];
  });
}

describe('the levels that a verification summary states', () => {
  it.each<[string, string, TestClaims, boolean, readonly string[], number]>([
    ['a CI job with provenance', '@ours/a', someWorkflow, true, ['SLSA_BUILD_LEVEL_2'], 2],
    ['a CI job without', '@ours/b', someWorkflow, false, [], 0],
    ['a person with provenance', '@kims/c', somebody, true, ['SLSA_BUILD_LEVEL_1'], 1],
  ])('are those of %s', async (_, name, claims, withProvenance, words, slsaBuildLevel) => {
    const input = await release(makeSkill(name, '1.0.0'), claims, withProvenance);
    expect(levelsIn(input)).toEqual(words);
    expect(decide(input)).toMatchObject({ kind: 'admitted', slsaBuildLevel });
  });

  it('belong to a version that is refused where no Sigstore root is trusted, and the chain says which part fails', async () => {
    const { sigstore: _, ...input } = await release(
      makeSkill('@ours/d', '1.0.0'),
      someWorkflow,
      true,
    );
    expect(decide(input)).toMatchObject({ kind: 'refused' });
    expect(JSON.stringify(chainOf(judge(input)))).toContain('no Sigstore root is trusted here');
  });
});
