import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultPolicy, firstPolicy, parsePolicy } from '../../skills-index/trust/policy/policy.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { makeRotationStage, type RotationStage } from './rotation-stage.ts';

/** One more person for everything, and nobody has approved anything of it yet. */
const strict = {
  ...defaultPolicy,
  approvals: { ...defaultPolicy.approvals, usual: { total: 2, independent: 0 } },
};

describe('the policy changes', () => {
  let stage: RotationStage;
  let file = '';
  beforeAll(async () => {
    stage = await makeRotationStage();
    file = join(stage.folder, 'strict.json');
    writeFileSync(file, JSON.stringify(strict));
    const root = rootFingerprint(parseRoot(readFileSync(join(stage.data, 'root.json'))));
    await stage.json('host', 'registry', 'add', stage.base(), '--root', root);
    await stage.release('1.0.0');
  });
  afterAll(() => stage.close());
  const policy = () => parsePolicy(readFileSync(join(stage.data, 'policy.json')));

  it('and what was approved before stays installed, verified and installable', async () => {
    await stage.rotate(['ada', 'ben'], '--policy', file);
    expect(policy().earlier?.map((one) => one.policy)).toEqual([firstPolicy]);
    expect(await stage.as('host', ['install', '@acme/report@1.0.0'], 2)).toMatchObject({ exit: 0 });
    const verified = await stage.as('host', ['verify', '@acme/report@1.0.0'], 2);
    expect(verified).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('under an earlier policy'),
    });
  });

  it('and what comes after needs what the new one asks', async () => {
    await stage.release('1.1.0');
    expect(await stage.as('host', ['install', '@acme/report@1.1.0'], 2)).toMatchObject({
      exit: 3,
      stderr: expect.stringContaining('error[not-found]'),
    });
  });

  it('and a registry that has put a laxer one among the earlier ones does not start', async () => {
    await stage.stop();
    const path = join(stage.data, 'policy.json');
    const signed = readFileSync(path);
    const lax = { policy: defaultPolicy, validUpTo: 1_000_000 };
    writeFileSync(path, JSON.stringify({ ...policy(), earlier: [lax] }));
    await expect(stage.start()).rejects.toThrow(expect.objectContaining({ code: 'tuf-invalid' }));
    writeFileSync(path, signed);
    await stage.start();
  });

  it('and no proposal is published in which the one before counts ahead of the log', async () => {
    await stage.stop();
    const usual = join(stage.folder, 'usual.json');
    writeFileSync(usual, JSON.stringify(defaultPolicy));
    await expect(
      stage.rotate(['ada', 'ben'], '--policy', usual, '--valid-up-to', '1000000'),
    ).rejects.toThrow(/rotate publish/);
    expect(await stage.as('ada', ['registry', 'rotate', 'publish', stage.data])).toMatchObject({
      exit: 6,
      stderr: expect.stringMatching(/at log index 1000000, but the log ends at \d+/),
    });
    expect(policy()).toMatchObject(strict);
    for (const name of ['tuf-proposal.json', 'keys.next.json'])
      rmSync(join(stage.data, name), { force: true });
    await stage.start();
  });

  it('and all is approved anew where administrators say so', async () => {
    await stage.rotate(['ada', 'ben'], '--drop-earlier-policies');
    expect(policy()).toEqual(strict);
    expect(await stage.as('host', ['verify', '@acme/report@1.0.0'], 4)).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('policy-mismatch'),
    });
  });
});
