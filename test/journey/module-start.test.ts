/** Commands that are Python modules of the skill, started from the skill's folder. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CommandStart } from '../../skills-index/skill/manifest-schema.ts';
import {
  makeTestHost,
  reportsMount,
  requestFor,
  runTest,
  type TestHost,
} from './sandbox-fixture.ts';

let host: TestHost;
beforeEach(() => {
  host = makeTestHost();
});
afterEach(() => host.remove());

const capabilities = { mount: reportsMount('cow') };
const imports = 'import json, sys\nfrom scripts.b import word\n';
const own = {
  'scripts/a.py': `${imports}print(word, sys.argv[1:], __name__, 'dumps' in dir(json))\n`,
  'scripts/b.py': "word = 'own'\n",
};

function runModule(files: Readonly<Record<string, string>>, module: string) {
  const skill = { files, capabilities };
  const { manifest } = requestFor(host, skill);
  const commands: Record<string, CommandStart> = { probe: { module } };
  return runTest(host, skill, { manifest: { ...manifest, commands }, args: ['x', '-m'] });
}

const printed = "own ['x', '-m'] __main__ True\n";

it.each<[string, Record<string, string>]>([
  ['a package', { ...own, 'scripts/__init__.py': '' }],
  ['a folder without __init__.py', own],
])('a module of %s starts with its arguments and finds its neighbours', async (_, files) => {
  expect(await runModule(files, 'scripts.a')).toMatchObject({ stderr: '', stdout: printed });
});

it('neither the skill nor the working folder replaces a module of Python', async () => {
  const evil = "raise SystemExit('replaced')\n";
  for (const name of ['json', 'runpy', 'importlib', 'scripts'])
    writeFileSync(join(host.reports, `${name}.py`), evil);
  const files = { ...own, 'json.py': evil, 'runpy.py': evil, 'os.py': evil };
  expect(await runModule(files, 'scripts.a')).toMatchObject({ stderr: '', stdout: printed });
});

it('nothing but the file of the module starts', async () => {
  const files = { 'json/tool.py': "print('own')\n" };
  expect(await runModule(files, 'json.tool')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(
      /^skillgate: cannot start the module json\.tool: Python finds \/usr\/.*, not \/skills\/@acme\/probe\/json\/tool\.py$/m,
    ),
  });
});
