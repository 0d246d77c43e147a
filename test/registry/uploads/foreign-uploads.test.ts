/** Uploads with a token: what they become, who sees them, and how they end. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { deleteSomeFiles } from '../../../registry/retention/delete-files.ts';
import { audit, jobs, versions } from '../../../registry/store/schema.ts';
import { uploadKeptMs } from '../../../registry/uploads/limits.ts';
import { uploadFiles as sentFiles } from '../../../registry/uploads/uploads-schema.ts';
import { unpackTar } from '../../../skills-index/skill/authoring/read-tar.ts';
import { parseScope } from '../../../skills-index/skill/name.ts';
import {
  revocationStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { makeKey } from '../people.ts';
import { approve, call, claimScope, makeSkill, publish, scan, signIn, state } from '../road.ts';
import { makeStaffedWorld, type Staffed } from '../world.ts';
import { uploadFiles, uploadForm, uploadToken } from './foreign-uploads.ts';

const skill = makeSkill('@acme/notes', '1.0.0');
const other = makeSkill('@acme/notes', '1.0.0', { files: { 'notes.md': 'other' } });
const payload = { slug: 'notes', version: '1.0.0' };
const bare = skill.files.filter(({ path }) => path === 'SKILL.md');
const dayMs = 24 * 3_600_000;

let world: Staffed;
let token: string;
beforeEach(async () => {
  world = await makeStaffedWorld();
  token = await uploadToken(world.send, world.tokens.author);
});
afterEach(() => world.close());

const waiting = async (session = world.tokens.author) =>
  (await call(world.send, '/api/v1/scopes/@acme/uploads', { token: session })).body.uploads;
const received = (): string[] => [...world.stored.keys()].filter((one) => one.includes('received'));
async function removeDue(): Promise<void> {
  while (await deleteSomeFiles(world.registry));
}

describe('an upload by token', () => {
  it.each([
    ['one form', () => uploadForm(world.send, token, payload, skill.files)],
    ['file by file', () => uploadFiles(world.send, token, payload, skill)],
  ])('as %s waits, and the keys of the scope see it', async (_, send) => {
    const { status, body } = await send();
    expect([status, body]).toEqual([
      200,
      {
        ok: true,
        skillId: '@acme/notes',
        versionId: expect.stringContaining('skillgate publish --adopt @acme/notes@1.0.0'),
        slug: 'notes',
        version: '1.0.0',
        status: 'pending',
        publicationStatus: 'pending',
      },
    ]);
    expect(await waiting()).toEqual([
      expect.objectContaining({
        name: '@acme/notes',
        version: '1.0.0',
        status: 'received',
        bundle: skill.packed.digest,
        token: 'laptop',
        by: world.author.keyId,
      }),
    ]);
    const answer = await world.send('/api/v1/uploads/@acme/notes/1.0.0', {
      headers: { authorization: `Bearer ${world.tokens.author}` },
    });
    expect(unpackTar(Buffer.from(await answer.arrayBuffer())).digest).toBe(skill.packed.digest);
  });

  it('file by file leaves none of the single files', async () => {
    await uploadFiles(world.send, token, payload, skill);
    expect(received()).toHaveLength(1);
    expect(await world.registry.db.read.select().from(sentFiles)).toEqual([]);
  });

  it('is no version: nobody scans, reviews, lists, finds or installs it', async () => {
    await uploadForm(world.send, token, payload, skill.files);
    await renewSkills(world.registry);
    const { read } = world.registry.db;
    expect(await read.select().from(versions)).toEqual([]);
    expect(await read.select().from(jobs)).toEqual([]);
    const { author, rita } = world.tokens;
    expect((await call(world.send, '/api/v1/reviews', { token: rita })).body.reviews).toEqual([]);
    expect((await call(world.send, '/api/v1/scopes/@acme/versions')).body.versions).toEqual([]);
    for (const path of [
      '/api/v1/versions/@acme/notes/1.0.0',
      '/api/v1/versions/@acme/notes',
      '/api/v1/skills/notes?ownerHandle=acme',
      '/api/v1/skills/notes/versions/1.0.0?ownerHandle=acme',
      '/api/v1/download?slug=notes&ownerHandle=acme&version=1.0.0',
      '/archives/@acme/notes/1.0.0',
      '/@acme/notes@1.0.0/.well-known/agent-skills/index.json',
      '/@acme/notes/marketplace.json',
      '/npm/@acme%2fnotes',
      '/index/@acme/notes',
    ])
      for (const session of [undefined, author, rita]) {
        const headers = session === undefined ? {} : { authorization: `Bearer ${session}` };
        const answer = await world.send(path, { headers });
        expect([path, answer.status]).toEqual([path, 404]);
        expect(await answer.text()).not.toMatch(/adopt|upload/);
      }
    const found = await call(world.send, '/api/v1/search?q=count+the+words');
    expect(JSON.stringify(found.body)).not.toContain('@acme/notes');
  });

  it('ends with an ordinary publication of the same files, which installers get', async () => {
    await uploadForm(world.send, token, payload, skill.files);
    expect((await publish(world.send, skill, world.author)).status).toBe(201);
    expect(await waiting()).toEqual([]);
    await scan(world.send, world.tokens.scanner, world.scanner, skill, 'pass');
    expect((await approve(world.send, world.tokens.rita, world.rita, skill)).status).toBe(201);
    expect(received()).toHaveLength(1);
    await removeDue();
    expect(received()).toEqual([]);
    const line = await world.send('/index/@acme/notes');
    expect(line.status).toBe(200);
  });

  it('keeps no number from an honest publication of other files', async () => {
    await uploadForm(world.send, token, payload, other.files);
    const published = await publish(world.send, skill, world.author);
    expect([published.status, published.body.bundle]).toEqual([201, skill.packed.digest]);
    expect(await waiting()).toEqual([]);
    const late = await uploadForm(world.send, token, payload, other.files);
    expect([late.status, late.body]).toEqual([409, expect.stringContaining('version-exists')]);
  });

  it('may come twice with the same files, and not with others', async () => {
    await uploadForm(world.send, token, payload, skill.files);
    expect((await uploadFiles(world.send, token, payload, skill)).status).toBe(200);
    expect(await waiting()).toHaveLength(1);
    const second = await uploadForm(world.send, token, payload, other.files);
    expect([second.status, second.body]).toEqual([409, expect.stringContaining('waits')]);
    expect((await waiting())[0].bundle).toBe(skill.packed.digest);
  });

  it('of which an earlier try stored no bytes is whole after the next try', async () => {
    await uploadForm(world.send, token, payload, skill.files);
    for (const name of received()) world.stored.delete(name);
    const path = '/api/v1/uploads/@acme/notes/1.0.0';
    const asked = await call(world.send, path, { token: world.tokens.author });
    expect([asked.status, asked.body.hint]).toEqual([404, expect.stringContaining('again')]);
    expect((await uploadForm(world.send, token, payload, skill.files)).status).toBe(200);
    expect((await call(world.send, path, { token: world.tokens.author })).status).toBe(200);
  });

  it('is discarded by a key of the scope, and the number is free again', async () => {
    await uploadForm(world.send, token, payload, other.files);
    const discard = (session: string) =>
      world.send('/api/v1/uploads/@acme/notes/1.0.0', {
        method: 'DELETE',
        headers: { authorization: `Bearer ${session}` },
      });
    expect((await discard(world.tokens.rita)).status).toBe(403);
    expect((await discard(token)).status).toBe(401);
    expect((await discard(world.tokens.author)).status).toBe(200);
    expect((await discard(world.tokens.author)).status).toBe(404);
    expect((await uploadForm(world.send, token, payload, skill.files)).status).toBe(200);
    await removeDue();
    expect(received()).toHaveLength(1);
  });

  it('expires, and leaves nothing but lines of the audit log', async () => {
    await uploadForm(world.send, token, payload, skill.files);
    await uploadFiles(world.send, token, { ...payload, version: '1.0.1' }, skill);
    world.wait(uploadKeptMs - 1);
    expect(await waiting(await signIn(world.send, world.author))).toHaveLength(1);
    await removeDue();
    expect(received()).toHaveLength(1);
    world.wait(1);
    expect(await waiting(await signIn(world.send, world.author))).toEqual([]);
    await removeDue();
    expect(received()).toEqual([]);
    const lines = await world.registry.db.read.select().from(audit);
    expect(
      lines.filter(({ kind }) => kind === 'upload').map(({ why }) => why.split(' ')[0]),
    ).toEqual(['received', 'expired']);
  });
});

describe('a token that uploads', () => {
  it('is listed without itself, and ends when an owner ends it', async () => {
    const path = '/api/v1/scopes/@acme/upload-tokens';
    const { author } = world.tokens;
    const { body } = await call(world.send, path, { token: author });
    expect(body.tokens).toEqual([
      expect.objectContaining({ label: 'laptop', by: world.author.keyId }),
    ]);
    expect(JSON.stringify(body)).not.toContain(token);
    const headers = { authorization: `Bearer ${author}` };
    const end = () => world.send(`${path}/laptop`, { method: 'DELETE', headers });
    expect((await end()).status).toBe(200);
    expect((await end()).status).toBe(404);
    expect((await uploadForm(world.send, token, payload, skill.files)).status).toBe(401);
  });

  it('tells a client of the highest version that waits', async () => {
    for (const version of ['1.10.0', '1.9.0'])
      expect((await uploadForm(world.send, token, { ...payload, version }, bare)).status).toBe(200);
    const { status, body } = await call(world.send, '/api/v1/skills/notes?ownerHandle=acme', {
      token,
    });
    expect([status, body]).toEqual([423, expect.stringContaining('@acme/notes@1.10.0')]);
  });

  it('names its scope to clients', async () => {
    const { status, body } = await call(world.send, '/api/v1/whoami', { token });
    expect([status, body.user]).toEqual([
      200,
      { handle: 'acme', displayName: '@acme, token laptop' },
    ]);
  });

  it.each([
    ['clawhub', 'application/json', /^text\/plain/],
    ['Skillgate', 'application/problem+json, application/json', /^application\/problem\+json/],
  ])('that is wrong is refused in the form that %s prints', async (_, accept, type) => {
    const answer = await world.send('/api/v1/whoami', {
      headers: { accept, authorization: 'Bearer wrong' },
    });
    expect(answer.headers.get('content-type')).toMatch(type);
    const text = await answer.text();
    expect([answer.status, text]).toEqual([401, expect.stringContaining('not-signed-in')]);
    expect(text.includes('skillgate scope token SCOPE')).toBe(accept === 'application/json');
  });

  it('counts until its day', async () => {
    world.wait(30 * dayMs - 1);
    expect((await call(world.send, '/api/v1/whoami', { token })).status).toBe(200);
    world.wait(1);
    const late = await uploadForm(world.send, token, payload, skill.files);
    expect([late.status, late.body]).toEqual([401, expect.stringContaining('expired')]);
  });

  it('does nothing else: it signs nobody in, and reads no upload', async () => {
    for (const path of [
      '/api/v1/scopes/@acme/uploads',
      '/api/v1/scopes/@acme/upload-tokens',
      '/api/v1/uploads/@acme/notes/1.0.0',
      '/api/v1/reviews',
    ])
      expect([path, (await call(world.send, path, { token })).status]).toEqual([path, 401]);
  });

  it('is made by owners alone, with one answer about every other scope', async () => {
    const stranger = makeKey();
    await claimScope(world.send, 'others', stranger);
    const session = await signIn(world.send, stranger);
    const json = { label: 'mine', days: 1 };
    const answers: string[] = [];
    for (const scope of ['acme', 'nowhere']) {
      for (const path of ['upload-tokens', 'uploads']) {
        const of = `/api/v1/scopes/@${scope}/${path}`;
        const read = await call(world.send, of, { token: session });
        expect(read.status).toBe(403);
        answers.push(JSON.stringify(read.body).replaceAll(scope, 'SCOPE'));
      }
      const path = `/api/v1/scopes/@${scope}/upload-tokens`;
      const made = await call(world.send, path, { token: session, json });
      answers.push(JSON.stringify(made.body).replaceAll(scope, 'SCOPE'));
    }
    expect(answers.slice(0, 3)).toEqual(answers.slice(3));
  });

  it('uploads to no other scope, whether that exists or not', async () => {
    await claimScope(world.send, 'others', makeKey());
    const answers: string[] = [];
    for (const scope of ['others', 'nowhere'])
      for (const named of [{ slug: `${scope}--notes` }, { slug: 'notes', ownerHandle: scope }]) {
        const { status, body } = await uploadForm(
          world.send,
          token,
          { ...payload, ...named },
          skill.files,
        );
        answers.push(`${status} ${body}`);
      }
    expect(new Set(answers)).toEqual(
      new Set([expect.stringMatching(/^403 forbidden: .*@acme only/)]),
    );
    expect(await waiting()).toEqual([]);
  });

  it('ends with its maker’s right to the scope', async () => {
    const previous = (await call(world.send, '/api/v1/scopes/@acme')).body.statement;
    const owners = [makeKey().open];
    const moved = scopeStatement({ scope: parseScope('acme'), owners, previous });
    expect((await state(world.send, moved, world.author)).status).toBe(201);
    expect((await uploadForm(world.send, token, payload, skill.files)).status).toBe(401);
  });

  it('uploads nothing for a stopped publisher', async () => {
    const { root } = world.trust;
    const stop = revocationStatement({
      registry: registryIdOf(root),
      kind: 'suspended',
      target: { publisher: world.author.keyId },
      reason: 'the key may be stolen',
      nonce: freshNonce(),
    });
    expect((await state(world.send, stop, world.rita)).status).toBe(201);
    const { status, body } = await uploadForm(world.send, token, payload, skill.files);
    expect([status, body]).toEqual([403, expect.stringContaining('publisher-stopped')]);
  });
});

describe.each([
  ['a private scope', [parseScope('acme')]],
  ['a private registry', 'everything' as const],
])('in %s', (_, hidden) => {
  it('a token uploads, reads nothing, and others are told as of an unknown scope', async () => {
    world.close();
    const readers = { schema: 'skillgate.readers/1' as const, private: hidden, readers: [] };
    world = await makeStaffedWorld({ readers });
    await publish(world.send, skill, world.author);
    token = await uploadToken(world.send, world.tokens.author);
    const about = { ...payload, version: '1.1.0' };
    expect((await call(world.send, '/api/v1/whoami', { token })).status).toBe(200);
    expect((await uploadForm(world.send, token, about, bare)).status).toBe(200);
    const early = await call(world.send, '/api/v1/skills/notes?ownerHandle=acme', { token });
    expect([early.status, early.body]).toEqual([423, expect.stringContaining('version-pending')]);
    const paths = [
      '/api/v1/versions/SCOPE/notes/1.0.0',
      '/api/v1/versions/SCOPE/notes',
      '/api/v1/download?slug=notes&ownerHandle=SCOPE&version=1.0.0',
      '/api/v1/skills/notes/file?ownerHandle=SCOPE&path=SKILL.md&version=1.0.0',
      '/index/SCOPE/notes',
    ];
    for (const path of paths) {
      const answer = await call(world.send, path.replace('SCOPE', '@acme'), { token });
      expect([path, answer.status]).toEqual([path, expect.toBeOneOf([401, 404])]);
      expect(JSON.stringify(answer.body)).not.toContain(skill.packed.digest);
    }
    const asStranger = async (scope: string): Promise<string> => {
      const path = `/api/v1/resolve?slug=notes&ownerHandle=${scope}&hash=x`;
      const { status, body } = await call(world.send, path);
      return `${status} ${JSON.stringify(body)}`.replaceAll(scope, 'SCOPE');
    };
    expect(await asStranger('acme')).toBe(await asStranger('nowhere'));
  });
});
