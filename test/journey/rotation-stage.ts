/**
 * A registry with three administrators, each with a home of their own, and what drills of rotation
 * do with it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publicKeyOf, readKeyFile } from '../../cli/signing/key-file.ts';
import { type RunningRegistry, startRegistry } from '../../registry/serve.ts';
import type { BucketPlace } from '../../registry/store/s3/objects-place.ts';
import { type MemberRole, memberStatement } from '../../skills-index/statement/attestation.ts';
import { parseRoot, rootFingerprint } from '../../skills-index/trust/root/root.ts';
import { type Ran, skill } from '../cli/command-line.ts';
import { freshNonce } from '../nonce.ts';
import { makeKey, type TestKey } from '../registry/people.ts';
import {
  approve,
  claimScope,
  makeSkill,
  publish,
  type Send,
  scan,
  signIn,
  state,
} from '../registry/road.ts';

export interface RotationStage {
  readonly folder: string;
  /** The registry's data folder. */
  readonly data: string;
  /** `skill ARGV…` of a person, `hours` from now. */
  as(user: string, argv: readonly string[], hours?: number): Promise<Ran>;
  /** The same, and its JSON. */
  json(user: string, ...argv: string[]): Promise<Record<string, string>>;
  /** Stops the registry, proposes, has it signed by these people, publishes, starts it again. */
  rotate(by: readonly string[], ...change: string[]): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Publishes a version, has it scanned and approved. */
  release(version: string): Promise<void>;
  readonly base: () => string;
  /** The bucket of the objects, from the next start on. */
  objects?: BucketPlace;
  close(): Promise<void>;
}

/**
 * Ada runs the registry; two of Ada, Ben and Cleo must agree. The registry runs when this resolves.
 */
export async function makeRotationStage(port = 0): Promise<RotationStage> {
  const folder = mkdtempSync(join(tmpdir(), 'skillgate-rotation-'));
  const data = join(folder, 'data');
  const author = makeKey();
  const scanner = makeKey();
  const rita = makeKey();
  let running: RunningRegistry | undefined;
  let stage: RotationStage | undefined;
  const base = (): string => running?.base ?? '';
  const send: Send = (path, init) =>
    fetch(`${base()}${path}`, { ...init, headers: { ...headersOf(init), connection: 'close' } });
  const as: RotationStage['as'] = (user, argv, hours = 0) => {
    const cwd = join(folder, user);
    mkdirSync(join(cwd, 'project'), { recursive: true });
    const env = { SKILLGATE_HOME: cwd, SKILLGATE_REGISTRY: base() };
    return skill(argv, {
      env,
      cwd: join(cwd, 'project'),
      fetch,
      now: () => new Date(Date.now() + hours * 3_600_000),
    });
  };
  const json: RotationStage['json'] = async (user, ...argv) => {
    const ran = await as(user, [...argv, '--format', 'json']);
    if (ran.exit !== 0) throw new Error(`skillgate ${argv.join(' ')}: ${ran.stderr}`);
    return JSON.parse(ran.stdout);
  };
  const start = async (): Promise<void> => {
    running = await startRegistry({ dir: data, port, objects: stage?.objects });
    isRunning = true;
    port = Number(new URL(running.base).port);
  };
  let isRunning = false;
  const stop = async (): Promise<void> => {
    if (isRunning) await running?.close();
    isRunning = false;
  };
  const sign = async (by: readonly string[]): Promise<void> => {
    const proposal = join(data, 'tuf-proposal.json');
    const root = ['--root', rootFingerprint(parseRoot(readFileSync(join(data, 'root.json'))))];
    for (const user of by) {
      const shown = await json(user, 'registry', 'rotate', 'show', proposal, ...root);
      await json(
        user,
        'registry',
        'rotate',
        'sign',
        proposal,
        ...root,
        '--digest',
        shown.proposal ?? '',
        '--yes',
      );
    }
    await json('ada', 'registry', 'rotate', 'publish', data);
  };
  for (const user of ['ben', 'cleo', 'dora']) await json(user, 'key', 'create', 'administrator');
  await json(
    'ada',
    'registry',
    'init',
    data,
    '--origin',
    'localhost',
    ...['ben', 'cleo'].flatMap((user) => ['--administrator', publicFile(folder, user)]),
  );
  await sign(['ben']);
  await start();
  const administrators = await Promise.all(
    ['ada', 'ben'].map(async (user): Promise<TestKey> => {
      const key = await readKeyFile(join(folder, user, 'config', 'keys', 'administrator.json'));
      return { ...key, open: publicKeyOf(key), pem: '' };
    }),
  );
  const members: [string, MemberRole, TestKey][] = [
    ['watcher', 'scanner', scanner],
    ['rita', 'reviewer', rita],
  ];
  for (const [name, role, key] of members) {
    const enrolment = memberStatement({
      nonce: freshNonce(),
      name,
      roles: [role],
      key: key.open,
      state: 'enrolled',
    });
    for (const administrator of administrators) await state(send, enrolment, administrator);
  }
  await claimScope(send, 'acme', author);
  stage = {
    folder,
    data,
    as,
    json,
    start,
    stop,
    base,
    rotate: async (by, ...change) => {
      await stop();
      await json('ada', 'registry', 'rotate', 'propose', data, ...change);
      await sign(by);
      await start();
    },
    release: async (version) => {
      const made = makeSkill('@acme/report', version);
      const steps = [
        await publish(send, made, author),
        await scan(send, await signIn(send, scanner), scanner, made, 'pass'),
        await approve(send, await signIn(send, rita), rita, made, { independent: true }),
      ];
      const failed = steps.find(({ status }) => status >= 300);
      if (failed !== undefined) throw new Error(`not released: ${JSON.stringify(failed.body)}`);
    },
    close: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

/** A person's public key file. */
export function publicFile(folder: string, user: string): string {
  return join(folder, user, 'config', 'keys', 'administrator.pub.json');
}

function headersOf(init: RequestInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(init?.headers));
}
