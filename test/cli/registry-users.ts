/**
 * Users with homes and keys of their own, in front of a registry in memory: command lines over the
 * real application.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathsOf } from '../../cli/paths.ts';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { TestKey } from '../registry/people.ts';
import { makeStaffedWorld, type Staffed, type WorldOptions } from '../registry/world.ts';
import { type Given, type Ran, skill } from './command-line.ts';
import { folderWith } from './temporary-folder.ts';

export const base = 'http://localhost';

export type User = 'administrator' | 'author' | 'rita' | 'omar' | 'stranger';

export interface Users {
  readonly world: Staffed;
  /** Method and path of every request. */
  readonly requests: string[];
  /** `skill ARGV…` of a user. */
  as(user: User, argv: readonly string[], given?: Given): Promise<Ran>;
  homeOf(user: User): string;
}

/** @param change what becomes of an answer on its way: a registry that lies */
export async function makeUsers(
  change: (path: string, response: Response) => Promise<Response> | Response = (_, response) =>
    response,
  options: WorldOptions = {},
): Promise<Users> {
  const world = await makeStaffedWorld(options);
  const homes = folderWith();
  const requests: string[] = [];
  const keys = {
    administrator: world.trust.administrator,
    author: world.author,
    rita: world.rita,
    omar: world.omar,
  };
  const homeOf = (user: User): string => join(homes, user);
  for (const [user, key] of Object.entries(keys)) {
    writeKey(
      join(homes, user, 'config/keys'),
      user === 'administrator' ? 'administrator' : 'default',
      key,
    );
    await pinRegistry(pathsOf({ SKILLGATE_HOME: join(homes, user) }), base, world.trust.root, []);
  }
  await pinRegistry(
    pathsOf({ SKILLGATE_HOME: join(homes, 'stranger') }),
    base,
    world.trust.root,
    [],
  );
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const path = String(input).slice(base.length);
    requests.push(`${init?.method ?? 'GET'} ${path}`);
    return change(path, await world.send(path, init as RequestInit));
  };
  const as: Users['as'] = (user, argv, given = {}) =>
    skill(argv, {
      env: { SKILLGATE_HOME: homeOf(user) },
      fetch,
      now: () => world.registry.now(),
      cwd: homes,
      ...given,
    });
  return { world, requests, as, homeOf };
}

/** Writes a key of the tests as `skill key create` would. */
export function writeKey(folder: string, name: string, key: TestKey): void {
  const pem = `-----BEGIN PUBLIC KEY-----\n${key.open.spki.replace(/.{64}/g, '$&\n').trim()}\n-----END PUBLIC KEY-----\n`;
  const shared = { schema: 'skillgate.key/1', keyId: key.keyId, name, publicKey: pem };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), canonicalJson({ ...shared, privateKey: key.pem }), {
    mode: 0o600,
  });
  writeFileSync(join(folder, `${name}.pub.json`), canonicalJson(shared));
}
