import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { changedSkills, skills } from '../../../registry/catalogue/plugin-packages.ts';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import {
  findSkill,
  noneHidden,
  skillsByName,
  skillsByShortName,
  skillsByTime,
} from '../../../registry/catalogue/visible-skills.ts';
import { indexLines } from '../../../registry/store/schema.ts';
import { parseScope, type SkillName } from '../../../skills-index/skill/name.ts';
import { adviceStatement } from '../../../skills-index/statement/attestation.ts';
import { freshNonce } from '../../nonce.ts';
import { failWrite } from '../failing-write.ts';
import { makeSkill, publishApproved, type Skill, state } from '../road.ts';
import { expectAnswer, publishIn, stopIn } from '../steps.ts';
import { eachWorld } from '../world.ts';

const world = eachWorld();

async function release(name: string, version: string): Promise<Skill> {
  const skill = makeSkill(name, version);
  await publishApproved(world, skill);
  return skill;
}

async function say(kind: 'suspended' | 'lifted', target: { bundle: Skill['packed']['digest'] }) {
  await expectAnswer(stopIn(world, kind, target), 201);
}

async function advise({ manifest: { name, version } }: Skill, kind: 'yanked' | 'unyanked') {
  const advice = { name, version, kind, reason: 'a test', nonce: freshNonce() };
  await expectAnswer(state(world, adviceStatement(advice), world.author), 201);
}

async function offered(name = '@acme/one'): Promise<string | undefined> {
  while (await renewSkills(world.registry));
  return (await findSkill(world.registry, name as SkillName))?.version;
}

describe('the offered version of a skill', () => {
  it('is the highest approved one, whatever came last', async () => {
    expect(await offered()).toBeUndefined();
    await release('@acme/one', '2.0.0');
    await release('@acme/one', '1.9.9');
    expect(await offered()).toBe('2.0.0');
    const late = makeSkill('@acme/one', '3.0.0');
    await publishIn(world, late);
    expect(await offered()).toBe('2.0.0');
  });

  it('is a prerelease only where the skill has nothing else', async () => {
    await release('@acme/one', '1.0.0-rc.1');
    await release('@acme/one', '1.0.0-rc.2');
    expect(await offered()).toBe('1.0.0-rc.2');
    await release('@acme/one', '0.9.0');
    expect(await offered()).toBe('0.9.0');
  });

  it('is no stopped and no yanked one, and comes back with the lift and the unyank', async () => {
    const first = await release('@acme/one', '1.0.0');
    const second = await release('@acme/one', '2.0.0');
    await say('suspended', { bundle: second.packed.digest });
    expect(await offered()).toBe('1.0.0');
    await advise(first, 'yanked');
    expect(await offered()).toBeUndefined();
    await advise(first, 'unyanked');
    expect(await offered()).toBe('1.0.0');
    await say('lifted', { bundle: second.packed.digest });
    expect(await offered()).toBe('2.0.0');
  });

  it('is not shown from the stop on, before its row is renewed', async () => {
    const skill = await release('@acme/one', '1.0.0');
    expect(await offered()).toBe('1.0.0');
    await say('suspended', { bundle: skill.packed.digest });
    expect(await findSkill(world.registry, skill.manifest.name)).toBeUndefined();
    expect(await skillsByName(world.registry, {})).toEqual({ skills: [] });
    expect(await skillsByTime(world.registry, { hidden: noneHidden })).toEqual({ skills: [] });
  });

  it('is not lost where the write of its row fails once', async () => {
    await release('@acme/one', '1.0.0');
    const storage = failWrite(world.registry, 0);
    await expect(renewSkills(world.registry)).rejects.toThrow();
    storage.mend();
    expect(await offered()).toBe('1.0.0');
  });

  it('stays the highest behind more versions than a renewal looks at', async () => {
    await release('@acme/one', '2.0.0');
    expect(await offered()).toBe('2.0.0');
    for (const version of ['1.0.0', '1.0.1']) await release('@acme/one', version);
    await renewSkills(world.registry, 1);
    expect(await offered()).toBe('2.0.0');
    await world.registry.db.read.delete(skills).where(eq(skills.name, '@acme/one' as SkillName));
    await world.registry.db.read.insert(changedSkills).values({ name: '@acme/one' as SkillName });
    await renewSkills(world.registry, 1);
    expect(await offered()).toBe('1.0.1');
  });
});

it('lists skills by name and by time, page by page', async () => {
  for (const name of ['@acme/b', '@acme/a', '@acme/c']) {
    await release(name, '1.0.0');
    world.wait(1_000);
  }
  await offered();
  const names = ({ skills: list }: { skills: readonly { name: string }[] }) =>
    list.map(({ name }) => name);
  expect(names(await skillsByName(world.registry, {}))).toEqual(['@acme/a', '@acme/b', '@acme/c']);
  expect(names(await skillsByName(world.registry, { after: '@acme/a' as SkillName }))).toEqual([
    '@acme/b',
    '@acme/c',
  ]);
  expect(names(await skillsByTime(world.registry, { hidden: noneHidden }))).toEqual([
    '@acme/c',
    '@acme/a',
    '@acme/b',
  ]);
});

it('names no hidden skill as the place of the next page', async () => {
  for (const name of ['@acme/aa', '@acme/ab']) await release(name, '1.0.0');
  await offered();
  const { registry } = world;
  const shown = await skillsByTime(registry, { hidden: noneHidden, limit: 1 });
  expect(shown.next).toBeDefined();
  for (const hidden of [
    { scopes: [parseScope('acme')], only: false },
    { scopes: [parseScope('other')], only: true },
    { scopes: [], only: true },
  ]) {
    expect(await skillsByTime(registry, { hidden, limit: 1 })).toEqual({ skills: [] });
    expect(await skillsByShortName(registry, 'a', { hidden, limit: 1 })).toEqual({ skills: [] });
  }
});

it('offers no skill whose index line cannot be read, and says so', async () => {
  const reports: unknown[] = [];
  world.registry.reportPutOff = (error) => reports.push(error);
  await release('@acme/one', '1.0.0');
  expect(await offered()).toBe('1.0.0');
  const client = world.registry.db.read;
  await client.run(sql`DROP TRIGGER index_lines_no_update`);
  await client
    .update(indexLines)
    .set({ line: 'damaged' })
    .where(eq(indexLines.name, '@acme/one' as SkillName));
  await client.insert(changedSkills).values({ name: '@acme/one' as SkillName });
  expect(await offered()).toBeUndefined();
  expect(reports).toHaveLength(1);
});
