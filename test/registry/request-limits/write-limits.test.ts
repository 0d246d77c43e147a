import { expect, it } from 'vitest';
import { isCounted } from '../../../registry/request-limits/write-limits.ts';

it.each([
  ['POST', '/api/v1/versions', true],
  ['DELETE', '/api/v1/session', true],
  ['GET', '/api/v1/search', false],
  ['HEAD', '/index/config.json', false],
  ['POST', '/mcp', false],
  // Whoever guesses one-time links would else be free to guess on.
  ['GET', '/review/sign-in', true],
  ['GET', '/review/sign-in/0123456789', true],
])('%s %s counts towards the limits of whoever asks: %s', (method, path, counts) => {
  expect(isCounted({ method, path })).toBe(counts);
});
