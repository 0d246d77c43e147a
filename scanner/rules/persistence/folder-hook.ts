/** A file of the bundle is obeyed by a tool as soon as somebody opens or enters the folder. */
import { type Draft, defineRule } from '../../rule.ts';
import type { Source } from '../../source.ts';

export const folderHook = defineRule({
  id: 'persistence/folder-hook',
  title: 'Runs when the folder is opened',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Editors, direnv, development containers and git run what the folder tells them: looking at the skill is enough.',
  fix: 'Leave such files out of the bundle.',
  maps: { cwe: ['CWE-829'], attack: ['T1546'] },
  reads: ['source'],
  check: ({ sources }) => sources.filter(({ depth }) => depth === 0).flatMap(draftsOf),
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
  { file: /(^|\/)\.envrc$/, form: /\S/, says: 'direnv runs this file when somebody enters the folder' },
  {
    file: /(^|\/)\.?devcontainer(\/[^/]+)?(\/devcontainer)?\.json$/,
    form: /"(?:postCreateCommand|postStartCommand|postAttachCommand|onCreateCommand|initializeCommand|updateContentCommand)"/,
    says: 'the editor runs this command when it opens the container',
  },
  { file: /(^|\/)\.husky\/[^/]+$/, form: /^(?!#)\S/m, says: 'git runs this file once husky is installed' },
  {
    file: /(^|\/)\.gitattributes$/,
    form: /\b(?:filter|diff|merge)=\S+/,
    says: 'git may run a program for each file by this line',
  },
  {
    file: /(^|\/)\.gitconfig$|(^|\/)\.git\/config$/,
    form: /^\s*(?:fsmonitor|sshCommand|hooksPath|pager|editor)\s*=/im,
    says: 'git runs this program',
  },
];

function draftsOf({ path, text }: Source): Draft[] {
  return hooks.flatMap(({ file, form, says }): Draft[] => {
    const match = file.test(path) ? form.exec(text) : null;
    if (match === null) return [];
    return [{ span: { path, start: match.index, end: match.index + match[0].length }, message: says }];
  });
}
