/** A registry with a version in each state that public pages show. */
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { makeSkill, publishApproved, publishScanned, type Skill, state } from '../road.ts';
import { callAs } from '../steps.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';

/** Words of unapproved skills, which no page may have. */
export const secretWords = 'zebra quarry';

/** `@acme/report` has two approved versions; each other skill is named for its state. */
export async function makePublicStory(): Promise<Staffed> {
  const world = await makeStaffedWorld();
  await publishApproved(world, makeSkill('@acme/report', '1.0.0'));
  await publishApproved(world, makeSkill('@acme/report', '1.1.0', { capabilities: asked }));
  const of = (state: string): Skill =>
    makeSkill(`@acme/${state}`, '1.0.0', {
      files: {
        'SKILL.md': `---\nname: ${state}\ndescription: ${secretWords}.\n---\n${secretWords}\n`,
      },
    });
  const revoked = of('revoked');
  await publishApproved(world, revoked);
  await publishScanned(world, of('waiting'));
  await publishScanned(world, of('held'), { verdict: 'block' });
  await publishScanned(world, of('refused'));
  await callAs(world, 'rita', '/api/v1/reviews/@acme/refused/1.0.0/move', {
    to: 'refused',
    reason: 'it has no use',
  });
  const stop = revocationStatement({
    registry: registryIdOf(world.registry.root),
    reason: 'it sends keys away',
    kind: 'revoked',
    target: { bundle: revoked.packed.digest },
    nonce: freshNonce(),
  });
  await state(world, stop, world.rita);
  await renewSkills(world.registry);
  return world;
}

const asked = {
  env: [{ name: 'TZ', why: 'dates the report' }],
  egress: [{ url: 'https://api.crm.example/v2/*', methods: ['GET'], why: 'reads deals' }],
};
