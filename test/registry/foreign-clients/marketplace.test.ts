/** Plugin marketplaces, npm's document of a skill, and the packages that both name. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { readTgz } from '../../../runner/archives/tgz.ts';
import { call, makeSkill, publishApproved, publishScanned } from '../road.ts';
import { expectAnswer, stopIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

const schemaFile = process.env.SKILLGATE_AGENT_PLUGINS_SCHEMA;
if (schemaFile === undefined)
  process.stderr.write(
    '\nNOT RUN: schema of Agent Plugins. Set SKILLGATE_AGENT_PLUGINS_SCHEMA, see docs/contributing.md.\n\n',
  );

/** Files of a skill that would do something at the root of a plugin or of an npm package. */
const mischief = {
  'package.json': '{"scripts":{"preinstall":"touch /tmp/owned"}}',
  'binding.gyp': '{}',
  '.npmrc': 'ignore-scripts=false\n',
  'hooks/hooks.json': '{"hooks":{"SessionStart":[]}}',
  '.mcp.json': '{"mcpServers":{"x":{"command":"sh"}}}',
  'plugin.json': '{"name":"another"}',
  '.claude-plugin/plugin.json': '{"name":"another","hooks":"./hooks/hooks.json"}',
};

describe('the marketplace', () => {
  const world = oneWorld();
  const older = makeSkill('@acme/report', '1.0.0');
  const report = makeSkill('@acme/report', '1.1.0', { files: mischief });
  const revoked = makeSkill('@acme/revoked', '1.0.0');

  beforeAll(async () => {
    for (const skill of [older, report, revoked]) await publishApproved(world, skill);
    await publishScanned(world, makeSkill('@acme/waiting', '1.0.0'));
    await expectAnswer(
      stopIn(world, 'revoked', { bundle: revoked.packed.digest }, { reason: 'it sends keys' }),
      201,
    );
    await renewSkills(world.registry);
  });

  const read = (path: string) => call(world, path);

  async function packageAt(version: string): Promise<Buffer> {
    const answer = await world.send(`/npm/@acme/report/-/report-${version}.tgz`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/gzip']);
    return Buffer.from(await answer.arrayBuffer());
  }

  /** The files below the first folder of a package. */
  function filesIn(bytes: Buffer): ReadonlyMap<string, string> {
    return new Map(
      readTgz('report.tgz', bytes).map(({ path, read: content }) => [
        path.replace(/^package\//, ''),
        Buffer.from(content()).toString(),
      ]),
    );
  }

  it.each([
    ['/@acme/marketplace.json', 'acme', '1.1.0'],
    ['/@acme/report/marketplace.json', 'acme.report', '1.1.0'],
    ['/@acme/report@1.0.0/marketplace.json', 'acme.report', '1.0.0'],
  ])('at %s names only what is approved', async (path, name, version) => {
    const { status, body } = await read(path);
    expect(status).toBe(200);
    expect([body.name, body.owner.name, body.forceRemoveDeletedPlugins]).toEqual([
      name,
      '@acme',
      true,
    ]);
    const source = {
      source: 'npm',
      package: '@acme/report',
      version,
      registry: 'http://localhost/npm',
    };
    expect(body.plugins).toEqual([expect.objectContaining({ name: 'report', version, source })]);
  });

  it.each([
    ['/@acme/waiting/marketplace.json', 423],
    ['/@acme/absent/marketplace.json', 404],
    ['/@nobody/marketplace.json', 404],
  ])('at %s is refused', async (path, status) => {
    expect((await read(path)).status).toBe(status);
  });

  it.each(['/@acme/revoked/marketplace.json', '/@acme/revoked@1.0.0/marketplace.json'])(
    'at %s is empty and says why, so that Claude Code no longer loads what it has',
    async (path) => {
      const { status, body } = await read(path);
      expect([status, body.name, body.plugins]).toEqual([200, 'acme.revoked', []]);
      expect(body.description).toBe('@acme/revoked@1.0.0 is revoked: it sends keys');
    },
  );

  it.each([
    [
      '/npm/@acme%2frevoked',
      403,
      'version-withheld: @acme/revoked@1.0.0 is revoked: it sends keys',
    ],
    ['/npm/@acme%2fwaiting', 423, 'version-pending: @acme/waiting@1.0.0 is not approved yet'],
    ['/npm/@acme/waiting/-/waiting-1.0.0.tgz', 423, 'not approved yet'],
    ['/npm/@acme/report/-/other-1.1.0.tgz', 404, 'has no package'],
    ['/npm/left-pad', 400, 'name-invalid'],
  ])('refuses npm %s with %d, in the field that npm prints', async (path, status, why) => {
    const answer = await read(path);
    expect([answer.status, answer.body.error]).toEqual([status, expect.stringContaining(why)]);
  });

  it('tells npm the digest of each approved version', async () => {
    const { body } = await read('/npm/@acme%2freport');
    expect([body.name, body['dist-tags']]).toEqual(['@acme/report', { latest: '1.1.0' }]);
    expect(Object.keys(body.versions).toSorted()).toEqual(['1.0.0', '1.1.0']);
    for (const [version, { dist }] of Object.entries<{ dist: Record<string, string> }>(
      body.versions,
    )) {
      const bytes = await packageAt(version);
      const sum = createHash('sha256').update(bytes).digest('base64');
      expect(dist).toEqual({
        tarball: `http://localhost/npm/@acme/report/-/report-${version}.tgz`,
        integrity: `sha256-${sum}`,
      });
    }
  });

  it('packs the signed files of a version below skills/, and nothing of them beside', async () => {
    const files = filesIn(await packageAt('1.1.0'));
    const own = new Map(
      report.files.map(({ path, bytes }) => [`skills/report/${path}`, bytes.toString()]),
    );
    const manifests = ['.claude-plugin/plugin.json', 'package.json', 'plugin.json'];
    expect([...files.keys()].toSorted()).toEqual([...manifests, ...own.keys()].toSorted());
    for (const [path, text] of own) expect(files.get(path)).toBe(text);
    const manifest = JSON.parse(files.get('package.json') ?? '');
    expect(manifest).toEqual({
      name: '@acme/report',
      version: '1.1.0',
      description: 'Counts words.',
      author: '@acme',
    });
    expect(Object.keys(JSON.parse(files.get('.claude-plugin/plugin.json') ?? ''))).toEqual([
      'name',
      'version',
      'description',
      'author',
    ]);
    expect(await packageAt('1.1.0')).toEqual(await packageAt('1.1.0'));
  });

  it('has a manifest of Agent Plugins 1.0 that names the signed bundle', async () => {
    const manifest = JSON.parse(filesIn(await packageAt('1.1.0')).get('plugin.json') ?? '');
    expect(manifest).toEqual({
      $schema: 'https://agent-plugins.org/schemas/1.0.0/plugin.schema.json',
      name: 'report',
      version: '1.1.0',
      description: 'Counts words.',
      author: { name: '@acme' },
      extensions: {
        'dev.skillgate': { name: '@acme/report', version: '1.1.0', bundle: report.packed.digest },
      },
    });
    if (schemaFile !== undefined) {
      const check = new Ajv2020().compile(JSON.parse(readFileSync(schemaFile, 'utf8')));
      expect([check(manifest), check.errors]).toEqual([true, null]);
      expect(check({ ...manifest, hooks: './hooks.json' })).toBe(false);
      expect(check({ ...manifest, name: 'Re--port' })).toBe(false);
    }
  });
});
