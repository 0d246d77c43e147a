import { describe, expect, it } from 'vitest';
import { createApp } from '../../../registry/app.ts';
import { indexFileName } from '../../../registry/index/index-file.ts';
import { resume } from '../../../registry/index/resume.ts';
import { noCapabilities } from '../../../skills-index/skill/capability.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import { approve, makeSkill, publish, publishScanned, type Send, scan } from '../road.ts';
import { bodyAt, expectAnswer } from '../steps.ts';
import { oneWorld } from '../world.ts';

describe('publishing in the index', () => {
  const world = oneWorld();

  it('is refused for what installers would refuse, however many approved it', async () => {
    const { registry, author, scanner, rita, tokens, errors } = world;
    const policy = { ...defaultPolicy, ceiling: noCapabilities };
    const app = createApp({ ...registry, policy }, { logError: (error) => errors.push(error) });
    const send: Send = async (path, init) => app.request(`http://localhost${path}`, init);
    const skill = makeSkill('@acme/above', '1.0.0', {
      capabilities: { exec: [{ program: 'jq', why: 'w' }] },
    });
    await publish(send, skill, author);
    await scan(send, tokens.scanner, scanner, skill, 'review');
    const answer = await approve(send, tokens.rita, rita, skill);
    expect(answer).toMatchObject({
      status: 403,
      body: {
        code: 'not-admitted',
        detail: expect.stringMatching(/in the log at index \d+ and counts\. Cannot publish/),
      },
    });
    expect(answer.body.reasons[0].message).toContain('capability-exceeded');
    expect((await bodyAt(send, '/api/v1/versions/@acme/above/1.0.0')).status).toBe('in review');
    await expectAnswer(send('/index/@acme/above'), 404);
    await expectAnswer(send(`/blobs/sha256/${skill.packed.digest.slice(7)}`), 404);
  });

  it('is taken up at the next start where it was cut off: before the verification summary, and before the file', async () => {
    const { registry, send, rita, tokens, stored } = world;
    const skill = makeSkill('@acme/cut', '1.0.0');
    await publishScanned(world, skill);
    // The medium fails once the approval is logged, when evidence should become public.
    const failing = { ...registry.objects, putAll: () => Promise.reject(new Error('power cut')) };
    const app = createApp({ ...registry, objects: failing }, { logError: () => undefined });
    const cut: Send = async (path, init) => app.request(`http://localhost${path}`, init);
    // The approval is whole in its rows, and the version waits for the next start.
    await expectAnswer(approve(cut, tokens.rita, rita, skill), 201);
    expect((await bodyAt(send, '/api/v1/versions/@acme/cut/1.0.0')).status).toBe('in review');
    const refused: unknown[] = [];
    await resume(registry, (error) => refused.push(error));
    expect((await bodyAt(send, '/api/v1/versions/@acme/cut/1.0.0')).status).toBe('approved');
    expect((await (await send('/index/@acme/cut')).text()).split('\n')).toHaveLength(2);
    expect(stored.has(indexFileName(skill.manifest.name))).toBe(true);
  });
});
