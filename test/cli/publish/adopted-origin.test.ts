/** Everybody who may read a version that came by a token is told so, in the same words. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { renewSkills } from '../../../registry/catalogue/renew-skills.ts';
import { versionPage } from '../../../registry/desk/version-page/version.ts';
import { frame, versionView } from '../../registry/desk/story.ts';
import { approve, makeSkill, scan } from '../../registry/road.ts';
import { uploadFiles } from '../../registry/uploads/foreign-uploads.ts';
import { makeUsers, type Users } from '../registry-users.ts';

const which = '@acme/notes@1.0.0';
const at = '2026-03-01T12:00:00.000Z';

let users: Users;
beforeEach(async () => {
  users = await makeUsers();
  const { rita, scanner, registry, send, tokens } = users.world;
  const skill = makeSkill('@acme/notes', '1.0.0');
  const made = await users.as('author', ['scope', 'token', 'acme', 'laptop']);
  const [, token = ''] = /token: {3}(\S{43})\n/.exec(made.stdout) ?? [];
  await uploadFiles(send, token, { slug: 'notes', version: '1.0.0' }, skill);
  const adopted = await users.as('author', ['publish', '--adopt', which, '--yes']);
  expect(adopted.exit, adopted.stderr).toBe(0);
  await scan(send, tokens.scanner, scanner, skill, 'pass');
  await approve(send, tokens.rita, rita, skill);
  await renewSkills(registry);
});
afterEach(() => users.world.close());

describe('a version that was adopted from an upload', () => {
  it('is named so by verify, which names no commit', async () => {
    const { stdout, stderr } = await users.as('stranger', ['verify', which]);
    const text = `${stdout}${stderr}`.replace(/[\s│]+/g, ' ');
    expect(text).toContain(
      `SLSA build level 1: adopted from an upload by the token laptop of the key ${users.world.author.keyId}, which came at ${at}, as the publisher says`,
    );
    expect(text).not.toContain('commit');
  });

  it.each([
    ['status', 'stranger', ['status', which]],
    ['review show', 'rita', ['review', 'show', which]],
  ] as const)(
    'is named so by %s, with the token, its maker and the time',
    async (_, user, words) => {
      const { stdout } = await users.as(user, words);
      expect(stdout).toMatch(
        new RegExp(`adopted from +an upload by the token laptop, which came at ${at}\n`),
      );
      expect(stdout).toContain(`the key ${users.world.author.keyId} made the token`);
    },
  );

  it('is named so by the public page and by the answer to clawhub', async () => {
    const page = await users.world.send(`/${which}`, { headers: { accept: 'text/html' } });
    expect(await page.text()).toMatch(
      /adopted from, as the publisher says<.*the token <bdi>laptop<.*came at <bdi>2026-03-01T12/,
    );
    const answer = await users.world.send('/api/v1/skills/notes/verify?version=1.0.0');
    expect(await answer.json()).toMatchObject({ provenance: { source: { token: 'laptop', at } } });
  });

  it('is named so by the desk, which trusts none of the words', () => {
    const adopted = { token: '<b>laptop', by: '<b>key', at };
    const page = String(versionPage(frame, versionView({ adopted })));
    expect(page).toMatch(/<dt>adopted from<.*the token <bdi>&lt;b&gt;laptop</);
    expect(page).not.toContain('<b>key');
  });
});
