/** A data folder as `skill registry init` writes it, for a registry started in a test. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { TestRoot } from '../registry/people.ts';

export async function makeDataFolder(trust: TestRoot, parent = tmpdir()): Promise<string> {
  const dir = await mkdtemp(join(parent, 'skillgate-registry-'));
  await writeFile(join(dir, 'root.json'), canonicalJson(trust.root));
  await writeFile(
    join(dir, 'keys.json'),
    JSON.stringify({ schema: 'skillgate.registry-keys/1', ...trust.texts }),
    {
      mode: 0o600,
    },
  );
  return dir;
}
