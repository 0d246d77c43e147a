import { expect, it } from 'vitest';
import { RegistryWriter, type WorkerEnvironment } from '../../registry/worker.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import { makeRoot } from './people.ts';

/** An environment whose bucket answers slowly, and counts who asks. */
function environment({ fails = 0 } = {}): {
  readonly environment: WorkerEnvironment;
  readonly asked: () => number;
} {
  const { root, texts } = makeRoot();
  let asked = 0;
  const get = async (): Promise<null> => {
    asked++;
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (asked <= fails) throw new Error('the bucket does not answer');
    return null;
  };
  return {
    environment: {
      DB: {},
      OBJECTS: { get },
      ROOT: canonicalJson(root),
      BASE: 'http://localhost',
      LOG_KEY: texts.log,
      STATUS_KEY: texts.status,
      REGISTRY_KEY: texts.registry,
    } as unknown as WorkerEnvironment,
    asked: () => asked,
  };
}

const health = (): Request => new Request('http://localhost/healthz');

it('the object that writes makes one registry for all who come while it starts', async () => {
  const { environment: given, asked } = environment();
  const writer = new RegistryWriter(undefined, given);
  const answers = await Promise.all(Array.from({ length: 20 }, () => writer.fetch(health())));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(asked()).toBe(1);
});

it('the object that writes starts again after a start that failed', async () => {
  const writer = new RegistryWriter(undefined, environment({ fails: 1 }).environment);
  await expect(writer.fetch(health())).rejects.toThrow('the bucket does not answer');
  expect((await writer.fetch(health())).status).toBe(200);
});
