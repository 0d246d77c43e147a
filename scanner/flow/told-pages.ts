/**
 * What the pages of a skill tell their readers. An author who wants to hide something writes it
 * where nobody looks: into a license, a comment, or a page that no other page names.
 */
import { remembered } from '../fact/remembered.ts';
import type { TaintSource } from '../fact/source.ts';

type Sources = readonly TaintSource[];

// Memo of a pure function: each flow of a skill asks for the same pages.
const texts = new WeakMap<Sources, readonly string[]>();

/**
 * The visible texts of SKILL.md, of the README beside it, and of the pages that these name, by
 * their paths or by their folders, and so on.
 */
export function toldTexts(sources: Sources): readonly string[] {
  const known = texts.get(sources) ?? read(sources);
  texts.set(sources, known);
  return known;
}

function read(sources: Sources): readonly string[] {
  const pages = sources.filter(({ language, depth }) => language === 'markdown' && depth === 0);
  const waiting = new Map<string, TaintSource[]>();
  const open: TaintSource[] = [];
  for (const page of pages) {
    const { path } = page;
    if (entries.test(path)) open.push(page);
    else if (!unread.test(path))
      for (const name of namesOf(path)) waiting.set(name, [...(waiting.get(name) ?? []), page]);
  }
  const found = new Set<string>();
  for (let page = open.pop(); page !== undefined; page = open.pop()) {
    const { text, names } = shown(page);
    if (found.has(text)) continue;
    found.add(text);
    for (const name of names) {
      open.push(...(waiting.get(name) ?? []));
      waiting.delete(name);
    }
  }
  return [...found];
}

// What a page shows, and what may be the names of other pages in it.
const shown = remembered((page: TaintSource) => {
  const text = visible(page.text);
  const names = new Set<string>();
  for (const [word] of text.matchAll(pathLike))
    names.add(word.replace(/^(?:\.{1,2}\/)+|[*.]+$/g, '').toLowerCase());
  return { text, names };
});

// `references/api/keys.md` is named by its path, by `keys.md`, `keys`, `references/` and `api/`.
function namesOf(path: string): Set<string> {
  const lower = path.toLowerCase();
  const folders = lower.split('/').slice(0, -1);
  const file = lower.slice(lower.lastIndexOf('/') + 1);
  return new Set([
    lower,
    file,
    file.replace(/\.\w+$/, ''),
    ...folders.map((folder) => `${folder}/`),
    ...folders.map((_, at) => `${folders.slice(0, at + 1).join('/')}/`),
  ]);
}

// What a page that is shown does not show: comments, pictures, and where links are defined.
function visible(text: string): string {
  return text
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/!\[[^\]\n]{0,400}\]\([^)\n]{0,2000}\)|<img\b[^>]{0,2000}>/gi, '')
    .replace(/^ {0,3}\[[^\]\n]{1,400}\]:[^\n]*$/gm, '');
}

const entries =
  /^(?:(?:.*\/)?(?:SKILL|AGENTS|CLAUDE|GEMINI)\.mdx?|README(?:[._-][\w-]{1,20})?\.mdx?|(?:.*\/)?(?:agents|commands|prompts|rules)\/[^/]+\.mdx?)$/i;
const unread =
  /(?:^|\/)(?:licen[cs]es?|copying|copyright|notices?|third[-_]party\w*|change-?log|changes|history|releases?|authors?|contributors?|contributing|code[-_]of[-_]conduct|credits)(?:[._-][\w-]{1,20})*\.\w+$/i;
const pathLike = /[\p{L}\p{N}_][\p{L}\p{N}_./-]{1,200}\*{0,2}|\.{1,2}\/[\p{L}\p{N}_./-]{1,200}/gu;
