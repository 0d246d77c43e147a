import { beforeAll, describe, expect, it } from 'vitest';
import { nearCopies } from '../../../registry/review/near-copies.ts';
import {
  similarCandidatesMax,
  versionsPerBandMax,
} from '../../../registry/review/similarity-index.ts';
import { idOfVersion } from '../../../registry/store/columns/digest-column.ts';
import { requireVersion } from '../../../registry/versions/find-versions.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { signatureOf } from '../../../skills-index/skill/text/matching-parts.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { Verdict } from '../../../skills-index/statement/finding.ts';
import type { Visitor } from '../desk-visit.ts';
import { makeKey, type TestKey } from '../people.ts';
import { recordStatements } from '../query-plans.ts';
import {
  call,
  claimScope,
  leaseJob,
  makeReport,
  makeSkill,
  reportOn,
  type Skill,
  signIn,
  sketchOf,
} from '../road.ts';
import { callAs, deskOf, expectAnswer, publishIn, rowsOf, scanIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

const world = oneWorld();
let stranger: TestKey;
let rita: Visitor;
beforeAll(async () => {
  stranger = makeKey();
  await claimScope(world, 'other', stranger);
  rita = await deskOf(world, 'rita');
});

const words = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, i) => `w${from + i}${(from + i) % 10 === 9 ? '\n' : ' '}`,
  ).join('');
const skillOf = (name: string, version: string, text: string) =>
  makeSkill(name, version, {
    files: {
      'notes.md': text,
      'SKILL.md': `---\nname: ${name.split('/')[1]}\ndescription: x\n---\n# x\n`,
    },
  });

/** Publishes and reports as a scanner does; the text is what its signature is made of. */
async function scanned(skill: Skill, key: TestKey, verdict: Verdict): Promise<void> {
  // Who was first is told by the clock.
  world.wait(1_000);
  await expectAnswer(publishIn(world, skill, key), 201);
  await expectAnswer(scanIn(world, skill, verdict, [], { signature: sketchOf(skill) }), 200);
}

async function copiesOf(name: string, version: string) {
  const row = await requireVersion(world.registry, {
    name: parseSkillName(name),
    version: parseVersion(version),
  });
  return nearCopies(world.registry, row);
}

describe('near copies', () => {
  it('are those of somebody else, the likest first; an author’s own skills and updates are none', async () => {
    await scanned(skillOf('@acme/first', '1.0.0', words(0, 400)), world.author, 'pass');
    await scanned(skillOf('@acme/first', '1.1.0', words(0, 405)), world.author, 'pass');
    await scanned(skillOf('@acme/second', '1.0.0', words(0, 410)), world.author, 'pass');
    await scanned(skillOf('@other/first-again', '1.0.0', words(0, 402)), stranger, 'pass');
    expect(await copiesOf('@acme/first', '1.1.0')).toMatchObject([
      { name: '@other/first-again', earlier: false, knownBad: false },
    ]);
    const copies = await copiesOf('@other/first-again', '1.0.0');
    expect(copies.map(({ name, earlier, knownBad }) => [name, earlier, knownBad])).toEqual([
      ['@acme/first', true, false],
      ['@acme/second', true, false],
    ]);
    expect(copies.every(({ likeness }) => likeness > 0.9 && likeness <= 1)).toBe(true);
  });

  it('of what was held back are found whoever publishes them', async () => {
    await scanned(skillOf('@other/bad', '1.0.0', words(5_000, 5_400)), stranger, 'block');
    await scanned(skillOf('@other/good', '1.0.0', words(5_000, 5_405)), stranger, 'pass');
    expect(await copiesOf('@other/good', '1.0.0')).toMatchObject([
      { name: '@other/bad', status: 'quarantined', knownBad: true },
    ]);
  });

  it('of what a scan blocked are found after the author withdrew it', async () => {
    await scanned(skillOf('@other/gone', '1.0.0', words(7_000, 7_400)), stranger, 'block');
    const token = await signIn(world, stranger);
    const path = '/api/v1/reviews/@other/gone/1.0.0/withdraw';
    await expectAnswer(call(world, path, { token, json: {} }), 200);
    await scanned(skillOf('@other/again', '1.0.0', words(7_000, 7_405)), stranger, 'pass');
    expect(await copiesOf('@other/again', '1.0.0')).toMatchObject([
      { name: '@other/gone', status: 'withdrawn', knownBad: true },
    ]);
  });

  it('are said at the desk with both texts side by side, and raise the risk', async () => {
    const page = (await rita.get('/@other/good/1.0.0')).html;
    expect(page).toContain('Nearly the same as a version that the registry held back or revoked');
    const section = page.split('<section id="copies"')[1]?.split('<section')[0] ?? '';
    expect(section).toMatch(/<a href="\/review\/@other\/bad\/1\.0\.0">/);
    expect(section.match(/<pre /g)).toHaveLength(2);
    expect(section.match(/w5000 w5001/g)).toHaveLength(2);
    expect(page).toMatch(
      /<b>copy 40<\/b> The skill is nearly the same as 1 version that the registry held back or revoked\./,
    );
    expect((await rita.get('/@other/first-again/1.0.0')).html).toMatch(
      /<b>copy 15<\/b> The skill is nearly the same as 2 skills of somebody else\./,
    );
  });

  it('show no more of a line than a person reads', async () => {
    const line = words(70_000, 72_000).replaceAll('\n', ' ');
    await scanned(skillOf('@acme/long', '1.0.0', line), world.author, 'pass');
    await scanned(skillOf('@other/long-again', '1.0.0', `${line}more`), stranger, 'pass');
    const page = (await rita.get('/@other/long-again/1.0.0')).html;
    const section = page.split('<section id="copies"')[1]?.split('<section')[0] ?? '';
    expect(section.match(/[\d,]+ further characters/g)).toHaveLength(2);
    expect(section.length).toBeLessThan(5_000);
  });

  it('are not found in what is only a little alike, nor where a scanner posts no sketch', async () => {
    await scanned(
      skillOf('@acme/third', '1.0.0', words(0, 60) + words(9_000, 9_400)),
      world.author,
      'pass',
    );
    await scanned(skillOf('@acme/tiny', '1.0.0', 'Say hello.'), world.author, 'pass');
    expect(await copiesOf('@acme/third', '1.0.0')).toEqual([]);
    expect(await copiesOf('@acme/tiny', '1.0.0')).toEqual([]);
    expect((await rita.get('/@acme/tiny/1.0.0')).html).not.toContain('id="copies"');
  });

  it.each([
    ['versions of one skill', (i: number) => ({ name: '@acme/flood', version: `1.0.${i}` })],
    ['skills of one author', (i: number) => ({ name: `@acme/flood-${i}`, version: '1.0.0' })],
  ])('are not hidden behind very many own %s', async (what, nameOf) => {
    const { similarityWrites } = await import('../../../registry/review/similarity-index.ts');
    const { versions } = await import('../../../registry/store/schema.ts');
    const from = what.startsWith('v') ? 50_000 : 60_000;
    const tag = what.slice(0, 3);
    await scanned(
      skillOf(`@other/first-${tag}`, '1.0.0', words(from, from + 405)),
      stranger,
      'pass',
    );
    await scanned(
      skillOf(`@acme/bad-${tag}`, '1.0.0', words(from, from + 406)),
      world.author,
      'block',
    );
    const copy = skillOf(`@acme/copy-${tag}`, '1.0.0', words(from, from + 400));
    await scanned(copy, world.author, 'pass');
    const row = await requireVersion(world.registry, {
      name: copy.manifest.name,
      version: copy.manifest.version,
    });
    const signature = signatureOf(
      copy.files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString() })),
    );
    if (signature === undefined) throw new Error('it says enough');
    for (let i = 0; i < 80; i++) {
      const { name, version } = nameOf(i);
      const own = {
        ...row,
        // Before all others.
        id: idOfVersion(i - from),
        name: parseSkillName(name),
        version: parseVersion(version),
      };
      const writes = await similarityWrites(world.registry, own, signature);
      await world.registry.db.batch([(db) => db.insert(versions).values(own), ...writes]);
    }
    expect((await copiesOf(copy.manifest.name, '1.0.0')).map(({ name }) => name)).toEqual([
      `@acme/bad-${tag}`,
      `@other/first-${tag}`,
    ]);
  });

  it('are found among more than a hundred, by statements that D1 takes', async () => {
    const { similarityWrites } = await import('../../../registry/review/similarity-index.ts');

    const { versions } = await import('../../../registry/store/schema.ts');
    const copy = skillOf('@acme/crowded', '1.0.0', words(80_000, 80_400));
    await scanned(copy, world.author, 'pass');
    const row = await requireVersion(world.registry, copy.manifest);
    const signature = signatureOf(
      copy.files.map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString() })),
    );
    if (signature === undefined) throw new Error('it says enough');
    const { seen, stop } = recordStatements();
    for (let i = 0; i < 2 * similarCandidatesMax; i++) {
      const name = parseSkillName(`@crowd-${i}/copy`);
      const held =
        i >= similarCandidatesMax ? ({ status: 'quarantined', verdict: 'block' } as const) : {};
      const other = {
        ...row,
        ...held,
        id: idOfVersion(100_000 + i),
        name,
        publisher: digestOf(`publisher ${i}`),
      };
      const writes = await similarityWrites(world.registry, other, signature);
      await world.registry.db.batch([(db) => db.insert(versions).values(other), ...writes]);
    }
    const copies = await copiesOf('@acme/crowded', '1.0.0').finally(stop);
    expect(copies).toHaveLength(5);
    expect(copies.every(({ knownBad, likeness }) => knownBad && likeness === 1)).toBe(true);
    expect([...seen].filter(([, wrong]) => wrong.length > 0)).toEqual([]);
  });

  it.each(['', 'mh1:3:AAAA', 7])('take no sketch of another form: %j', async (signature) => {
    const skill = skillOf('@acme/odd', `1.0.${String(signature).length}`, words(20_000, 20_100));
    await publishIn(world, skill);
    const by = { token: world.tokens.scanner, key: world.scanner };
    const job = await leaseJob(world, by.token);
    const report = makeReport(skill, 'pass');
    await expectAnswer(reportOn(world, by, job, [skill, report], { signature }), 400);
    const failed = { lease: job?.lease, reason: 'crash', detail: '' };
    await callAs(world, 'scanner', `/api/v1/jobs/${job?.id}/fail`, failed);
  });

  it('that very many are alike add no more than a bounded number of places to a lookup', async () => {
    const { similarityWrites } = await import('../../../registry/review/similarity-index.ts');

    const { sketchBands } = await import('../../../registry/store/similarity-schema.ts');
    const signature = signatureOf([{ path: 'a.md', text: words(30_000, 30_300) }]);
    if (signature === undefined) throw new Error('it says enough');
    const before = (await rowsOf(world, sketchBands)).length;
    for (let i = 0; i < versionsPerBandMax + 20; i++) {
      await world.registry.db.batch(
        await similarityWrites(world.registry, { id: idOfVersion(200_000 + i) }, signature),
      );
    }
    const rows = (await rowsOf(world, sketchBands)).length - before;
    expect(rows).toBe(21 * versionsPerBandMax);
  });
});
