/** A registry that serves a few skills in several states, one of them in a private scope. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readersFileName } from '../../registry/readers/readers-file.ts';
import { digestOf, hexOf } from '../../skills-index/skill/digest.ts';
import { claim, publication, revocation } from '../faults/acts.ts';
import { makeServedSite } from '../faults/served-site.ts';
import { drafted, enterStaff, recordTaken, releaseOne, scanOne } from '../faults/walk.ts';
import { packagedSkill } from '../registry/packaged-skill.ts';
import { makeKey } from '../registry/people.ts';
import { enrol, makeSkill, registryIdAt, signIn } from '../registry/road.ts';

export interface SeededRegistry {
  readonly base: string;
  /** Who asks → the token of their requests. */
  readonly tokens: ReadonlyMap<string, string | undefined>;
  /** Name of a parameter → values that the registry knows. */
  readonly known: Readonly<Record<string, readonly string[]>>;
  close(): Promise<void>;
}

export async function makeSeededRegistry(): Promise<SeededRegistry> {
  // The address of each client is the one that the hooks of Schemathesis name.
  const site = await makeServedSite({ words: ['--trusted-proxy', '127.0.0.1'] });
  const reader = randomBytes(32).toString('base64url');
  const readers = [{ name: 'agents', token: digestOf(reader) }];
  const file = { schema: 'skillgate.readers/1', private: ['hidden'], readers };
  writeFileSync(join(site.dir, readersFileName), JSON.stringify(file));
  await site.start();
  const send = site.sender('127.0.0.1');
  const staff = await enterStaff(send, site.trust);
  const take = recordTaken(send, []);
  const walk = { send, staff, take };
  const id = await registryIdAt(send);
  for (const scope of ['acme', 'hidden']) await take(await claim(id, scope, staff.author));
  const approved = await releaseOne(walk, makeSkill('@acme/approved', '1.0.0'));
  await releaseOne(walk, makeSkill('@hidden/approved', '1.0.0'));
  await releaseOne(walk, packagedSkill('@acme/packed', '1.0.0', ['left-pad@1.3.0']));
  const stopped = await releaseOne(walk, makeSkill('@acme/approved', '1.1.0'));
  await take(await revocation(id, stopped, staff.reviewer.key));
  await scanOne(walk, makeSkill('@acme/waiting', '1.0.0'));
  const draft = await drafted(send, makeSkill('@acme/waiting', '1.0.0'), staff.reviewer);
  await take(await publication(makeSkill('@acme/unread', '1.0.0'), staff.author));
  const manager = makeKey();
  await enrol(send, site.trust.administrator, {
    name: 'manager',
    roles: ['administrator'],
    key: manager,
  });
  const hex = hexOf(approved.packed.digest);
  return {
    base: site.base(),
    tokens: new Map([
      ['nobody', undefined],
      ['reader', reader],
      ['author', await signIn(send, staff.author)],
      ['scanner', staff.scanner.token],
      ['reviewer', staff.reviewer.token],
      ['administrator', await signIn(send, manager)],
    ]),
    known: {
      scope: ['@acme', '@hidden', '@nobody'],
      name: ['approved', 'packed', 'waiting', 'unread'],
      version: ['1.0.0', '1.1.0'],
      keyId: [staff.author.keyId, staff.reviewer.key.keyId],
      digest: [draft.payload, approved.packed.digest],
      hex: [hex],
      bundle: [hex],
      group: ['0', '1'],
      index: ['0', '1', '5'],
      from: ['1', '2'],
      size: ['3', '8'],
      after: ['0', '3'],
      id: ['1', '2'],
    },
    close: () => site.close(),
  };
}
