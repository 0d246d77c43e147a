/**
 * People in options, as issuer and subject: `--to-oidc https://accounts.example ada@example.org`.
 */
import type { PersonIdentity } from '../../skills-index/statement/attestation.ts';
import { parsePerson } from '../../skills-index/statement/parse-identity.ts';

/**
 * The people that an option names, without repetition. The subject is the exact text after the
 * first space.
 * @throws Problem `statement-invalid`
 */
export function peopleIn(option: unknown): PersonIdentity[] {
  const texts = Array.isArray(option) ? option.map(String) : [];
  return [...new Set(texts)].map((text) => {
    const at = text.indexOf(' ');
    return parsePerson({ issuer: text.slice(0, at), subject: text.slice(at + 1) });
  });
}
