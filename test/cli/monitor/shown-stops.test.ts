import { expect, it } from 'vitest';
import { otherStop, whyHiding, whyUnfounded } from '../../../cli/monitor/compare.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { IndexLine } from '../../../skills-index/trust/index-files/index-line.ts';
import type { ReplayedLine } from '../../../skills-index/trust/index-files/judge-line.ts';
import { skillAt } from '../monitor-world.ts';

const bundle = skillAt(1).packed.digest;
const line: IndexLine = {
  schema: 'skillgate.index/1',
  name: parseSkillName('@acme/t'),
  version: parseVersion('1.0.1'),
  bundle,
  description: '',
  capabilities: skillAt(1).manifest.capabilities,
  requires: {},
  publisher: bundle,
  statements: [],
  logIndex: 5,
};
const judged: ReplayedLine = { hidden: [], refused: [] };
const hidden = ['its provenance is by a stranger'];
const demanded = { kind: 'suspended', why: 'it leaks' } as const;
const mayStand = 'suspended';

it.each<[string, 'suspended' | 'revoked' | undefined, Partial<ReplayedLine>, string[], number]>([
  ['a line that the whole log refuses', undefined, { hidden }, ['line-hides'], 0],
  ['the same line, which the index calls stopped', 'suspended', { hidden, mayStand }, [], 1],
  ['a stop that the line does not show yet', undefined, { hidden, demanded, mayStand }, [], 1],
  ['a stop that the line shows', 'suspended', { demanded, mayStand }, [], 0],
  ['a stop that was lifted', 'suspended', { mayStand }, [], 1],
  ['a worse stop than was ever said', 'revoked', { demanded, mayStand }, ['stop-unfounded'], 1],
  ['a stop of which nothing was said', 'suspended', {}, ['stop-unfounded'], 1],
  ['a line of which nothing was said', undefined, {}, [], 0],
])('%s', (_, kind, found, codes, notes) => {
  const since = '2026-03-01T12:00:00.000Z';
  const shown = kind === undefined ? line : { ...line, stopped: { kind, since } };
  const replayed = { ...judged, ...found };
  const all = [...whyUnfounded(shown, replayed), ...whyHiding(shown, replayed)];
  expect(all.map(({ code }) => code)).toEqual(codes);
  expect(otherStop(shown, replayed)).toHaveLength(notes);
});
