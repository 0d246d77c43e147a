import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../registry/app.ts';
import { makeWorld } from './world.ts';

interface Operation {
  readonly requestBody?: unknown;
  readonly parameters?: readonly { readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}

it('documents a 400 for each operation that reads a body or a name out of its path', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  const { paths } = (await (await world.send('/api/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const silent = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { requestBody, responses }]) => {
      // A path at the root of the site has its own list of servers beside the methods.
      if (method === 'servers') return [];
      const reads = requestBody !== undefined || /\{(scope|name|version|digest)\}/.test(path);
      return reads && !('400' in responses) ? [`${method} ${path}`] : [];
    }),
  );
  expect(silent).toEqual([]);
});

it('tells browsers to come back over TLS where the registry is reached by it, and nowhere else', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  expect((await world.send('/healthz')).headers.has('strict-transport-security')).toBe(false);
  const config = { ...world.registry.config, base: 'https://localhost' };
  const secure = createApp({ ...world.registry, config }, { logError: () => undefined });
  const answer = await secure.request('http://localhost/healthz');
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000');
});
