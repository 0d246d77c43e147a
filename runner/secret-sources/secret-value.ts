/** Which values a secret may have. */
import { Problem } from '../../skills-index/skill/problem.ts';

const secretBytesMax = 16 * 1024;
const secretBytesMin = 8;

/**
 * Parses a value that may be sent in a header.
 * @throws Problem `secret-refused`, without any of the value
 */
export function parseSecretValue(name: string, bytes: Uint8Array): string {
  const value = Buffer.from(bytes)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  const wrong = whyNotValue(value);
  if (wrong === undefined) return value;
  throw refused(
    name,
    wrong,
    value.length < secretBytesMin
      ? `Give a value of at least ${secretBytesMin} characters.`
      : 'Give the value alone, on one line: in the file, at the prompt, or as the output of the command.',
  );
}

export function whyNotValue(value: string): string | undefined {
  if (value.length < secretBytesMin) return `its value has fewer than ${secretBytesMin} characters`;
  if (value.length > secretBytesMax) return `its value has more than ${secretBytesMax} characters`;
  return /^[\x21-\x7e]+( +[\x21-\x7e]+)*$/.test(value)
    ? undefined
    : 'its value is not one line of printable ASCII';
}

/** Why a secret cannot be used, without any of its value. */
export function refused(name: string, why: string, hint: string): Problem {
  return new Problem('secret-refused', `Cannot use secret ${JSON.stringify(name)}: ${why}`, {
    hint,
  });
}
