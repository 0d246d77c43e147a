/**
 * Whether SKILL.md announces a change to the machine, so that its reader can refuse the change. An
 * announced change is for a person to review. An unannounced change is what attacks make.
 */
import type { FactOf } from '../fact/fact.ts';
import type { FactSelector } from '../fact/selectors.ts';
import type { TaintSource } from '../fact/source.ts';
import { isInText } from '../fact/standing.ts';
import { normalisePath, sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import type { RuleContext } from '../rule.ts';
import { readingOf } from './reading.ts';

/** What a rule has to read before it may ask `isAnnounced`. */
export const announcementReads = [
  'source',
  'text:prose',
  'text:list-item',
  'text:table-cell',
  'text:heading',
  'text:front-matter',
  'trait:decode',
  'trait:decode-to-code',
  'trait:encoded-program',
  'trait:evasion',
  'trait:folded-name',
  'trait:pipe-to-interpreter',
  'trait:remote-program',
  'trait:reverse-shell',
  'trait:staged-program',
] as const satisfies readonly FactSelector[];

/**
 * Whether SKILL.md says in a visible sentence that the skill changes this path or uses this
 * mechanism. `named` is a path, or the command that sets up the mechanism.
 *
 * A skill that hides or fetches code anywhere gets no credit for its announcements: the reader
 * learns that something starts, and not what.
 */
export function isAnnounced(
  fact: FactOf<'capability' | 'trait'>,
  named: string,
  { of, sources }: Pick<RuleContext, 'of' | 'sources'>,
): boolean {
  const words = wordsFor(named);
  if (words === undefined || hidesOrFetches(of('trait')) || reaches(fact, sources)) return false;
  const source = sources.find(({ path }) => path === 'SKILL.md');
  if (source === undefined || looksOf(source).hidesWords) return false;
  return saidIn(source, of('text'), { words, agent: agentOf(named) });
}

interface Named {
  readonly words: RegExp;
  readonly agent: RegExp;
}

// A skill may set up hundreds of services, and its page may have thousands of sentences.
const said = new WeakMap<TaintSource, Map<string, boolean>>();

function saidIn(page: TaintSource, texts: readonly FactOf<'text'>[], named: Named): boolean {
  const known = said.get(page) ?? new Map<string, boolean>();
  said.set(page, known);
  const key = `${texts.length} ${named.words} ${named.agent}`;
  const answer = known.get(key) ?? announces(page, texts, named);
  known.set(key, answer);
  return answer;
}

function announces(
  { text }: TaintSource,
  texts: readonly FactOf<'text'>[],
  { words, agent }: Named,
): boolean {
  const read = texts.filter(({ span }) => !passedOver.test(text.slice(span.start, span.end)));
  return (
    read.flatMap(sentencesOf).some((one) => agent.test(one) && saysThatItActs(one, words)) &&
    !texts.flatMap(sentencesOf).some((one) => words.test(one) && denies.test(one))
  );
}

// The mechanism has to be what the skill acts on: a report about cron jobs announces no cron job.
function saysThatItActs(sentence: string, words: RegExp): boolean {
  if (leavesIt.test(sentence) || ofOthers.test(sentence)) return false;
  return [...sentence.matchAll(acts)].some(({ 0: act, index }) => {
    const behind = index + act.length;
    // With the longest name of a mechanism, and the word behind it.
    const rest = sentence.slice(behind, behind + objectCharsMax + 240);
    const found = words.exec(rest);
    if (found === null) return false;
    const { 0: name, index: at } = found;
    return (
      at <= objectCharsMax &&
      !changesSubject.test(rest.slice(0, at)) &&
      !isPartOfName(rest.slice(at + name.length)) &&
      !actOfPeople.test(sentence.slice(0, index))
    );
  });
}

// A parser of crontabs, or colours for them, is not a cron job.
function isPartOfName(rest: string): boolean {
  const [, next] = /^[`'"*_]*\s+[`'"*_]*([a-z]\w*)/i.exec(rest) ?? [];
  return next !== undefined && !behindName.test(next);
}

const behindName =
  /^(jobs?|lines?|entr(y|ies)|tasks?|rules?|timers?|units?|services?|files?|settings?|config(uration)?s?|hooks?|scripts?|schedules?|tables?|agents?|daemons?|folders?|sections?|a|about|after|also|and|as|at|before|but|by|called|daily|during|each|every|for|from|hourly|if|in|into|is|it|its|named|nightly|of|on|once|or|so|that|the|then|through|to|under|until|using|via|weekly|when|where|which|while|with|\w+(ing|ly))$/i;

// Somebody else does it.
const actOfPeople =
  /\b(administrators?|admins?|anybody|anyone|colleagues?|customers?|developers?|everybody|nobody|one|people|persons?|somebody|someone|teams?|vendors?|who)\s+(\w+ly\s+|often\s+)?$/i;

// Nobody announces a login key, a rule for sudo or a program under a system program's name in good
// faith: such changes are not here, and no sentence makes them milder.
const mechanisms: readonly { readonly of: RegExp; readonly words: RegExp }[] = [
  {
    of: /\/library\/launch(agents|daemons)(\/|$)|^launchctl /,
    words: /\blaunch ?(agents?|daemons?|d|ctl)\b/i,
  },
  { of: /^crontab |^\/etc\/cron|^\/var\/spool\/cron/, words: /\bcron(tab)?s?\b/i },
  {
    of: /\/\.config\/systemd(\/|$)|^\/etc\/systemd\/|\/lib\/systemd\/system|^systemctl /,
    words: /\bsystem(d|ctl)\b/i,
  },
  { of: /\/\.config\/autostart(\/|$)/, words: /\bautostart\b/i },
  { of: /\/\.claude\/settings(\.local)?\.json/, words: /\bsettings(\.local)?\.json\b/i },
  { of: /\/\.claude\/hooks(\/|$)/, words: /(?<!git )\bhooks?\b/i },
  { of: /^schtasks /, words: /\bscheduled task\b|\bschtasks\b/i },
];

function wordsFor(named: string): RegExp | undefined {
  const normal = normalisePath(named);
  const known = mechanisms.find((row) => row.of.test(normal));
  if (known !== undefined) return known.words;
  const kind = sensitivePath(named)?.kind;
  if (kind !== 'shell-profile' && kind !== 'agent-settings') return undefined;
  const file = normal.slice(normal.lastIndexOf('/') + 1);
  if (!/^[\w.-]{5,60}$/.test(file)) return undefined;
  // A name such as `profile` is a word, too.
  const written = file.includes('.') ? file : normal;
  return new RegExp(`(?:^|[^\\w.-])${written.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'i');
}

// Many programs have a `settings.json` or hooks, so the sentence has to name the agent, too.
function agentOf(named: string): RegExp {
  const normal = normalisePath(named);
  const isAgents = sensitivePath(named)?.kind === 'agent-settings';
  const agent = isAgents ? /\/\.(?:config\/)?([a-z]{2,30})\//.exec(normal)?.[1] : undefined;
  return agent === undefined ? /(?:)/ : new RegExp(`\\b${agent}\\b`, 'i');
}

const hiding: ReadonlySet<string> = new Set(
  announcementReads.flatMap((read) => (read.startsWith('trait:') ? [read.slice(6)] : [])),
);

function hidesOrFetches(traits: readonly FactOf<'trait'>[]): boolean {
  return traits.some(({ trait, context }) => hiding.has(trait) && context !== 'comment');
}

// A file that sets something up and also speaks to the network may set up what it fetches. What
// another file pulls as code may be what starts.
function reaches(
  { span }: FactOf<'capability' | 'trait'>,
  sources: readonly TaintSource[],
): boolean {
  return sources.some((source) => {
    const { pullsCode, speaksOut } = looksOf(source);
    return source.path === span.path ? speaksOut : pullsCode;
  });
}

interface Looks {
  readonly speaksOut: boolean;
  readonly pullsCode: boolean;
  readonly hidesWords: boolean;
}

// A memo of a pure function: a skill may set up hundreds of services.
const looks = new WeakMap<TaintSource, Looks>();

function looksOf(source: TaintSource): Looks {
  const known = looks.get(source);
  if (known !== undefined) return known;
  const { path, text } = source;
  const made = {
    speaksOut: speaks.test(text),
    pullsCode: !isPage.test(path) && pulls.test(text),
    hidesWords: hidesWords.test(text),
  };
  looks.set(source, made);
  return made;
}

const isPage = /\.(md|mdx|rst|txt)$/i;
const pulls =
  /\bgit\b[\s"',[\]]{1,8}(-C\s+\S+\s+)?(clone|pull|submodule)\b|\b(npx|uvx|pipx run)\b/i;

const speaks = new RegExp(
  [
    // programs
    /\b(curl|wget|aria2c|ncat?|socat|openssl|ssh|scp|sftp|ftp|rsync|rclone|dig|nslookup|npx|pipx|uvx|irm|iwr|iex)\b/,
    /\bgit\b[\s"',[\]]{1,8}(-C\s+\S+\s+)?(clone|fetch|pull|submodule)\b|\bgh\s+(api|release|repo)\b|\b(pip3?|npm|yarn|pnpm|gem|cargo|go|uv)\s+(add|exec|i|install|get)\b/,
    /\binvoke-(webrequest|restmethod|expression)\b|\bdownload(string|file|data)\b|\bwebclient\b|\bstart-bitstransfer\b/,
    // libraries
    /\b(urlopen|urlretrieve|urllib3?|requests|httpx|aiohttp|axios|node-fetch|undici|websockets?|paramiko|ftplib|smtplib|telnetlib|xmlhttprequest)\b/,
    /\bhttp\.client\b|\bhttps?connection\b|\bsocket\.|\b(import|from) socket\b|\bhttps?\.(get|request)\b|\bnet\.(connect|createconnection|socket)\b|['"](node:)?(https?|net|tls|dgram|dns)['"]/,
    /\bfetch\(|\/dev\/(tcp|udp)\/|https?:\/\/(?!www\.(apple|w3)\.(com|org)\/)/,
    // code from elsewhere in the file
    /\b(base64|b64decode|fromhex|atob|xxd|eval|exec)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

function sentencesOf(fact: FactOf<'text'>): string[] {
  if (fact.span.path !== 'SKILL.md' || fact.context === 'comment' || isInText(fact)) return [];
  if (fact.role === 'front-matter' && fact.detail !== 'description') return [];
  const sentences = readingOf(fact).words.split(/(?<=[.!?;:])\s+|\n/);
  return sentences.filter((one) => !one.trimEnd().endsWith('?'));
}

// The text of an image that is shown, and struck words.
const passedOver = /!\[|~~/;

// A page can hide words from its reader by such elements and attributes.
const hidesWords =
  /<[?]|\\(color|[hv]?phantom|textcolor|tiny)\b|<(details|dialog|noscript|script|style|svg|template|textarea)\b|<[a-z][^<>]{0,400}\s(aria-hidden|class|color|height|hidden|size|style|width)\b/i;

const objectCharsMax = 80;

// Behind these words a sentence speaks about the mechanism, or about something else.
const changesSubject =
  /[,;:()]|\b(about|against|and|because|between|concerning|describing|for|from|how|if|like|of|on|or|than|that|unless|when|whenever|where|whether|which|while|why)\b/i;

const ofOthers = /\b(competing|other|others|another|unlike|(many|most|some) \w+s)\b/i;

const acts =
  /\b(adds?|appends?|creates?|configures?|copie?s|copy|edits?|enables?|inserts?|installs?|modif(y|ies)|patch(es)?|puts?|registers?|schedules?|sets? up|syncs?|updates?|wires?|writes?)\b/gi;

// The sentence leaves the change to the user, or forbids it.
const leavesIt =
  /\b(never|not|no|nor|without|avoid|cannot|instead|prints?|shows?|suggests?|yourself|manually|by hand|optional(ly)?|(you|users?) (can|may|might|could|should|must|have to|need to))\b|n['\u2019]t\b/i;

const denies =
  /(\b(never|not|no longer|without)|n['\u2019]t)\b[^.!?]{0,40}\b(add|append|chang|creat|edit|install|modif|touch|writ|updat)/i;
