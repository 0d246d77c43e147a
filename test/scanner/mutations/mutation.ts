/**
 * Changes of form that leave what a skill does as it is: an attack must not get past the scan by
 * one of them.
 */
import type { SourceFile } from '../../../skills-index/skill/bundle.ts';
import { type CodeLanguage, languageOfPath } from './language-of-path.ts';

export interface Place {
  readonly path: string;
  readonly line: number;
}

/** A skill in another form, and whether a place of it is where one of the old form went. */
export interface Mutated {
  readonly files: readonly SourceFile[];
  readonly isSame: (old: Place, found: Place) => boolean;
}

export interface Mutation {
  readonly name: string;
  /** Undefined where there is nothing to change. */
  readonly apply: (files: readonly SourceFile[]) => Mutated | undefined;
}

/**
 * A mutation of the bytes of each text file; a manifest is only read as UTF-8, so others than
 * `isChanged` names stay.
 */
export function ofBytes(
  name: string,
  change: (text: string) => Uint8Array,
  isChanged = /^/,
): Mutation {
  return {
    name,
    apply: (files) => {
      const texts = files.filter((file) => isText(file) && isChanged.test(file.path));
      if (texts.length === 0) return undefined;
      const changed = files.map((file) =>
        texts.includes(file) ? { ...file, bytes: change(textOf(file)) } : file,
      );
      return {
        files: changed,
        isSame: (old, found) => old.path === found.path && old.line === found.line,
      };
    },
  };
}

/**
 * A mutation of the code of each script, and of each code block of SKILL.md: `change` gives
 * undefined for what it cannot change.
 * @param addedLines lines that the change puts in front of what it moves down
 */
export function ofCode(
  name: string,
  change: (code: string, language: CodeLanguage, path: string) => string | undefined,
  addedLines = 0,
): Mutation {
  return {
    name,
    apply: (files) => {
      const changed = files.map((file) => {
        const language = languageOfPath(file.path, isText(file) ? textOf(file) : '');
        if (!isText(file) || language === undefined) return file;
        const code = textOf(file);
        const next =
          language === 'markdown' ? withBlocks(code, change) : change(code, language, file.path);
        return next === undefined || next === code ? file : { ...file, bytes: Buffer.from(next) };
      });
      if (changed.every((file, index) => file === files[index])) return undefined;
      // In Markdown a block may have become longer.
      return {
        files: changed,
        isSame: (old, found) =>
          old.path === found.path &&
          (old.line === found.line ||
            old.line + addedLines === found.line ||
            (/\.md$/.test(old.path) && addedLines > 0)),
      };
    },
  };
}

export function isText(file: SourceFile): boolean {
  return !file.bytes.includes(0);
}

export function textOf(file: SourceFile): string {
  return Buffer.from(file.bytes).toString('utf8');
}

const fences: Readonly<Record<string, CodeLanguage>> = {
  ts: 'typescript',
  typescript: 'typescript',
  js: 'typescript',
  javascript: 'typescript',
  py: 'python',
  python: 'python',
  sh: 'shell',
  bash: 'shell',
  shell: 'shell',
};

// Code blocks that begin at the margin. Their lines may move, so the place is only that of the
// file.
function withBlocks(
  text: string,
  change: (code: string, language: CodeLanguage, path: string) => string | undefined,
): string | undefined {
  const next = text.replace(/^```(\w+)\n([\s\S]*?)^```$/gm, (whole, tag: string, code: string) => {
    const language = Object.hasOwn(fences, tag) ? fences[tag] : undefined;
    const changed = language === undefined ? undefined : change(code, language, '');
    return changed === undefined ? whole : `\`\`\`${tag}\n${changed}\`\`\``;
  });
  return next === text ? undefined : next;
}
