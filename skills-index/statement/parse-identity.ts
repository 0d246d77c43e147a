/**
 * Parses identities that people name on a command line.
 */
import { parseShape, unplaced } from '../skill/shape.ts';
import { identityShape, person } from './predicate-shapes.ts';
import type { Identity, PersonIdentity } from './predicates.ts';

/**
 * Parses one identity that a person named.
 * @throws Problem `statement-invalid`
 */
export function parseIdentity(value: unknown): Identity {
  return parseShape(
    identityShape,
    unplaced(value, 'identity'),
    'statement-invalid',
    'the identity',
  );
}

/**
 * Parses a person at an OIDC issuer, as somebody named the person.
 * @throws Problem `statement-invalid`
 */
export function parsePerson(value: unknown): PersonIdentity {
  return parseShape(person, unplaced(value, 'identity'), 'statement-invalid', 'the identity');
}
