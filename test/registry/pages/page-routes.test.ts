import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import { revocationStatement } from '../../../skills-index/statement/attestation.ts';
import { registryIdOf } from '../../../skills-index/trust/signatures/own-registry.ts';
import { freshNonce } from '../../nonce.ts';
import { state } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import type { Staffed } from '../world.ts';
import { makePublicStory, secretWords } from './public-story.ts';

const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** The text that a reader sees, with single spaces. */
function seen(page: string): string {
  return page
    .replace(/^[\s\S]*<main/, '<main')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

describe('the public pages', () => {
  let world: Staffed;
  beforeAll(async () => {
    world = await makePublicStory();
  });
  afterAll(() => world.close());

  const read = async (path: string): Promise<{ status: number; text: string; html: string }> => {
    const answer = await world.send(path, { headers: browser });
    const html = await answer.text();
    return { status: answer.status, text: seen(html), html };
  };

  it('lists approved skills at the root, to nobody but browsers', async () => {
    const { text } = await read('/');
    expect(text).toContain('@acme/report 1.1.0 Counts words. reaches the network');
    expect(text).not.toMatch(/@acme\/(waiting|held|refused|revoked)/);
    const program = await world.send('/');
    expect(program.headers.get('content-type')).toBe('application/json');
    expect(program.headers.get('vary')).toContain('accept');
  });

  it('searches, also for what a skill must not need', async () => {
    expect((await read('/?q=count+words')).text).toContain('1 skill found @acme/report');
    expect((await read('/?q=count+words&without=network')).text).toContain('0 skills found');
    expect((await read(`/?q=${secretWords.replace(' ', '+')}`)).text).toContain('0 skills found');
    await expectAnswer(read('/?q=x&without=gravity'), 400);
  });

  it('shows what a skill can and cannot do, and what each version asks for anew', async () => {
    const { status, text } = await read('/@acme/report');
    expect(status).toBe(200);
    expect(text).toContain('@acme /report 1.1.0 ✓ approved');
    expect(text).toContain('send GET requests to api.crm.example/v2/… reads deals');
    expect(text).toContain('npx skills add http://localhost/@acme/report');
    expect(text).toContain('asks anew: send GET requests to api.crm.example/v2/…');
    expect(text).toContain('The first approved version.');
    expect(text).toContain('rita with a key');
  });

  it('shows who may publish in a scope, and its approved skills', async () => {
    const { status, text } = await read('/@acme');
    expect(status).toBe(200);
    expect(text).toContain('@acme/report 1.1.0');
    expect(text).not.toMatch(/@acme\/(waiting|held|refused|revoked)/);
    expect(text).toContain('Owners sha256:');
    await expectAnswer(read('/@nobody'), 404);
  });

  it.each([
    ['waiting', 'Waiting; nobody has approved this.', ''],
    ['held', 'Held back after its scan; nobody has approved this.', 'Reason:'],
    ['refused', 'Not approved; reviewers refused it.', 'Reason: it has no use'],
    ['revoked', 'Stopped for good; installers refuse it.', 'Reason: it sends keys away'],
  ])('shows nothing of the content of a version that is %s', async (name, words, reason) => {
    const version = await read(`/@acme/${name}@1.0.0`);
    expect(version.status).toBe(200);
    expect(version.text).toContain(words);
    expect(version.text).toContain(reason);
    const skill = await read(`/@acme/${name}`);
    expect(skill.text).toContain('The registry offers no version of this skill.');
    for (const { html } of [version, skill]) {
      expect(html).not.toMatch(new RegExp(secretWords.replace(' ', '|')));
      expect(html).not.toContain('It can');
      expect(html).not.toContain('skillgate install');
    }
  });

  it.each(['/@acme/absent', '/nowhere'])(
    'answers %s with a page to browsers, and a problem document to programs',
    async (path) => {
      const { html, status } = await read(path);
      expect(status).toBe(404);
      expect(html).toContain('<title>The request failed');
      const program = await world.send(path);
      expect(program.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  it('keeps addresses of the API for programs, whatever a client accepts', async () => {
    const answer = await world.send('/api/v1/versions/@acme/absent', { headers: browser });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it.each(['/', '/@acme/report@1.1.0', '/nowhere'])(
    'sends %s with a policy that runs nothing, and a tag',
    async (path) => {
      const answer = await world.send(path, { headers: browser });
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      );
      expect(await answer.text()).not.toMatch(/<script|<style|\son\w+=|\sstyle=/i);
      if (answer.status !== 200) return;
      const etag = answer.headers.get('etag') ?? '';
      const again = await world.send(path, { headers: { ...browser, 'if-none-match': etag } });
      expect(again.status).toBe(304);
    },
  );

  it('shows a stop at once, whatever the catalogue still has', async () => {
    expect((await read('/@acme/report@1.1.0')).text).toContain('It can');
    const stop = revocationStatement({
      registry: registryIdOf(world.registry.root),
      reason: 'it sends deals away',
      kind: 'suspended',
      target: { name: parseSkillName('@acme/report'), version: parseVersion('1.1.0') },
      nonce: freshNonce(),
    });
    await expectAnswer(state(world, stop, world.rita), 201);
    for (const path of ['/@acme/report@1.1.0', '/@acme/report']) {
      const { text } = await read(path);
      expect(text).not.toContain('It can');
      expect(text).toMatch(/stopped for now/i);
    }
    expect((await read('/')).text).toContain('No skill is approved yet.');
  });
});
