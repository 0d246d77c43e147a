import { beforeAll, describe, expect, it } from 'vitest';
import { renewSkills } from '../../../../registry/catalogue/renew-skills.ts';
import { digestOf } from '../../../../skills-index/skill/digest.ts';
import { makeSkill, publishApproved, publishScanned, type Skill } from '../../road.ts';
import { expectAnswer, stopIn } from '../../steps.ts';
import { oneWorld, type Staffed } from '../../world.ts';
import { eras, mcpClient } from './mcp-clients.ts';

async function release(world: Staffed, skill: Skill): Promise<void> {
  await publishApproved(world, skill);
  await renewSkills(world.registry);
}

async function revoke(world: Staffed, skill: Skill): Promise<void> {
  await expectAnswer(
    stopIn(world, 'revoked', { bundle: skill.packed.digest }, { reason: 'it sends keys away' }),
    201,
  );
}

const accept = 'application/json, text/event-stream';
const headers = { 'content-type': 'application/json', accept };

/** A message as a program of one's own would send it. */
function post(world: Staffed, body: string, more: Record<string, string> = {}): Promise<Response> {
  return world.send('/mcp', { method: 'POST', headers: { ...headers, ...more }, body });
}

const uri = 'skill://acme/report/SKILL.md';
const listCall = '{"jsonrpc":"2.0","id":1,"method":"skills/list"}';

describe('skills over MCP of a registry', () => {
  const world = oneWorld();
  const report = makeSkill('@acme/report', '1.0.0', {
    files: { 'notes/a b.md': 'x', 'notes/more/c.md': 'y', 'logo.bin': '\u0000\ufffd' },
  });

  beforeAll(async () => {
    await release(world, report);
    const waiting = makeSkill('@acme/waiting', '1.0.0');
    await publishScanned(world, waiting);
  });

  it.each(eras)('serves a client of %s: entries that verify, and nothing else', async (era) => {
    const ask = await mcpClient(world.send, era);
    const list = await ask('skills/list');
    expect(list.skills.map((one) => one.uri)).toEqual([uri]);
    const { skill } = await ask('skills/get', { uri });
    expect(skill).toEqual(list.skills[0]);
    expect(skill.resources.map((one) => one.digest).sort()).toEqual(
      report.packed.bundle.files.map(({ sha256 }) => sha256).sort(),
    );
    for (const { digest, uri: file } of skill.resources) {
      const [content] = (await ask('resources/read', { uri: file })).contents;
      expect([file, digestOf(Buffer.from(content?.text ?? ''))]).toEqual([file, digest]);
    }
    const folder = await ask('resources/directory/read', { uri: 'skill://acme/report/notes' });
    expect(folder.resources.map((one) => one.name)).toEqual(['a b.md', 'more']);
    const { resources } = await ask('resources/list');
    expect(resources.map((one) => one.uri)).toEqual([uri]);
    await expect(ask('skills/forget')).rejects.toMatchObject({ code: -32_601 });
  });

  it('names the bundle and the statements about it, which a client can verify', async () => {
    const ask = await mcpClient(world.send, '2026-07-28');
    const { skill } = await ask('skills/get', { uri });
    const about = skill._meta['skillgate.dev/version'] ?? {};
    expect(about).toMatchObject({
      name: '@acme/report',
      version: '1.0.0',
      bundle: report.packed.digest,
      index: 'http://localhost/index/@acme/report',
    });
    const types: string[] = [];
    for (const { predicateType, url } of about.statements as {
      predicateType: string;
      url: string;
    }[]) {
      const answer = (await (await world.send(new URL(url).pathname)).json()) as {
        dsseEnvelope: { payload: string };
      };
      const statement = JSON.parse(Buffer.from(answer.dsseEnvelope.payload, 'base64').toString());
      expect(statement.predicateType).toBe(predicateType);
      expect(JSON.stringify(statement.subject)).toContain(report.packed.digest.slice(7));
      types.push(predicateType.split('/').at(-2) ?? '');
    }
    expect(types).toEqual(['publish', 'scan', 'approval', 'verification_summary']);
    await expectAnswer(world.send('/index/@acme/report'), 200);
  });

  it.each(eras)('gives a client of %s a stopped version no longer, and says why', async (era) => {
    const skill = makeSkill(`@acme/stopped-${era.slice(0, 4)}`, '1.0.0');
    await release(world, skill);
    const ask = await mcpClient(world.send, era);
    const stopped = `skill://${skill.manifest.name.slice(1)}/SKILL.md`;
    const names = async () => (await ask('skills/list')).skills.map((one) => one.uri);
    expect(await names()).toContain(stopped);
    await revoke(world, skill);
    for (const method of ['skills/get', 'resources/read'])
      await expect(ask(method, { uri: stopped })).rejects.toMatchObject({
        code: -32_602,
        message: expect.stringContaining('is revoked: it sends keys away'),
      });
    expect(await names()).not.toContain(stopped);
  });

  it.each([
    [
      'skill://acme/waiting/SKILL.md',
      /@acme\/waiting@1\.0\.0 is not approved yet: it is in review/,
    ],
    ['skill://acme/absent/SKILL.md', /This registry has no skill @acme\/absent/],
    // A Cyrillic letter, another spelling, and ways out of the skill.
    ['skill://acme/rеport/SKILL.md', /There is no skill or file/],
    ['skill://ACME/report/SKILL.md', /There is no skill or file/],
    ['skill://acme/report/../../etc/passwd', /no such file|There is no skill at|not a folder/],
    ['file:///etc/passwd', /There is no skill or file/],
  ])('refuses %s', async (wrong, why) => {
    for (const era of eras) {
      const ask = await mcpClient(world.send, era);
      for (const method of ['skills/get', 'resources/read', 'resources/directory/read'])
        await expect(ask(method, { uri: wrong })).rejects.toMatchObject({
          code: -32_602,
          message: expect.stringMatching(why),
        });
    }
  });

  it.each([
    ['a forged Origin', listCall, { origin: 'https://evil.example' }, 403],
    ['a page of another site', listCall, { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host name', listCall, { host: 'evil.example' }, 421],
    ['half a message', '{"jsonrpc":"2.0","id":1,', {}, 400],
    ['a batch', `[${listCall},${listCall}]`, {}, 400],
    ['a body over the limit', JSON.stringify({ jsonrpc: 'x'.repeat(70_000) }), {}, 413],
    ['a form', listCall, { 'content-type': 'text/plain' }, 415],
    ['a client that takes no JSON', listCall, { accept: 'text/html' }, 406],
    ['an unknown revision', listCall, { 'mcp-protocol-version': '1999-01-01' }, 400],
  ] as const)('refuses %s', async (_, body, more, status) => {
    const answer = await post(world, body, more);
    expect([answer.status, await answer.text()]).toEqual([status, expect.any(String)]);
    expect(world.errors).toEqual([]);
  });

  it('opens no stream: other methods are refused, and subscriptions end at once', async () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'HEAD']) {
      const answer = await world.send('/mcp', { method, headers: { accept } });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': {},
    };
    const params = { _meta: meta, notifications: { resourcesListChanged: true } };
    const method = 'subscriptions/listen';
    const answer = await post(world, JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
    });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await answer.json()).toMatchObject({ error: { message: 'Subscription limit reached' } });
    const legacy = await post(world, listCall);
    expect(legacy.headers.get('content-type')).toMatch(/^application\/json/);
    expect(legacy.headers.get('cache-control')).toBe('no-store');
  });

  it('refuses a cursor that it never gave, and one that it gave leads on', async () => {
    const ask = await mcpClient(world.send, '2025-11-25');
    for (const cursor of ['%%%', 'x'.repeat(3_000), 7])
      await expect(ask('skills/list', { cursor })).rejects.toMatchObject({ code: -32_602 });
    const behind = Buffer.from("@acme/report' OR 1=1").toString('base64url');
    expect((await ask('resources/list', { cursor: behind })).resources).toEqual([]);
  });

  it('answers as any other route when it fails, and tells the operator', async () => {
    const lost = makeSkill('@acme/lost', '1.0.0', { files: { 'only.md': 'only here' } });
    await release(world, lost);
    const only = lost.packed.bundle.files.find(({ path }) => path === 'only.md');
    for (const name of world.stored.keys())
      if (name.includes(only?.sha256.slice(7) ?? '')) world.stored.delete(name);
    for (const version of [undefined, '2026-07-28'] as const) {
      const meta = version && {
        'io.modelcontextprotocol/protocolVersion': version,
        'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      };
      const file = 'skill://acme/lost/only.md';
      const params = { uri: file, ...(meta && { _meta: meta }) };
      const answer = await post(
        world,
        JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/read', params }),
        version && {
          'mcp-protocol-version': version,
          'mcp-method': 'resources/read',
          'mcp-name': file,
        },
      );
      expect([answer.status, (await answer.json()) as object]).toMatchObject([
        503,
        { code: 'blob-damaged' },
      ]);
    }
    expect(world.errors.splice(0)).toHaveLength(2);
  });
});
