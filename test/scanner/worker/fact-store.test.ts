import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFactStore } from '../../../scanner/worker/fact-store.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'skillgate-facts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bundle = digestOf('a bundle');

it('gives what was put, to the next process too, and nothing for another bundle', () => {
  openFactStore(folder).put(bundle, Buffer.from('facts'));
  const store = openFactStore(folder);
  expect(Buffer.from(store.get(bundle)).toString()).toBe('facts');
  expect(store.get(digestOf('another')).byteLength).toBe(0);
});

it('keeps nothing of another extractor', () => {
  openFactStore(folder).put(bundle, Buffer.from('facts'));
  const [own = ''] = readdirSync(folder);
  writeFileSync(join(folder, 'f'.repeat(16)), 'of another extractor');
  openFactStore(folder);
  expect(readdirSync(folder)).toEqual([own]);
});

it('cannot store in a folder that is none, and the scan goes on', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  const store = openFactStore(join(file, 'below'));
  store.put(bundle, Buffer.from('facts'));
  expect(store.get(bundle).byteLength).toBe(0);
});

it('forgets a bundle when it is told to, and one that it does not have', () => {
  const store = openFactStore(folder);
  store.put(bundle, Buffer.from('facts'));
  store.drop(bundle);
  store.drop(bundle);
  expect(store.get(bundle).byteLength).toBe(0);
});

it('makes room while it is open, too', () => {
  const store = openFactStore(folder, 1_000);
  for (let i = 0; i < 100; i++) store.put(digestOf(`bundle ${i}`), Buffer.alloc(60));
  const bytes =
    readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
      .length * 60;
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThanOrEqual(1_100);
});
