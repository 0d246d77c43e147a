/** Uploads that somebody with a stolen token sends: nothing of them stays, and nothing is filled. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deleteSomeFiles } from '../../../registry/retention/delete-files.ts';
import { waitingUploadsMax } from '../../../registry/uploads/limits.ts';
import { bytesOf } from '../../../registry/versions/version-blobs.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { call, makeSkill, publish, type Skill } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';
import { answerTo, uploadFiles, uploadForm, uploadList, uploadToken } from './foreign-uploads.ts';

const skill = makeSkill('@acme/notes', '1.0.0');
const payload = { slug: 'notes', version: '1.0.0' };

let world: Staffed;
let token: string;
async function open(options: Parameters<typeof makeStaffedWorld>[0] = {}): Promise<void> {
  world = await makeStaffedWorld(options);
  token = await uploadToken(world.send, world.tokens.author);
}
beforeEach(() => open());
afterEach(() => world.close());

const received = (): string[] => [...world.stored.keys()].filter((one) => one.includes('received'));
const skillMd = skill.files.filter(({ path }) => path === 'SKILL.md');
const fileAt = (path: string, text = 'x') => ({ path, bytes: Buffer.from(text) });

describe('a form with', () => {
  it.each([
    ['a path upwards', '../evil.md', 'path-invalid'],
    ['an absolute path', '/etc/passwd', 'path-invalid'],
    ['a drive', 'C:\\evil.md', 'path-invalid'],
    ['a file twice', 'SKILL.md', 'path-invalid'],
    ['a twin of a file', 'skill.MD', 'path-invalid'],
    ['a folder that is a file', 'SKILL.md/x', 'path-invalid'],
    ['letters that print as nothing', 'a\u202eb.md', 'path-invalid'],
    ['a reserved name', 'nul', 'path-invalid'],
  ])('%s is refused, and nothing is stored', async (_, path, code) => {
    const files = [...skillMd, fileAt(path)];
    const { status, body } = await uploadForm(world.send, token, payload, files);
    expect([status, body]).toEqual([422, expect.stringContaining(code)]);
    expect(received()).toEqual([]);
  });

  it.each([
    ['no SKILL.md', payload, [fileAt('notes.md')], 'skill-md-missing'],
    ['a broken SKILL.md', payload, [fileAt('SKILL.md', '---\n[')], 'skill-md-invalid'],
    ['another version in skill.json', { ...payload, version: '2.0.0' }, skill.files, 'names @acme'],
    ['another name in skill.json', { ...payload, slug: 'memos' }, skill.files, 'names @acme/notes'],
    ['a slug that is no name', { ...payload, slug: '../notes' }, skillMd, 'name-invalid'],
    ['two scopes', { ...payload, slug: 'acme--a--b' }, skillMd, 'name-invalid'],
    ['no version', { slug: 'notes' }, skillMd, 'request-invalid'],
    ['a version with spaces', { ...payload, version: ' 1.0.0' }, skillMd, 'version-invalid'],
    ['a build number', { ...payload, version: '1.0.0+1' }, skillMd, 'version-invalid'],
  ])('%s is refused with the reason', async (_, about, files, why) => {
    const { status, body } = await uploadForm(world.send, token, about, files);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(body).toContain(why);
    expect(received()).toEqual([]);
  });

  it('more files than a skill has is refused', async () => {
    const files = [...skillMd, ...Array.from({ length: 1_000 }, (_, at) => fileAt(`${at}.md`))];
    const { status, body } = await uploadForm(world.send, token, payload, files);
    expect([status, body]).toEqual([422, expect.stringContaining('more than 1000 files')]);
  });

  it.each([
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
    ['no end', (text: string) => text.replace(/--b--\r\n$/, '')],
    ['a part behind its end', (text: string) => `${text}--b\r\n`],
    ['an unknown part', (text: string) => text.replace('name="payload"', 'name="evil"')],
    [
      'a second payload',
      (text: string) => text.replace('name="files"; filename="SKILL.md"', 'name="payload"'),
    ],
    ['a file without a name', (text: string) => text.replace('; filename="SKILL.md"', '')],
    ['two names of a file', (text: string) => text.replace('filename=', 'filename="x"; filename=')],
    [
      'an extended name',
      (text: string) => text.replace('filename=', "filename*=utf-8''x; filename="),
    ],
  ])('%s is refused', async (_, change) => {
    const part = (name: string, content: string) =>
      `--b\r\ncontent-disposition: form-data; name=${name}\r\n\r\n${content}\r\n`;
    const text = `${part('"payload"', JSON.stringify(payload))}${part('"files"; filename="SKILL.md"', String(skillMd[0]?.bytes))}--b--\r\n`;
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const send = (body: string) => answerTo(world.send, '/api/v1/skills', token, { body, headers });
    expect(await send(change(text))).toMatchObject({
      status: 400,
      body: expect.stringContaining('request-invalid'),
    });
    expect((await send(text)).status).toBe(200);
  });

  it('no token, or the session of an owner, is refused before its body is read', async () => {
    for (const bearer of [undefined, 'x'.repeat(43), world.tokens.author]) {
      const endless = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
      });
      const { status, body } = await answerTo(world.send, '/api/v1/skills', bearer, {
        body: endless,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        duplex: 'half',
      } as RequestInit & { headers: Record<string, string> });
      expect([status, body]).toEqual([401, expect.stringContaining('not-signed-in')]);
    }
  });

  it('a body that never ends is refused', async () => {
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(1024 * 1024)),
    });
    const { status } = await answerTo(world.send, '/api/v1/skills', token, {
      body: endless,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      duplex: 'half',
    } as RequestInit & { headers: Record<string, string> });
    expect(status).toBe(413);
  });

  it('another content type is refused', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/zip']) {
      const headers = { 'content-type': type };
      const { status } = await answerTo(world.send, '/api/v1/skills', token, {
        body: 'x',
        headers,
      });
      expect(status).toBe(400);
    }
  });
});

describe('files that come one by one', () => {
  const listed = async ({ packed }: Skill, by = token) => {
    const files = [];
    for (const { path, sha256, size } of packed.bundle.files) {
      const body = Buffer.from(packed.contents.get(path) ?? []);
      const hex = hexOf(sha256);
      const sent = await answerTo(world.send, `/api/v1/skills/-/files/${hex}`, by, { body });
      files.push({ path, size, sha256: hex, storageId: sent.body.storageId as string });
    }
    return files;
  };

  it('are those of their token alone', async () => {
    const second = await uploadToken(world.send, world.tokens.author, { label: 'desktop' });
    const files = await listed(skill);
    const stolen = await uploadList(world.send, second, { ...payload, files });
    expect([stolen.status, stolen.body]).toEqual([400, expect.stringContaining('has not sent')]);
    expect((await uploadList(world.send, token, { ...payload, files })).status).toBe(200);
  });

  it('have the digest and the size that the list says', async () => {
    const files = await listed(skill);
    const [first, ...rest] = files;
    const other = files.at(-1);
    for (const changed of [
      { ...first, storageId: other?.storageId },
      { ...first, sha256: other?.sha256 },
      { ...first, size: 1 },
      { ...first, storageId: '../../public/index/root.json' },
    ]) {
      const list = { ...payload, files: [changed, ...rest] };
      const { status } = await uploadList(world.send, token, list);
      expect(status).toBe(400);
    }
    const wrong = await answerTo(world.send, `/api/v1/skills/-/files/${'0'.repeat(64)}`, token, {
      body: 'x',
    });
    expect(wrong).toMatchObject({ status: 400, body: expect.stringContaining('digest-invalid') });
  });

  it('of which one is listed very many times are refused unread', async () => {
    const large = makeSkill('@acme/notes', '1.0.0', { files: { big: 'x'.repeat(4_000_000) } });
    const files = await listed(large);
    const big = files.find(({ path }) => path === 'big');
    const many = Array.from({ length: 900 }, (_, at) => ({ ...big, path: `big-${at}` }));
    const reads = vi.spyOn(world.registry.objects, 'get');
    const { status, body } = await uploadList(world.send, token, {
      ...payload,
      files: [...files, ...many],
    });
    expect([status, body]).toEqual([422, expect.stringContaining('bundle-invalid')]);
    expect(reads.mock.calls.filter(([name]) => name.startsWith('received/'))).toEqual([]);
  });

  it('are removed an hour later, and may be sent again', async () => {
    const files = await listed(skill);
    world.wait(60 * 60_000);
    expect((await uploadList(world.send, token, { ...payload, files })).status).toBe(400);
    while (await deleteSomeFiles(world.registry));
    expect(received()).toEqual([]);
    expect((await uploadFiles(world.send, token, payload, skill)).status).toBe(200);
  });

  it('are limited for each scope, also where each comes with a new token', async () => {
    const file = (at: number) => Buffer.alloc(5 * 1024 * 1024, at);
    const statuses: number[] = [];
    for (let at = 0; at < 9; at++) {
      const body = file(at);
      const path = `/api/v1/skills/-/files/${hexOf(digestOf(body))}`;
      const fresh = await uploadToken(world.send, world.tokens.author, { label: `token-${at}` });
      statuses.push((await answerTo(world.send, path, fresh, { body })).status);
    }
    expect(statuses).toEqual([...Array(8).fill(200), 403]);
  });
});

describe('uploads to one scope', () => {
  const bytes = bytesOf(skill.packed.bundle, skill.packed.bytes.length);

  it('are few at one time', async () => {
    const statuses: number[] = [];
    for (let at = 0; at <= waitingUploadsMax; at++) {
      const about = { ...payload, version: `1.0.${at}` };
      statuses.push((await uploadForm(world.send, token, about, skillMd)).status);
    }
    expect(statuses).toEqual([...Array(waitingUploadsMax).fill(200), 403]);
    // Discarding makes room only once retention has removed the files.
    const discard = {
      method: 'DELETE',
      headers: { authorization: `Bearer ${world.tokens.author}` },
    };
    await world.send('/api/v1/uploads/@acme/notes/1.0.3', discard);
    const about = { ...payload, version: '1.1.0' };
    expect((await uploadForm(world.send, token, about, skillMd)).status).toBe(403);
    while (await deleteSomeFiles(world.registry));
    expect((await uploadForm(world.send, token, about, skillMd)).status).toBe(200);
    // Publications go on.
    expect((await publish(world.send, skill, world.author)).status).toBe(201);
  });

  it.each([
    ['waitingVersions', { waitingVersions: 1 }],
    ['waitingBytes', { waitingBytes: bytes + 10 }],
    ['scope.storedBytes', { scope: { storedBytes: bytes + 10 } }],
  ])(
    'count for the quota %s, and the version that adopts one takes its place',
    async (name, quotas) => {
      world.close();
      await open({ quotas });
      expect((await uploadForm(world.send, token, payload, skill.files)).status).toBe(200);
      const about = { ...payload, version: '1.0.1' };
      const second = await uploadForm(world.send, token, about, skillMd);
      expect([second.status, second.body]).toEqual([403, expect.stringContaining('quota-used')]);
      const honest = makeSkill('@acme/memos', '1.0.0');
      const refused = await publish(world.send, honest, world.author);
      expect([refused.status, refused.body.code]).toEqual([403, 'quota-used']);
      const { body } = await call(world.send, '/api/v1/whoami', { token: world.tokens.author });
      expect(JSON.stringify(body)).toContain(name.split('.').at(-1));
      expect((await publish(world.send, skill, world.author)).status).toBe(201);
    },
  );
});
