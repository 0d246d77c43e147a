/** The scripts that SKILL.md tells the reader to run. */
import type { FactOf, Span } from '../fact/fact.ts';
import { runs } from '../fact/standing.ts';
import { scriptEnding, scriptLaunchers } from '../lookup-tables/script-launchers.ts';
import type { RuleContext } from '../rule.ts';

export interface ScriptToRun {
  readonly path: string;
  /** Its first mention in a command. */
  readonly span: Span;
  /** In a code block, not only in a line of text. */
  readonly isBlock: boolean;
}

/** Each script once, in the order of SKILL.md. */
export function scriptsToRun({
  of,
  files,
  sources,
}: Pick<RuleContext, 'of' | 'files' | 'sources'>): ScriptToRun[] {
  const scripts = [...files].filter((path) => scriptEnding.test(path));
  if (scripts.length === 0) return [];
  const text = sources.find((source) => source.path === 'SKILL.md')?.text ?? '';
  const found = new Map<string, ScriptToRun>();
  for (const fact of of('text')) {
    if (fact.span.path !== 'SKILL.md' || !isCode(fact) || !runs(fact)) continue;
    for (const { word, written } of startedWords(fact.text)) {
      const path = fileOf(word, scripts);
      const at = text.indexOf(written, fact.span.start);
      if (path === undefined || found.has(path) || at < 0) continue;
      found.set(path, {
        path,
        span: { path: 'SKILL.md', start: at, end: at + written.length },
        isBlock: fact.role === 'fence',
      });
    }
  }
  return [...found.values()];
}

function isCode({ role }: FactOf<'text'>): boolean {
  return role === 'fence' || role === 'inline-code';
}

// The words of each command that name the started program: the first, or the first behind an
// interpreter and its options.
function startedWords(code: string): { readonly word: string; readonly written: string }[] {
  return code.split(/\n|&&|\|\||[;|&()`]/).flatMap((command) => {
    const words = command
      .trim()
      .split(/\s+/)
      .map((text) => text.replace(/^["']|["']$/g, ''))
      // A shell ignores empty quotes inside a word.
      .map((written) => ({ written, word: written.replace(/''|""/g, '') }));
    const begin = words.findIndex(
      ({ word }) => word !== '$' && word !== '>' && !/^\w+=/.test(word),
    );
    const start = words
      .slice(Math.max(begin, 0))
      .find(({ word }) => !scriptLaunchers.has(word) && !/^-/.test(word));
    return start === undefined || start.word === '' ? [] : [start];
  });
}

// Called from the skill's folder, from above it or from below: `scripts/a.py`, `$DIR/scripts/a.py`,
// `a.py`.
function fileOf(word: string, scripts: readonly string[]): string | undefined {
  const plain = word.replace(/^\.\//, '');
  if (!scriptEnding.test(plain)) return undefined;
  return (
    scripts.find((path) => path === plain) ??
    scripts.find((path) => plain.endsWith(`/${path}`)) ??
    scripts.find((path) => path.endsWith(`/${plain}`))
  );
}
