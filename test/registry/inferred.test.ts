import { afterAll, beforeAll, expect, it } from 'vitest';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { noCapabilities } from '../../skills-index/skill/capability.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { pathOf, signedIn } from './desk-visit.ts';
import { call, makeReport, publish, type Skill, signPublication, signReport } from './road.ts';
import { makeStaffedWorld, type Staffed } from './world.ts';

let world: Staffed;
beforeAll(async () => {
  world = await makeStaffedWorld();
});
afterAll(() => world.close());

/**
 * Published without a skill.json, under a manifest that only the statement holds; the report knows
 * of nothing declared.
 */
async function publishInferred(): Promise<Skill> {
  const { send, author, scanner, tokens } = world;
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
  expect((await publish(send, skill, author, { envelope })).status).toBe(201);
  const none = {
    observed: noCapabilities,
    declared: noCapabilities,
    undeclared: noCapabilities,
    unused: noCapabilities,
  };
  const report = { ...makeReport(skill, 'pass'), capabilities: none };
  const { job } = (await call(send, '/api/v1/jobs/lease', { token: tokens.scanner, json: {} }))
    .body;
  const json = {
    lease: job.lease,
    envelope: await signReport(send, skill, report, scanner),
    report,
  };
  expect(
    (await call(send, `/api/v1/jobs/${job.id}/report`, { token: tokens.scanner, json })).status,
  ).toBe(200);
  return skill;
}

it('shows and counts the capabilities of a manifest that nobody wrote, and says that nobody did', async () => {
  const skill = await publishInferred();
  const { html } = await (await signedIn(world.send, world.tokens.rita)).get(pathOf(skill));
  expect(html).toContain('quiet[.]example');
  expect(html).toContain('inferred, not confirmed by a person');
  expect(html).toMatch(/<b>0 undeclared<\/b>, 0 declared and used,\s*2 declared and never seen/);
  const { reviews } = (await call(world.send, '/api/v1/reviews', { token: world.tokens.rita }))
    .body;
  expect(reviews[0].risk.parts.map((part: { name: string }) => part.name)).toContain('reach');
});
