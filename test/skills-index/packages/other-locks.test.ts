import { expect, it } from 'vitest';
import { pinsIn } from '../../../skills-index/packages/locks/package-lock.ts';

const hash = (digit: string): string => `sha256:${digit.repeat(64)}`;
const pins = (texts: Readonly<Record<string, string>>) =>
  [
    ...pinsIn(Object.entries(texts).map(([path, text]) => ({ path, bytes: Buffer.from(text) }))),
  ].map(([name, { hashes, version }]) => [name, version, ...hashes]);

it('takes the versions and hashes of requirements with hashes', () => {
  const text = `six==1.16.0 \\\n    --hash=${hash('a')} \\\n    --hash=${hash('b')}\nPyYAML[x]==6.0 ; os_name == "posix" --hash=${hash('c')}\nrich==14.0\npandas>=2 --hash=${hash('d')}\n`;
  expect(pins({ 'requirements.txt': text })).toEqual([
    ['six', '1.16.0', hash('a'), hash('b')],
    ['pyyaml', '6.0', hash('c')],
  ]);
});

const uv = (more: string): string =>
  `version = 1\n[[package]]\nname = "own"\nversion = "0.1.0"\nsource = { virtual = "." }\n${more}`;
const entry = (version: string, source: string): string =>
  `[[package]]\nname = "six"\nversion = "${version}"\nsource = { ${source} }\nwheels = [{ url = "https://files.example/six.whl", hash = "${hash('a')}", size = 1 }]\n`;
const registry = 'registry = "https://pypi.org/simple"';

it('takes the versions and hashes of the locks of uv', () => {
  expect(pins({ 'uv.lock': uv(entry('1.16.0', registry)) })).toEqual([
    ['six', '1.16.0', hash('a')],
  ]);
  expect(pins({ 'scripts/a.py.lock': uv(entry('1.16.0', registry)) })).toHaveLength(1);
});

it.each([
  ['git', uv(entry('1.16.0', 'git = "https://git.example/six"'))],
  ['several versions', uv(entry('1.16.0', registry) + entry('1.17.0', registry))],
  [
    'a name that is an option on a line of its own',
    uv(entry('1.16.0', registry).replace('name = "six"', String.raw`name = "-r /srv/evil\nsix"`)),
  ],
  ['no TOML', '<html>'],
  ['no list', 'package = 1'],
])('has no pins for %s', (_, text) => {
  expect(pins({ 'uv.lock': text })).toEqual([]);
});
