/**
 * Names that the open format (agentskills.io) takes and a bundle or registry has in another form: a
 * skill’s name in letters of any script, `skill.md`, and paths as macOS stores them.
 */
import { domainToASCII } from 'node:url';
import { isNamePart, namePartCharsMax } from '../name.ts';
import { spellMixedWords } from '../text/mixed-scripts.ts';

/** Whether the open format takes a name, and no letter of it passes for one of another script. */
export function isFormatName(text: string): boolean {
  const name = text.normalize('NFKC');
  return (
    name.length <= namePartCharsMax &&
    name === text.normalize('NFC') &&
    name === name.toLowerCase() &&
    /^[\p{L}\p{M}\p{N}]+(-[\p{L}\p{M}\p{N}]+)*$/u.test(name) &&
    !/\p{Default_Ignorable_Code_Point}/u.test(name) &&
    spellMixedWords(name, () => '') === name
  );
}

/**
 * The short name in a registry of a skill with these names. People compare it, and `npx skills` and
 * clawhub take no other letters than ASCII: so accents go, and other scripts are written as in
 * addresses of the web (`xn-…`).
 * @param names best first
 */
export function shortNameFor(names: readonly (string | undefined)[]): string | undefined {
  const texts = names.filter((name) => name !== undefined);
  const made = texts
    .filter(isFormatName)
    .flatMap((name) => [
      name.normalize('NFD').replace(/\p{M}/gu, ''),
      domainToASCII(name).replace(/-+/g, '-'),
    ]);
  return [...texts, ...made].find(isNamePart);
}

/** Files under their paths in a bundle, where no other file has the path. */
export function withBundlePaths<File extends { readonly path: string }>(
  files: readonly File[],
): File[] {
  const taken = new Set(files.map(({ path }) => path));
  return files.map((file) => {
    const path = file.path === 'skill.md' ? 'SKILL.md' : file.path.normalize('NFC');
    return taken.has(path) ? file : { ...file, path };
  });
}
