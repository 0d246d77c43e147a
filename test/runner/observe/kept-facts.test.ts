import { expect, it } from 'vitest';
import { type Contact, makeDecoys } from '../../../runner/observe/decoys.ts';
import { judgeFacts } from '../../../runner/observe/judge-facts.ts';
import { factsMax, keptFacts, type StepResult } from '../../../runner/observe/step-sandbox.ts';
import { personas } from '../../../runner/observe/steps.ts';
import { digestOf } from '../../../skills-index/skill/digest.ts';
import type { ObservedFact } from '../../../skills-index/statement/observation.ts';
import {
  observationBytes,
  observationStatement,
  parseObservationStatement,
  verdictOf,
} from '../../../skills-index/statement/observation-statement.ts';

const decoys = makeDecoys((bytes) => new Uint8Array(bytes).fill(7), []);

/** As a registry takes it, or an error. */
function taken(facts: readonly ObservedFact[]): readonly ObservedFact[] {
  const coverage = { planned: 3, done: 3, late: 0, rounds: ['now'] };
  const observation = {
    schema: 'skillgate.observation/1' as const,
    verdict: verdictOf(facts, coverage),
    facts,
    coverage,
  };
  const statement = observationStatement(digestOf('a bundle'), {
    observation,
    observer: 'skillgate 0.1.0',
    observedAt: '2026-11-23T12:00:00.000Z',
  });
  return parseObservationStatement(observationBytes(statement)).predicate.observation.facts;
}

function factsOf(title: string, paths: readonly string[]): readonly ObservedFact[] {
  const contacts = paths.map(
    (path): Contact => ({
      scheme: 'https',
      host: 'x.example',
      port: 443,
      method: 'GET',
      path,
      decoys: [],
      gaveProgram: false,
    }),
  );
  const results = personas.map(
    (persona): StepResult => ({
      step: { kind: 'command', title, command: [] },
      persona,
      contacts,
      overflowed: false,
      reports: [{ kind: 'escape', what: 'mount' }],
      changed: [],
      unlisted: false,
      leftBehind: [],
      end: 'exit',
      code: 0,
      output: '',
    }),
  );
  return judgeFacts(results, { egress: [], secret: [] }, decoys);
}

it.each([
  [
    'half a surrogate pair at the cut',
    'a',
    ['', 'b'].map((first) => `/${first}${'😀'.repeat(200)}`),
  ],
  ['half a surrogate pair', 'a', ['/\ud800']],
  ['half a surrogate pair in the title of a step', `a${'😀'.repeat(200)}`, ['/']],
  ['control characters without end', '\u0001'.repeat(900), ['/']],
])('a registry takes an observation with %s', (_, title, paths) => {
  expect(taken(factsOf(title, paths)).map(({ kind }) => kind)).toContain('escape-attempt');
});

it('a registry takes very many long facts, the worst first', () => {
  const paths = Array.from({ length: 2_000 }, (_, at) => `/${at}${'\u0001'.repeat(300)}`);
  const facts = taken(factsOf('\u0001'.repeat(900), paths));
  expect(facts[0]).toMatchObject({ kind: 'escape-attempt', level: 'block' });
  expect(facts.length).toBeGreaterThan(50);
});

it('an observation keeps so many facts', () => {
  const fact: ObservedFact = { kind: 'decoy-read', level: 'review', what: '', steps: [] };
  const many = Array.from({ length: factsMax + 1 }, (_, at) => ({ ...fact, what: `${at}` }));
  expect(keptFacts(many)).toHaveLength(factsMax);
});
