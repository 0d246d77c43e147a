// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets are code
import { describe, expect, it } from 'vitest';
import { inferManifest } from '../../scanner/manifest.ts';
import { scanSkill } from '../../scanner/scan.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { listCapabilities, minus, printCapability } from '../../skills-index/skill/capability.ts';
import { type Manifest, parseManifest, printManifest } from '../../skills-index/skill/manifest.ts';
import { parseSkillName } from '../../skills-index/skill/name.ts';
import { parseVersion } from '../../skills-index/skill/version.ts';

const skillMd = '---\nname: sample\ndescription: A sample.\n---\nRun `scripts/a.ts`.\n';
const identity = { name: parseSkillName('@acme/sample'), version: parseVersion('1.0.0') };

async function infer(
  texts: Readonly<Record<string, string>>,
): Promise<{ manifest: Manifest; lines: string[]; files: SourceFile[] }> {
  const files = Object.entries({ 'SKILL.md': skillMd, ...texts }).map(([path, text]) => ({
    path,
    bytes: Buffer.from(text),
    mode: 0o644,
  }));
  const manifest = inferManifest(files, await scanSkill(files), identity);
  return { manifest, lines: listCapabilities(manifest.capabilities).map(printCapability), files };
}

describe('an inferred manifest', () => {
  it.each([
    ['a variable', 'console.log(process.env.TZ)', ['env TZ']],
    [
      'requests, by method',
      "await fetch('https://api.crm.example/v2/a'); await fetch('https://api.crm.example/v2/a', { method: 'POST' })",
      ['egress GET,POST https://api.crm.example/v2/a'],
    ],
    [
      'many paths of one host as all of it',
      "for (const p of ['a', 'b', 'c', 'd', 'e']) await fetch('https://api.crm.example/' + p)",
      ['egress GET https://api.crm.example/*'],
    ],
    [
      'a secret with the host that it goes to',
      "await fetch('https://api.crm.example/', { headers: { authorization: `Bearer ${process.env.CRM_TOKEN}` } }); await fetch('https://other.example/')",
      [
        'secret CRM_TOKEN as bearer to api.crm.example',
        'egress GET https://api.crm.example/',
        'egress GET https://other.example/',
      ],
    ],
    [
      'a folder as a workspace, writable when it is written to',
      "import fs from 'node:fs'; fs.readFileSync('/reports/a/b'); fs.writeFileSync('/reports/c', '')",
      ['mount rw workspace:reports at /reports'],
    ],
    ['a program', "import { execFileSync } from 'node:child_process'; execFileSync('git', ['tag'])", ['exec git']],
    [
      'nothing for its own folder and temporary files',
      "import fs from 'node:fs'; fs.writeFileSync('/tmp/a', fs.readFileSync(new URL('../b', import.meta.url)))",
      [],
    ],
    [
      'nothing that could not be computed',
      'await fetch(process.argv[2]); require(process.argv[3]); console.log(process.env[process.argv[4]])',
      [],
    ],
    [
      'nothing that no manifest can say',
      "import net from 'node:net'; net.connect(4444, '192.0.2.1'); import fs from 'node:fs'; fs.readFileSync('/etc/passwd')",
      [],
    ],
  ])('has %s', async (_, code, expected) => {
    const { lines, manifest } = await infer({ 'scripts/a.ts': code });
    expect(lines).toEqual(expected);
    expect(parseManifest(Buffer.from(printManifest(manifest)))).toEqual(manifest);
  });

  it('covers what it was inferred from, so that the next scan finds nothing undeclared', async () => {
    const code =
      "import fs from 'node:fs';\nfs.writeFileSync('/reports/a', process.env.TZ ?? '');\nawait fetch('https://api.crm.example/v2', { headers: { authorization: process.env.CRM_TOKEN ?? '' } });\n";
    const { manifest, files } = await infer({ 'scripts/a.ts': code });
    const again = await scanSkill([...files, { path: 'skill.json', bytes: Buffer.from(printManifest(manifest)), mode: 0o644 }]);
    expect(again.capabilities.undeclared).toEqual(minus(again.capabilities.undeclared, again.capabilities.undeclared));
    expect(again.verdict).toBe('pass');
  });

  it('says where each was seen', async () => {
    const { manifest } = await infer({ 'scripts/a.ts': '\nconsole.log(process.env.TZ)' });
    expect(manifest.capabilities.env).toEqual([{ name: 'TZ', why: 'to be confirmed: seen at scripts/a.ts:2' }]);
  });

  it('takes as commands what SKILL.md names, else the scripts that nobody imports', async () => {
    const files = {
      'scripts/a.ts': "import './b.ts'",
      'scripts/b.ts': '',
      'scripts/c.py': '',
      'scripts/a.py': '',
      'tests/d.ts': '',
    };
    expect((await infer(files)).manifest.commands).toEqual({ a: 'scripts/a.ts' });
    const plain = { ...files, 'SKILL.md': skillMd.replace('Run `scripts/a.ts`.', '') };
    expect((await infer(plain)).manifest.commands).toEqual({ a: 'scripts/a.py', 'a-ts': 'scripts/a.ts', c: 'scripts/c.py' });
  });
});
