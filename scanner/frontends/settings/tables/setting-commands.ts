/**
 * Keys whose values programs give to a shell: CI steps, hooks of agents and editors, commands of
 * servers and containers.
 */

import type { Language } from '../../../fact/source.ts';

export interface CommandKey {
  /** The path of the keys, joined by dots, as a whole. Numbers are places in lists. */
  readonly form: RegExp;
  /** The file's path. */
  readonly file: RegExp;
  /** The language of the value; otherwise a `shell` beside the value says it. */
  readonly language?: Language;
  /** A list is one command: its first value is the program. Otherwise each value is a command. */
  readonly isWords?: true;
  /** The value belongs to a service of a compose file, which runs in a container. */
  readonly inContainer?: true;
}

const anyFile = /./;
const yaml = /\.ya?ml$/i;
const toml = /\.toml$/i;

/** Files that a program reads as settings: unreadable parts of them count as not analysed. */
export const settingsFiles =
  /(^|\/)(\.github\/workflows\/[^/]+|\.gitlab-ci|docker-compose[^/]*|compose|\.pre-commit-config|action|\.?taskfile|\.travis|azure-pipelines)\.ya?ml$/i;

const composeFiles = /(^|\/)(docker-)?compose[^/]*\.ya?ml$/i;
const taskFiles = /(^|\/)\.?taskfile[^/]*\.ya?ml$/i;

/** TOML files that programs read as settings: Python projects, Codex, Cargo, mise, uv. */
export const tomlSettingsFiles = /(^|\/)(pyproject|config|cargo|uv|mise|\.mise|hatch)\.toml$/i;

/**
 * Sources: documentation of GitHub Actions, GitLab CI, pre-commit, Dev Containers, VS Code tasks,
 * MCP clients, Claude Code settings, Docker Compose, Poe, PDM, Hatch, taskipy, cargo-make, Ansible,
 * Kubernetes, Argo Workflows, cloud-init, Copier, Task, Azure Pipelines, Cloud Build, husky,
 * lint-staged. The first row that fits a value counts.
 */
export const commandKeys: readonly CommandKey[] = [
  {
    form: /^services\.[^.]{1,80}\.(command|entrypoint|healthcheck\.test)$/,
    file: composeFiles,
    isWords: true,
    inContainer: true,
  },
  {
    form: /^services\.[^.]{1,80}\.volumes\.0(\.source)?$/,
    file: composeFiles,
    inContainer: true,
  },
  {
    form: /(^|\.)(((init|ephemeral)?containers\.\d+|container|script|sidecars\.\d+)\.command|(exec|livenessProbe|readinessProbe|postStart|preStop)\.command|steps\.\d+\.entrypoint)$/i,
    file: yaml,
    isWords: true,
  },
  {
    form: /(^|\.)(postCreate|postStart|postAttach|onCreate|initialize|updateContent)Command(\.[^.]{1,80})?$/,
    file: anyFile,
    isWords: true,
  },
  { form: /^configurations\.\d+\.runtimeExecutable$/, file: /(^|\/)launch\.json$/ },
  { form: /(^|\.)local-exec(\.\d+)?\.command$/, file: /\.tf\.json$/i },
  { form: /(^|\.)data\..{1,80}\.program$/, file: /\.tf\.json$/i, isWords: true },
  { form: /(^|\.)(runcmd|bootcmd)\.\d+$/, file: yaml },
  { form: /(^|\.)(runcmd|bootcmd)\.\d+$/, file: yaml, isWords: true },
  { form: /^_(tasks|migrations)\.\d+(\.command)?$/, file: /(^|\/)copier\.ya?ml$/ },
  { form: /^tasks\.[^.]{1,80}(\.\d+)?$/, file: taskFiles },
  { form: /(^|\.)(sh|status\.\d+|cmds?\.\d+\.(cmd|defer))$/, file: taskFiles },
  {
    form: /(^|(^|\.)((pre_|post_)?tasks|handlers|block|rescue|always)\.)\d+\.(ansible\.(builtin|legacy)\.)?(shell|command|raw)(\.(cmd|_raw_params))?$/,
    file: yaml,
  },
  {
    form: /(^|\.)\d+\.(ansible\.windows\.)?win_(shell|command)(\.(cmd|_raw_params))?$/,
    file: yaml,
    language: 'powershell',
  },
  { form: /(^|\.)steps\.\d+\.(bash|script)$/, file: /azure-pipelines[^/]*\.ya?ml$/i },
  { form: /(^|\.)steps\.\d+\.(powershell|pwsh)$/, file: yaml, language: 'powershell' },
  { form: /(^|\.)steps\.[^.]{1,80}\.commands?(\.\d+)?$/, file: yaml },
  { form: /(^|\.)run\.command$/, file: yaml },
  {
    form: /^(husky\.hooks|simple-git-hooks|gitHooks|(config\.)?ghooks|lint-staged)\..{1,200}$/,
    file: /(^|\/)package\.json$/,
  },
  { form: /./, file: /(^|\/)\.(lintstagedrc|simple-git-hooks)(\.json)?$/ },
  { form: /^hooks\..{1,80}$/, file: /(^|\/)\.huskyrc(\.json)?$/ },
  {
    form: /(^|\.)(hooks?|mcpServers|mcp_servers|mcp|servers|services|tasks|install|statusLine|subagentStatusLine)(\..{1,200})?\.command(\.\d+)?$/i,
    file: anyFile,
  },
  { form: /^(apiKeyHelper|awsAuthRefresh|awsCredentialExport|otelHeadersHelper)$/, file: anyFile },
  {
    form: /(^|\.)(run|script|before_script|after_script)(\.\d+)?$/,
    file: yaml,
  },
  {
    form: /(^|\.)(before_install|install|commands?|entrypoint|healthcheck\.test|cmds?)(\.\d+(\.cmd)?)?$/,
    file: settingsFiles,
  },
  { form: /(^|\.)hooks\.\d+\.(entry|before|after)$/, file: yaml },
  { form: /(^|\.)(before_hook|after_hook|prepare|preparation)(\.\d+)?$/, file: yaml },
  {
    form: /(^|\.)tool\.(poe\.tasks|pdm\.scripts|taskipy\.tasks|hatch\.envs\.[^.]{1,60}\.scripts)\.[^.]{1,80}(\.(cmd|shell|composite|sequence))?(\.\d+)?$/,
    file: toml,
  },
  { form: /^tasks\.[^.]{1,80}\.(command|script|run)(\.\d+)?$/, file: toml },
];
