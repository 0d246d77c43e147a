/** Pages of skills around a sample. */
import { createHash } from 'node:crypto';

/** A SKILL.md. Its description is quoted, so that every text of a sample is one. */
export function skillPage(id: string, description: string, body: string): string {
  return `---\nname: ${id}\ndescription: ${JSON.stringify(description)}\n---\n\n${body.trimEnd()}\n`;
}

/** A code block. */
export function fenced(language: string, code: string): string {
  return `\`\`\`${language}\n${code.trimEnd()}\n\`\`\``;
}

/** A skill that has its user install the package in its folder `package`. */
export function packageSkill(
  id: string,
  name: string,
  command: 'pip' | 'npm',
  files: Iterable<readonly [string, Uint8Array]>,
): Record<string, string | Uint8Array> {
  const page = skillPage(
    id,
    `Use when the user needs ${name}: installs and uses the package.`,
    [
      `# ${name}`,
      'Install the package that this skill brings:',
      fenced('bash', `${command} install ./package`),
      'Then import it and use it as its documentation says.',
    ].join('\n\n'),
  );
  const inside = [...files].map(([path, bytes]) => [`package/${path}`, bytes] as const);
  return { 'SKILL.md': page, ...Object.fromEntries(inside) };
}

/** A sentence between the steps of an honest skill. */
export function amongSteps(id: string, sentence: string): Record<string, string> {
  const body = `# Code review helper

Reads a change and writes a review.

1. Read the change with \`git diff\`.
2. List what could go wrong.
3. Write the review in short sentences.

${sentence}

End with a summary of one line.`;
  return { 'SKILL.md': skillPage(id, 'Use when the user asks for a review of a change.', body) };
}

/** A folder's name from any text. */
export function slugOf(text: string): string {
  const slug = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, 56)
    .replace(/-$/, '');
  return slug === '' ? 'x' : slug;
}

/** SHA-256 in hexadecimal digits: an order that nobody chose. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** In the order of their hashes. */
export function byHash<T>(items: Iterable<T>, textOf: (item: T) => string): T[] {
  return [...items]
    .map((item) => ({ item, hash: hashOf(textOf(item)) }))
    .sort((a, b) => (a.hash < b.hash ? -1 : 1))
    .map(({ item }) => item);
}
