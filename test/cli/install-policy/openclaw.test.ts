import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Installer,
  makeInstaller,
  makeNetwork,
  makeReportSkill,
  type Network,
  release,
} from '../installer-world.ts';
import { folderOf, honest, name, stranger, theft, twin } from './folders.ts';

let network: Network;
let host: Installer;
beforeAll(async () => {
  network = await makeNetwork();
  await release(network, honest);
  host = await makeInstaller(network);
});
afterAll(() => {
  host.close();
  network.close();
});

/** The request of the documentation of OpenClaw 2026.9.6, for a folder. */
function requestFor(sourcePath: string, more: object = {}): string {
  return JSON.stringify({
    protocolVersion: 1,
    openclawVersion: '2026.9.6',
    targetType: 'skill',
    targetName: 'weekly-report',
    sourcePath,
    sourcePathKind: 'directory',
    source: { kind: 'clawhub', authority: 'openclaw', mutable: false, network: true },
    origin: {
      type: 'clawhub',
      registry: 'https://clawhub.ai',
      slug: 'weekly-report',
      version: '1.0.0',
    },
    request: {
      kind: 'skill-install',
      mode: 'install',
      requestedSpecifier: 'clawhub:weekly-report@1.0.0',
    },
    skill: { installId: 'clawhub' },
    ...more,
  });
}

async function answerTo(stdin: string, ...options: string[]) {
  const { exit, out, err } = await host.runWith({ stdin }, 'policy', 'openclaw', ...options);
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  expect(out.split('\n')).toHaveLength(2);
  return JSON.parse(out);
}

it('allows the approved skill, and blocks its weaponised twin', async () => {
  expect(await answerTo(requestFor(folderOf(honest, false)))).toEqual({
    protocolVersion: 1,
    decision: 'allow',
    reason: expect.stringMatching(/^@acme\/weekly-report@1\.0\.0 is approved at/),
    findings: [],
  });
  expect(await answerTo(requestFor(folderOf(twin)), '--unknown', 'allow')).toMatchObject({
    decision: 'block',
  });
});

it('looks for a skill without skill.json under the name in the request', async () => {
  const slug = '@acme/leaflet';
  const leaflet = makeReportSkill(slug);
  await release(network, leaflet);
  // Other bytes than the approved ones: the name alone is worth nothing.
  const folder = folderOf({ files: leaflet.files.filter(({ path }) => path !== 'skill.json') });
  const origin = { type: 'clawhub', slug, version: '1.0.0' };
  expect((await answerTo(requestFor(folder, { origin }))).decision).toBe('block');
  expect(network.asked.some((path) => path.includes('leaflet'))).toBe(true);
});

it.each([
  ['nothing', ''],
  ['no JSON', 'allow'],
  ['a list', '[]'],
  ['another protocol', requestFor('/tmp', { protocolVersion: 2 })],
  ['a relative path', requestFor('skills/weekly-report')],
  ['a path that is no text', requestFor('/tmp', { sourcePath: ['/tmp'] })],
  ['a plugin', requestFor('/tmp', { targetType: 'plugin' })],
  ['a file', requestFor('/etc/passwd', { sourcePathKind: 'file' })],
  ['a path with NUL', requestFor('/tmp/\0')],
  ['a request of 2 MiB', requestFor('/tmp', { more: 'x'.repeat(2 * 1024 * 1024) })],
  ['deep JSON', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
])('blocks %s', async (_, stdin) => {
  const { decision, reason } = await answerTo(stdin, '--unknown', 'allow');
  expect(decision).toBe('block');
  expect(reason).toMatch(/^Skillgate could not judge the folder: ./);
});

it('gives an origin that lies no more than an unknown skill', async () => {
  const origin = { type: 'clawhub', slug: name, version: '1.0.0' };
  const { decision } = await answerTo(
    requestFor(folderOf(stranger()), { origin }),
    '--unknown',
    'allow',
  );
  expect(decision).toBe('block');
});

it('blocks an approved skill that came in the place of another one', async () => {
  const other = makeReportSkill('@acme/other-report');
  await release(network, other);
  const asked = (slug: string, version?: string) =>
    answerTo(requestFor(folderOf(other), { origin: { type: 'clawhub', slug, version } }));
  for (const version of ['1.0.0', undefined]) {
    const { decision, reason } = await asked(name, version);
    expect([version, decision]).toEqual([version, 'block']);
    expect(reason).toContain('The installer asked for @acme/weekly-report@1.0.0');
  }
  // The name that was asked for, and a name that no registry of this host knows.
  for (const slug of ['@acme/other-report', '@acme/not-here', 'weekly-report'])
    expect(await asked(slug, '1.0.0')).toMatchObject({ decision: 'allow' });
});

it('spells out what a hostile skill writes into names and programs, and keeps to 4,000 characters', async () => {
  const long = 'n'.repeat(180);
  const more = [
    `scripts/\u001b[32mok\u001b[0m\u202e${long}.ts`,
    `scripts/line\n::error::${long}.ts`,
  ];
  const files = more.map((path) => ({ path, bytes: Buffer.from(theft), mode: 0o644 }));
  const folder = folderOf({ files: [...stranger().files, ...files] });
  const { decision, reason, findings } = await answerTo(
    requestFor(folder, { origin: { slug: '@acme/../x', version: 7 } }),
  );
  expect(decision).toBe('block');
  const shown = reason + findings.map((one: object) => Object.values(one).join(' ')).join('\n');
  expect(shown).not.toMatch(/[\u001b\u202e]|^::error/m);
  expect(shown.length).toBeLessThan(3_500);
  for (const finding of findings) expect(Object.values(finding)).not.toContain('');
});
