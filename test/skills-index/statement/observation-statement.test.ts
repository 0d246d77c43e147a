import { expect, it } from 'vitest';
import { parseDigest } from '../../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../../skills-index/skill/text/canonical-json.ts';
import type { ObservedBehaviour } from '../../../skills-index/statement/observation.ts';
import {
  observationBytes,
  observationStatement,
  parseObservationStatement,
} from '../../../skills-index/statement/observation-statement.ts';

const observation: ObservedBehaviour = {
  schema: 'skillgate.observation/1',
  verdict: 'block',
  facts: [
    { kind: 'decoy-sent', level: 'block', what: 'sent a decoy', steps: ['command report (now)'] },
  ],
  coverage: { planned: 3, done: 3, late: 0, rounds: ['now'] },
};
const made = (of: ObservedBehaviour = observation) =>
  observationStatement(parseDigest(`sha256:${'a'.repeat(64)}`), {
    observation: of,
    observer: 'skillgate 0.1.0',
    observedAt: '2026-11-23T02:00:00.000Z',
  });

it('reads back the statement that was written', () => {
  expect(parseObservationStatement(observationBytes(made()))).toEqual(made());
});

it.each<[string, unknown]>([
  ['a verdict that hides a fact', made({ ...observation, verdict: 'pass' })],
  [
    'a pass over steps that did not run',
    made({
      ...observation,
      verdict: 'pass',
      facts: [],
      coverage: { ...observation.coverage, done: 1 },
    }),
  ],
  [
    'a pass over nothing that ran',
    made({
      ...observation,
      verdict: 'pass',
      facts: [],
      coverage: { planned: 0, done: 0, late: 0, rounds: ['now'] },
    }),
  ],
  [
    'a fact as a note that is evidence',
    made({ ...observation, facts: observation.facts.map((one) => ({ ...one, level: 'note' })) }),
  ],
  [
    'more steps than were planned',
    made({ ...observation, coverage: { ...observation.coverage, done: 4 } }),
  ],
  ['too many facts', made({ ...observation, facts: Array(201).fill(observation.facts[0]) })],
  ['an unknown kind of fact', JSON.parse(canonicalJson(made()).replace('decoy-sent', 'other'))],
  ['a further member', { ...made(), more: 1 }],
  ['another predicate type', { ...made(), predicateType: 'https://slsa.dev/provenance/v1' }],
])('refuses %s', (_, value) => {
  expect(() => parseObservationStatement(Buffer.from(canonicalJson(value)))).toThrow(
    expect.objectContaining({ code: 'statement-invalid' }),
  );
});

it('refuses bytes that are not canonical', () => {
  const spaced = JSON.stringify(made(), undefined, 1);
  expect(() => parseObservationStatement(Buffer.from(spaced))).toThrow('canonical');
});
