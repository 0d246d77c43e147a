/**
 * Parses identities that people name on a command line.
 */
import { parseShape, unplaced } from '../skill/shape.ts';
import { identityShape, person } from './identity-shapes.ts';
import type { Identity, PersonIdentity } from './predicates.ts';

/**
 * Reads one identity.
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
 * Reads a person of an issuer.
 * @throws Problem `statement-invalid`
 */
export function parsePerson(value: unknown): PersonIdentity {
  return parseShape(person, unplaced(value, 'identity'), 'statement-invalid', 'the identity');
}
