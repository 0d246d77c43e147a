import { expect, it } from 'vitest';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { pathOf } from './desk-visit.ts';
import { leaseJob, makeReport, publish, reportOn, type Skill, signPublication } from './road.ts';
import { callAs, deskOf, expectAnswer } from './steps.ts';
import { oneWorld } from './world.ts';

const world = oneWorld();

/**
 * Published without a skill.json, under a manifest that only the statement holds; the report knows
 * of nothing declared.
 */
async function publishInferred(): Promise<Skill> {
  const { send, author } = world;
  const files = [
    { path: 'SKILL.md', bytes: Buffer.from('---\nname: t\ndescription: d\n---\nx\n'), mode: 0o644 },
  ];
  const packed = packBundle(files);
  const capabilities = {
    egress: [{ url: 'http://quiet.example/*', methods: ['POST'], why: 'w' }],
    mount: [{ source: 'workspace:', target: '/all', mode: 'rw', why: 'w' }],
  };
  const manifest = parseManifest(
    Buffer.from(JSON.stringify({ name: '@acme/t', version: '1.0.0', capabilities })),
  );
  const skill = { files, packed, manifest };
  const envelope = await signPublication(skill, author, { inferred: true });
  await expectAnswer(publish(send, skill, author, { envelope }), 201);
  const none = {
    observed: noCapabilities,
    declared: noCapabilities,
    undeclared: noCapabilities,
    unused: noCapabilities,
  };
  const report = { ...makeReport(skill, 'pass'), capabilities: none };
  const by = { token: world.tokens.scanner, key: world.scanner };
  const job = await leaseJob(world, by.token);
  await expectAnswer(reportOn(world, by, job, [skill, report]), 200);
  return skill;
}

it('shows and counts the capabilities of a manifest that nobody wrote, and says that nobody did', async () => {
  const skill = await publishInferred();
  const { html } = await (await deskOf(world, 'rita')).get(pathOf(skill));
  expect(html).toContain('quiet[.]example');
  expect(html).toContain('inferred, not confirmed by a person');
  expect(html).toMatch(/<b>0 undeclared<\/b>, 0 declared and used,\s*2 declared and never seen/);
  const { reviews } = (await callAs(world, 'rita', '/api/v1/reviews')).body;
  expect(reviews[0].risk.parts.map((part: { name: string }) => part.name)).toContain('reach');
});
