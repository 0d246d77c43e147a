import { expect, it } from 'vitest';
import { listKnown, readKnown } from '../../../skills-index/client/known-statements.ts';
import { memoryStore } from '../../../skills-index/client/store.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';

const name = parseSkillName('@acme/report');
const hex = 'a'.repeat(64);

it.each(['x~', 'a b', `${hex}~`, `${hex}.bak`, 'Desktop.ini'])(
  'passes over the stray file %s',
  async (stray) => {
    const store = memoryStore();
    await store.putNamed(`known/${stray}`, Buffer.from('not a statement'));
    expect([await listKnown(store), (await readKnown(store, name)).size]).toEqual([[], 0]);
  },
);

it('names a folder in the place of a statement, and the next step', async () => {
  const store = memoryStore();
  await store.putNamed(`known/${hex}`, Buffer.alloc(0));
  const getNamed = async () =>
    Promise.reject(new Error('EISDIR: illegal operation on a directory'));
  await expect(readKnown({ ...store, getNamed }, name)).rejects.toMatchObject({
    code: 'memory-damaged',
    message: expect.stringContaining(`known/${hex} is damaged`),
    hint: expect.stringContaining('delete it'),
  });
});
