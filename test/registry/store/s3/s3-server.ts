/**
 * A real S3 server on loopback: the Versity S3 Gateway over a folder.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../../free-port.ts';
import { isBuilt, programPath } from '../../../servers/programs.ts';

/** Why there is no server; undefined when there is one. */
export const whyNoS3Server = isBuilt('versitygw')
  ? undefined
  : 'npm run test:servers builds the server';

export const s3Key = { id: 'registry', secret: 'a-secret-of-the-tests' };

export interface S3Server {
  /** Address of a bucket. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-s3-'));
  mkdirSync(join(folder, 'data/bucket'), { recursive: true });
  mkdirSync(join(folder, 'meta'));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const given = ['--port', address, '--quiet', 'posix', '--sidecar', `${folder}/meta`];
  const child = spawn(programPath('versitygw'), [...given, join(folder, 'data')], {
    env: { ROOT_ACCESS_KEY: s3Key.id, ROOT_SECRET_KEY: s3Key.secret },
    stdio: 'ignore',
  });
  const url = `http://${address}/bucket`;
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(url).catch(() => undefined)) break;
    await delay(100);
  }
  return {
    url,
    close: async () => {
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('close', resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
