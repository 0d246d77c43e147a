import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { strangerClaimsBurst } from '../../registry/limits.ts';
import { parseSigstoreBundle } from '../../skills-index/statement/signature-formats/sigstore-bundle.ts';
import { verifyStatement } from '../../skills-index/trust/signatures/verify-statement.ts';
import { makeKey, makeRoot } from '../registry/people.ts';
import { claimScope, makeSkill, publish, type Send } from '../registry/road.ts';
import { type Isolates, startRegistryIsolates } from './isolates.ts';

describe('two isolates of the Worker before one Durable Object that writes', () => {
  const trust = makeRoot();
  const names = ['west', 'east'];
  let workerd: Isolates;
  beforeAll(async () => {
    workerd = await startRegistryIsolates(trust, names, { writer: 'RegistryWriter' });
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
