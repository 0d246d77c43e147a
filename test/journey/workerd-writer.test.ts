import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strangerClaimsBurst } from '../../registry/limits.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, makeSkill, publish, type Send } from '../registry/road.ts';
import { type Isolates, startIsolates } from './isolates.ts';
import { buildWorker } from './worker-bundle.ts';
import { repository } from './workerd-registry.ts';

describe('two isolates of the Worker before one Durable Object that writes', () => {
  const trust = makeRoot();
  const names = ['west', 'east'];
  let workerd: Isolates;
  beforeAll(async () => {
    const { script } = await buildWorker();
    const oneLine = (pem: string): string => pem.replace(/\n/g, '');
    const bindings = (base: string) => ({
      BASE: base,
      ROOT: canonicalJson(trust.root),
      LOG_KEY: oneLine(trust.texts.log),
      STATUS_KEY: oneLine(trust.texts.status),
      REGISTRY_KEY: oneLine(trust.texts.registry),
    });
    workerd = await startIsolates(script, names, bindings, { writer: 'RegistryWriter' });
    for (const file of globSync('registry/migrations/*.sql', { cwd: repository }).sort())
      for (const sql of readFileSync(join(repository, file), 'utf8').split(
        '--> statement-breakpoint',
      ))
        await workerd.run(sql.trim());
  });
  afterAll(() => workerd?.close());

  /** Sends by one isolate or the other, from an address as Cloudflare would name it. */
  const from =
    (at: number, address = at): Send =>
    (path, init) => {
      const headers = new Headers(init?.headers);
      headers.set('cf-connecting-ip', `192.0.2.${address}`);
      return workerd.send(names[at % names.length] ?? '', path, { ...init, headers });
    };

  it('take all who publish at once, each with its own place in the log', async () => {
    const author = makeKey();
    expect((await claimScope(from(0), 'crowd', author)).status).toBe(201);
    const skills = Array.from({ length: 40 }, (_, at) => makeSkill(`@crowd/skill-${at}`, '1.0.0'));
    const answers = await Promise.all(skills.map((skill, at) => publish(from(at), skill, author)));
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    const entries = answers.map(({ body }) => body.statements[0]);
    expect(entries.map(({ logIndex }) => logIndex).sort((a, b) => a - b)).toEqual(
      skills.map((_, at) => at + 1),
    );
    for (const { logIndex } of entries) {
      const response = await from(logIndex)(`/log/statements/${logIndex}`);
      const bundle = parseSigstoreBundle(await response.json());
      expect(verifyStatement(bundle, { root: trust.root }).logIndex).toBe(logIndex);
    }
  });

  it('count the claims of one address over all isolates', async () => {
    const claims = Array.from({ length: strangerClaimsBurst + 6 }, (_, at) =>
      claimScope(from(at, 200), `greedy-${at}`, makeKey()),
    );
    const refused = (await Promise.all(claims)).filter(({ status }) => status === 429);
    // Each isolate alone saw half of them, fewer than the limit.
    expect(refused.length).toBeGreaterThanOrEqual(4);
  });

  it('decide one after the other who owns a scope', async () => {
    const rivals = await Promise.all(
      [0, 1, 2, 3].map((at) => claimScope(from(at), 'wanted', makeKey())),
    );
    expect(rivals.map(({ status, body }) => (status === 201 ? 'taken' : body.code)).sort()).toEqual(
      ['scope-taken', 'scope-taken', 'scope-taken', 'taken'],
    );
  });
});
