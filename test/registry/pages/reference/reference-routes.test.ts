import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ruleNotes } from '../../../../skills-index/statement/rule-note.ts';
import { foreignMarkup, publicMarkup } from '../../desk/live-markup.ts';
import { expectAnswer } from '../../steps.ts';
import type { Staffed } from '../../world.ts';
import { makePublicStory } from '../public-story.ts';

describe('pages about the registry', () => {
  let world: Staffed;
  beforeAll(async () => {
    world = await makePublicStory();
  });
  afterAll(() => world.close());

  const read = async (path: string): Promise<string> => {
    const answer = await world.send(path);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  };

  it('explain each rule, with examples of which nothing is live', async () => {
    const list = await read('/rules');
    for (const rule of Object.keys(ruleNotes)) {
      expect(list).toContain(`href="/rules/${rule}"`);
      expect(foreignMarkup(await read(`/rules/${rule}`), publicMarkup)).toEqual([]);
    }
    await expectAnswer(world.send('/rules/flow/nothing'), 404);
  });

  it('list stopped versions with the reason', async () => {
    const page = await read('/advisories');
    expect(page).toContain('<a href="/@acme/revoked@1.0.0">@acme/revoked 1.0.0 is revoked</a>');
    expect(page).toContain('it sends keys away');
    expect(page).not.toContain('@acme/report');
    await expectAnswer(world.send('/advisories?before=nowhere'), 400);
  });
});
