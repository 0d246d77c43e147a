import { describe, expect, it } from 'vitest';
import { requiredPackages } from '../../../scanner/manifest/required-packages.ts';

const of = (texts: Readonly<Record<string, string>>) => {
  const { left, packages } = requiredPackages(
    Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  return {
    packages: packages.map(({ ecosystem, requirement }) => `${ecosystem} ${requirement}`),
    left,
  };
};

describe('the packages that a skill requires', () => {
  it.each<[string, string, readonly string[]]>([
    ['an import of another name', 'import yaml\n', ['python pyyaml']],
    [
      'several imports on a line',
      'import os, numpy as np, pandas\n',
      ['python numpy', 'python pandas'],
    ],
    [
      'an import from a part',
      'from sklearn.tree import DecisionTreeClassifier\n',
      ['python scikit-learn'],
    ],
    ['an import in a function', 'def go():\n    from PIL import Image\n', ['python pillow']],
    [
      'modules of Python',
      'import json\nfrom __future__ import annotations\nimport xml.etree\n',
      [],
    ],
    ['a comment', '# import yaml\n', []],
    ['a text', 'usage = """\nimport yaml\n"""\n', []],
    ['a text on one line', "a = 'it'; b = '''\nimport yaml\n'''\n", []],
    ['a relative import', 'from . import helpers\nfrom .core import x\n', []],
    ['a file of the skill', 'import helpers\nfrom core.office import pack\n', []],
  ])('come from %s', (_, script, packages) => {
    const own = { 'scripts/helpers.py': '', 'scripts/core/office.py': '' };
    expect(of({ 'scripts/a.py': script, ...own })).toEqual({ packages, left: [] });
  });

  it('are never guessed: a stranger may own the name of a module', () => {
    expect(of({ 'scripts/a.py': 'import acme_internal\n' })).toEqual({
      packages: [],
      left: ['acme_internal (imported at scripts/a.py:1): nothing says which package provides it'],
    });
    expect(of({ 'a.mjs': "import x from 'acme-internal';\n" }).packages).toEqual([]);
    const texts = { 'SKILL.md': '```sh\npip install acme-internal\n```\n' };
    expect(of({ 'scripts/a.py': 'import acme_internal\n', ...texts }).packages).toEqual([
      'python acme-internal',
    ]);
  });

  it('leave out what the code goes on without, unless a text names it', () => {
    const script = 'try:\n    import rdkit\nexcept ImportError:\n    rdkit = None\n';
    const needed =
      'try:\n    import rdkit\nexcept ImportError:\n    print("no")\n    sys.exit(1)\n';
    expect(of({ 'a.py': script }).left).toEqual([
      'rdkit (imported at a.py:2): the code goes on without it, and no text names it',
    ]);
    expect(of({ 'a.py': script, 'SKILL.md': 'Needs RDKit.' }).packages).toEqual(['python rdkit']);
    expect(of({ 'a.py': needed }).packages).toEqual(['python rdkit']);
    expect(of({ 'a.py': script.replaceAll('rdkit', 'torch'), 'SKILL.md': 'torch' }).left).toEqual([
      'torch (imported at a.py:2): the code goes on without it, and it is very large',
    ]);
  });

  it('come from the lists of the skill first, with their versions', () => {
    expect(
      of({
        'requirements.txt':
          '# tools\npandas>=2 # tables\n-r more.txt\nsix==1.16.0 \\\n  --hash=sha256:00\n',
        'scripts/a.py':
          '# /// script\n# dependencies = [\n#   "rich<15",\n# ]\n# ///\nimport pandas, yaml\n',
        'scripts/package.json': '{"dependencies": {"docx": "^9.6.1"}}',
        'scripts/b.mjs':
          "import { Packer } from 'docx';\nimport fs from 'node:fs';\nimport './c.mjs';\n",
      }).packages,
    ).toEqual([
      'python pandas>=2',
      'python six==1.16.0',
      'python rich<15',
      'npm docx@^9.6.1',
      'python pyyaml',
    ]);
  });

  it('are never addresses, paths or options', () => {
    expect(
      of({
        'requirements.txt':
          'six @ git+https://git.example/six\n./own\n--index-url https://index.example\n',
        'package.json': '{"dependencies": {"x": "git+https://git.example/x", "y": "file:../y"}}',
      }),
    ).toEqual({
      packages: [],
      left: [
        'six @ git+https://git.example/six (requirements.txt): only packages of an index can be locked',
        './own (requirements.txt): only packages of an index can be locked',
        'x@git+https://git.example/x (package.json): only packages of an index can be locked',
        'y@file:../y (package.json): only packages of an index can be locked',
      ],
    });
  });

  it('are no way into the objects of the scanner', () => {
    const block =
      '# /// script\n# "__proto__".polluted = 1\n# constructor.prototype.polluted = 1\n# ///\n';
    expect(of({ 'a.py': block }).packages).toEqual([]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('do not come from tests, templates and examples', () => {
    const script = 'import yaml\n';
    expect(
      of({ 'tests/test_a.py': script, 'templates/a.py': script, 'examples/a.py': script }).packages,
    ).toEqual([]);
  });
});
