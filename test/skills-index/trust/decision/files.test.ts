/** The files that a registry delivers, where one that people read is missing. */
import { describe, expect, it } from 'vitest';
import { decide } from '../../../../skills-index/trust/decision/decision.ts';
import { storyFiles, tellStory } from '../../story.ts';

describe('a file that people read', () => {
  it.each(['SKILL.md', 'skill.json'])('is the one reason where it is missing: %s', async (path) => {
    const { input } = await tellStory();
    const files = new Map([...input.files].filter(([name]) => name !== path));
    const decision = decide({ ...input, files });
    expect(decision.kind === 'refused' && decision.reasons.map(({ message }) => message)).toEqual([
      `the registry did not deliver ${path}`,
    ]);
  });

  it('is not missing where the version never had it', async () => {
    const files = new Map([...storyFiles].filter(([path]) => path !== 'skill.json'));
    expect(decide((await tellStory({ files, inferred: true })).input).kind).toBe('admitted');
  });
});
