/** A registry whose objects are in a real S3 server, from the first version to an installation. */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { startRegistry } from '../../registry/serve.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { freePort } from '../free-port.ts';
import { s3Key, startS3Server, whyNoS3Server } from '../registry/store/s3/s3-server.ts';
import { makeRotationStage } from './rotation-stage.ts';

afterEach(() => vi.unstubAllEnvs());

it.skipIf(whyNoS3Server !== undefined)(
  'moves its objects to an S3 server, and serves, rotates and restarts from there',
  async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', s3Key.id);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3Key.secret);
    const server = await startS3Server();
    const objects = { url: `${server.url}/skills`, region: 'us-east-1' };
    const stage = await makeRotationStage();
    try {
      await stage.release('1.0.0');
      await stage.stop();
      stage.objects = objects;
      await stage.start();
      await stage.release('1.1.0');
      await stage.rotate(['ada', 'ben'], '--new-status-key');
      await stage.release('1.2.0');
      const left = readdirSync(join(stage.data, 'objects'), {
        recursive: true,
        withFileTypes: true,
      });
      expect(left.filter((entry) => entry.isFile())).toEqual([]);
      expect(existsSync(join(stage.data, 'objects.json'))).toBe(true);
      const root = parseRoot(await (await fetch(`${stage.base()}/index/root.json`)).text());
      for (const user of ['eve', 'mallory'])
        await stage.json(user, 'registry', 'add', stage.base(), '--root', rootFingerprint(root));
      await stage.json('eve', 'install', '@acme/report@1.0.0', '--yes');
      await stage.json('mallory', 'install', '@acme/report', '--yes');
      expect(await stage.as('eve', ['monitor', stage.base()])).toMatchObject({ exit: 0 });
      const backup = await stage.as('ada', ['registry', 'backup', stage.data, 'backup']);
      expect(backup).toMatchObject({
        exit: 6,
        stderr: expect.stringContaining('object-store-unfit'),
      });
      await stage.stop();
      await expect(startRegistry({ dir: stage.data, port: 0 })).rejects.toThrow('are in http');
    } finally {
      await stage.close();
      await server.close();
    }
  },
);

it('refuses a folder whose objects are elsewhere, and lets its port go', async () => {
  const stage = await makeRotationStage();
  try {
    await stage.stop();
    const elsewhere = { schema: 'skillgate.objects/1', url: 'https://s3.example/skills' };
    writeFileSync(join(stage.data, 'objects.json'), JSON.stringify(elsewhere));
    const port = await freePort();
    const start = () => startRegistry({ dir: stage.data, port });
    await expect(start()).rejects.toThrow('are in https://s3.example/skills');
    // A server that goes on listening would keep the process alive.
    await expect(start()).rejects.toThrow('are in https://s3.example/skills');
    rmSync(join(stage.data, 'objects.json'));
    await (await start()).close();
  } finally {
    await stage.close();
  }
});
