import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { codeDigestsText } from '../../.ci/code-digests.ts';

it('scanner/code-digests.ts is what npm run digests writes', () => {
  expect(readFileSync(new URL('../../scanner/code-digests.ts', import.meta.url), 'utf8')).toBe(
    codeDigestsText(),
  );
});
