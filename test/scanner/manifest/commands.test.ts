import { describe, expect, it } from 'vitest';
import { inferManifest, scriptsLeftOut } from '../../../scanner/manifest/manifest.ts';
import { packagesInTexts } from '../../../scanner/manifest/required-packages.ts';
import { scanSkill } from '../../../scanner/scan.ts';
import { identity } from './infer.ts';

type Start = string | { readonly module: string };

describe('the commands of a draft', () => {
  const text = (...lines: string[]): string =>
    `---\nname: sample\ndescription: A sample.\n---\n${lines.join('\n')}\n`;
  const main = "if __name__ == '__main__':\n    print(1)\n";
  const left = (path: string, why: string) => ({ path, why });

  it.each<[string, Record<string, string>, Start[], { path: string; why: string }[]]>([
    [
      'a script that any text tells to run, also as a module',
      {
        'SKILL.md': text('Run `python -m tools.pack x`, see references/more.md.'),
        'references/more.md': '```bash\nuv run $DIR/tools/check.py\n```\n',
        'tools/pack.py': '',
        'tools/check.py': '',
        'tools/packer.py': '',
      },
      ['tools/check.py', { module: 'tools.pack' }],
      [left('tools/packer.py', 'no text names it, and it does not start by itself')],
    ],
    [
      'a program with a shebang or a main part beside named ones, and no library',
      {
        'SKILL.md': text('Run `python scripts/a.py`.'),
        'scripts/a.py': 'from b import x\nfrom c import y\n',
        'scripts/b.py': `x = 1\n${main}`,
        'scripts/c.py': '#!/usr/bin/env python3\ny = 1\n',
        'scripts/d.sh': '#!/bin/sh\nls\n',
        'scripts/e': '#!/usr/bin/env bash\nls\n',
        'scripts/README': 'Scripts.\n',
      },
      ['scripts/a.py', 'scripts/b.py', 'scripts/d.sh', 'scripts/e'],
      [left('scripts/c.py', 'other code imports it')],
    ],
    [
      'no template, test or library, unless the text tells to run it',
      {
        'SKILL.md': text(
          'Copy `assets/page.js` and `templates/a.py`. Run `node examples/show.mjs`.',
          '```bash',
          'cd examples/more && python tell.py',
          '```',
          '```python',
          'from core.gif import Gif',
          '```',
          'Tests: `python tests/test_a.py`. On Windows: `scripts/a.ps1`.',
          'Elsewhere: `pwsh -NoProfile -File scripts/b.ps1`.',
        ),
        'assets/page.js': '',
        'templates/a.py': main,
        'examples/show.mjs': '',
        'examples/more/tell.py': '',
        'core/gif.py': 'class Gif: pass\n',
        'tests/test_a.py': main,
        'scripts/a.ps1': '',
        'scripts/b.ps1': '',
      },
      ['examples/more/tell.py', 'examples/show.mjs', 'scripts/b.ps1'],
      [
        left('assets/page.js', 'it is an example or a template, and no text tells to run it'),
        left('core/gif.py', 'other code imports it'),
        left('scripts/a.ps1', 'no text tells to run it with PowerShell'),
        left('templates/a.py', 'it is an example or a template, and no text tells to run it'),
        left('tests/test_a.py', 'it is a test'),
      ],
    ],
    [
      'a module where the imports begin at the skill’s folder, and a file where Python finds them',
      {
        'SKILL.md': text(
          'Run `python scripts/a.py`, `scripts/b.py`, `python scripts/c.py`, `python -m scripts.d`',
          'and `python -m json.tool`.',
        ),
        'scripts/a.py': 'from scripts.util import x\n',
        'scripts/b.py': `import scripts.util\n${main}`,
        'scripts/c.py': 'import sys\nsys.path.insert(0, "..")\nfrom scripts.util import x\n',
        'scripts/d.py': 'from util import x\n',
        'scripts/e.py': `from .util import x\n${main}`,
        'scripts/util.py': 'x = 1\n',
        'json/tool.py': '',
      },
      [
        'json/tool.py',
        { module: 'scripts.a' },
        { module: 'scripts.b' },
        'scripts/c.py',
        'scripts/d.py',
        { module: 'scripts.e' },
      ],
      [left('scripts/util.py', 'other code imports it')],
    ],
  ])('are %s', async (_, texts, expected, reasons) => {
    const files = Object.entries(texts).map(([path, content]) => ({
      path,
      bytes: Buffer.from(content),
      mode: 0o644,
    }));
    const report = await scanSkill(files);
    const { commands } = inferManifest(files, report, identity);
    expect(Object.values(commands)).toEqual(expected);
    expect(scriptsLeftOut(files, report, {})).toEqual(reasons);
  });
});

it('lists the packages that texts install', () => {
  const text = [
    'pip install -q requests "pandas>=2" -r requirements.txt',
    'npm install -g pkg && brew install poppler',
    'Use `uv add polars` or pip3 install.',
    'install nothing; go build ./...',
  ].join('\n');
  expect(packagesInTexts([{ path: 'SKILL.md', bytes: Buffer.from(text), mode: 0o644 }])).toEqual([
    'brew poppler',
    'npm pkg',
    'pip pandas>=2',
    'pip polars',
    'pip requests',
  ]);
});
