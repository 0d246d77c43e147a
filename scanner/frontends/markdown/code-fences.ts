/**
 * Code blocks of Markdown: the language of a tag, and sentences around a block that say whether it
 * is to be run.
 */
import type { Language } from '../../fact/source.ts';

/** `console` is shell with prompts and output. */
export const fenceLanguages: Readonly<Record<string, Language | 'console'>> = {
  ...all('shell', 'sh bash shell zsh ksh dash posix shellscript bash-session-script'),
  ...all('console', 'console shell-session shellsession terminal session bash-session cmd-session'),
  ...all('python', 'py python python3 py3 pyi'),
  ...all('javascript', 'js javascript mjs cjs jsx node nodejs'),
  ...all('typescript', 'ts typescript tsx mts'),
  ...all('powershell', 'powershell ps1 pwsh posh ps'),
  ...all('batch', 'cmd bat batch batchfile dos'),
  ...all('json', 'json jsonc json5'),
  ...all('yaml', 'yaml yml'),
  ...all('toml', 'toml'),
  ...all('html', 'html svg xml'),
  ...all('markdown', 'md markdown mdx'),
};

/** First words of lines that make an untagged block (or inline code) a shell block. */
export const shellFirstWords: ReadonlySet<string> = new Set(
  (
    'curl wget bash sh zsh sudo npm npx pnpm yarn bun pip pip3 pipx uv uvx python python3 node deno git cd export source chmod mkdir cp mv rm cat echo ' +
    'brew apt apt-get docker kubectl eval nc ssh scp tar unzip base64 openssl env printenv crontab systemctl launchctl nohup setsid socat ncat powershell iex gh go cargo gem open xattr osascript ssh-copy-id glab'
  ).split(' '),
);

/** A sentence right before a block that forbids running it. */
export const forbidsBlock =
  /\b(never|do not|don['’]t|must not|should not|shouldn['’]t|cannot|avoid|refuse to)\b(?!\s+(?:skip|miss|forget|omit|leave out)\b)[^.:]{0,40}?\b(run|use|do|execute|paste|write|copy|install|running|using|executing|pasting|writing|like|this|these)\b|[❌🚫⛔]/iu;

/** A sentence right before a block that calls it an attack, or somebody else's mistake. */
export const describesBlock =
  /\b(attack(s|ers?)?|adversar(y|ies)|malware|malicious|exploit(s|ation|ed|ing)?|vulnerab(le|ility|ilities)|insecure|unsafe|anti-?patterns?|bad|wrong|incorrect|red flags?|payloads?|injections?|injected|backdoors?|compromised|suspicious|dangerous|untrusted|(detects?|flags?|catch(es)?|blocks?|rejects?|matches|looks? for|refuses?) (this|these|the following|such|any|code|patterns?|commands?|attempts?|text|lines?)|false positives?|(indicators?|signs?|symptoms?) (of|that)|yara|semgrep)\b|(?<!\b(this|the|next|following|code) )\b(blocks?|rejects?|refuses?|denies)\s?:/i;

/** The same in a heading, unless it names a situation. */
export const describesSection =
  /\b(attacks?|attack (patterns?|vectors?|examples?|scenarios?)|malicious|malware|exploit(s|ation)?|vulnerab(le|ility|ilities)|anti-?patterns?|bad (examples?|practices?)|wrong|incorrect|don['’]ts|what not to do|red flags?|payloads?|injections?|backdoors?|threats?|threat (model|patterns?|intelligence)|indicators|detection( rules?| patterns?)?|suspicious|dangerous (patterns?|commands?|code|operations?)|insecure|unsafe)\b|[❌🚫⛔]/iu;

/** A heading over what to do when something is so: “When something is wrong”. */
export const namesSituation =
  /^\W*(when|if|once|in case|after|before|how to (fix|solve|repair)|what to do)\b(?! (not|to avoid)\b)|\?|\b(do|run) (this|these|it|them)\b/iu;

/** The same in the first line of a block. */
export const describesInside =
  /^\s*(#|\/\/|--|;|<!--|\/\*|REM )\s{0,3}[^\n]{0,12}?(\b(bad|wrong|incorrect|vulnerable|insecure|malicious|anti-?pattern|attacker|exploit)\b|[❌🚫⛔])/iu;

/**
 * A sentence right before a block that tells the reader to run it, whatever other sentences say.
 */
export const hasBlockRun =
  /(^|[,;:(]\s{0,3}|\b(then|first|next|please|now|and|to|must|should|can|need to|have to|you)\s)(run|execute|paste|copy|type|enter|install|launch|start|begin|use|invoke|call|apply)\b(?!\s+(of|time|on|into a))|\b(comes|goes|is) (first|next|step one)\b/i;

/** Words that tell the reader to run something. */
export const tellsToRun =
  /\b(run|execute|paste|type|enter|install|copy|launch|start|invoke|use|call|set ?up|setup|usage|quick ?start|command|terminal|prerequisites?|steps?|first|then|next|before)\b/i;

function all(language: Language | 'console', names: string): Record<string, Language | 'console'> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]));
}
