/**
 * Code inside Markdown: blocks and inline code as programs of their languages, with the places
 * their lines come from.
 */
import type { FactContext } from '../../fact/fact.ts';
import type { EmbeddedProgram, Language, OffsetMap } from '../../fact/source.ts';

/** Text collected from pieces of a source. */
export interface Pieces {
  readonly text: string;
  readonly map: OffsetMap;
}

interface CodeBlock extends Pieces {
  /** The info string of the fence; empty without one. */
  readonly info: string;
  /** The title of a page about one subject; empty for SKILL.md. */
  readonly title: string;
  /** The nearest heading and the text right before the block. */
  readonly heading: string;
  readonly before: string;
}

/** Joins pieces of a source, each at its offset. */
export function joinPieces(
  pieces: readonly { readonly text: string; readonly raw: number }[],
): Pieces {
  const map: { at: number; raw: number }[] = [];
  let text = '';
  for (const piece of pieces) {
    if (piece.text === '') continue;
    map.push({ at: text.length, raw: piece.raw });
    text += piece.text;
  }
  return { text, map };
}

/**
 * The context of a block: code to run, unless the text right before it (its sentence, its heading,
 * its first line) or the title of its page says that it only shows code. Such words elsewhere do
 * not count: everybody can write them.
 */
export function blockContext({
  title,
  heading,
  before,
  text,
}: Pick<CodeBlock, 'title' | 'heading' | 'before' | 'text'>): FactContext {
  const lead = lastSentence(before);
  const forbidden = forbidsBlock.exec(lead);
  if (forbidden !== null && !hasBlockRun.test(lead.slice(forbidden.index + forbidden[0].length)))
    return 'fence-doc';
  const isOthers = describesBlock.test(lead);
  if (hasBlockRun.test(lead) && !(isOthers && othersRun.test(lead))) return 'fence-run';
  return isOthers ||
    describesInside.test(text) ||
    [title, heading].some((one) => describesSection.test(one) && !namesSituation.test(one))
    ? 'fence-doc'
    : 'fence-run';
}

// "An attacker can run" is no order to run it.
const othersRun =
  /\b(attackers?|adversar(y|ies)|malware|malicious \w+|it|they|code|payloads?)\s+(\w+\s+){0,2}(run|execute|paste|copy|install|launch|start|use|invoke|call|apply)/i;

function lastSentence(text: string): string {
  const near = text.slice(-leadCharsMax).trimEnd();
  const ends = [...near.matchAll(/(?<!\b(?:e\.g|i\.e))[.!?。](?=\s)/g)];
  const last = ends.at(-1);
  return last === undefined ? near : near.slice(last.index + 1);
}

const leadCharsMax = 300;

/** The language of a block by its tag, else by its first words. */
export function blockLanguage({
  info,
  text,
  before,
}: Pick<CodeBlock, 'info' | 'text' | 'before'>): Language | 'console' | undefined {
  const tag = /^[{.]*([\w+#-]+)/.exec(info.trim().toLowerCase())?.[1] ?? '';
  const named = Object.hasOwn(fenceLanguages, tag) ? fenceLanguages[tag] : undefined;
  if (named !== undefined) return named;
  const isPlain = tag === '' || /^(text|txt|plain|plaintext|output|none|code|command)$/.test(tag);
  if (!isPlain) return undefined;
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (
    lines.some((line) => /^\s*(?:[\w.-]{1,40}@[\w.-]{1,60}[^$#%\n]{0,40}[$#%]|[$%]) \S/.test(line))
  )
    return 'console';
  const looks = lines.filter((line) => looksLikeShell(line));
  return looks.length > 0 && (looks.length * 2 >= lines.length || tellsToRun.test(before))
    ? 'shell'
    : undefined;
}

/** Whether a line begins like a command. */
export function looksLikeShell(line: string): boolean {
  const first =
    /^\s*(?:[({] +|\((?=.{0,400}[|;&]))?(?:[A-Z_]+=\S* +)*([\w.+-]+)(?:\s+\S|$)/.exec(line)?.[1] ??
    '';
  return (
    shellFirstWords.has(first) &&
    !/^\s*\w+ (is|are|was|to|and|the|a|an|or|of|in|for|you|your|this|that|will|should|can)\b/i.test(
      line,
    )
  );
}

/** Lines of a block with commands that fetch, send or run something. */
export function shellLines(block: Pieces): Pieces[] {
  const found: Pieces[] = [];
  let at = 0;
  for (const line of block.text.split('\n')) {
    if (
      /^\s*(sudo |\$ )?(curl|wget|nc|ncat|bash|sh|eval|echo|base64|powershell|iex)\s.*(https?:|\||\$\(|-c\s)/.test(
        line,
      ) &&
      looksLikeShell(line.replace(/^\s*\$ /, ''))
    )
      found.push({ text: line, map: [{ at: 0, raw: rawAt(block.map, at) }] });
    at += line.length + 1;
  }
  return found.slice(0, 50);
}

/**
 * The program of a block. Prompts and output of a console are left out, placeholders such as
 * `<name>` become unknown parts.
 */
export function programOf(
  within: string,
  language: Language | 'console',
  block: Pieces,
  context: FactContext,
): EmbeddedProgram {
  const isConsole =
    language === 'console' || (language === 'shell' && /^\s*\$ \S/m.test(block.text));
  const pieces = isConsole ? consoleLines(block) : block;
  const isShell = language === 'console' || language === 'shell';
  const text = isShell
    ? pieces.text.replace(/<[A-Za-z][\w .:/|-]{0,60}>/g, (placeholder) =>
        '\0'.repeat(placeholder.length),
      )
    : pieces.text;
  return {
    within,
    language: language === 'console' ? 'shell' : language,
    text,
    context,
    map: pieces.map,
  };
}

function consoleLines(block: Pieces): Pieces {
  const kept: { text: string; raw: number }[] = [];
  let at = 0;
  let continues = false;
  for (const line of block.text.split('\n')) {
    const prompt =
      /^\s*(?:\([\w.-]+\) ?)?(?:[\w.-]+@[\w.-]+[^$#%]{0,40})?[$%❯] |^\s*[\w.-]+@[\w.-]+[^$#%]{0,40}# /.exec(
        line,
      )?.[0] ?? '';
    if (prompt !== '' || continues) {
      kept.push({
        text: `${line.slice(prompt.length)}\n`,
        raw: rawAt(block.map, at + prompt.length),
      });
      continues = line.trimEnd().endsWith('\\');
    }
    at += line.length + 1;
  }
  return joinPieces(kept);
}

function rawAt(map: OffsetMap, offset: number): number {
  const piece = map.findLast((piece) => piece.at <= offset);
  return piece === undefined ? 0 : piece.raw + (offset - piece.at);
}

// Code blocks of Markdown: the language of a tag, and sentences around a block that say whether it
// is to be run.

/** `console` is shell with prompts and output. */
const fenceLanguages: Readonly<Record<string, Language | 'console'>> = {
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
const shellFirstWords: ReadonlySet<string> = new Set(
  (
    'curl wget bash sh zsh sudo npm npx pnpm yarn bun pip pip3 pipx uv uvx python python3 node deno git cd export source chmod mkdir cp mv rm cat echo ' +
    'brew apt apt-get docker kubectl eval nc ssh scp tar unzip base64 openssl env printenv crontab systemctl launchctl nohup setsid socat ncat powershell iex gh go cargo gem open xattr osascript ssh-copy-id glab'
  ).split(' '),
);

/** A sentence right before a block that forbids running it. */
const forbidsBlock =
  /\b(never|do not|don['’]t|must not|should not|shouldn['’]t|cannot|avoid|refuse to)\b(?!\s+(?:skip|miss|forget|omit|leave out)\b)[^.:]{0,40}?\b(run|use|do|execute|paste|write|copy|install|running|using|executing|pasting|writing|like|this|these)\b|[❌🚫⛔]/iu;

/** A sentence right before a block that calls it an attack, or somebody else's mistake. */
export const describesBlock =
  /\b(attack(s|ers?)?|adversar(y|ies)|malware|malicious|exploit(s|ation|ed|ing)?|vulnerab(le|ility|ilities)|insecure|unsafe|anti-?patterns?|bad|wrong|incorrect|red flags?|payloads?|injections?|injected|backdoors?|compromised|suspicious|dangerous|untrusted|(detects?|flags?|catch(es)?|blocks?|rejects?|matches|looks? for|refuses?) (this|these|the following|such|any|code|patterns?|commands?|attempts?|text|lines?)|false positives?|(indicators?|signs?|symptoms?) (of|that)|yara|semgrep)\b|(?<!\b(this|the|next|following|code) )\b(blocks?|rejects?|refuses?|denies)\s?:/i;

/** The same in a heading, unless it names a situation. */
const describesSection =
  /\b(attacks?|attack (patterns?|vectors?|examples?|scenarios?)|malicious|malware|exploit(s|ation)?|vulnerab(le|ility|ilities)|anti-?patterns?|bad (examples?|practices?)|wrong|incorrect|don['’]ts|what not to do|red flags?|payloads?|injections?|backdoors?|threats?|threat (model|patterns?|intelligence)|indicators|detection( rules?| patterns?)?|suspicious|dangerous (patterns?|commands?|code|operations?)|insecure|unsafe)\b|[❌🚫⛔]/iu;

/** A heading over what to do when something is so: “When something is wrong”. */
const namesSituation =
  /^\W*(when|if|once|in case|after|before|how to (fix|solve|repair)|what to do)\b(?! (not|to avoid)\b)|\?|\b(do|run) (this|these|it|them)\b/iu;

/** The same in the first line of a block. */
const describesInside =
  /^\s*(#|\/\/|--|;|<!--|\/\*|REM )\s{0,3}[^\n]{0,12}?(\b(bad|wrong|incorrect|vulnerable|insecure|malicious|anti-?pattern|attacker|exploit)\b|[❌🚫⛔])/iu;

/**
 * A sentence right before a block that tells the reader to run it, whatever other sentences say.
 */
export const hasBlockRun =
  /(^|[,;:(]\s{0,3}|\b(then|first|next|please|now|and|to|must|should|can|need to|have to|you)\s)(run|execute|paste|copy|type|enter|install|launch|start|begin|use|invoke|call|apply)\b(?!\s+(of|time|on|into a))|\b(comes|goes|is) (first|next|step one)\b/i;

/** Words that tell the reader to run something. */
const tellsToRun =
  /\b(run|execute|paste|type|enter|install|copy|launch|start|invoke|use|call|set ?up|setup|usage|quick ?start|command|terminal|prerequisites?|steps?|first|then|next|before)\b/i;

function all(language: Language | 'console', names: string): Record<string, Language | 'console'> {
  return Object.fromEntries(names.split(' ').map((name) => [name, language]));
}
