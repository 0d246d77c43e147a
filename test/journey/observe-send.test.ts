import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { makeUsers, writeKey } from '../cli/registry-users.ts';
import { folderWith } from '../cli/temporary-folder.ts';
import { makeSkill, publishScanned } from '../registry/road.ts';

const skill = makeSkill('@acme/deals', '1.0.0');
const command = ['observe', '--send', '@acme/deals@1.0.0', '--key', 'scanner-1'];

it('skillgate observe --send hands an observation of exactly the version to the registry', async () => {
  const { as, homeOf, requests, world } = await makeUsers();
  await publishScanned(world, skill);
  writeKey(join(homeOf('rita'), 'config/keys'), 'scanner-1', world.scanner);
  const folder = folderWith();
  for (const { path, sha256 } of skill.packed.bundle.files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), skill.packed.contents.get(path) ?? sha256);
  }
  const outside = folderWith({ victim: 'untouched' });
  const out = join(outside, 'observation.json');
  symlinkSync('victim', out);
  const sent = await as('rita', [...command, '--sign', '--out', out, folder]);
  expect(sent.stderr).toContain('took the observation of @acme/deals@1.0.0');
  const shown = await as('rita', ['review', 'show', '--key', 'default', '@acme/deals@1.0.0']);
  expect(shown.stdout).toContain('observed by scanner');
  expect(readFileSync(join(outside, 'victim'), 'utf8')).toBe('untouched');
  expect(readFileSync(out, 'utf8')).toContain('dsseEnvelope');

  writeFileSync(join(folder, 'more.txt'), 'more');
  requests.length = 0;
  const other = await as('rita', [...command, folder]);
  expect(other.stderr).toContain('the folder’s bundle is');
  expect(requests.filter((one) => one.includes('/observations'))).toEqual([]);
});
