import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../registry/app.ts';
import { makeWorld } from './world.ts';

it('tells browsers to come back over TLS where the registry is reached by it, and nowhere else', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  expect((await world.send('/healthz')).headers.has('strict-transport-security')).toBe(false);
  const config = { ...world.registry.config, base: 'https://localhost' };
  const secure = createApp({ ...world.registry, config }, { logError: () => undefined });
  const answer = await secure.request('http://localhost/healthz');
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
});
