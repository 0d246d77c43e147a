import { describe, expect, it } from 'vitest';
import { scanSkill } from '../../../scanner/scan.ts';
import { parsePylock } from '../../../skills-index/packages/locks/pylock.ts';
import { lockedEntries } from '../../../skills-index/packages/require-locked.ts';

const lock = `lock-version = "1.0"
[[packages]]
name = "pyyaml"
version = "6.0.3"
wheels = [{ name = "pyyaml-6.0.3-cp311-cp311-manylinux_2_17_x86_64.whl", hashes = { sha256 = "${'0'.repeat(64)}" } }]
`;
const locked = lockedEntries(parsePylock(Buffer.from(lock), 'pylock.toml'));
const python = { requires: ['pyyaml'], why: 'reads settings', lock: 'pylock.toml', locked };
const manifest = (packages?: object): string =>
  JSON.stringify({
    name: '@acme/settings',
    version: '1.0.0',
    commands: { a: 'scripts/a.py' },
    ...(packages === undefined ? {} : { packages }),
  });

async function scan(texts: Readonly<Record<string, string>>) {
  const files = {
    'SKILL.md':
      '---\nname: settings\ndescription: Reads settings.\n---\nRun `python scripts/a.py`.\n',
    ...texts,
  };
  const report = await scanSkill(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  return {
    verdict: report.verdict,
    packages: report.capabilities.observed.package,
    findings: report.findings
      .filter(({ rule }) => /^(manifest|supply\/typosquat)/.test(rule))
      .map(({ message, rule, severity }) => `${rule} ${severity}: ${message}`),
  };
}

describe('packages of imports', () => {
  it('are observed, and a package of the lock declares them', async () => {
    expect(
      await scan({
        'scripts/a.py': 'import yaml\n',
        'skill.json': manifest({ python }),
        'pylock.toml': lock,
      }),
    ).toEqual({
      verdict: 'pass',
      packages: [{ ecosystem: 'python', name: 'pyyaml' }],
      findings: [],
    });
  });

  it('are of the declared package of the same name where no table knows the module', async () => {
    const ours = lock.replace('"pyyaml"', '"acme-bars"').replaceAll('pyyaml-', 'acme_bars-');
    const house = lockedEntries(parsePylock(Buffer.from(ours), 'pylock.toml'));
    const group = { ...python, requires: ['acme-bars'], locked: house };
    const files = { 'skill.json': manifest({ python: group }), 'pylock.toml': ours };
    const packages = [{ ecosystem: 'python', name: 'acme-bars' }];
    const used = await scan({ ...files, 'scripts/a.py': 'from acme_bars.svg import draw\n' });
    expect(used).toEqual({ verdict: 'pass', packages, findings: [] });
    const other = await scan({ ...files, 'scripts/a.py': 'import acme_bar\n' });
    expect(other.packages).toBeUndefined();
    expect(other.findings).toEqual([expect.stringMatching(/^manifest\/unused low: .*acme-bars/)]);
  });

  it('are a row where nothing declares them: the sandbox does not have them', async () => {
    const script = 'import yaml\ntry:\n    import rich\nexcept ImportError:\n    rich = None\n';
    expect(await scan({ 'scripts/a.py': script, 'skill.json': manifest() })).toMatchObject({
      verdict: 'pass',
      findings: [
        'manifest/undeclared low: an import needs package python pyyaml, which skill.json does not declare',
        'manifest/undeclared info: an optional import needs package python rich, which skill.json does not declare',
      ],
    });
  });

  it('are unused when no code imports what the author requires', async () => {
    const { findings, verdict } = await scan({
      'scripts/a.py': 'import json\n',
      'skill.json': manifest({ python }),
      'pylock.toml': lock,
    });
    expect([verdict, findings]).toEqual([
      'pass',
      [expect.stringMatching(/^manifest\/unused low: declares package python pyyaml@6\.0\.3/)],
    ]);
  });

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['whose lock is missing', {}, 'high'],
    ['whose lock differs', { 'pylock.toml': lock.replaceAll('6.0.3', '6.0.2') }, 'high'],
    [
      'whose lock takes a source distribution',
      { 'pylock.toml': lock.replace('wheels', 'sdists') },
      'high',
    ],
  ])('need a person %s', async (_, files, severity) => {
    const { findings, verdict } = await scan({
      'scripts/a.py': 'import yaml\n',
      'skill.json': manifest({ python }),
      ...files,
    });
    expect(verdict).not.toBe('pass');
    expect(findings.join('\n')).toMatch(new RegExp(`manifest/unreadable (medium|${severity})`));
  });

  it('are looked at for names almost like popular ones', async () => {
    const { findings, verdict } = await scan({
      'scripts/a.py': 'import json\n',
      'skill.json': manifest({ python: { requires: ['reqeusts'], why: 'w' } }),
    });
    expect(verdict).not.toBe('pass');
    expect(findings.join('\n')).toContain('reqeusts is named almost like requests');
  });
});
