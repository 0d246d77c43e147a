import { expect, it } from 'vitest';
import { StandingMarks } from '../../../cli/monitor/marks.ts';
import { parseSkillName } from '../../../skills-index/skill/name.ts';
import { parseVersion } from '../../../skills-index/skill/version.ts';
import type { IndexLine } from '../../../skills-index/trust/index-files/index-line.ts';
import type { ReplayedLine } from '../../../skills-index/trust/index-files/judge-line.ts';
import type { StatusMark } from '../../../skills-index/trust/index-files/status-file.ts';
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
const judged: ReplayedLine = { wasOffered: false, hidden: [], refused: [] };
const marks = (...kinds: StatusMark['kind'][]): StandingMarks => {
  const since = '2026-03-01T12:00:00.000Z';
  return new StandingMarks({
    checkpoint: '',
    issued: since,
    expires: since,
    marks: kinds.map((kind) => ({ bundle, kind, reason: 'so', since })),
  });
};
const hidden = ['its provenance is by a stranger'];
const demanded = { kind: 'suspended', why: 'it leaks' } as const;

it.each<[string, StatusMark['kind'][], Partial<ReplayedLine>, string[]]>([
  ['a line that the whole log refuses', [], { hidden }, ['line-hides']],
  ['the same line, which a mark stops', ['suspended'], { hidden }, []],
  ['a deprecation, which stops nobody', ['deprecated'], { hidden }, ['line-hides']],
  ['a mark that the log demands', [], { hidden, demanded }, ['mark-missing']],
  ['a mark that is there', ['revoked'], { demanded }, []],
  ['a line of which nothing was said', [], {}, []],
])('%s', (_, kinds, found, codes) => {
  const replayed = { ...judged, ...found };
  const all = [
    ...marks(...kinds).whyMissing(line, replayed),
    ...marks(...kinds).whyHiding(line, replayed),
  ];
  expect(all.map(({ code }) => code)).toEqual(codes);
});
