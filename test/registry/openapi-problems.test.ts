import { expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../registry/app.ts';
import { makeWorld } from './world.ts';

interface Operation {
  readonly requestBody?: unknown;
  readonly parameters?: readonly { readonly in: string }[];
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly content?: Readonly<
    Record<string, { readonly schema: { readonly properties: { readonly code: Codes } } }>
  >;
}

interface Codes {
  readonly enum: readonly string[];
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

it('lists the problem codes of each status, with those that the steps before the routes answer', async () => {
  const world = await makeWorld();
  onTestFinished(() => world.close());
  const { paths } = (await (await world.send('/api/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const codesOf = (path: string, method: string): unknown[] =>
    Object.values(paths[path]?.[method]?.responses ?? {}).flatMap(
      ({ content }) =>
        content?.['application/problem+json']?.schema.properties.code.enum.join(' ') ?? [],
    );
  expect(codesOf('/reviews/{scope}/{name}/{version}/claim', 'post')).toEqual([
    'name-invalid version-invalid',
    'not-signed-in',
    'forbidden origin-refused',
    'not-found',
    'move-illegal log-behind',
    'request-too-large',
    'host-unknown',
    'too-many-requests',
    'registry-busy',
    'registry-full',
  ]);
  expect(codesOf('/packs/files/{bundle}/{group}', 'get')).toEqual([
    'digest-invalid',
    'not-signed-in',
    'not-found',
    'host-unknown',
    'registry-busy',
  ]);
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
