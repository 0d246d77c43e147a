import { expect, it } from 'vitest';
import { decide } from '../../../skills-index/trust/decision.ts';
import { tellStory } from '../story.ts';

it('admits the story', async () => {
  const story = await tellStory();
  const decision = decide(story.input);
  expect(decision).toMatchObject({ kind: 'admitted' });
});
