import { describe, expect, it } from 'vitest';
import { infer, skillMd } from './infer.ts';

const folder = 'mount cow workspace:work at /work for files named by arguments';

describe('the form of a drafted secret', () => {
  const host = 'https://api.crm.example';
  const py = (line: string): string =>
    `import json, os, requests, urllib.parse, urllib.request\nkey = os.environ["CRM_API_KEY"]\n${line}\n`;
  it.each<[string, string, string]>([
    ['query:appid', 'a.py', py(`requests.get(f"${host}/v2?q=x&appid={key}")`)],
    ['query:appid', 'a.py', py(`requests.get("${host}/v2", params={"q": "x", "appid": key})`)],
    [
      'query:appid',
      'a.py',
      py(`urllib.request.urlopen("${host}/v2?" + urllib.parse.urlencode({"appid": key}))`),
    ],
    [
      'query:appid',
      'a.ts',
      `const key = process.env.CRM_API_KEY;\nawait fetch(\`${host}/v2?appid=\${key}\`);\n`,
    ],
    [
      'query:appid',
      'a.py',
      `import os, requests\nclass Api:\n    def __init__(self, key=None):\n        self.key = key or os.getenv("CRM_API_KEY", "")\n\n    def get(self):\n        params = {"q": "x"}\n        if self.key:\n            params["appid"] = self.key\n        return requests.get("${host}/v2", params=params)\n\nApi().get()\n`,
    ],
    [
      'query:appid',
      'a.ts',
      `const key = process.env.CRM_API_KEY;\nconst url = new URL('${host}/v2');\nurl.searchParams.set('appid', key);\nawait fetch(url);\n`,
    ],
    ['query:appid', 'a.sh', `curl -fsS "${host}/v2?q=x&appid=$CRM_API_KEY"\n`],
    ['path', 'a.py', py(`requests.post(f"${host}/bot{key}/send", json={"text": "x"})`)],
    ['path', 'a.sh', `curl -fsS "${host}/bot\${CRM_API_KEY}/send"\n`],
    ['form:token', 'a.py', py(`requests.post("${host}/v2", data={"token": key, "x": 1})`)],
    [
      'form:token',
      'a.py',
      py(
        `form = urllib.parse.urlencode({"token": key}).encode()\nurllib.request.urlopen("${host}/v2", data=form)`,
      ),
    ],
    ['json:/token', 'a.py', py(`requests.post("${host}/v2", json={"x": 1, "token": key})`)],
    [
      'json:/token',
      'a.ts',
      `await fetch('${host}/v2', { method: 'POST', body: JSON.stringify({ token: process.env.CRM_API_KEY }) });\n`,
    ],
    ['header:X-Api-Key', 'a.py', py(`requests.get("${host}/v2", headers={"X-Api-Key": key})`)],
    [
      'bearer',
      'a.py',
      py(`requests.get("${host}/v2", headers={"Authorization": f"Bearer {key}"})`),
    ],
    [
      'bearer',
      'a.py',
      py(`requests.post("${host}/v2", json={"n": 1}, headers={"Authorization": "Bearer " + key})`),
    ],
  ])('is %s', async (as, name, text) => {
    const files = { 'SKILL.md': skillMd.replace('a.ts', name), [`scripts/${name}`]: text };
    expect((await infer(files)).lines).toContain(`secret CRM_API_KEY as ${as} to api.crm.example`);
  });
});

describe('the draft of a webhook, a bot or a database', () => {
  const py = (name: string): string =>
    `import os, requests\nrequests.post(os.environ["${name}"], json={"text": "x"})\n`;
  it.each<[string, string, string[]]>([
    [
      'a webhook of a known chat',
      py('SLACK_WEBHOOK_URL'),
      [
        'secret SLACK_WEBHOOK_URL as address to hooks.slack.com',
        'egress POST https://hooks.slack.com/services/*',
      ],
    ],
    [
      'a bot of the user’s own',
      'import os, requests\ntoken = os.environ["TELEGRAM_BOT_TOKEN"]\nrequests.post(f"https://api.telegram.org/bot{token}/send", json={})\nrequests.post("https://api.telegram.org/bot1:AAxx/send", json={})\n',
      [
        'secret TELEGRAM_BOT_TOKEN as path to api.telegram.org',
        'egress POST https://api.telegram.org/bot*',
      ],
    ],
    [
      'a bot whose token is the author’s',
      'import requests\nrequests.post("https://api.telegram.org/bot1:AAxx/send", json={})\n',
      [],
    ],
    ['an address that only its owner knows', py('CRM_WEBHOOK'), []],
    [
      'a PostgreSQL database',
      'import os, psycopg\npsycopg.connect(host="db.acme.example", port=5432, password=os.environ["DB_PASSWORD"])\n',
      [
        'secret DB_PASSWORD as postgres to db.acme.example',
        'egress * tcp://db.acme.example:5432/*',
      ],
    ],
    [
      'a PostgreSQL database at another port',
      'import os, psycopg\npsycopg.connect(host="db.acme.example", port=5555, password=os.environ["DB_PASSWORD"])\n',
      [
        'secret DB_PASSWORD as postgres to db.acme.example',
        'egress * tcp://db.acme.example:5555/*',
      ],
    ],
    [
      'a service of gRPC',
      'import grpc\ngrpc.secure_channel("api.acme.example:443", grpc.ssl_channel_credentials())\n',
      ['egress GET,POST https://api.acme.example/*'],
    ],
    [
      'another database, whose password no run can have',
      'import os, redis\nredis.Redis(host="cache.acme.example", port=6379, password=os.environ["CACHE_PASSWORD"])\n',
      ['egress * tcp://cache.acme.example:6379/*'],
    ],
  ])('%s', async (_, text, expected) => {
    const files = { 'SKILL.md': skillMd.replace('a.ts', 'a.py'), 'scripts/a.py': text };
    expect((await infer(files)).lines.filter((one) => !/^package/.test(one))).toEqual(expected);
  });
});

describe('a draft', () => {
  const run = 'Run `python scripts/a.py`.\n';
  it.each<[string, Record<string, string>, string[]]>([
    [
      'no packages of a text, neither their managers nor their hosts',
      {
        'SKILL.md': `${skillMd}\`\`\`bash\npip install requests\nbrew install poppler\nnpx create-thing\nuv add polars\n\`\`\`\n`,
      },
      [],
    ],
    [
      'a package manager that code starts',
      {
        'scripts/a.ts':
          "import { execFileSync } from 'node:child_process'; execFileSync('npm', ['ls'])",
      },
      [folder, 'exec npm'],
    ],
    [
      'a known program at the head of a line in a block, and no word of prose',
      {
        'SKILL.md': `${skillMd}\`\`\`bash\npdftotext a.pdf && gh issue list\nAND "x"[y]\nachieving more\nPROMPT  The words\n1. Visit the page\n\`\`\`\n`,
      },
      ['exec gh', 'exec pdftotext'],
    ],
    [
      'no variable that only a text shows, and no placeholder',
      {
        'SKILL.md': `${skillMd}\`\`\`bash\necho "$BUILD_DIR $PORT" && curl -H "Authorization: Bearer $YOUR_API_KEY" https://api.crm.example/v2\n\`\`\`\n`,
      },
      ['egress GET https://api.crm.example/v2', 'exec curl'],
    ],
    [
      'no variable that every environment has',
      {
        'SKILL.md': skillMd.replace('Run `scripts/a.ts`.\n', run),
        'scripts/a.py':
          'import os\nprint(os.environ.get("NODE_ENV"), os.environ["PATH"], os.environ.get("CRM_REGION"))\n',
      },
      ['env CRM_REGION'],
    ],
    [
      'no paths of jq’s variables and programs, but the files that jq reads',
      {
        'SKILL.md': skillMd.replace('a.ts', 'a.sh'),
        'scripts/a.sh':
          "jq -n --arg mode /mode --argjson pro /pro --slurpfile all /data/all.json '{a: $mode, b: .x/.y}' /data/more.json\nsed s,/a,/b, /data/x\nawk -v a=/c '{print \"/d\" $1}' /data/y\ngrep -E ^/e /data/z\n",
      },
      ['mount ro workspace:data at /data', 'exec jq'],
    ],
    [
      'the key of a service whose library takes it, with the service’s header and all its addresses',
      {
        'SKILL.md': skillMd.replace('a.ts', 'a.py'),
        'scripts/a.py':
          'import os\nimport anthropic\nimport litellm\nanthropic.Anthropic().messages.create(model="x")\nlitellm.completion(api_key=os.environ["OPENROUTER_API_KEY"])\n',
      },
      [
        'secret OPENROUTER_API_KEY as bearer to openrouter.ai',
        'secret ANTHROPIC_API_KEY as header:x-api-key to api.anthropic.com',
        'egress DELETE,GET,PATCH,POST,PUT https://api.anthropic.com/*',
        'egress GET,POST https://openrouter.ai/*',
      ],
    ],
    [
      'the programs that an imported package starts',
      {
        'SKILL.md': skillMd.replace('a.ts', 'a.py'),
        'scripts/a.py': 'from pdf2image import convert_from_bytes\nimport gitlab\n',
      },
      ['exec pdfinfo', 'exec pdftoppm'],
    ],
    [
      'a mount for documents that arguments name',
      {
        'SKILL.md': skillMd.replace('a.ts', 'a.py'),
        'scripts/a.py':
          'import sys\nimport openpyxl\nbook = openpyxl.load_workbook(sys.argv[1])\nbook.save(sys.argv[2])\n',
      },
      [folder],
    ],
    [
      'the head of a command line whose other words are computed',
      {
        'SKILL.md': skillMd.replace('a.ts', 'a.py'),
        'scripts/a.py':
          'import shutil, subprocess, sys\nsubprocess.run(["pdfinfo"] + sys.argv[1:])\nsubprocess.run(["git", *sys.argv])\nsubprocess.run([shutil.which("soffice"), "--headless"])\n',
      },
      [folder, 'exec git', 'exec pdfinfo', 'exec soffice'],
    ],
    [
      'no folder for a file of the root, for a placeholder and for a place of a service',
      {
        'SKILL.md': `${skillMd}\`\`\`bash\ncat /path/to/file.txt\n\`\`\`\n`,
        'scripts/a.ts':
          "import fs from 'node:fs'; import path from 'node:path'; import { execFileSync } from 'node:child_process'; fs.readFileSync(path.join(import.meta.dirname, '../../..', 'package.json')); execFileSync('gh', ['api', '/markdown'])",
      },
      ['egress DELETE,GET,PATCH,POST,PUT https://api.github.com/*', 'exec gh'],
    ],
    [
      'the utilities that not every sandbox has, and the shell of a command line in Python',
      {
        'SKILL.md': skillMd.replace('a.ts', 'a.py'),
        'scripts/a.py':
          'import os, subprocess\nsubprocess.run("ls | wc -l", shell=True)\nos.system("jq . /data/a.json")\n',
        'scripts/b.sh': '#!/bin/sh\nx=$(echo "1/3" | bc)\nprintf "$x" | xxd | tail -n 1\ncd /tmp\n',
      },
      ['mount ro workspace:data at /data', 'exec bc', 'exec jq', 'exec sh', 'exec xxd'],
    ],
  ])('has %s', async (_, texts, expected) => {
    const { lines } = await infer({ 'scripts/a.ts': '', ...texts });
    expect(lines).toEqual(expected);
  });

  it('asks for nothing when the skill has no commands', async () => {
    const shows = '```bash\ncurl https://api.crm.example/v2\n```\n';
    const { lines, manifest } = await infer({
      'SKILL.md': `---\nname: sample\ndescription: A sample.\n---\n${shows}`,
      'assets/page.ts': "await fetch('https://api.crm.example/v2')",
    });
    expect(manifest.commands).toEqual({});
    expect(lines).toEqual([]);
  });

  const python = (...lines: string[]) => ({ 'scripts/a.py': `${lines.join('\n')}\n` });
  it.each<[string, Record<string, string>]>([
    ['a parameter of a path type', python('def read(folder: Path) -> None:', '  folder.iterdir()')],
    ['an argument of a path type', python('parser.add_argument("source", type=Path)')],
    ['an argument with a file’s name', python('parser.add_argument("-i", "--input-file")')],
    ['the working directory', python('import os', 'print(os.listdir("."), os.getcwd())')],
    ['a relative path', python('figure.savefig("result.png")')],
    ['a program that looks around', { 'scripts/a.sh': '#!/bin/sh\nif git log -1; then ls; fi\n' }],
    [
      'a program that an argument names',
      python('import subprocess, sys', 'subprocess.run(sys.argv[1:])'),
    ],
    [
      'a file of Node in the working directory',
      { 'scripts/a.ts': "fs.writeFileSync('out.json', x)" },
    ],
  ])('has the folder of the caller for %s', async (_, texts) => {
    const { lines } = await infer({ 'SKILL.md': `${skillMd}\n${Object.keys(texts)}`, ...texts });
    expect(lines.map((line) => line.replace(' ro ', ' cow '))).toContain(folder);
  });

  it.each<[string, Record<string, string>]>([
    [
      'files of its own',
      python('import os', 'open(os.path.join(os.path.dirname(__file__), "a.csv"))'),
    ],
    ['an argument that is no file', python('parser.add_argument("--city")', 'print(city)')],
    ['comments', python('# open("result.txt", "w")', 'print(1)')],
    ['tests', { 'scripts/a.py': 'print(1)\n', 'tests/test_a.py': 'open("x.txt", "w")\n' }],
    [
      'texts',
      { 'scripts/a.py': 'print(1)\n', 'references/a.md': '```bash\ngit log > out.txt\n```\n' },
    ],
  ])('has no folder of the caller for %s', async (_, texts) => {
    const { lines } = await infer({ 'SKILL.md': `${skillMd}\n${Object.keys(texts)}`, ...texts });
    expect(lines.filter((line) => line.startsWith('mount'))).toEqual([]);
  });
});
