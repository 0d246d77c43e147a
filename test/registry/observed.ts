/** Makes observations for tests, as a scanner would sign them. */
import { digestOf } from '../../skills-index/skill/digest.ts';
import { canonicalJson } from '../../skills-index/skill/text/canonical-json.ts';
import type { ObservedBehaviour, ObservedFact } from '../../skills-index/statement/observation.ts';
import {
  type ObservationStatement,
  observationStatement,
  observedStatement,
  verdictOf,
} from '../../skills-index/statement/observation-statement.ts';
import { signStatement } from '../../skills-index/statement/sign.ts';
import type { TestKey } from './people.ts';
import {
  type Answer,
  aboutOf,
  call,
  namedFor,
  registryIdAt,
  type Send,
  type Skill,
} from './road.ts';

export const sentDecoy: ObservedFact = {
  kind: 'decoy-sent',
  level: 'block',
  what: 'sent the decoy of CRM_TOKEN to https usage.stranger.example',
  steps: ['deals (now)'],
};
export const asked: ObservedFact = {
  kind: 'undeclared-host',
  level: 'review',
  what: 'asked GET https://usage.stranger.example/',
  steps: ['deals (now)'],
};

const whole = { planned: 6, done: 6, late: 0, rounds: ['now', 'in 30 days'] };

export function observationOf(
  skill: Skill,
  facts: readonly ObservedFact[],
  at: Date,
  coverage: ObservedBehaviour['coverage'] = whole,
): ObservationStatement {
  const verdict = verdictOf(facts, coverage);
  return observationStatement(skill.packed.digest, {
    observation: { schema: 'skillgate.observation/1', verdict, facts, coverage },
    observer: 'skillgate 0.1.0',
    observedAt: at.toISOString(),
  });
}

/** The body of a request that hands an observation in. */
export async function observedBody(
  send: Send,
  skill: Skill,
  observation: ObservationStatement,
  key: TestKey,
  more: Readonly<Record<string, unknown>> = {},
) {
  const statement = observedStatement(aboutOf(skill), {
    observation: digestOf(canonicalJson(observation)),
    verdict: observation.predicate.observation.verdict,
    ...more,
  });
  const envelope = await signStatement(namedFor(await registryIdAt(send), statement), key);
  return { envelope, observation };
}

export function sendObservation(
  send: Send,
  token: string | undefined,
  { manifest: { name, version } }: Skill,
  json: unknown,
): Promise<Answer> {
  return call(send, `/api/v1/versions/${name}/${version}/observations`, {
    json,
    ...(token === undefined ? {} : { token }),
  });
}
