import { afterAll, beforeAll, expect, it } from 'vitest';
import { readIndexFile } from '../../../../registry/index/index-file.ts';
import { latest, readIdentities } from '../../../../registry/people/identities.ts';
import { parseSkillName, scopeOf } from '../../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../../skills-index/skill/version.ts';
import { adviceStatement } from '../../../../skills-index/statement/attestation.ts';
import {
  type IndexLine,
  parseIndexFile,
} from '../../../../skills-index/trust/index-files/index-line.ts';
import { readAuthorAdvice } from '../../../../skills-index/trust/index-files/shown-advice.ts';
import type { Identities } from '../../../../skills-index/trust/members-and-scopes/identities.ts';
import { chainIdentities } from '../../../../skills-index/trust/members-and-scopes/identity.ts';
import { freshNonce } from '../../../nonce.ts';
import { makeRoot } from '../../../registry/people.ts';
import { makeSkill, publishApproved, state } from '../../../registry/road.ts';
import { makeStaffedWorld, type Staffed } from '../../../registry/world.ts';

const name = parseSkillName('@acme/deals');
let world: Staffed;
let line: IndexLine;
let bytes: Uint8Array;
let identities: Identities;
beforeAll(async () => {
  world = await makeStaffedWorld();
  const { author, registry, send } = world;
  const deals = makeSkill(name, '1.0.0');
  await publishApproved(world, deals);
  const version = parseVersion('1.0.0');
  const given = { name, version, kind: 'yanked', reason: 'wrong', nonce: freshNonce() } as const;
  const { body } = await state(send, adviceStatement(given), author);
  bytes = Buffer.from(await (await send(`/log/statements/${body.logIndex}`)).arrayBuffer());
  const file = await readIndexFile(registry, name);
  [line] = parseIndexFile(file?.bytes ?? bytes, name) as [IndexLine];
  identities = (await readIdentities(registry, { scopes: [scopeOf(name)] })).chain;
});
afterAll(() => world.close());

it('reads the words of an owner of the scope', () => {
  expect(identities.ownersOf(scopeOf(name), latest)).toHaveLength(1);
  const hinted = { line, kind: 'yanked', identities } as const;
  expect(readAuthorAdvice(bytes, hinted, { root: world.trust.root })).toEqual({ reason: 'wrong' });
});

it.each<[string, () => Partial<Parameters<typeof readAuthorAdvice>[1]>]>([
  ['by somebody who owns nothing', () => ({ identities: chainIdentities(world.trust.root, []) })],
  ['of another kind', () => ({ kind: 'deprecated' })],
  ['about another version', () => ({ line: { ...line, version: parseVersion('1.0.1') } })],
  ['about another skill', () => ({ line: { ...line, name: parseSkillName('@acme/other') } })],
  ['at another place than the hint says', () => ({ line: { ...line, advice: { yanked: 3 } } })],
])('refuses words %s', (_, change) => {
  const hinted = { line, kind: 'yanked', identities, ...change() } as const;
  expect(() => readAuthorAdvice(bytes, hinted, { root: world.trust.root })).toThrow(
    'No author of the scope gave this advice',
  );
});

it('refuses words from another log', () => {
  const hinted = { line, kind: 'yanked', identities } as const;
  expect(() => readAuthorAdvice(bytes, hinted, { root: makeRoot().root })).toThrow();
});
