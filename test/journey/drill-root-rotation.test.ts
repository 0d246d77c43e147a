import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { makeRotationStage, publicFile, type RotationStage } from './rotation-stage.ts';

/**
 * docs/registry-reference.md, "The root of trust is rotated": administrators come and go, every key of the
 * registry is replaced, clients follow.
 */
describe('the root of trust is rotated', () => {
  let stage: RotationStage;
  let first = '';
  beforeAll(async () => {
    stage = await makeRotationStage();
    first =
      (await stage.json('old', 'registry', 'add', stage.base(), '--root', fingerprint())).root ??
      '';
    await stage.release('1.0.0');
  });
  afterAll(() => stage.close());
  const fingerprint = (): string => rootFingerprint(inForce());
  const inForce = () => parseRoot(readFileSync(join(stage.data, 'root.json')));

  it('twice, and a client that saw the first follows to the third', async () => {
    expect(await stage.as('old', ['install', '@acme/report@1.0.0'])).toMatchObject({ exit: 0 });
    const before = inForce();
    const newKeys = ['--new-registry-key', '--new-log-key', '--new-status-key'];
    await stage.rotate(
      ['ada', 'ben', 'dora'],
      '--remove',
      publicFile(stage.folder, 'cleo'),
      '--add-administrator',
      publicFile(stage.folder, 'dora'),
      ...newKeys,
    );
    await stage.rotate(['ben', 'dora'], '--threshold', '2');
    for (const role of ['log', 'status', 'registry'] as const)
      expect(inForce()[role].key).not.toBe(before[role].key);
    // Before anything new is logged under the new keys, too.
    expect(await stage.as('old', ['verify', '@acme/report@1.0.0'], 2)).toMatchObject({ exit: 0 });
    await stage.release('1.1.0');

    const later = await stage.as('old', ['install', '@acme/report@1.1.0'], 2);
    expect(later).toMatchObject({ exit: 0 });
    expect(await stage.as('old', ['verify', '@acme/report@1.0.0'], 2)).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(
        /by version 3 of the root of trust, fetched at 20[^,]*Z, signed until 20/,
      ),
    });
    expect(fingerprint()).not.toBe(first);
  });

  it('is known to who comes later by the fingerprint of today, with every version since the beginning', async () => {
    const added = await stage.json('new', 'registry', 'add', stage.base(), '--root', fingerprint());
    expect(added.tuf).toMatchObject({ version: 3, root: fingerprint() });
    for (const version of ['1.0.0', '1.1.0'])
      expect(await stage.as('new', ['verify', `@acme/report@${version}`])).toMatchObject({
        exit: 0,
      });
  });

  it('is found from the fingerprint of the beginning, by way of all that was signed since', async () => {
    const added = await stage.json('late', 'registry', 'add', stage.base(), '--root', first);
    expect(added).toMatchObject({ root: first, tuf: { version: 3, root: fingerprint() } });
    expect(await stage.as('late', ['verify', '@acme/report@1.1.0'])).toMatchObject({ exit: 0 });
    const never = await stage.as('never', [
      'registry',
      'add',
      stage.base(),
      '--root',
      `sha256:${'0'.repeat(64)}`,
    ]);
    expect(never).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('none of its earlier root files'),
    });
  });

  it('is not signed by who was removed, nor by too few, nor published changed after the proposal was made or beside a running registry', async () => {
    const proposal = join(stage.data, 'tuf-proposal.json');
    await stage.json('ada', 'registry', 'rotate', 'propose', stage.data, '--threshold', '1');
    const root = ['--root', fingerprint()];
    const sign = (user: string, digest = '') =>
      stage.as(user, [
        'registry',
        'rotate',
        'sign',
        proposal,
        ...root,
        '--digest',
        digest,
        '--yes',
      ]);
    const { proposal: digest } = await stage.json(
      'ben',
      'registry',
      'rotate',
      'show',
      proposal,
      ...root,
    );
    expect(await sign('cleo', digest)).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[forbidden]'),
    });
    expect(await sign('ben', first)).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('not the digest you named'),
    });
    expect(await stage.as('ben', ['registry', 'rotate', 'sign', proposal, ...root])).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[not-confirmed]'),
    });
    expect(await sign('ben', digest)).toMatchObject({ exit: 0 });
    const publish = () => stage.as('ada', ['registry', 'rotate', 'publish', stage.data]);
    expect(await publish()).toMatchObject({
      stderr: expect.stringContaining('error[folder-in-use]'),
    });
    await stage.stop();
    expect(await publish()).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('signatures are missing'),
    });
    expect(await sign('dora', digest)).toMatchObject({ exit: 0 });
    const text = readFileSync(proposal, 'utf8');
    writeFileSync(proposal, text.replace(/"threshold": ?2/, '"threshold": 1'));
    expect(await publish()).toMatchObject({
      exit: 6,
      stderr: expect.stringContaining('error[tuf-invalid]'),
    });
    writeFileSync(proposal, text);
    expect(await publish()).toMatchObject({ exit: 0 });
    // The same proposal once more, after a later one, would take it back.
    const old = join(stage.folder, 'old.json');
    writeFileSync(old, text);
    await stage.rotate(['ben']);
    await stage.stop();
    expect(await stage.as('ada', ['registry', 'rotate', 'publish', stage.data, old])).toMatchObject(
      {
        exit: 6,
        stderr: expect.stringContaining('changed after the proposal was made'),
      },
    );
    await stage.start();
  });

  it('lets the administrator go who made the registry, with all that she had enrolled', async () => {
    await stage.rotate(['ben', 'dora'], '--remove', publicFile(stage.folder, 'ada'));
    await stage.release('1.3.0');
    expect(await stage.as('old', ['install', '@acme/report@1.3.0'], 4)).toMatchObject({ exit: 0 });
  });

  it('reaches a client that asked within the hour, when it would have to refuse what is signed since', async () => {
    await stage.rotate(['ben', 'dora'], '--new-registry-key', '--new-log-key', '--new-status-key');
    await stage.release('1.4.0');
    expect(await stage.as('old', ['install', '@acme/report@1.4.0'], 4.1)).toMatchObject({
      exit: 0,
    });
  });
});
