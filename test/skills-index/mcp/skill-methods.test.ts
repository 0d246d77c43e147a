import { describe, expect, it } from 'vitest';
import { type McpSkills, servedSkills } from '../../../cli/mcp/mcp-server.ts';
import type { Startable } from '../../../cli/run/start-skill.ts';
import { openSkill } from '../../../runner/admission/catalogue.ts';
import {
  type McpCall,
  mcpPageEntriesMax,
  mcpSkillBytesMax,
  mcpSkillFilesMax,
  mcpTextBytesMax,
  parseSkillUri,
  skillMethods,
  skillUri,
} from '../../../skills-index/mcp/skill-methods.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import { parseSkillName, type SkillName } from '../../../skills-index/skill/name.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const skillMd = (name: string, more = '') =>
  `---\nname: ${name}\ndescription: Writes “it”.\nmetadata:\n  team: sales\n${more}---\nRun report.\n`;

async function startableOf(
  name: SkillName,
  files: Record<string, string | Uint8Array>,
): Promise<Startable> {
  const packed = packBundle(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  const blobs = new Map(
    [...packed.contents.values(), packed.bytes].map((bytes) => [digestOf(bytes), bytes]),
  );
  const opened = await openSkill(
    packed.digest,
    async (digest) => blobs.get(digest) ?? new Uint8Array(),
  );
  return { admitted: { name, description: 'Writes “it”.' }, opened } as unknown as Startable;
}

async function skillsOf(
  wanted: Record<string, Record<string, string | Uint8Array>>,
): Promise<McpSkills & { opened: string[] }> {
  const starts = new Map<string, Startable>();
  for (const [name, files] of Object.entries(wanted))
    starts.set(name, await startableOf(parseSkillName(name), files));
  const opened: string[] = [];
  const find = async (name: string): Promise<Startable> => {
    const start = starts.get(name);
    if (start === undefined) throw new Problem('hold-unsupported', `Cannot use ${name}: no grant`);
    return start;
  };
  return {
    opened,
    all: async () => [...starts.values()],
    find,
    open: async (name, path = 'SKILL.md') => {
      opened.push(`${name} ${path}`);
      const start = await find(name);
      const bytes = await start.opened.read(path);
      return { name: parseSkillName(name), version: '1.0.0', path, bytes, files: [], commands: [] };
    },
  };
}

const ask = async (
  skills: McpSkills,
  method: string,
  params?: unknown,
  era: McpCall['era'] = 'modern',
) => {
  const answer = skillMethods[method];
  if (answer === undefined) throw new Error(`no method ${method}`);
  return JSON.parse(JSON.stringify(await answer(servedSkills(skills), { params, era })));
};

const files = {
  'SKILL.md': skillMd('report'),
  'notes/a b.md': 'x',
  'notes/more/ü.json': '{}',
  'logo.png': Uint8Array.of(0x89, 0xff, 0x00),
};

describe('skills over MCP', () => {
  it('lists each skill with its front matter as it is, and all of its files with digest and size', async () => {
    const skills = await skillsOf({ '@acme/report': files });
    const answer = await ask(skills, 'skills/list');
    expect(answer).toEqual({
      resultType: 'complete',
      ttlMs: 30_000,
      cacheScope: 'private',
      skills: [
        {
          uri: 'skill://acme/report/SKILL.md',
          frontmatter: { name: 'report', description: 'Writes “it”.', metadata: { team: 'sales' } },
          resources: [
            {
              uri: 'skill://acme/report/SKILL.md',
              digest: digestOf(Buffer.from(files['SKILL.md'])),
              size: expect.any(Number),
            },
            { uri: 'skill://acme/report/logo.png', digest: digestOf(files['logo.png']), size: 3 },
            {
              uri: 'skill://acme/report/notes/a%20b.md',
              digest: digestOf(Buffer.from('x')),
              size: 1,
            },
            {
              uri: 'skill://acme/report/notes/more/%C3%BC.json',
              digest: digestOf(Buffer.from('{}')),
              size: 2,
            },
          ],
        },
      ],
    });
    expect(skills.opened).toEqual([]);
    const { skill } = await ask(skills, 'skills/get', { uri: 'skill://acme/report/SKILL.md' });
    expect(skill).toEqual(answer.skills[0]);
  });

  it('reads every listed file, byte for byte as its digest says', async () => {
    const skills = await skillsOf({ '@acme/report': files });
    const { skill } = await ask(skills, 'skills/get', { uri: 'skill://acme/report/SKILL.md' });
    for (const { uri, digest, size } of skill.resources) {
      const [content] = (await ask(skills, 'resources/read', { uri })).contents;
      const bytes =
        content.blob === undefined
          ? Buffer.from(content.text)
          : Buffer.from(content.blob, 'base64');
      expect([uri, digestOf(bytes), bytes.byteLength]).toEqual([uri, digest, size]);
    }
  });

  it('sends a large file as bytes, so that no text of controls grows sixfold', async () => {
    const large = {
      'SKILL.md': skillMd('large'),
      'text.md': new Uint8Array(mcpTextBytesMax).fill(1),
      'more.md': new Uint8Array(mcpTextBytesMax + 1).fill(1),
    };
    const skills = await skillsOf({ '@acme/large': large });
    const read = async (path: string) =>
      (await ask(skills, 'resources/read', { uri: `skill://acme/large/${path}` })).contents[0];
    expect((await read('text.md')).text).toHaveLength(mcpTextBytesMax);
    expect(Buffer.from((await read('more.md')).blob, 'base64')).toEqual(
      Buffer.from(large['more.md']),
    );
  });

  it('lists what lies directly in a folder', async () => {
    const skills = await skillsOf({ '@acme/report': files });
    const names = async (uri: string) =>
      (await ask(skills, 'resources/directory/read', { uri })).resources.map(
        (one: { uri: string; mimeType: string }) => [
          one.uri.slice('skill://acme/report/'.length),
          one.mimeType,
        ],
      );
    expect(await names('skill://acme/report')).toEqual([
      ['SKILL.md', 'text/markdown'],
      ['logo.png', 'text/plain'],
      ['notes', 'inode/directory'],
    ]);
    expect(await names('skill://acme/report/notes')).toEqual([
      ['notes/a%20b.md', 'text/markdown'],
      ['notes/more', 'inode/directory'],
    ]);
  });

  it.each(['skills/list', 'resources/list'])(
    '%s goes on page by page, each skill once',
    async (method) => {
      const many = Object.fromEntries(
        Array.from({ length: 2 * mcpPageEntriesMax + 5 }, (_, i) => [
          `@acme/report-${i}`,
          {
            'SKILL.md': skillMd(
              `report-${i}`,
              `license: ${'x'.repeat(i % 10 === 0 ? 60_000 : 10)}\n`,
            ),
          },
        ]),
      );
      const skills = await skillsOf(many);
      const seen: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const answer = await ask(skills, method, cursor === undefined ? {} : { cursor });
        const entries = answer.skills ?? answer.resources;
        expect(entries.length).toBeLessThanOrEqual(mcpPageEntriesMax);
        expect(JSON.stringify(answer).length).toBeLessThan(330_000);
        seen.push(...entries.map((one: { uri: string }) => one.uri));
        cursor = answer.nextCursor;
        pages += 1;
      } while (cursor !== undefined);
      expect(pages).toBeGreaterThan(2);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toHaveLength(Object.keys(many).length);
    },
  );

  it('says nothing of caches to clients of revisions before 2026-07-28', async () => {
    const skills = await skillsOf({ '@acme/report': files });
    const uri = 'skill://acme/report/SKILL.md';
    for (const [method, params] of [
      ['skills/list', {}],
      ['skills/get', { uri }],
      ['resources/list', {}],
      ['resources/templates/list', {}],
      ['resources/read', { uri }],
      ['resources/directory/read', { uri: 'skill://acme/report' }],
    ] as const) {
      const caches = { resultType: 'complete', ttlMs: 30_000, cacheScope: 'private' };
      const modern = await ask(skills, method, params);
      expect([method, modern]).toEqual([method, expect.objectContaining(caches)]);
      const legacy = await ask(skills, method, params, 'legacy');
      expect([method, { ...legacy, ...caches }]).toEqual([method, modern]);
      expect(Object.keys(legacy)).not.toContain('ttlMs');
    }
  });

  it('has no entry for a skill that hosts may refuse for its size, and says so', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`notes/${at}.md`, 'x']));
    const large = (bytes: number) =>
      Object.fromEntries(
        [4, 4, 4, 4].map((mib, at) => [
          `${at}.bin`,
          new Uint8Array(mib * 1024 * 1024 - (at === 0 ? mcpSkillBytesMax - bytes : 0)),
        ]),
      );
    const skillMdBytes = Buffer.byteLength(skillMd('files-512'));
    const skills = await skillsOf({
      '@acme/files-512': { 'SKILL.md': skillMd('files-512'), ...many(mcpSkillFilesMax - 1) },
      '@acme/files-513': { 'SKILL.md': skillMd('files-513'), ...many(mcpSkillFilesMax) },
      '@acme/bytes-max': {
        'SKILL.md': skillMd('bytes-max'),
        ...large(mcpSkillBytesMax - skillMdBytes),
      },
      '@acme/bytes-one': {
        'SKILL.md': skillMd('bytes-one'),
        ...large(mcpSkillBytesMax - skillMdBytes + 1),
      },
    });
    const { skills: listed } = await ask(skills, 'skills/list');
    expect(listed.map((one: { uri: string }) => one.uri)).toEqual([
      'skill://acme/bytes-max/SKILL.md',
      'skill://acme/files-512/SKILL.md',
    ]);
    const get = (name: string) =>
      ask(skills, 'skills/get', { uri: `skill://acme/${name}/SKILL.md` });
    await expect(get('files-513')).rejects.toThrow('it has 513 files, and hosts take at most 512');
    await expect(get('bytes-one')).rejects.toThrow(
      'it has 16777217 bytes, and hosts take at most 16777216',
    );
  });

  it('has no entry for a skill that calls itself otherwise than its address', async () => {
    const skills = await skillsOf({ '@acme/report': { 'SKILL.md': skillMd('payments') } });
    expect((await ask(skills, 'skills/list')).skills).toEqual([]);
    await expect(
      ask(skills, 'skills/get', { uri: 'skill://acme/report/SKILL.md' }),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it.each([
    ['skills/get', { uri: 'skill://acme/report/notes/a%20b.md' }, 'not-found'],
    ['skills/get', { uri: 'skill://acme/other/SKILL.md' }, 'hold-unsupported'],
    ['skills/list', { cursor: '§' }, 'usage'],
    ['resources/read', { uri: 'skill://acme/report/none.md' }, 'not-found'],
    ['resources/read', { uri: 'skill://acme/report/../../etc/passwd' }, 'not-found'],
    ['resources/read', { uri: 'file:///etc/passwd' }, 'not-found'],
    ['resources/directory/read', { uri: 'skill://acme/report/SKILL.md' }, 'not-found'],
    ['resources/directory/read', { uri: 'skill://acme' }, 'not-found'],
  ])('%s refuses %j', async (method, params, code) => {
    const skills = await skillsOf({ '@acme/report': files });
    await expect(ask(skills, method, params)).rejects.toMatchObject({ code });
  });
});

describe('the address of a skill', () => {
  const name = parseSkillName('@acme/report');
  it.each(['', 'SKILL.md', 'notes/a b.md', 'ü/%41.md', "it's (1)!.md"])(
    'leads back to %j',
    (path) => {
      expect(parseSkillUri(skillUri(name, path))).toEqual({ name, path });
    },
  );

  it.each([
    'skill://acme/report/',
    'skill://acme/report/%53KILL.md',
    'skill://acme/report/%ZZ',
    'skill://acme/report/\ud800',
    'skill://ACME/report/SKILL.md',
    'skill://user@acme/report/SKILL.md',
    'skill://acme/report/SKILL.md?x',
    '',
  ])('is not %j', (uri) => {
    expect(() => parseSkillUri(uri)).toThrow(Problem);
  });
});
