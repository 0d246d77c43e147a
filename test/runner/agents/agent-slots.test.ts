import { expect, it } from 'vitest';
import { agentRunsMax, withAgentSlot } from '../../../runner/agents/agent-slots.ts';
import { folderWith } from '../../cli/temporary-folder.ts';

it('lets so many runs of an identity go on at once, and another one when one has ended', async () => {
  const folder = `${folderWith()}/runs`;
  const ends: (() => void)[] = [];
  const runs = Array.from({ length: agentRunsMax }, () =>
    withAgentSlot(folder, () => new Promise<void>((end) => ends.push(end))),
  );
  await expect(withAgentSlot(folder, async () => 'ran')).rejects.toMatchObject({
    code: 'plan-refused',
  });
  ends[3]?.();
  await runs[3];
  expect(await withAgentSlot(folder, async () => 'ran')).toBe('ran');
  for (const end of ends) end();
  await Promise.all(runs);
});
