/**
 * A file of the bundle, or one that it writes, is obeyed by a tool as soon as somebody opens or
 * enters the folder.
 */
import type { CapabilityFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

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
  return sources.flatMap(({ path, text }): FindingDraft[] => {
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
  return hooks.flatMap(({ file, form, says }): FindingDraft[] => {
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
