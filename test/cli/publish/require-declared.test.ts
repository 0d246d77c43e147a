import { describe, expect, it } from 'vitest';
import { requireDeclared } from '../../../cli/publish/require-declared.ts';
import { scanSkill } from '../../../scanner/scan.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { Problem } from '../../../skills-index/skill/problem.ts';

const skillMd = '---\nname: sample\ndescription: A sample.\n---\nRun `scripts/a.py`.\n';

/** What `publish` says of a skill with one script and these declared capabilities. */
async function asked(
  script: string,
  capabilities: object,
  more: object = {},
): Promise<{ refused: readonly string[]; left: readonly string[] }> {
  const json = JSON.stringify({ name: '@acme/sample', version: '1.0.0', capabilities, ...more });
  const files = Object.entries({
    'SKILL.md': skillMd,
    'skill.json': json,
    'scripts/a.py': script,
  }).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 }));
  const report = await scanSkill(files);
  try {
    return {
      refused: [],
      left: requireDeclared(files, parseManifest(Buffer.from(json)), report),
    };
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    return {
      refused: cause.reasons.map(
        ({ message, place }) => `${place?.path}:${place?.line} ${message}`,
      ),
      left: [],
    };
  }
}

const why = 'the test needs it';

describe('a declared secret that cannot arrive', () => {
  const code = (line: string): string =>
    `import os, requests\nkey = os.environ["CRM_TOKEN"]\n${line}\n`;
  const inQuery = code('requests.get(f"https://api.crm.example/v2?q=1&key={key}")');
  const inPath = code('requests.get(f"https://api.crm.example/bot{key}/send")');
  const inHeader = code(
    'requests.get("https://api.crm.example/v2", headers={"Authorization": f"Bearer {key}"})',
  );
  it.each<[string, string, string, string[]]>([
    ['query:key', '/v2', inQuery, []],
    ['path', '/bot*', inPath, []],
    ['bearer', '/v2', inHeader, []],
    [
      'bearer',
      '/v2',
      inQuery,
      [
        'secret CRM_TOKEN as bearer: the code puts it into the address of a request; write "as": "query:key"',
      ],
    ],
    [
      'header:X-Key',
      '/bot*',
      inPath,
      [
        'secret CRM_TOKEN as header:X-Key: the code puts it into the address of a request; write "as": "path"',
      ],
    ],
    [
      'path',
      '/v2',
      inHeader,
      [
        'secret CRM_TOKEN as path: it stands behind an egress url that ends with *, as in "https://api.crm.example/*"',
      ],
    ],
    ['bearer', '', inHeader, ['secret CRM_TOKEN as bearer: add an egress to api.crm.example']],
  ])('%s, with the egress %j', async (as, path, script, expected) => {
    const secret = [{ name: 'CRM_TOKEN', hosts: ['api.crm.example'], as, why }];
    const egress = path === '' ? [] : [{ url: `https://api.crm.example${path}`, why }];
    const { refused } = await asked(script, { secret, egress });
    expect(refused.map((one) => one.replace('undefined:undefined ', ''))).toEqual(
      expect.arrayContaining(expected),
    );
    if (expected.length === 0) expect(refused).toEqual([]);
  });
});

describe('a skill whose skill.json does not declare', () => {
  it.each([
    [
      'a host',
      'import requests\nrequests.get("https://api.crm.example/v2/deals")\n',
      [
        'scripts/a.py:2 egress GET https://api.crm.example/v2/deals: add to "egress": {"url":"https://api.crm.example/v2/deals","methods":["GET"],"why":"…"}',
      ],
    ],
    [
      'several addresses of a host, which one entry declares',
      'import requests\nfor page in ["a", "b", "c", "d"]:\n    requests.get("https://api.crm.example/v2/" + page)\n',
      [
        'scripts/a.py:3 egress GET https://api.crm.example/v2/a and 3 more: add to "egress": {"url":"https://api.crm.example/v2/*","methods":["GET"],"why":"…"}',
      ],
    ],
    [
      'a program',
      'import subprocess\nsubprocess.run(["pandoc", "--version"])\n',
      ['scripts/a.py:2 exec pandoc: add to "exec": {"program":"pandoc","why":"…"}'],
    ],
    [
      'a variable',
      'import os\nprint(os.environ["REPORT_STYLE"])\n',
      ['scripts/a.py:2 env REPORT_STYLE: add to "env": {"name":"REPORT_STYLE","why":"…"}'],
    ],
    [
      'a secret whose host the scan cannot tell',
      'import os\nlogin(os.environ["CRM_TOKEN"])\n',
      [
        'scripts/a.py:2 env CRM_TOKEN: The scan sees no host that takes this secret. If a web API takes the secret, add to "secret": {"name":"CRM_TOKEN","hosts":["HOST"],"as":"bearer","why":"…"}, with the host of the API in place of HOST. The runner adds secrets to web requests, and signs in at PostgreSQL ("as": "postgres"); a skill cannot get the password of another database or of its own server. A skill that works without the secret publishes with --as-is.',
      ],
    ],
    [
      'the place of a secret',
      'import os\nprint(os.environ["CRM_TOKEN_FILE"])\n',
      ['scripts/a.py:2 env CRM_TOKEN_FILE: add to "env": {"name":"CRM_TOKEN_FILE","why":"…"}'],
    ],
    [
      'a secret of which several hosts may be the one',
      'import os, requests\nfor host in ["a.example", "b.example", "c.example"]:\n    requests.head(f"https://{host}/")\nlogin(os.environ["CRM_TOKEN"])\n',
      [
        expect.stringContaining('add to "egress": {"url":"https://a.example/'),
        expect.stringContaining('add to "egress": {"url":"https://b.example/'),
        expect.stringContaining('add to "egress": {"url":"https://c.example/'),
        expect.stringMatching(
          /^scripts\/a.py:4 env CRM_TOKEN: The scan cannot tell which host takes this secret: the skill contacts a.example, b.example, c.example\. If a web API /,
        ),
      ],
    ],
    [
      'a folder outside',
      'print(open("/reports/week.md").read())\n',
      [
        'scripts/a.py:1 mount ro /reports/week.md: add to "mount": {"source":"workspace:reports","target":"/reports","mode":"ro","why":"…"}',
      ],
    ],
  ])('%s is refused, with the place and the entry to paste', async (_, script, refused) => {
    expect(await asked(script, {})).toEqual({ refused, left: [] });
  });

  it.each([
    ['a path from its arguments', 'import sys\nprint(open(sys.argv[1]).read())\n', ['mount ro *']],
    [
      'a program that it computes',
      'import subprocess, sys\nsubprocess.run([sys.argv[1]])\n',
      ['exec *'],
    ],
    [
      'an address that it computes',
      'import requests, sys\nrequests.get(sys.argv[1])\n',
      ['egress GET https://*/*'],
    ],
    [
      'its own server on the loopback',
      'import requests\nrequests.get("http://localhost:8377/")\n',
      ['egress GET http://localhost:8377/'],
    ],
    ['a file of the system', 'print(open("/proc/meminfo").read())\n', ['mount ro /proc/meminfo']],
    [
      'a file of the home folder',
      'import os\nprint(open(os.path.expanduser("~/.bashrc")).read())\n',
      ['mount ro ~/.bashrc'],
    ],
  ])('%s is a line for the reviewer, because no entry can declare it', async (_, script, left) => {
    expect(await asked(script, {})).toEqual({ refused: [], left });
  });

  it('asks for the packages of imports, where skill.json leaves packages out', async () => {
    const commands = { a: 'scripts/a.py' };
    const script = 'import yaml\ntry:\n    import rich\nexcept ImportError:\n    rich = None\n';
    const { refused } = await asked(script, {}, { commands });
    expect(refused).toEqual([
      'scripts/a.py:1 package python pyyaml: add to "packages": {"python":{"requires":["pyyaml"],"why":"…"}}, then type skillgate lock',
    ]);
    const packages = { python: { requires: [], why } };
    expect(await asked(script, {}, { commands, packages })).toEqual({
      refused: [],
      left: ['package python pyyaml'],
    });
  });

  it('names only what is missing, not what is declared', async () => {
    const script =
      'import subprocess\nsubprocess.run(["pandoc", "x"])\nsubprocess.run(["git", "log"])\n';
    const { refused } = await asked(script, { exec: [{ program: 'git', why }] });
    expect(refused).toHaveLength(1);
    expect(refused[0]).toContain('exec pandoc');
  });
});
