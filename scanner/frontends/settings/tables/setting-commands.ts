/**
 * Keys whose values programs give to a shell: CI steps, hooks of agents and editors, commands of
 * servers and containers.
 */

export interface CommandKey {
  /** The path of the keys, joined by dots, as a whole. Numbers are places in lists. */
  readonly form: RegExp;
  /** The file's path. */
  readonly file: RegExp;
}

const anyFile = /./;
const yaml = /\.ya?ml$/i;
const toml = /\.toml$/i;

/** Files that a program reads as settings: unreadable parts of them count as not analysed. */
export const settingsFiles =
  /(^|\/)(\.github\/workflows\/[^/]+|\.gitlab-ci|docker-compose[^/]*|compose|\.pre-commit-config|action|taskfile|\.travis|azure-pipelines)\.ya?ml$/i;

/** TOML files that programs read as settings: Python projects, Codex, Cargo, mise, uv. */
export const tomlSettingsFiles = /(^|\/)(pyproject|config|cargo|uv|mise|\.mise|hatch)\.toml$/i;

/**
 * Sources: documentation of GitHub Actions, GitLab CI, pre-commit, Dev Containers, VS Code tasks,
 * MCP clients, Claude Code settings, Docker Compose, Poe, PDM, Hatch, taskipy, cargo-make.
 */
export const commandKeys: readonly CommandKey[] = [
  {
    form: /(^|\.)(hooks?|mcpServers|mcp_servers|mcp|servers|services|tasks|install|statusLine|subagentStatusLine)(\..{1,200})?\.command(\.\d+)?$/i,
    file: anyFile,
  },
  { form: /^(apiKeyHelper|awsAuthRefresh|awsCredentialExport|otelHeadersHelper)$/, file: anyFile },
  {
    form: /(^|\.)(postCreate|postStart|postAttach|onCreate|initialize|updateContent)Command(\..{1,80})?$/,
    file: anyFile,
  },
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
