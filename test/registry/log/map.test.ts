/** The map of names in the registry's own log, compared with a map made of the whole log. */
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { newestCheckpoint } from '../../../registry/log/log.ts';
import { namesOfRow } from '../../../registry/log/logged-bundle.ts';
import { statements } from '../../../registry/store/schema.ts';
import { parseCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import {
  keyStatement,
  predicateTypes,
  revocationStatement,
  scopeStatement,
} from '../../../skills-index/statement/attestation.ts';
import {
  parseEnvelope,
  peekStatement,
} from '../../../skills-index/statement/signature-formats/envelope.ts';
import { mapNames } from '../../../skills-index/trust/members-and-scopes/map-names.ts';
import { rootFingerprint } from '../../../skills-index/trust/root/root.ts';
import { makeKey } from '../people.ts';
import { claimScope, makeSkill, state } from '../road.ts';
import { bodyAt, expectAnswer, publishIn, rowsOf, stopStatement } from '../steps.ts';
import { eachWorld } from '../world.ts';
import { rootOfWholeLog } from './whole-map.ts';

const world = eachWorld();
const edit = (text: string): unknown => world.registry.db.read.run(sql.raw(text));

const wholeRoot = (): Promise<string> => rootOfWholeLog(world.registry);

/** The map of the head that the registry shows. */
async function shownMap(): Promise<string> {
  const head = await newestCheckpoint(world.registry);
  return base64(parseCheckpoint(head?.note ?? '').map ?? new Uint8Array());
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Claims, a successor, a new owner, a publication, a suspension of a publisher, an end. */
async function liveOn(): Promise<void> {
  const next = makeKey();
  const { author, rita, send, trust } = world;
  await Promise.all(['one', 'two', 'three'].map((scope) => claimScope(send, scope, makeKey())));
  await expectAnswer(publishIn(world, makeSkill('@acme/lives', '1.0.0')), 201);
  const previous = (await bodyAt(send, '/api/v1/scopes/acme')).statement;
  const give = scopeStatement({ scope: parseScope('acme'), owners: [next.open], previous });
  const suspend = stopStatement('suspended', { publisher: author.keyId });
  const end = keyStatement({ key: author.open, state: 'ended' });
  for (const [statement, key] of [
    [give, trust.administrator],
    [suspend, rita],
    [end, author],
  ] as const)
    await expectAnswer(state(send, statement, key), 201);
}

describe('the map in a checkpoint', () => {
  it('has every statement on people, keys, scopes and stops, as the whole log says', async () => {
    expect(await shownMap()).toBe(await wholeRoot());
    const before = await shownMap();
    await liveOn();
    expect(await shownMap()).toBe(await wholeRoot());
    expect(await shownMap()).not.toBe(before);
  });

  it('is refused where its rows were edited, and nothing is signed', async () => {
    const publisher = makeKey();
    await claimScope(world, 'lives', publisher);
    const size = (await newestCheckpoint(world.registry))?.size;
    edit(`UPDATE map_nodes SET node = '${base64(Buffer.alloc(32, 7))}' WHERE length(path) = 1`);
    const other = makeKey();
    const claim = scopeStatement({ scope: parseScope('later'), owners: [other.open] });
    await expectAnswer(state(world, claim, other), 503, 'database-damaged');
    expect((await newestCheckpoint(world.registry))?.size).toBe(size);
    // A publication needs no node of the map.
    const published = await publishIn(world, makeSkill('@lives/on', '1.0.0'), publisher);
    expect(published.status).toBe(201);
  });

  it('is demanded of a log whose last entry lost it, before anything is appended', async () => {
    await liveOn();
    edit('DROP TRIGGER log_no_update');
    edit('UPDATE log SET map = NULL');
    const claimed = await claimScope(world, 'later', makeKey());
    await expectAnswer(claimed, 503, 'database-damaged');
  });

  it('has the names of a statement whose certificate was damaged, as the text of the statement says', async () => {
    await liveOn();
    const [row] = await rowsOf(
      world,
      statements,
      eq(statements.predicateType, predicateTypes.member),
    );
    if (row === undefined) throw new Error('no member');
    const names = mapNames(peekStatement(parseEnvelope(JSON.parse(row.envelope))));
    expect(names.length).toBeGreaterThan(0);
    for (const material of ['{}', '{"certificate":{"rawBytes":"AAAA"}}'])
      expect(namesOfRow({ ...row, material })).toEqual(expect.arrayContaining(names));
    const revoked = revocationStatement({
      registry: rootFingerprint(world.registry.root),
      kind: 'revoked',
      target: { name: parseSkillName('@acme/lives'), version: parseVersion('1.0.0') },
      reason: 'a test',
      nonce: 'c'.repeat(22),
    });
    const payload = Buffer.from(canonicalJson(revoked)).toString('base64');
    const envelope = JSON.stringify({ ...JSON.parse(row.envelope), payload });
    expect(namesOfRow({ ...row, envelope, material: '{}' })).toEqual(['version/@acme/lives@1.0.0']);
  });

  it('is in each row that ends a batch', () => {
    expect(() =>
      edit(
        `INSERT INTO log ("index", leafHash, body, root, peaks) VALUES (1000, 'l', 'b', 'r', '[]')`,
      ),
    ).toThrow();
  });
});
