import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { updateTrust } from '../../cli/registries/updater.ts';
import { memoryStore } from '../../skills-index/client/store.ts';
import { digestOf } from '../../skills-index/skill/digest.ts';
import { parseRoot } from '../../skills-index/trust/root/root.ts';
import type { Cast, Road } from '../registry/contract/cast.ts';
import { walkRoad } from '../registry/contract/walk.ts';
import { eras, mcpClient } from '../registry/foreign-clients/mcp/mcp-clients.ts';
import { makeRoot } from '../registry/people.ts';
import { makeSkill, publishApproved, type Send } from '../registry/road.ts';
import { holdCeremony } from '../registry/tuf-maker.ts';
import { type RunningWorker, startWorker } from './workerd-registry.ts';

describe('the registry on workerd, with D1 and R2', () => {
  const trust = makeRoot();
  let worker: RunningWorker;
  let cast: Cast<Road>;
  const send: Send = (path, init) => fetch(`${worker.base}${path}`, init);
  beforeAll(async () => {
    const tuf = await holdCeremony({
      root: trust.root,
      signers: [trust.administrator],
      now: Date.now(),
    });
    worker = await startWorker(trust, tuf);
  });
  afterAll(() => worker?.close());

  it('takes, races, scans, approves, publishes and revokes with the bindings of wrangler.toml', async () => {
    cast = await walkRoad({ send, trust });
  });

  it.each(eras)('offers approved skills to a client of MCP %s', async (era) => {
    const approved = makeSkill(`@acme/mcp-${era}`, '1.0.0', { files: { 'notes.md': era } });
    await publishApproved({ ...cast, send }, approved);
    // The cron trigger chooses which version of each skill is offered.
    expect((await fetch(`${worker.base}/cdn-cgi/handler/scheduled`)).status).toBe(200);
    const ask = await mcpClient(send, era);
    const { skill } = await ask('skills/get', { uri: `skill://acme/mcp-${era}/SKILL.md` });
    expect((await ask('skills/list')).skills).toContainEqual(skill);
    for (const { digest, uri } of skill.resources) {
      const [content] = (await ask('resources/read', { uri })).contents;
      expect([uri, digestOf(Buffer.from(content?.text ?? ''))]).toEqual([uri, digest]);
    }
  });

  it('serves a root of trust that clients follow', async () => {
    const source = { fetch, store: memoryStore(), base: worker.base };
    const kept = await updateTrust({ source, pinned: trust.root, now: Date.now() });
    expect(parseRoot(kept.files['root.json'])).toEqual(trust.root);
    expect(Date.parse(kept.freshUntil) - Date.now()).toBeLessThanOrEqual(24 * 3_600_000);
  });
});
