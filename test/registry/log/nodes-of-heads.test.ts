import { beforeAll, expect, it } from 'vitest';
import { parseCheckpoint } from '../../../skills-index/log/checkpoint.ts';
import { consistencyProofFrom, verifyConsistency } from '../../../skills-index/log/merkle-tree.ts';
import { nodeKey, parseNodes } from '../../../skills-index/log/tree-nodes.ts';
import { makeSkill } from '../road.ts';
import { expectAnswer, publishIn } from '../steps.ts';
import { oneWorld } from '../world.ts';

const world = oneWorld();
const notes: string[] = [];
beforeAll(async () => {
  for (const version of ['1.0.0', '1.0.1', '1.0.2', '1.0.3', '1.0.4']) {
    await publishIn(world, makeSkill('@acme/nodes', version));
    notes.push(await (await world.send('/log/checkpoint')).text());
  }
});

it('lead from each signed head to a later one', async () => {
  const heads = notes.map((note) => parseCheckpoint(note));
  for (const [at, first] of heads.entries()) {
    for (const second of heads.slice(at + 1)) {
      const answer = await world.send(`/log/nodes/${first.size}/${second.size}`);
      expect(answer.headers.get('cache-control')).toContain('immutable');
      const nodes = parseNodes(new Uint8Array(await answer.arrayBuffer()));
      const proof = consistencyProofFrom(first.size, second.size, (level, index) => {
        const hash = nodes.get(nodeKey(level, index));
        if (hash === undefined) throw new Error(`no node ${level}/${index}`);
        return hash;
      });
      expect(verifyConsistency({ first, second, proof })).toBe(true);
    }
  }
});

it.each(['0/3', '4/3', '3/9999', '1e0/4'])('are not there for %s', async (heads) => {
  await expectAnswer(world.send(`/log/nodes/${heads}`), 404);
});
