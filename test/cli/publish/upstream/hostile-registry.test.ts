import { zipSync } from 'fflate';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Answers,
  address,
  filesOf,
  honest,
  listOf,
  type MirrorStage,
  makeMirrorStage,
} from './stub-registry.ts';

const good = { slug: 'good', ownerHandle: 'ann', versions: ['1.0.0'] };
const bad = { slug: 'bad', ownerHandle: 'eve', versions: ['1.0.0'] };
const files = filesOf('bad', '1.0.0');
const zipOf = (content: Record<string, Uint8Array>) => Buffer.from(zipSync(content));

/** As many bytes as the honest file has, and one word of them is another. */
const otherBytes = Buffer.from(String(files['SKILL.md']).replace('Count, as', 'Steal, as'));

/** What the registry answers about a version's files and for its archive. */
const version = (listed: unknown, archive?: unknown) => ({
  versions: { version: { files: listed } },
  download: archive,
});

const redirect = (location: string) => new Response(null, { status: 302, headers: { location } });

const endless = () =>
  new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.alloc(1024 * 1024, 32)),
    }),
  );

/** A zip archive whose headers say that its one file unpacks to `size` bytes. */
function lyingZip(size: number): Buffer {
  const zip = zipOf({ 'SKILL.md': Buffer.alloc(4 * 1024 * 1024) });
  zip.writeUInt32LE(size, 22);
  zip.writeUInt32LE(size, zip.lastIndexOf(Buffer.from('504b0102', 'hex')) + 24);
  return zip;
}

/** A zip archive with the honest file, and with other bytes under the same name. */
function twice(path: string, bytes: Uint8Array): Buffer {
  const other = `${path.slice(0, -1)}_`;
  const zip = zipOf({ ...files, [other]: bytes });
  return Buffer.from(zip.toString('latin1').replaceAll(other, path), 'latin1');
}

interface HostileAnswers {
  /** To requests for the skill, for its version, for the list of its versions, for its archive. */
  readonly skill?: unknown;
  readonly versions?: unknown;
  readonly list?: unknown;
  readonly download?: unknown;
}

const hostile: readonly [string, HostileAnswers, string, RegExp][] = [
  [
    'other bytes than it lists',
    version(listOf(files), zipOf({ 'SKILL.md': otherBytes })),
    'upstream-differs',
    /SKILL\.md.* does not have the digest that the registry lists/,
  ],
  [
    'a file more than it lists',
    version(listOf(files), zipOf({ ...files, 'run.sh': Buffer.from('id') })),
    'upstream-differs',
    /has "run\.sh", which the registry does not list/,
  ],
  [
    'a file twice',
    version(listOf(files), twice('SKILL.md', otherBytes)),
    'upstream-differs',
    /has "SKILL\.md" twice/,
  ],
  [
    'a file less than it lists',
    version([...listOf(files), ...listOf({ 'a.md': Buffer.from('a') })], zipOf(files)),
    'upstream-differs',
    /lacks "a\.md"/,
  ],
  [
    'a path outside of the skill',
    version(listOf({ ...files, '../../.bashrc': Buffer.from('id') })),
    'upstream-invalid',
    /can have a file "\.\.\/\.\.\/\.bashrc"/,
  ],
  ['no digests', version([{ path: 'SKILL.md', size: 3 }]), 'upstream-invalid', /sha256/],
  [
    'a bomb',
    version(listOf(files), zipOf({ 'SKILL.md': Buffer.alloc(80 * 1024 * 1024) })),
    'upstream-invalid',
    /archive/,
  ],
  [
    'a bomb that says it is small',
    version(listOf(files), lyingZip(files['SKILL.md']?.length ?? 0)),
    'upstream-invalid',
    /does not unpack to what the directory says/,
  ],
  [
    'a huge file in its list',
    version([{ path: 'SKILL.md', size: 1e12, sha256: 'a'.repeat(64) }]),
    'upstream-invalid',
    /1000000000000 bytes/,
  ],
  ['no archive', version(listOf(files), Buffer.from('PK')), 'upstream-invalid', /zip/],
  [
    'a redirect to a private address',
    { skill: redirect('http://169.254.169.254/latest') },
    'upstream-failed',
    /redirects to http:\/\/169\.254\.169\.254/,
  ],
  [
    'a redirect to another port of its host',
    { skill: redirect('http://127.0.0.1:22/') },
    'upstream-failed',
    /redirects to http:\/\/127\.0\.0\.1:22/,
  ],
  ['an answer without end', { skill: endless() }, 'upstream-failed', /more than \d+ bytes/],
  ['an archive without end', { download: endless() }, 'upstream-failed', /more than \d+ bytes/],
  [
    'an answer that is no JSON',
    { skill: Buffer.from('\u001b[2J<html>') },
    'upstream-invalid',
    /it is not JSON/,
  ],
  [
    'the same page of versions again and again',
    { list: { items: [], nextCursor: 'again' } },
    'upstream-invalid',
    /names a page twice/,
  ],
  [
    'malware, as it says itself',
    { skill: { moderation: { isMalwareBlocked: true } } },
    'upstream-blocked',
    /as malware/,
  ],
  [
    'an owner with control characters',
    { skill: { owner: { handle: '\u001b]0;x\u0007' } } },
    'upstream-invalid',
    /is no name of an owner/,
  ],
];

/** One registry with a skill for each of the hostile answers, and with one honest skill. */
function hostileRegistry(): Answers {
  const skills = hostile.map((_, at) => ({ ...bad, slug: `bad-${at}` }));
  const plain = honest([...skills, good]);
  return (path, query) => {
    const [, slug, versions, number] = path.split('/');
    const [, at] = /^bad-(\d+)$/.exec(slug ?? query.get('slug') ?? '') ?? [];
    const [, answers] = hostile[Number(at)] ?? [];
    if (answers === undefined) return plain(path, query);
    const part =
      path === 'download'
        ? path
        : versions === undefined
          ? 'skill'
          : number === undefined
            ? 'list'
            : 'versions';
    return answers[part] ?? plain(path, query);
  };
}

/** A clock of this process that a test can advance. */
function lateClock(): { late: number } {
  const clock = { late: 0 };
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + clock.late);
  onTestFinished(() => void vi.restoreAllMocks());
  return clock;
}

const connected: string[] = [];
async function stageOf(): Promise<MirrorStage> {
  const stage = await makeMirrorStage(async (input) => {
    connected.push(String(input));
    return new Response('{}');
  });
  onTestFinished(() => stage.users.world.close());
  return stage;
}

it('a hostile registry loses its hostile skills alone, and reaches no other address and no terminal', async () => {
  const stage = await stageOf();
  stage.answer(hostileRegistry());
  const { exit, rows, text } = await stage.mirror();
  const outcomes = rows.map(({ code, name, outcome, reason }, at) => [
    hostile[at]?.[0],
    outcome,
    code ?? name,
    hostile[at]?.[3].test(reason ?? '') === false ? reason : 'as expected',
  ]);
  expect(outcomes).toEqual([
    ...hostile.map(([what, , code]) => [what, 'refused', code, 'as expected']),
    [undefined, 'taken', '@acme/good', 'as expected'],
  ]);
  expect(exit).toBe(6);
  expect(connected).toEqual([]);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
});

describe('a hostile list', () => {
  it('that names a page twice ends there: what it named before is copied, and nothing is deprecated', async () => {
    const stage = await stageOf();
    stage.answer(honest([bad]));
    await stage.mirror();
    await stage.approveAll();
    const plain = honest([good]);
    stage.answer((path, query) =>
      path === 'skills'
        ? { ...(plain(path, query) as object), nextCursor: 'again' }
        : path.startsWith('skills/bad')
          ? undefined
          : plain(path, query),
    );
    const { exit, rows } = await stage.mirror();
    expect(exit).toBe(6);
    expect(rows).toMatchObject([
      { outcome: 'taken', name: '@acme/good' },
      { outcome: 'refused', reason: expect.stringContaining('the list names a page twice') },
    ]);
  });

  it('of pages without end is left at its limit', async () => {
    const stage = await stageOf();
    let pages = 0;
    stage.answer((path) => {
      pages++;
      return path === 'skills' ? { items: [], nextCursor: String(pages) } : undefined;
    });
    const { rows } = await stage.mirror();
    expect(pages).toBe(2_000);
    expect(rows).toMatchObject([
      { outcome: 'refused', reason: expect.stringContaining('2000 pages') },
    ]);
  });

  it('that is slow leaves skills for the next run, and names each of them', async () => {
    const stage = await stageOf();
    const clock = lateClock();
    const skills = Array.from({ length: 9 }, (_, at) => ({ ...good, slug: `slow-${at}` }));
    const plain = honest(skills);
    stage.answer((path, query) => {
      if (path.startsWith('download')) clock.late = 7 * 3_600_000;
      return plain(path, query);
    });
    const { rows } = await stage.mirror();
    expect(rows).toHaveLength(skills.length);
    expect(rows[0]).toMatchObject({ outcome: 'taken', name: '@acme/slow-0' });
    expect(rows[8]).toMatchObject({
      outcome: 'refused',
      path: '@ann/slow-8',
      reason: `${address} was not asked: this run has taken 6 hours. The next run goes on`,
    });
  });

  it('of pages that each come slowly is left in time, and what was listed is copied next time', async () => {
    const stage = await stageOf();
    const clock = lateClock();
    const plain = honest([good]);
    let pages = 0;
    stage.answer((path, query) => {
      if (path !== 'skills') return plain(path, query);
      clock.late += 110_000;
      return { ...(plain(path, query) as object), nextCursor: String(pages++) };
    });
    const { rows } = await stage.mirror();
    expect(pages).toBe(Math.ceil((6 * 3_600) / 110));
    expect(rows).toMatchObject([
      { outcome: 'refused', path: '@ann/good', code: 'upstream-failed' },
      { outcome: 'refused', path: '.', code: 'upstream-failed' },
    ]);
    stage.answer(plain);
    expect((await stage.mirror()).rows).toMatchObject([{ outcome: 'taken', name: '@acme/good' }]);
  });

  it('with names of a whole page is refused', async () => {
    const stage = await stageOf();
    const long = { slug: 'x'.repeat(301), ownerHandle: 'ann', latestVersion: null };
    stage.answer((path) => (path === 'skills' ? { items: [long], nextCursor: null } : undefined));
    expect((await stage.mirror()).rows).toMatchObject([
      { outcome: 'refused', path: '.', code: 'upstream-invalid' },
    ]);
  });

  it('that lacks a skill for which the registry then fails hides nothing of what was copied', async () => {
    const stage = await stageOf();
    stage.answer(honest([bad]));
    await stage.mirror();
    await stage.approveAll();
    const plain = honest([good]);
    stage.answer((path, query) =>
      path.startsWith('skills/bad') ? new Response('no', { status: 401 }) : plain(path, query),
    );
    const { exit, rows } = await stage.mirror();
    expect([exit, rows]).toMatchObject([
      6,
      [
        { outcome: 'taken', name: '@acme/good' },
        { outcome: 'refused', path: 'bad', code: 'upstream-failed' },
      ],
    ]);
  });

  it('with a million versions of a skill gives the newest ones alone', async () => {
    const stage = await stageOf();
    const plain = honest([bad]);
    let pages = 0;
    stage.answer((path, query) => {
      if (path !== 'skills/bad/versions') return plain(path, query);
      pages++;
      const items = Array.from({ length: 1000 }, (_, at) => ({
        version: `1.${1000 - pages}.${1000 - at}`,
      }));
      return { items, nextCursor: String(pages) };
    });
    const { rows } = await stage.mirror({ versions: 2 });
    expect(pages).toBe(1);
    expect(rows.map(({ version }) => version)).toEqual(['1.999.999', '1.999.1000']);
  });

  it('with names that are no names, or that two owners have, copies none of them', async () => {
    const stage = await stageOf();
    const twins = ['ann', 'eve'].map((ownerHandle) => ({ ...good, ownerHandle }));
    stage.answer(honest([...twins, { slug: '../x', versions: ['1.0.0'] }]));
    const { rows, text } = await stage.mirror();
    expect(rows.map(({ code }) => code)).toEqual(['name-taken', 'name-taken', 'name-invalid']);
    expect(text).toContain('Several owners have a skill good');
  });

  it('gives no other owner’s versions to a skill that is here', async () => {
    const stage = await stageOf();
    stage.answer(honest([good]));
    await stage.mirror();
    const stolen = { ...good, ownerHandle: 'eve', versions: ['9.9.9', '1.0.0'] };
    stage.answer(honest([stolen]));
    const { rows } = await stage.mirror();
    expect(rows).toMatchObject([
      { outcome: 'refused', code: 'name-taken', reason: expect.stringContaining('@ann/good') },
    ]);
    stage.answer(honest([stolen, { ...good, versions: ['1.1.0', '1.0.0'] }]));
    expect((await stage.mirror()).rows).toMatchObject([
      { outcome: 'refused', code: 'name-taken' },
      { outcome: 'taken', version: '1.1.0' },
    ]);
  });
});
