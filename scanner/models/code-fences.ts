/** Code blocks of Markdown: which language a tag means, and what around a block says whether it is to be run. */
import type { Language } from '../source.ts';

/** `console` is shell with prompts and output. */
export const fenceLanguages: Readonly<Record<string, Language | 'console'>> = {
  ...all('shell', 'sh bash shell zsh ksh dash posix shellscript bash-session-script'),
  ...all('console', 'console shell-session shellsession terminal session bash-session cmd-session'),
  ...all('python', 'py python python3 py3 pyi'),
  ...all('javascript', 'js javascript mjs cjs jsx node nodejs'),
  ...all('typescript', 'ts typescript tsx mts'),
  ...all('json', 'json jsonc json5'),
  ...all('yaml', 'yaml yml'),
  ...all('toml', 'toml'),
  ...all('html', 'html svg xml'),
  ...all('markdown', 'md markdown mdx'),
};

/** First words of lines that make an untagged block (or inline code) a shell one. */
export const shellFirstWords: ReadonlySet<string> = new Set(
  (
    'curl wget bash sh zsh sudo npm npx pnpm yarn bun pip pip3 pipx uv uvx python python3 node deno git cd export source chmod mkdir cp mv rm cat echo ' +
    'brew apt apt-get docker kubectl eval nc ssh scp tar unzip base64 openssl env printenv crontab systemctl launchctl nohup powershell iex gh go cargo gem open xattr osascript'
  ).split(' '),
);

/** What introduces an example of what not to do, or of what somebody else does: near a block, it is shown and not to be run. */
export const showsOnly =
  /\b(malicious|attack(er|s)?|vulnerab\w*|exploit\w*|dangerous|unsafe|insecure|anti-?pattern|payloads?|suspicious|red flags?|indicators?|detect(s|ion|ed|ing)?|injection|bad (example|practice)|wrong|incorrect|never (run|do|use|execute|paste)|do not (run|use|execute|paste)|don['’]t (run|use|do|execute|paste)|avoid|refuse|block(s|ed|ing)?|deny|denied|threat\w*|backdoor\w*|ioc|yara|semgrep|false positives?|untrusted|compromise\w*|bad)\b|❌|🚫|⛔/i;

/** What tells the reader to run something. */
export const tellsToRun =
  /\b(run|execute|paste|type|enter|install|copy|launch|start|invoke|use|call|set ?up|setup|usage|quick ?start|command|terminal|prerequisites?|steps?|first|then|next|before)\b/i;

function all(language: Language | 'console', names: string): Record<string, Language | 'console'> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]));
}
