/** Parses statements strictly: canonical bytes, a known predicate type, no unknown member. */
import * as v from 'valibot';
import { Problem } from '../skill/problem.ts';
import { boundedList, exactObject, parseShape, unplaced } from '../skill/shape.ts';
import { canonicalJson } from '../skill/text/canonical-json.ts';
import { parseJson } from '../skill/text/json.ts';
import {
  adviceStatement,
  keyStatement,
  memberStatement,
  predicateTypes,
  revocationStatement,
  type Statement,
  type StatementKind,
  scopeStatement,
  statementSubjectsMax,
  statementType,
} from './attestation.ts';
import { hex, type Shape } from './field-shapes.ts';
import { predicateShapes } from './predicate-shapes.ts';

/**
 * Maximum size of a statement: about twice the size of the scan statement for 1,000 files with
 * paths of 200 bytes.
 */
const statementBytesMax = 1024 * 1024;

/**
 * Maximum number of values in the JSON of a statement. A scan of 1,000 files has 6,000 values; the
 * largest manifest has 13,000 values.
 */
export const statementValuesMax = 20_000;

const headShape = exactObject({
  _type: v.literal(statementType),
  subject: v.pipe(
    boundedList(
      exactObject({ name: v.string(), digest: exactObject({ sha256: hex }) }),
      statementSubjectsMax + 1,
      'is too long',
    ),
    v.minLength(1, 'is empty'),
  ),
  predicateType: v.picklist(
    Object.values(predicateTypes),
    'is not a predicate type that is known here',
  ),
  predicate: v.looseObject({}),
});

/**
 * Parses the statement in the payload of a DSSE envelope.
 * @throws Problem `statement-invalid`
 */
export function parseStatement(bytes: Uint8Array): Statement {
  if (bytes.byteLength > statementBytesMax) {
    throw new Problem(
      'statement-invalid',
      `Cannot read the statement: it has ${bytes.byteLength} bytes; at most ${statementBytesMax}`,
    );
  }
  const value = parseText(bytes);
  const { predicateType, ...head } = parseShape(
    headShape,
    unplaced(value, 'statement'),
    'statement-invalid',
    'the statement',
  );
  const kind = kindOf(predicateType);
  const { predicate: given } = value as { predicate: unknown };
  const shape: Shape<unknown> = predicateShapes[kind];
  const predicate = parseShape(
    shape,
    unplaced(given, kind),
    'statement-invalid',
    `the predicate ${kind}`,
  );
  const statement = { ...head, predicateType, predicate } as Statement;
  requireOwnSubject(statement);
  return statement;
}

/** The kind of statement that a predicate type names. */
export function kindOf(predicateType: Statement['predicateType']): StatementKind {
  const entries = Object.entries(predicateTypes) as [StatementKind, string][];
  const found = entries.find(([, type]) => type === predicateType);
  if (found === undefined)
    throw new Problem(
      'statement-invalid',
      `Not a predicate type: ${JSON.stringify(predicateType)}`,
    );
  return found[0];
}

// Two JSON parsers could read a payload that is not canonical JSON in different ways.
function parseText(bytes: Uint8Array): unknown {
  try {
    const { value } = parseJson(bytes, 'statement', statementValuesMax);
    if (Buffer.compare(Buffer.from(canonicalJson(value)), bytes) === 0) return value;
  } catch (cause) {
    if (!(cause instanceof Problem)) throw cause;
    throw new Problem('statement-invalid', cause.message, { cause });
  }
  throw new Problem(
    'statement-invalid',
    'Cannot read the statement: it is not in canonical form (RFC 8785)',
  );
}

// The subject of a statement about an identity follows from the statement's predicate. Other code
// compares statements about versions with the bundle.
function requireOwnSubject(statement: Statement): void {
  const expected = ownStatement(statement);
  if (
    expected === undefined ||
    canonicalJson(expected.subject) === canonicalJson(statement.subject)
  )
    return;
  throw new Problem(
    'statement-invalid',
    'Cannot read the statement: its subject is not the one that its predicate names',
  );
}

function ownStatement(statement: Statement): Statement | undefined {
  switch (statement.predicateType) {
    case predicateTypes.member:
      return memberStatement(statement.predicate);
    case predicateTypes.scope:
      return scopeStatement(statement.predicate);
    case predicateTypes.key:
      return keyStatement(statement.predicate);
    case predicateTypes.revocation:
      return revocationStatement(statement.predicate);
    case predicateTypes.advice:
      return adviceStatement(statement.predicate);
    default:
      return undefined;
  }
}
