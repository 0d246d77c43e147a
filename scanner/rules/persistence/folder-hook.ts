/**
 * A file of the bundle, or one that it writes, is obeyed by a tool as soon as somebody opens or
 * enters the folder.
 */
import type { CapabilityFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { pathsOfKind, sensitiveMount } from '../../lookup-tables/sensitive-paths.ts';
import { announcementReads, isAnnounced } from '../../prose/announced.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';
import { staysInTemporary } from '../own-state.ts';

export const folderHook = defineRule({
  id: 'persistence/folder-hook',
  title: 'Something runs when the folder is opened',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Editors, direnv, development containers and git run what the folder tells them. Opening the skill is enough.',
  fix: 'Leave such files out of the bundle.',
  maps: { cwe: ['CWE-829'], attack: ['T1546'] },
  reads: ['source', 'capability:mount'],
  check: ({ sources, of }) => {
    const files = sources.filter(({ depth }) => depth === 0);
    return [
      ...files.flatMap(draftsOf),
      ...draftsOfRepository(files),
      ...of('capability').flatMap((fact) => draftsOfWrite(fact, sources)),
    ];
  },
});

const hooks: readonly { readonly file: RegExp; readonly form: RegExp; readonly says: string }[] = [
  {
    file: /(^|\/)\.vscode\/tasks\.json$/,
    form: /"runOn"\s{0,8}:\s{0,8}"folderOpen"/,
    says: 'the editor runs this task when the folder is opened',
  },
  {
    file: /(^|\/)(\.vscode\/settings\.json|[^/]+\.code-workspace)$/,
    form: /"(?:task\.allowAutomaticTasks"\s{0,8}:\s{0,8}"on|terminal\.integrated\.(?:profiles|automationProfile|shellArgs)\.\w+|git\.path|python\.(?:pythonPath|defaultInterpreterPath)|php\.validate\.executablePath)"/,
    says: 'the editor starts other programs by this setting',
  },
  {
    file: /(^|\/)\.envrc$/,
    form: /\S/,
    says: 'direnv runs this file when somebody enters the folder',
  },
  {
    file: /(^|\/)\.?devcontainer(\/[^/]+)?(\/devcontainer)?\.json$/,
    form: /"(?:postCreateCommand|postStartCommand|postAttachCommand|onCreateCommand|initializeCommand|updateContentCommand)"/,
    says: 'the editor runs this command when it opens the container',
  },
  {
    file: /(^|\/)\.husky\/[^/]+$/,
    form: /^(?!#)\S/m,
    says: 'git runs this file once husky is installed',
  },
  {
    file: /(^|\/)\.gitattributes$/,
    form: /\b(?:filter|diff|merge)=\S+/,
    says: 'git may run a program for each file by this line',
  },
  {
    file: /(^|\/)\.gitconfig$|(^|\/)\.git\/config$/,
    form: /(?:^|\])\s*(?:fsmonitor|sshCommand|hooksPath|pager|editor)\s*=/im,
    says: 'git runs this program',
  },
];

/**
 * Git takes any folder with HEAD, objects and refs for a repository, under whatever name, and obeys
 * its settings for whoever types `git status` below. The settings may be in another folder, which a
 * file `commondir` names, or in a file that they include.
 */
function draftsOfRepository(sources: readonly TaintSource[]): FindingDraft[] {
  const isRepository = sources.some(
    ({ path, text }) => /(^|\/)head$/i.test(path) && /^(?:ref:\s*refs\/|[0-9a-f]{40})/i.test(text),
  );
  if (!isRepository) return [];
  return sources.flatMap(({ path, text }) => {
    const match = /(^|\/)config(\.worktree)?$/i.test(path) ? letsStart.exec(text) : null;
    if (match === null) return [];
    const message = 'this setting of a repository in the skill lets git start programs';
    const span = { path, start: match.index, end: match.index + match[0].length };
    return [{ span, kind: 'malice', severity: 'high', message }];
  });
}

// With a work tree, git runs the hooks of the repository for `git add` and `git commit`, too.
const letsStart =
  /(?:^|\])[^\S\r\n]*(?:fsmonitor|sshCommand|hooksPath|pager|editor|askPass|external|textconv|command|clean|smudge|process|helper|program|worktree)\s*=|(?:^|\])[^\S\r\n]*bare\s*=(?!\s*"?(?:true|yes|on|1)\b)|(?:^|\])[^\S\r\n]*\[include(?:if)?\b/im;

function draftsOf({ path, text }: TaintSource): FindingDraft[] {
  return hooks.flatMap(({ file, form, says }) => {
    const match = file.test(path) ? form.exec(text) : null;
    if (match === null) return [];
    return [
      { span: { path, start: match.index, end: match.index + match[0].length }, message: says },
    ];
  });
}

// What a program says that writes such a file: the value may be put together, its name hardly.
const written: readonly {
  readonly file: RegExp;
  readonly form: RegExp;
  readonly says: string;
  readonly unasked?: true;
}[] = [
  {
    file: /(^|\/)\.vscode\/settings\.json$|\/Code(?: - Insiders)?\/User\/settings\.json$|(^|\/)[^/]+\.code-workspace$/i,
    form: /task\.allowAutomaticTasks|security\.workspace\.trust\.enabled/,
    says: 'the editor then runs tasks of a folder without asking',
    unasked: true,
  },
  {
    file: /(^|\/)\.vscode\/settings\.json$/,
    form: /terminal\.integrated\.(?:profiles|automationProfile|shellArgs|env)|["']git\.path|python\.(?:pythonPath|defaultInterpreterPath)|php\.validate\.executablePath/,
    says: 'the editor starts other programs by this setting',
  },
  {
    file: /(^|\/)\.vscode\/tasks\.json$/,
    form: /folderOpen/,
    says: 'the editor runs this task when the folder is opened',
  },
  {
    file: /(^|\/)\.envrc$/,
    form: /\S/,
    says: 'direnv runs this file when somebody enters the folder',
  },
  {
    file: /(^|\/)\.?devcontainer(\/[^/]+)?(\/devcontainer)?\.json$/,
    form: /(?:postCreate|postStart|postAttach|onCreate|initialize|updateContent)Command/,
    says: 'the editor runs this command when it opens the container',
  },
  {
    file: /(^|\/)package\.json$/,
    form: /\b(?:(?:pre|post)install|scripts(?:\.|\[['"]|['"]\]\[['"])prepare)\b/,
    says: 'the package manager runs this script at each install',
  },
  {
    file: /(^|\/)\.git\/config$/,
    form: /fsmonitor|sshCommand|hooksPath|\bpager\b/i,
    says: 'git runs this program',
  },
];

function draftsOfWrite(fact: CapabilityFact, sources: readonly TaintSource[]): FindingDraft[] {
  const { capability, shape, span } = fact;
  const isWrite =
    capability.kind === 'mount' && capability.mode === 'rw' && fact.traits.includes('write');
  if (!isWrite || isInText(fact) || !runs(fact) || fact.context === 'test') return [];
  const path = shape ?? capability.path ?? '';
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  const found = written.find(({ file, form }) => file.test(path) && form.test(text));
  if (found === undefined) return [];
  const message = `${fact.api} writes ${path}: ${found.says}`;
  const at = { span, confidence: fact.certainty, message };
  return [found.unasked === true ? { ...at, kind: 'malice', severity: 'high' } : at];
}

// A shell’s profile is changed.

export const shellProfile = defineRule({
  id: 'persistence/shell-profile',
  title: 'A shell’s profile is changed',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Every shell that the user opens runs the lines of the profile.',
  fix: 'Print the line and let the user add it.',
  maps: { attack: ['T1546.004'] },
  reads: ['capability:exec', ...announcementReads],
  check: (context) =>
    pathsOfKind('shell-profile', context.of('capability')).flatMap(({ fact, path, mode }) => {
      if (mode === 'ro' || staysInTemporary(path, fact, context)) return [];
      const inText = isInText(fact);
      const isPlain = inText && setsVariable.test(lineOf(fact, context.sources));
      const announced = !inText && isAnnounced(fact, path, context);
      const isMild = inText || announced || onlySetsVariables(fact, context.sources);
      return [
        draftAt(
          fact,
          `${fact.api} writes ${path}, which every new shell runs${announced ? '; SKILL.md announces it' : ''}`,
          {
            kind: inText ? 'capability' : 'malice',
            severity: milder(isPlain ? 'low' : isMild ? 'medium' : 'high', fact),
          },
        ),
      ];
    }),
});

// In instructions: a variable with a plain value, or a program's own completions, as its manual
// says.
const setsVariable =
  /\b(?:echo|printf)\s+['"]?(?:export\s+[A-Z]\w*=[^$`;&|(]*(?:\$(?:PATH|HOME)\b[^$`;&|(]*){0,3}|eval\s+\\?"\$\(\w+ [\w -]*complet[\w -]*\)\\?")['"]?\s*>>/;

// What a script writes stands in the script, letter by letter: variables with plain values, a
// folder in front of the path, a change of folder. Such lines start nothing when a shell opens. A
// variable that has a program loaded or a library changed is none of them.
function onlySetsVariables(fact: CapabilityFact, sources: readonly TaintSource[]): boolean {
  const { span } = fact;
  if (fact.api !== 'redirection') return false;
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  const line = lineOf(fact, sources);
  const lines = echoed.exec(line)?.[2]?.split('\\n') ?? hereDocument(text, span, line);
  return lines !== undefined && lines.length > 0 && lines.every((one) => plainLine.test(one));
}

const echoed = /^\s*(?:echo|printf)\s+(["'])([^'\n]{1,300})\1\s*>>?\s*\S+\s*$/;
const plainLine =
  /^\s*(?:#.*|cd "?[\w${}/. -]{1,200}"?|(?:export\s+)?(?!(?:BASH_ENV|ENV|PROMPT_COMMAND|PS\d|IFS|LD_\w+|DYLD_\w+|PYTHON(?:STARTUP|PATH|HOME)|NODE_OPTIONS|PERL5?\w+|RUBY\w+|GIT_\w+|SSH_\w+|EDITOR|VISUAL|PAGER|BROWSER|SHELL|ZDOTDIR|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|PATH=\\?"?(?:\/private)?(?:\/var)?\/tmp|PATH=\\?"?\/dev|(?:https?|all|ftp|no)_proxy|(?:HTTPS?|ALL|FTP|NO)_PROXY|\w*(?:URL|HOST|ENDPOINT|REGISTRY|INDEX|CERT\w*|CA_BUNDLE))\b)[A-Za-z_]\w{0,60}=(?:\\?"[\w/.:@ ${}\\+-]{0,300}\\?"|[\w/.:@${}\\+-]{0,300}))?\s*$/;

function hereDocument(
  text: string,
  { start }: CapabilityFact['span'],
  line: string,
): readonly string[] | undefined {
  const [, end] = /<<-?\s*["']?(\w{1,40})["']?\s*$/.exec(line) ?? [];
  if (end === undefined) return undefined;
  const from = text.indexOf('\n', start) + 1;
  const rest = text.slice(from, from + documentCharsMax).split('\n');
  const at = rest.indexOf(end);
  return at < 0 ? undefined : rest.slice(0, at);
}

const documentCharsMax = 4_000;

function lineOf({ span }: CapabilityFact, sources: readonly TaintSource[]): string {
  const text = sources.find((source) => source.path === span.path)?.text ?? '';
  const end = text.indexOf('\n', span.start);
  return text.slice(text.lastIndexOf('\n', span.start - 1) + 1, end < 0 ? text.length : end);
}

// A hook is set: code that other programs run.

export const hook = defineRule({
  id: 'persistence/hook',
  title: 'A hook is set',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Hooks of git, editors and agents run on the host, outside the sandbox, each time the other program is used.',
  fix: 'Describe the hook and let the user set it.',
  maps: { attack: ['T1546'] },
  reads: ['capability:exec', 'capability:mount', 'trait:hook', 'source'],
  check: (context) => [
    ...context.of('capability').flatMap((fact) => {
      const { capability } = fact;
      if (capability.kind !== 'mount' || capability.mode === 'ro' || !runs(fact)) return [];
      const found = sensitiveMount(fact);
      if (found?.row.kind !== 'git-hook') return [];
      if (staysInTemporary(found.path, fact, context)) return [];
      return [
        draftAt(fact, `${fact.api} writes ${found.path}, which git runs`, {
          severity: isInText(fact) ? 'low' : 'medium',
        }),
      ];
    }),
    ...draftsOfTrait(context, 'hook', (fact) => {
      // Settings that a text shows are put in place by the user; hooks of deployment tools run
      // where their project is deployed.
      const isLive = !isInText(fact) && !/\.ya?ml$/i.test(fact.span.path);
      return { severity: isLive ? 'medium' : 'low', message: `sets a hook: ${fact.detail}` };
    }),
  ],
});
