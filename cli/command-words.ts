/** First words of commands: what stands behind the program's name in lines to type. The table of commands is compared in a test. */
export const commandWords: readonly string[] = [
  ...['agent', 'changes', 'ci', 'demo', 'doctor', 'explain', 'help', 'hold', 'import', 'init', 'install', 'key', 'log', 'login'],
  ...['manifest', 'mcp', 'member', 'monitor', 'publish', 'redteam', 'registry', 'review', 'run', 'scan', 'scanner', 'scope'],
  ...['secret', 'serve', 'shell-init', 'sigstore', 'status', 'try', 'verify', 'whoami', 'witness'],
];
