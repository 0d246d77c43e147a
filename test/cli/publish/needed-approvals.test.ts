import { expect, it } from 'vitest';
import { neededText } from '../../../cli/publish/publish-folder.ts';

const needed = { total: 2, independent: 0 };

it('names the reviewers of a version that comes to them', () => {
  for (const verdict of ['pass', 'review'] as const)
    expect(neededText(needed, { verdict })).toContain('2 reviewers have to approve it');
});

it('promises no reviewer where the registry quarantines the version', () => {
  for (const verdict of ['incomplete', 'block'] as const) {
    expect(neededText(needed, { verdict })).not.toContain('approve');
    expect(neededText(needed, { verdict })).toContain(`also ends as ${verdict}`);
  }
});
