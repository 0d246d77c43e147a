/**
 * People in options, as issuer and subject: `--to-oidc https://accounts.example ada@example.org`.
 */
import type { PersonIdentity } from '../../skills-index/statement/attestation.ts';
import { parsePerson } from '../../skills-index/statement/parse-identity.ts';

/**
 * People that an option names, each once; the subject is what stands behind the first space, to the
 * letter.
 * @throws Problem `statement-invalid`
 */
export function peopleIn(option: unknown): PersonIdentity[] {
  const given = Array.isArray(option) ? option.map(String) : [];
  return [...new Set(given)].map((text) => {
    const at = text.indexOf(' ');
    return parsePerson({ issuer: text.slice(0, at), subject: text.slice(at + 1) });
  });
}
