/**
 * Environment variables that need no entry of a manifest: the sandbox sets its own value or none,
 * and programs work either way.
 */
const usual: ReadonlySet<string> = new Set(
  (
    'PATH HOME USER USERNAME LOGNAME SHELL PWD OLDPWD HOSTNAME TMPDIR TMP TEMP TERM COLORTERM COLUMNS LINES ' +
    'LANG LANGUAGE LC_ALL LC_CTYPE NO_COLOR FORCE_COLOR CLICOLOR DEBUG VERBOSE CI GITHUB_ACTIONS CODEX_CI NODE_ENV ' +
    'DISPLAY WAYLAND_DISPLAY EDITOR VISUAL PAGER BROWSER XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME XDG_STATE_HOME ' +
    'XDG_RUNTIME_DIR OSTYPE MSYSTEM OS APPDATA LOCALAPPDATA USERPROFILE PROGRAMDATA ProgramData ProgramFiles ' +
    'ProgramFiles(x86) PROGRAMFILES SystemRoot SYSTEMROOT windir WINDIR ComSpec COMSPEC PATHEXT'
  ).split(' '),
);

export function isUsualVariable(name: string): boolean {
  return usual.has(name);
}

/** Whether a text shows the name in place of the reader's own: `YOUR_TOKEN`, `EXAMPLE_API_KEY`. */
export function isPlaceholderVariable(name: string): boolean {
  return /^(YOUR|MY|EXAMPLE|SAMPLE|DUMMY|FAKE|PLACEHOLDER|SOME|X{3,})(_|$)/.test(name);
}
