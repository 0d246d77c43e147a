/**
 * The statement about an observation: an in-toto statement about the observed bundle. It can only
 * add to what a scan found. Registries store it, and log an `observed/v1` statement that names it.
 */
import * as v from 'valibot';
import { type Digest, hexOf } from '../skill/digest.ts';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../skill/shape.ts';
import { canonicalJson } from '../skill/text/canonical-json.ts';
import { type ParsedJson, parseJson } from '../skill/text/json.ts';
import {
  type ObservedStatement,
  predicateTypes,
  statementType,
  type VersionSubject,
  versionSubjects,
} from './attestation.ts';
import { hex, isoTime, type Shape } from './field-shapes.ts';
import {
  levelsOfKind,
  type ObservedBehaviour,
  observedFactKinds,
  observedLevels,
} from './observation.ts';
import { statementValuesMax } from './parse-statement.ts';
import type { ObservedPredicate } from './predicates.ts';

export const observationType = 'https://skillgate.dev/attestation/observation/v1';

export interface ObservationPredicate {
  readonly observation: ObservedBehaviour;
  /** The program that observed, for example `skillgate 0.1.0`. */
  readonly observer: string;
  /** The time at which the observation ended (ISO 8601, UTC). */
  readonly observedAt: string;
}

export interface ObservationStatement {
  readonly _type: typeof statementType;
  readonly subject: readonly [
    { readonly name: 'bundle'; readonly digest: { readonly sha256: string } },
  ];
  readonly predicateType: typeof observationType;
  readonly predicate: ObservationPredicate;
}

export function observationStatement(
  bundle: Digest,
  predicate: ObservationPredicate,
): ObservationStatement {
  return {
    _type: statementType,
    subject: [{ name: 'bundle', digest: { sha256: hexOf(bundle) } }],
    predicateType: observationType,
    predicate,
  };
}

/** The statement of the log, which names an observation and its verdict. */
export function observedStatement(
  about: VersionSubject,
  predicate: ObservedPredicate,
): ObservedStatement {
  return {
    _type: statementType,
    subject: versionSubjects(about),
    predicateType: predicateTypes.observed,
    predicate,
  };
}

/** The bytes that are signed: the statement's RFC 8785 form. */
export function observationBytes(statement: ObservationStatement): Uint8Array {
  return Buffer.from(canonicalJson(statement));
}

/** Bytes of a statement, facts of it, and characters of a text in it. */
export const observationBytesMax = 512 * 1024;
const observedFactsMax = 200;
const observedCharsMax = 400;
const countMax = 10_000;

const text = v.pipe(v.string(), v.maxLength(observedCharsMax, 'is too long'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(countMax));

const shape: Shape<ObservationStatement> = exactObject({
  _type: v.literal(statementType),
  subject: v.tuple([
    exactObject({ name: v.literal('bundle'), digest: exactObject({ sha256: hex }) }),
  ]),
  predicateType: v.literal(observationType),
  predicate: exactObject({
    observation: exactObject({
      schema: v.literal('skillgate.observation/1'),
      verdict: v.picklist(['pass', 'review', 'block', 'incomplete']),
      facts: boundedList(
        exactObject({
          kind: v.picklist(observedFactKinds),
          level: v.picklist(observedLevels),
          what: text,
          steps: boundedList(text, 5, 'is too long'),
        }),
        observedFactsMax,
        'is too long',
      ),
      coverage: exactObject({
        planned: count,
        done: count,
        late: count,
        rounds: boundedList(text, 10, 'is too long'),
        leftOut: v.exactOptional(boundedList(text, 20, 'is too long')),
        blind: v.exactOptional(text),
      }),
    }),
    observer: text,
    observedAt: isoTime,
  }),
});

/**
 * Parses the statement. The verdict has to follow from the facts, and the level of each fact from
 * its kind, so that nobody signs `pass` over a fact that blocks.
 * @throws Problem `statement-invalid`
 */
export function parseObservationStatement(bytes: Uint8Array): ObservationStatement {
  const invalid = (why: string): Problem =>
    new Problem('statement-invalid', `Cannot read the observation: ${why}`);
  if (bytes.byteLength > observationBytesMax) throw invalid('it is too long');
  const json = parsedOrInvalid(bytes, invalid);
  const statement = parseShape(shape, json, 'statement-invalid', 'the observation');
  if (!Buffer.from(canonicalJson(statement)).equals(Buffer.from(bytes)))
    throw invalid('it is not in canonical form');
  const { coverage, facts, verdict } = statement.predicate.observation;
  const mild = facts.find(({ kind, level }) => !levelsOfKind[kind].includes(level));
  if (mild !== undefined) throw invalid(`a fact ${mild.kind} is never of level ${mild.level}`);
  const why = whyNoCoverage(coverage);
  if (why !== undefined) throw invalid(why);
  if (verdictOf(facts, coverage) !== verdict)
    throw invalid(`the verdict ${verdict} does not follow from its facts`);
  return statement;
}

// An observation that ran nothing would otherwise count like one that ran everything.
function whyNoCoverage({
  done,
  late,
  planned,
  rounds,
}: ObservedBehaviour['coverage']): string | undefined {
  if (done > planned) return 'more steps ran than were planned';
  if (late > done) return 'more steps were late than ran';
  if (planned > 0 && done === 0) return 'no planned step ran';
  return rounds.length === 0 ? 'it names no round' : undefined;
}

function parsedOrInvalid(bytes: Uint8Array, invalid: (why: string) => Problem): ParsedJson {
  try {
    return parseJson(bytes, 'the observation', statementValuesMax);
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw invalid(cause.message);
  }
}

/** The verdict that follows from facts and coverage. */
export function verdictOf(
  facts: ObservedBehaviour['facts'],
  coverage: ObservedBehaviour['coverage'],
): ObservedBehaviour['verdict'] {
  for (const level of ['block', 'review'] as const)
    if (facts.some((fact) => fact.level === level)) return level;
  // Nothing that ran shows nothing.
  const isWhole =
    coverage.done > 0 &&
    coverage.done === coverage.planned &&
    coverage.late === 0 &&
    coverage.blind === undefined;
  return isWhole ? 'pass' : 'incomplete';
}
