import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { makeRotationStage, type RotationStage } from './rotation-stage.ts';

/**
 * docs/registry-reference.md, "The registry’s key was stolen": a new one from a log index on; what the old
 * one signed since is refused.
 */
describe('the registry’s key was stolen', () => {
  let stage: RotationStage;
  beforeAll(async () => {
    stage = await makeRotationStage();
    const root = parseRoot(readFileSync(join(stage.data, 'root.json')));
    await stage.json('user', 'registry', 'add', stage.base(), '--root', rootFingerprint(root));
    await stage.release('1.0.0');
  });
  afterAll(() => stage.close());

  it('versions from before stay admitted, what the thief had approved since is refused, and new ones come under the new key', async () => {
    expect(await stage.as('user', ['install', '@acme/report@1.0.0'])).toMatchObject({ exit: 0 });
    const { last } = await head();
    // The thief, inside the registry, signs on with the old key.
    await stage.release('1.1.0');
    expect(await stage.as('user', ['verify', '@acme/report@1.1.0'])).toMatchObject({ exit: 0 });

    const stolen = readFileSync(join(stage.data, 'keys.json'), 'utf8');
    await stage.rotate(['ada', 'ben'], '--new-registry-key', '--valid-up-to', String(last));
    expect(readFileSync(join(stage.data, 'keys.json'), 'utf8')).not.toBe(stolen);

    expect(await stage.as('user', ['verify', '@acme/report@1.0.0'], 2)).toMatchObject({ exit: 0 });
    const refused = await stage.as('user', ['verify', '@acme/report@1.1.0'], 2);
    expect(refused).toMatchObject({ exit: 6 });
    expect(refused.stdout + refused.stderr).toContain('verification summary');
    await stage.release('1.2.0');
    expect(await stage.as('user', ['install', '@acme/report@1.2.0'], 2)).toMatchObject({ exit: 0 });
  });

  async function head(): Promise<{ last: number }> {
    const note = await (await fetch(`${stage.base()}/log/checkpoint`)).text();
    return { last: Number(note.split('\n')[1]) - 1 };
  }
});
