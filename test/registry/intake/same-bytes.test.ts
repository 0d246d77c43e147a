import { describe, expect, it } from 'vitest';
import type { Database } from '../../../registry/store/batch.ts';
import { packBundle } from '../../../skills-index/skill/authoring/pack-bundle.ts';
import { parseManifest } from '../../../skills-index/skill/manifest.ts';
import { makeKey, type TestKey } from '../people.ts';
import { claimScope, publish, signPublication } from '../road.ts';
import { expectAnswer } from '../steps.ts';
import { eachWorld } from '../world.ts';

const text = '---\nname: words\ndescription: Counts words.\n---\nCount the words.\n';
const files = [{ path: 'SKILL.md', bytes: Buffer.from(text), mode: 0o644 }];
const packed = packBundle(files);

describe('uploads of the same bytes at the same time', () => {
  const world = eachWorld();

  const upload = async (name: string, key: TestKey) => {
    const manifest = parseManifest(
      Buffer.from(JSON.stringify({ name, version: '1.0.0', capabilities: {} })),
    );
    const skill = { files, packed, manifest };
    const envelope = await signPublication(skill, key, { inferred: true });
    return publish(world, skill, key, { envelope });
  };

  it('are all taken in one scope, and do not make one another try again', async () => {
    let failed = 0;
    const db: { -readonly [Key in keyof Database]: Database[Key] } = world.registry.db;
    const { batch } = db;
    db.batch = (writes) =>
      batch(writes).catch((error: unknown) => {
        failed++;
        throw error;
      });
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, at) => upload(`@acme/words-${at}`, world.author)),
    );
    expect(answers.filter(({ status }) => status !== 201)).toEqual([]);
    expect(failed).toBe(0);
  });

  it('are taken in one of several scopes', async () => {
    const keys = Array.from({ length: 12 }, makeKey);
    const scopes = keys.map((_, at) => `crowd-${String.fromCharCode(97 + at)}`);
    for (const [at, key] of keys.entries())
      await expectAnswer(claimScope(world, scopes[at] ?? '', key), 201);
    const answers = await Promise.all(keys.map((key, at) => upload(`@${scopes[at]}/words`, key)));
    expect(answers.map(({ body }) => body.code ?? 'taken').sort()).toEqual([
      ...keys.slice(1).map(() => 'bundle-taken'),
      'taken',
    ]);
  });
});
