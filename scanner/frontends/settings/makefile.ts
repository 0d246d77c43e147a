/**
 * Makefiles and justfiles: recipes as shell, one program for each target. A file in which make may
 * run what nothing here follows is kept for a person. Sources: GNU make manual, "Parsing
 * Makefiles", "Functions for Transforming Text", "Variables Used by Implicit Rules"; just manual.
 */
import type { Fact } from '../../fact/fact.ts';
import { shebang } from '../../fact/language.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { own } from '../../lookup-tables/api.ts';
import { unknownPart } from '../../lookup-tables/egress-of.ts';
import { languageOfInterpreter } from '../../lookup-tables/file-types.ts';
import type { FrontEndContext, FrontEndResult } from '../../programs/frontend.ts';
import { joinPieces } from '../markdown/code.ts';

/** Facts of one makefile. */
export function analyseMakefile(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const reading: Reading = {
    source,
    variables: new Map(),
    recipe: [],
    targets: '',
    isRule: false,
    language: 'shell',
    facts: [],
    embedded: [],
    included: [],
    recipes: [],
    unanalysed: [],
  };
  const isJust = isJustfile.test(source.path);
  const recipeIndent = isJust ? /^[ \t]+/ : /^\t[ \t]*/;
  let at = 0;
  let isDefinition: boolean = false;
  // What came before on a line that goes on, and whether that is a line of a recipe.
  let begun = '';
  let goesOn = false;
  for (const raw of source.text.split('\n')) {
    const line = raw.replace(/\r$/, '');
    const indent = recipeIndent.exec(line)?.[0] ?? '';
    const isEnd: boolean = isDefinition && /^\s*endef\b/.test(line);
    const isRecipe: boolean = isDefinition ? !isEnd : begun === '' && (indent !== '' || goesOn);
    const hasMore = !isJust && /(?<!\\)(?:\\\\)*\\$/.test(line);
    goesOn = isRecipe && hasMore;
    if (isRecipe) {
      const marks = /^[@+\s-]*/.exec(line.slice(indent.length))?.[0] ?? '';
      const start = indent.length + marks.length;
      if (line.trim() !== '') reading.recipe.push({ text: line.slice(start), raw: at + start });
      // Behind anything but a rule, make reads a line of a recipe as one of its own.
      if (
        isComputed(line, isJust, true) ||
        !(isDefinition || isJust || reading.isRule || isBlank(line))
      )
        notFollowed(reading, line, at);
    } else if (hasMore) {
      begun += line.slice(0, -1).padEnd(raw.length + 1);
    } else {
      const whole = begun + line;
      const start = at - begun.length;
      if (whole.trim() !== '') {
        closeRecipe(reading);
        isDefinition = !isEnd && definesLines.test(whole);
        if (!isEnd) readLine(reading, whole, start);
        if (isComputed(whole, isJust, false)) notFollowed(reading, whole, start);
      }
      begun = '';
    }
    at += raw.length + 1;
  }
  if (begun !== '') notFollowed(reading, begun, at - begun.length);
  closeRecipe(reading);
  const { facts, embedded, recipes, unanalysed } = reading;
  const values = resolved(reading.variables);
  const included = reading.included.flatMap((names) => wordsOf(names, values));
  const made = new Set(recipes.flatMap(({ targets }) => wordsOf(targets, values)));
  // make looks for it from the folder in which it runs, whose files may have the same names. It may
  // also find a file of the machine.
  const hasText = (path: string, name: string): boolean =>
    context.texts?.get(includedPath(path, name)) !== undefined;
  const above = source.path.split('/').slice(0, -1);
  const isElsewhere = (name: string): boolean =>
    source.depth > 0 ||
    (!made.has(name) && !hasText(source.path, name)) ||
    above.some((_, at) => hasText([...above.slice(0, at), ''].join('/'), name));
  if (included.some(isElsewhere))
    notFollowed(reading, '', source.text.search(/\b(?:include|import)\b/));
  return {
    facts,
    embedded: [
      ...includedFiles(source, included, context),
      ...[
        ...recipes.flatMap((recipe) => programsOf(source, recipe, values, included)),
        ...embedded,
      ].sort((a, b) => (a.map[0]?.raw ?? 0) - (b.map[0]?.raw ?? 0)),
    ],
    unanalysed,
  };
}

interface Reading {
  readonly source: TaintSource;
  readonly variables: Map<string, string>;
  /** The recipe that is being read. */
  recipe: Line[];
  /** The targets of its rule. */
  targets: string;
  /** Whether the last line that was no recipe is a rule. */
  isRule: boolean;
  /** The language that recipes are written in. */
  language: Language;
  readonly facts: Fact[];
  readonly embedded: EmbeddedProgram[];
  /** Names of files that the makefile takes in, as they are written. */
  readonly included: string[];
  readonly recipes: Recipe[];
  readonly unanalysed: FrontEndResult['unanalysed'][number][];
}

interface Line {
  readonly text: string;
  readonly raw: number;
}

/** Its variables get their values when it is run, so those of the whole file count. */
interface Recipe {
  readonly lines: readonly Line[];
  readonly targets: string;
  readonly language: Language;
}

function closeRecipe(reading: Reading): void {
  const { recipe: lines, targets, language } = reading;
  if (lines.some(({ text }) => text.trim() !== ''))
    reading.recipes.push({ lines, targets, language });
  reading.recipe = [];
}

// make begins again with an included file that one of its own rules made, and runs what is in it.
// `.` stands for that here: its lines are no lines of a shell, but as much a program.
function programsOf(
  source: TaintSource,
  { lines, targets, language }: Recipe,
  values: ReadonlyMap<string, string>,
  included: readonly string[],
): readonly EmbeddedProgram[] {
  const all = wordsOf(targets, values);
  const made = all.filter((target) => included.includes(target)).slice(0, includesMax);
  const last = lines.at(-1)?.raw ?? 0;
  const usesName = lines.some(({ text }) => /\$[({]?@/.test(text));
  const first = all.slice(0, usesName ? includesMax : 1);
  return (made.length > 0 ? made : first.length > 0 ? first : ['']).map((target) => {
    const behind = made.length === 0 ? [] : [{ text: `. ${target}`, raw: last }];
    const named = new Map(values);
    if (target !== '' && !target.includes('%')) named.set('@', target);
    const { text, map } = joinPieces(
      [...lines, ...behind].map((line) => ({ ...line, text: `${expand(line.text, named)}\n` })),
    );
    return {
      within: source.path,
      language: shebang(text.trimStart()) ?? language,
      text,
      context: source.context,
      map,
    };
  });
}

function notFollowed({ source: { path }, unanalysed }: Reading, line: string, at: number): void {
  const span = { path, start: at, end: at + line.length };
  unanalysed.push({ span, reason: 'make decides here what runs' });
}

const isBlank = (line: string): boolean => /^\s*(?:#|$)/.test(line);

// Text that make computes: by functions, but those of paths and `shell`, whose calls are read, by
// names of one letter without brackets, and by exchanged endings; in a recipe, whatever `expand`
// would leave there. Of just, its function `shell` and its modules.
function isComputed(line: string, isJust: boolean, isRecipe: boolean): boolean {
  if (isJust) return /\bshell\s*\(|^mod\s/.test(line);
  const text = line.replaceAll('$$', '  ');
  return (
    /\$[A-Za-z0-9_]|\$[({][^(){}$]*:[^(){}$]*=/.test(text) ||
    computing.test(text) ||
    (isRecipe && /\$[({]/.test(text.replace(reference, '')))
  );
}

const computing =
  /\$[({]\s*(?!(?:shell|wildcard|info|warning|error|dir|notdir|suffix|basename|abspath|realpath|addprefix|addsuffix|sort)\s)[\w-]+\s/;
const definitionForm =
  /^ *(?:(?:export|override|private)\s+)*([A-Za-z_.][\w.-]{0,80})\s*((?:::?:?|[?+!])?=)\s*(.*)$/;
const ruleForm = /^ *((?:[^\s#=:;$]|\$\(\w{1,80}\))(?:[^#=:;]{0,400})):{1,2}(?![=:])/;
// The first line of a recipe may stand behind its rule.
const ruleAndRecipe = /^ *[^\s#=:;][^#=:;]{0,400}:{1,2}(?![=:])[^#;=]{0,400};/;
const definesLines = /^ *(?:override\s+)?define\s/;
// A recipe of just whose parameters have values.
const justRecipe = /^@?[A-Za-z_][\w-]*\s[^:]*:(?!=)/;
const conditional = /^ *(?:ifn?eq|ifn?def|else|endif)\b/;
// Further lines that are followed; of just, attributes that name no interpreter.
const otherLine =
  /^ *(?:(?:export|unexport|vpath|undefine|alias|set)\b|\$\((?:info|warning|error|shell)\s|\[(?!.*\b(?:script|extension)\b)|#)|^\s*#/;
// What says how make works, what its own recipes are made of, and what steers other programs.
const ownVariable =
  /^(?:\.(?!DEFAULT_GOAL$).*|.+\..*|MAKE(?:FLAGS|FILES|SHELL)|GNUMAKEFLAGS|A[RS]|C[CO]|CXX|CPP|FC|F77|M2C|PC|GET|LEX|YACC|LINT|MAKEINFO|TEX|TEXI2DVI|C?WEAVE|C?TANGLE|RM|LD|OBJC|LDLIBS|LOADLIBES|OUTPUT_OPTION|TARGET_ARCH|TARGET_MACH|\w*FLAGS|BASH_ENV|ENV|LD_\w+|NODE_OPTIONS|PYTHON(?:PATH|STARTUP|HOME)|PERL5\w+|RUBYOPT|GIT_\w+)$/;
const knownShell = /^(?:\/(?:usr\/(?:local\/)?)?bin\/)?(?:env\s+)?[\w.]+\s*$/;
// The shell of just, and flags.
const shellOfJust =
  /^set\s+(?:windows-)?shell\s*:=(?!\s*\[\s*["'](?:\/(?:usr\/)?bin\/)?[\w.]+["'](?:\s*,\s*["']-\w*["'])*\s*\]\s*$)/;
const plainCompiler =
  /^(?:[\w.]+-)*(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+|ar|as|ld|cpp|flex|bison|rm)?(?:\s*-(?!fplugin|specs|B|fuse-ld|wrapper)[\w=./+-]+)*\s*$|^-eu?(?: -)?o pipefail -c\s*$/;

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
  const [ruleHead, targets = ''] = all === undefined ? (ruleForm.exec(line) ?? []) : [];
  const behind = line.slice(ruleHead?.length);
  const isOfTargets = ruleHead !== undefined && definitionForm.test(behind);
  let isFollowed = true;
  if (all !== undefined) {
    const known = variables.get(name);
    const before = sign.startsWith('+') ? `${known ?? ''} ` : '';
    variables.set(name, (before + value).slice(0, valueCharsMax));
    if (sign === '!=') command(value, line.length - value.length);
    // Of two values, make decides when it runs which one counts.
    isFollowed =
      before.length + value.length <= valueCharsMax &&
      (known === undefined || before !== '' || known === value) &&
      (!ownVariable.test(name) || plainCompiler.test(value)) &&
      (name !== 'SHELL' || knownShell.test(value));
  } else if (ruleHead !== undefined) {
    reading.targets = targets;
    const head = ruleAndRecipe.exec(line)?.[0];
    if (head !== undefined)
      reading.recipe.push({
        text: line.slice(head.length).replace(/^[\s@+-]*/, (marks) => ' '.repeat(marks.length)),
        raw: at + head.length,
      });
    else if (isOfTargets) readLine(reading, behind, at + ruleHead.length);
    else isFollowed = !/[;=]/.test(behind.replace(/\s#.*/, ''));
  } else if (definesLines.test(line)) {
    const [, defined] = /define\s+(\w+)\s*:?=?\s*$/.exec(line) ?? [];
    isFollowed = defined !== undefined && defined !== 'SHELL' && !ownVariable.test(defined);
  } else {
    const [, names] = /^ *(?:-|s)?(?:include|import\??)\s+([^\n#]{1,1000})/.exec(line) ?? [];
    isFollowed =
      names === undefined
        ? (otherLine.test(line) && !shellOfJust.test(line)) ||
          conditional.test(line) ||
          (isJustfile.test(source.path) && justRecipe.test(line))
        : // Names of files that make finds or computes could be any.
          !/[*?[\0]/.test(expand(names, variables)) &&
          // What just takes in is of just, whatever its name says.
          isJustfile.test(source.path) === /^['"].*\.just['"]\s*$/.test(names);
    if (names !== undefined && isFollowed) reading.included.push(names);
  }
  if (!isFollowed) notFollowed(reading, line, at);
  reading.isRule =
    (ruleHead !== undefined && !isOfTargets) ||
    (reading.isRule && (conditional.test(line) || isBlank(line)));
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

function wordsOf(names: string, values: ReadonlyMap<string, string>): string[] {
  return expand(names, values)
    .trim()
    .split(/\s+/)
    .filter((name) => name !== '' && !name.includes(unknownPart));
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
function includedFiles(
  source: TaintSource,
  included: readonly string[],
  { texts }: FrontEndContext,
): EmbeddedProgram[] {
  return included.slice(0, includesMax).flatMap((name): EmbeddedProgram[] => {
    const path = includedPath(source.path, name);
    const text = texts?.get(path);
    if (text === undefined || text.language === 'makefile' || path === source.path) return [];
    const { context } = source;
    return [
      { within: path, language: 'makefile', text: text.text, context, map: [{ at: 0, raw: 0 }] },
    ];
  });
}

function includedPath(from: string, name: string): string {
  const folder = from.slice(0, from.lastIndexOf('/') + 1);
  return folder + name.replace(/^(?:\.\/)+/, '').replace(/^(["'])(.*)\1$/, '$2');
}

const includesMax = 50;

const reference =
  /\$\$|\$[({](?:shell\s+)?([^(){}$\n]{1,200})[)}]|\$([@<^?*%+])|\{\{([^{}\n]{1,200})\}\}/g;

// `$$` is the shell's own dollar. A value that make knows only at run time is an unknown part.
function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(reference, (all, name?: string, automatic?: string, justName?: string) => {
    if (all === '$$') return '$';
    if (/^\$[({]shell\s/.test(all)) return `$(${name})`;
    const key = (name ?? automatic ?? justName ?? '').trim();
    return variables.get(key) ?? (key === 'MAKE' ? 'make' : unknownPart);
  });
}

// Values that name other variables, as they are when the whole file is read.
function resolved(variables: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  let values = variables;
  const each = (change: (value: string) => string): ReadonlyMap<string, string> =>
    new Map([...values].map(([name, value]) => [name, change(value)]));
  for (let pass = 0; pass < passesMax; pass++) {
    const before = values;
    values = each((value) => {
      const whole = value.replace(reference, (all, name?: string) =>
        name === undefined || /^\$[({]shell\s/.test(all) ? all : (before.get(name.trim()) ?? all),
      );
      return whole.length <= valueCharsMax ? whole : unknownPart;
    });
  }
  return each((value) => expand(value, new Map()));
}

/** Each pass resolves twice as many levels of names. */
const passesMax = 6;
