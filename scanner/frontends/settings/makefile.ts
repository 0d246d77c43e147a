/** Makefiles and justfiles: recipes as shell, one program for each target. */
import type { Fact } from '../../fact/fact.ts';
import { shebang } from '../../fact/language.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { languageOfInterpreter } from '../../lookup-tables/file-types.ts';
import type { FrontEndContext, FrontEndResult } from '../frontend.ts';
import { joinPieces } from '../markdown/code.ts';

/** Facts of one makefile. */
export function analyseMakefile(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const reading: Reading = {
    source,
    variables: new Map(),
    recipe: [],
    language: 'shell',
    facts: [],
    embedded: includedFiles(source, context),
  };
  let at = 0;
  let isDefinition: boolean = false;
  for (const line of source.text.split('\n')) {
    const indent = /^[ \t]+/.exec(line)?.[0] ?? '';
    const isEnd: boolean = isDefinition && /^\s*endef\b/.test(line);
    if (line.trim() !== '' && (isDefinition ? !isEnd : indent !== '')) {
      const marks = /^[@+-]*/.exec(line.slice(indent.length))?.[0] ?? '';
      const start = indent.length + marks.length;
      addToRecipe(reading, line.slice(start), at + start);
    } else if (line.trim() !== '') {
      closeRecipe(reading);
      isDefinition = !isEnd && /^(?:override\s+)?define\s/.test(line);
      if (!isEnd) readLine(reading, line, at);
    }
    at += line.length + 1;
  }
  closeRecipe(reading);
  return { facts: reading.facts, embedded: reading.embedded, unanalysed: [] };
}

interface Reading {
  readonly source: TaintSource;
  readonly variables: Map<string, string>;
  recipe: { text: string; raw: number }[];
  /** The language that recipes are written in. */
  language: Language;
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
}

function addToRecipe({ recipe, variables }: Reading, text: string, raw: number): void {
  recipe.push({ text: `${expand(text, variables)}\n`, raw });
}

function closeRecipe(reading: Reading): void {
  const { text, map } = joinPieces(reading.recipe);
  if (text.trim() !== '')
    reading.embedded.push({
      within: reading.source.path,
      language: shebang(text.trimStart()) ?? reading.language,
      text,
      context: reading.source.context,
      map,
    });
  reading.recipe = [];
}

const definitionForm =
  /^(?:export\s+|override\s+)*([A-Za-z_.][\w.-]{0,80})\s*((?:::?:?|[?+!])?=)\s*(.*)$/;

// A line that is no recipe: a definition, a rule, a setting of just, a comment.
function readLine(reading: Reading, line: string, at: number): void {
  const { source, variables } = reading;
  const command = (text: string, start: number): void => {
    reading.embedded.push({
      within: source.path,
      language: 'shell',
      text: expand(text, variables),
      context: source.context,
      map: [{ at: 0, raw: at + start }],
    });
  };
  const [all, name = '', sign = '', value = ''] = definitionForm.exec(line) ?? [];
  const shell =
    name === 'SHELL' ? value : /^set\s+shell\s*:=\s*\[\s*["']([^"']{1,100})/.exec(line)?.[1];
  if (shell !== undefined) reading.language = shellLanguage(shell);
  if (all !== undefined) {
    const before = sign.startsWith('+') ? `${variables.get(name) ?? ''} ` : '';
    variables.set(name, (before + value).slice(0, valueCharsMax));
    if (sign === '!=') command(value, line.length - value.length);
  } else {
    // The first line of a recipe may stand behind its rule.
    const rule = /^[^\s#=:;][^#=:;]{0,400}:{1,2}(?![=:])[^#;=]{0,400};/.exec(line)?.[0];
    if (rule !== undefined)
      addToRecipe(
        reading,
        line.slice(rule.length).replace(/^\s*[@+-]*/, (marks) => ' '.repeat(marks.length)),
        at + rule.length,
      );
  }
  for (const { text, start } of shellCalls(line)) command(text, start);
  if (isJustfile.test(source.path))
    for (const match of line.matchAll(/(`{1,3})([^`]{1,2000})\1/g))
      command(match[2] ?? '', match.index + (match[1] ?? '').length);
  const comment = /^#\s?(.{12,})$/.exec(line)?.[1];
  if (comment !== undefined)
    reading.facts.push({
      kind: 'text',
      role: 'comment',
      span: { path: source.path, start: at, end: at + line.length },
      context: 'comment',
      certainty: 'exact',
      text: comment.trim(),
      detail: '',
    });
}

const valueCharsMax = 400;
const isJustfile = /(^|\/)\.?justfile$|\.just$/i;

function shellLanguage(shell: string): Language {
  const [name = ''] = /[a-z-]+(?=[\d.]*\s*$)/i.exec(shell.slice(0, 200).trim()) ?? [];
  return own(languageOfInterpreter, name.toLowerCase()) ?? 'shell';
}

// Calls of the function `shell`, up to the bracket that closes them.
function* shellCalls(line: string): Generator<{ text: string; start: number }> {
  let behind = 0;
  for (const match of line.matchAll(/\$([({])shell\s+/g)) {
    if (match.index < behind) continue;
    const [open, close] = match[1] === '(' ? '()' : '{}';
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    for (; end < line.length; end++) {
      if (line[end] === open) depth += 1;
      else if (line[end] === close) depth -= 1;
      if (depth === 0) break;
    }
    behind = end;
    yield { text: line.slice(start, end), start };
  }
}

// A makefile may take in a file of any name.
function includedFiles(source: TaintSource, { texts }: FrontEndContext): EmbeddedProgram[] {
  const folder = source.path.slice(0, source.path.lastIndexOf('/') + 1);
  return [...source.text.matchAll(/^[ \t]{0,8}(?:-|s)?(?:include|import)\s+([^\n#$]{1,1000})/gm)]
    .flatMap(([, names = '']) => names.trim().split(/\s+/))
    .slice(0, includesMax)
    .flatMap((name): EmbeddedProgram[] => {
      const path = folder + name.replace(/^(?:\.\/)+/, '').replace(/^(["'])(.*)\1$/, '$2');
      const text = texts?.get(path);
      if (text === undefined || text.language === 'makefile' || path === source.path) return [];
      const { context } = source;
      return [
        { within: path, language: 'makefile', text: text.text, context, map: [{ at: 0, raw: 0 }] },
      ];
    });
}

const includesMax = 50;

// `$$` is the shell's own dollar. A value that make knows only at run time is an unknown part.
function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$\$|\$[({](?:shell\s+)?([^(){}$\n]{1,200})[)}]|\$([@<^?*%+])|\{\{([^{}\n]{1,200})\}\}/g,
    (all, name?: string, _automatic?: string, justName?: string) => {
      if (all === '$$') return '$';
      if (/^\$[({]shell\s/.test(all)) return `$(${name})`;
      return variables.get((name ?? justName ?? '').trim()) ?? unknownPart;
    },
  );
}
