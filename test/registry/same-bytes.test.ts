import { describe, expect, it } from 'vitest';
import { packBundle } from '../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../skills-index/skill/manifest.ts';
import { parseScope } from '../../skills-index/skill/name.ts';
import { scopeStatement } from '../../skills-index/statement/attestation.ts';
import { makeKey } from './people.ts';
import { publish, type Skill, signPublication, state } from './road.ts';
import { approveIn, bodyAt, expectAnswer, scanIn, stopStatement } from './steps.ts';
import { eachWorld, type Staffed } from './world.ts';

const files = [
  { path: 'SKILL.md', bytes: Buffer.from('---\nname: t\ndescription: d\n---\nx\n'), mode: 0o644 },
];

/**
 * The same bytes under another number: without a skill.json nothing in the bundle names the
 * version.
 */
function sameBytesAs(version: string, name = '@acme/t'): Skill {
  const manifest = parseManifest(Buffer.from(JSON.stringify({ name, version })));
  return { files, packed: packBundle(files), manifest };
}

async function publishInferred(
  { send }: Staffed,
  skill: Skill,
  author: Staffed['author'],
): ReturnType<typeof publish> {
  const envelope = await signPublication(skill, author, { inferred: true });
  return publish(send, skill, author, { envelope });
}

describe('a version whose bytes another number has, too', () => {
  const world = eachWorld({}, async () => {
    for (const version of ['1.0.0', '1.0.1']) {
      const skill = sameBytesAs(version);
      await publishInferred(world, skill, world.author);
      await scanIn(world, skill);
      await expectAnswer(approveIn(world, skill), 201);
    }
  });

  const say = async (
    kind: 'suspended' | 'lifted' | 'revoked',
    version: string,
  ): Promise<number> => {
    const { name, version: number } = sameBytesAs(version).manifest;
    const target = { name, version: number };
    const said = stopStatement(kind, target, `${kind} ${version}`);
    return (await state(world, said, world.rita)).status;
  };
  const states = async (): Promise<Record<string, string>> => {
    const { versions } = await bodyAt(world, '/api/v1/versions/@acme/t');
    return Object.fromEntries(
      versions.map((one: { version: string; status: string }) => [one.version, one.status]),
    );
  };

  it('stays revoked when another number of the same bytes is suspended and lifted', async () => {
    expect(await say('revoked', '1.0.0')).toBe(201);
    expect(await say('suspended', '1.0.1')).toBe(201);
    expect(await states()).toEqual({ '1.0.0': 'revoked', '1.0.1': 'suspended' });
    expect(await say('lifted', '1.0.1')).toBe(201);
    expect(await states()).toEqual({ '1.0.0': 'revoked', '1.0.1': 'approved' });
  });

  it('is stopped under every number when the statement names the bytes', async () => {
    const target = { bundle: sameBytesAs('1.0.0').packed.digest };
    const said = stopStatement('revoked', target);
    await expectAnswer(state(world, said, world.rita), 201);
    expect(await states()).toEqual({ '1.0.0': 'revoked', '1.0.1': 'revoked' });
  });

  it('is no stranger’s to stop: the same bytes are not published under another scope, where their end would reach these', async () => {
    const mallory = makeKey();
    const claim = scopeStatement({ scope: parseScope('mallory'), owners: [mallory.open] });
    await expectAnswer(state(world, claim, mallory), 201);
    const copied = await publishInferred(world, sameBytesAs('1.0.0', '@mallory/t'), mallory);
    await expectAnswer(copied, 409, 'bundle-taken');
    expect(copied.body.detail).toContain('@acme/t has exactly the same files');
  });
});
