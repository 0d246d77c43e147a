/** The feed of advisories, against the OSV schema where a copy of the schema is named. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { keyStatement, revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { call, makeSkill, publishApproved, type Skill, state } from '../road.ts';
import { bodyAt, expectAnswer } from '../steps.ts';
import { eachWorld } from '../world.ts';

const osvSchema = process.env.SKILLGATE_OSV_SCHEMA;
if (osvSchema === undefined)
  process.stderr.write(
    '\nNOT RUN: OSV schema. Set SKILLGATE_OSV_SCHEMA, see docs/contributing.md.\n\n',
  );

const world = eachWorld();

const skillAt = (version: string) =>
  makeSkill('@acme/counter', version, { files: { 'n.md': `${version}\n` } });
const release = async (version: string) => {
  const skill = skillAt(version);
  await publishApproved(world, skill);
  return skill;
};
const say = async (kind: 'suspended' | 'lifted' | 'revoked', target: object): Promise<number> => {
  world.wait(60_000);
  const reason = `${kind} for a test`;
  const statement = { nonce: freshNonce(), kind, target: target as never, reason };
  const { body, status } = await state(world, revocationStatement(statement), world.rita);
  expect(status).toBe(201);
  return body.logIndex;
};
const bundleOf = ({ packed }: Skill) => ({ bundle: packed.digest });
const csv = async (path = '/osv/modified_id.csv') => {
  const answer = await world.send(path);
  return {
    lines: (await answer.text()).split('\n').slice(0, -1),
    link: answer.headers.get('link'),
  };
};
const entries = async () => {
  const { lines } = await csv();
  return Promise.all(
    lines.map(async (line) => {
      const [modified, id] = line.split(',');
      const { body, status } = await call(world, `/osv/${id}.json`);
      expect([status, body.id, body.modified]).toEqual([200, id, modified]);
      requireValid(body);
      return body;
    }),
  );
};
const requireValid = (entry: unknown) => {
  if (osvSchema === undefined) return;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default.default(ajv);
  const validate = ajv.compile(JSON.parse(readFileSync(osvSchema, 'utf8')));
  expect([validate(entry), validate.errors]).toEqual([true, null]);
};

describe('the feed of advisories', () => {
  it('has a revoked version, with its evidence', async () => {
    const skill = await release('1.0.0');
    const registry = registryIdOf(world.trust.root);
    const { logIndex } = (await entriesOfKey())[0] ?? {};
    const at = await say('revoked', bundleOf(skill));
    const now = world.registry.now().toISOString();
    const id = `x_skillgate-${registry.slice(7, 19)}-${logIndex}`;
    expect(await entries()).toEqual([
      {
        schema_version: '1.7.5',
        id,
        published: now,
        modified: now,
        summary: '@acme/counter 1.0.0 is revoked',
        details: 'revoked for a test',
        affected: [
          {
            versions: ['1.0.0'],
            ecosystem_specific: {
              ecosystem: 'Skillgate:http://localhost',
              name: '@acme/counter',
              purl: 'pkg:skill/%40acme/counter@1.0.0',
            },
            database_specific: bundleOf(skill),
          },
        ],
        references: [
          { type: 'PACKAGE', url: 'http://localhost/index/@acme/counter' },
          { type: 'EVIDENCE', url: `http://localhost/log/statements/${at}` },
        ],
        database_specific: { state: 'revoked', origin: 'localhost', registry, log_indexes: [at] },
      },
    ]);
  });

  it('keeps one id through suspension, lift, suspension and revocation', async () => {
    const skill = await release('1.0.0');
    await say('suspended', bundleOf(skill));
    const [first] = await entries();
    expect(first).not.toHaveProperty('withdrawn');
    await say('lifted', bundleOf(skill));
    const [lifted] = await entries();
    expect(lifted).toMatchObject({
      id: first.id,
      published: first.published,
      withdrawn: world.registry.now().toISOString(),
      summary: '@acme/counter 1.0.0 was suspended, and the suspension was lifted',
      details: 'suspended for a test',
      database_specific: { state: 'lifted' },
    });
    await say('suspended', bundleOf(skill));
    expect((await entries())[0]).not.toHaveProperty('withdrawn');
    await say('revoked', bundleOf(skill));
    const all = await entries();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ id: first.id, database_specific: { state: 'revoked' } });
    expect(all[0].database_specific.log_indexes).toHaveLength(4);
  });

  it('has every version of a stopped publisher, and those that a key’s end takes along', async () => {
    const before = (await bodyAt(world, `/api/v1/keys/${world.author.keyId}`)).logSize;
    await release('1.0.0');
    await release('1.1.0');
    await say('suspended', { publisher: world.author.keyId });
    expect((await entries()).map(({ database_specific: { state } }) => state)).toEqual([
      'suspended',
      'suspended',
    ]);
    await say('lifted', { publisher: world.author.keyId });
    const ended = keyStatement({
      key: world.author.open,
      state: 'ended',
      validUpTo: before - 1,
    });
    await expectAnswer(state(world, ended, world.trust.administrator), 201);
    const all = await entries();
    expect(all.map(({ database_specific: { state } }) => state)).toEqual(['revoked', 'revoked']);
    expect(all[0].details).toContain('no longer counted');
  });

  it('says the last change first, also when the clock goes back', async () => {
    for (const version of ['1.0.0', '1.1.0'])
      await say('suspended', bundleOf(await release(version)));
    expect((await entries())[0].affected[0].versions).toEqual(['1.1.0']);
    world.wait(-3_600_000);
    await say('lifted', bundleOf(skillAt('1.0.0')));
    const first = (await entries()).find(({ affected }) => affected[0].versions[0] === '1.0.0');
    expect(Date.parse(first.modified)).toBeGreaterThan(Date.parse(first.published));
  });

  it('comes in pages that name the next', async () => {
    for (let n = 0; n < 3; n++) await say('suspended', bundleOf(await release(`1.${n}.0`)));
    const { listAdvisories } = await import('../../../registry/stops/advisories.ts');
    const seen: string[] = [];
    for (let before: string | undefined, at = 0; at < 3; at++) {
      const { next, rows } = await listAdvisories(world.registry, before, 1);
      seen.push(...rows.map(({ id }) => id));
      before = next;
      expect(next === undefined).toBe(at === 2);
    }
    expect(seen).toEqual((await csv()).lines.map((line) => line.split(',')[1]));
    const all = (await (await world.send('/osv/all.jsonl')).text()).trim().split('\n');
    expect(all.map((line) => JSON.parse(line).id)).toEqual(seen);
  });

  it.each([
    ['/osv/x_skillgate-000000000000-1.json', 'not-found'],
    ['/osv/modified_id.csv?before=x', 'request-invalid'],
  ])('answers %s with %s', async (path, code) => {
    expect((await bodyAt(world, path)).code).toBe(code);
  });

  it('is empty while nothing is stopped, and names no version, whatever its id', async () => {
    await release('1.0.0');
    expect(await csv()).toEqual({ lines: [], link: null });
    const registry = registryIdOf(world.trust.root).slice(7, 19);
    for (let at = 0; at < 12; at++)
      await expectAnswer(world.send(`/osv/x_skillgate-${registry}-${at}.json`), 404);
  });
});

async function entriesOfKey(): Promise<{ logIndex: number }[]> {
  return (await bodyAt(world, `/api/v1/keys/${world.author.keyId}`)).versions;
}
