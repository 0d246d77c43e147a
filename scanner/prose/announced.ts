/**
 * Whether SKILL.md announces a change to the machine, so that its reader can refuse the change. An
 * announced change is for a person to review. An unannounced change is what attacks make.
 */
import type { FactOf } from '../fact/fact.ts';
import { keep, remembered } from '../fact/remembered.ts';
import type { FactSelector } from '../fact/selectors.ts';
import type { TaintSource } from '../fact/source.ts';
import { isInText } from '../fact/standing.ts';
import { normalisePath, sensitivePath } from '../lookup-tables/sensitive-paths.ts';
import type { RuleContext } from '../rule.ts';
import { namesRemoval, showsOffSwitch } from './off-switch.ts';
import { readingOf } from './reading.ts';

/** What a rule has to read before it may ask `isAnnounced`. */
export const announcementReads = [
  'source',
  'capability:mount',
  'flow:file',
  'text:prose',
  'text:list-item',
  'text:table-cell',
  'text:heading',
  'text:front-matter',
  'text:fence',
  'text:inline-code',
  'text:string',
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
 * mechanism, or tells the reader to start the file of the skill that does, beside the mechanism's
 * name. `named` is a path, or the command that sets up the mechanism.
 *
 * A skill that hides or fetches code anywhere gets no credit for its announcements: the reader
 * learns that something starts, and not what.
 */
export function isAnnounced(
  fact: FactOf<'capability' | 'trait'>,
  named: string,
  context: Pick<RuleContext, 'of' | 'sources'>,
): boolean {
  const { of, sources } = context;
  const words = wordsFor(named);
  if (words === undefined || hidesOrFetches(of('trait')) || reaches(fact, context)) return false;
  const source = sources.find(({ path }) => path === 'SKILL.md');
  if (source === undefined || looksOf(source).hidesWords) return false;
  const file = fact.span.path === 'SKILL.md' ? undefined : fact.span.path;
  const mechanism = mechanisms.find((row) => row.of.test(normalisePath(named)));
  const isService = mechanism?.isService === true;
  const texts = of('text');
  const agent = agentOf(named);
  if (
    saidIn(source, texts, { words, agent, file, isService }) ||
    isPurpose(source, texts, named, words)
  )
    return true;
  const code = sources.find(({ path }) => path === file);
  if (code === undefined || mechanism === undefined) return false;
  return (
    showsOffSwitch(source, texts, named, code) ||
    (mechanism.everyday !== undefined &&
      namesRemoval(source, texts, code) &&
      saidIn(source, texts, {
        words: mechanism.everyday,
        agent,
        file: undefined,
        isService: false,
      }))
  );
}

interface Named {
  readonly words: RegExp;
  readonly agent: RegExp;
  /** The file of the skill that does it, when it is not the page itself. */
  readonly file: string | undefined;
  /** Whether the system starts what is set up: a service, a job of cron. */
  readonly isService: boolean;
}

// A skill may set up hundreds of services, and its page may have thousands of sentences.
const answersOf = remembered((_: TaintSource) => new Map<string, boolean>());

function saidIn(page: TaintSource, texts: readonly FactOf<'text'>[], named: Named): boolean {
  const key = `${texts.length} ${named.words} ${named.agent} ${named.file}`;
  return keep(answersOf(page), key, () => announces(page, texts, named));
}

function announces(
  { text }: TaintSource,
  texts: readonly FactOf<'text'>[],
  { words, agent, file, isService }: Named,
): boolean {
  const read = texts.filter(({ span }) => !passedOver.test(text.slice(span.start, span.end)));
  const prose = read.filter(isProse).flatMap(sentencesOf);
  const says =
    prose.some((one) => agent.test(one) && saysThatItActs(one, words)) ||
    (file !== undefined && startsIt(read, { words, agent, file, isService }));
  return (
    says &&
    !texts
      .filter(isProse)
      .flatMap(sentencesOf)
      .some((one) => words.test(one) && denies.test(one))
  );
}

// A skill that is for an agent's configuration says so in its description, and its page names the
// file: `statusline-generator`, a switcher of models.
function isPurpose(
  { text }: TaintSource,
  texts: readonly FactOf<'text'>[],
  named: string,
  words: RegExp,
): boolean {
  if (sensitivePath(named)?.kind !== 'agent-settings') return false;
  const shown = texts.filter(
    ({ span, context }) =>
      span.path === 'SKILL.md' &&
      context !== 'comment' &&
      !passedOver.test(text.slice(span.start, span.end)),
  );
  const description = shown.find((fact) => fact.detail === 'description');
  if (description === undefined || !agentOf(named).test(description.text)) return false;
  return (
    ofConfiguration.test(description.text) &&
    shown.some((fact) => fact.role !== 'string' && words.test(fact.text)) &&
    !shown
      .filter(isProse)
      .flatMap(sentencesOf)
      .some((one) => words.test(one) && denied.test(one))
  );
}

// A page about settings also says what an agent does not do.
const denied =
  /\b(never|without|(it|scripts?|skill|tool|we) ((do|does|will) not|(do|does|wo)n['\u2019]t))\b[^.!?]{0,40}\b(add|append|chang|creat|edit|install|modif|touch|writ|updat)/i;

const ofConfiguration =
  /\b(settings?|config(s|ur\w{1,8})?|plugins?|hooks?|status ?lines?|profiles?|slash commands?|switch\w{0,3} models?|models? switch\w{0,3})\b/i;

function isProse({ role }: FactOf<'text'>): boolean {
  return role !== 'fence' && role !== 'inline-code' && role !== 'string';
}

// A line or a list item with the path of the file names the mechanism beside it, or the file is
// called after it: `node scripts/install.js  # Adds to HEARTBEAT.md`. The reader is told what the
// file does before they start it.
function startsIt(
  texts: readonly FactOf<'text'>[],
  { words, agent, file, isService }: Named & { readonly file: string },
): boolean {
  const name = file.slice(file.lastIndexOf('/') + 1);
  const isCalledSo = isService && called.test(name.replace(/[-_.]/g, ' '));
  return texts.filter(isShownInPage).some(({ role, text }) => {
    const lines = role === 'fence' ? text.split('\n') : [text.slice(0, unitCharsMax)];
    return lines.some((line) => {
      const at = line.indexOf(name);
      if (at < 0 || /[\w.-]/.test(line[at - 1] ?? '')) return false;
      if (leavesIt.test(line) || ofOthers.test(line)) return false;
      const rest = line.slice(at + name.length, at + name.length + objectCharsMax + 240);
      const found = words.exec(rest);
      const isNamed =
        found !== null &&
        agent.test(line) &&
        !isPartOfName(rest.slice(found.index + found[0].length));
      return isNamed || (isCalledSo && role !== 'prose');
    });
  });
}

const unitCharsMax = 600;

function isShownInPage(fact: FactOf<'text'>): boolean {
  const isShown = /^(fence|list-item|table-cell|inline-code)$/.test(fact.role);
  const isForbidden = fact.context === 'comment' || fact.context === 'fence-doc';
  return isShown && fact.span.path === 'SKILL.md' && !isForbidden;
}

// The mechanism has to be what the skill acts on: a report about cron jobs announces no cron job.
function saysThatItActs(sentence: string, words: RegExp): boolean {
  if (leavesIt.test(sentence)) return false;
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
      !ofOthers.test(sentence.slice(0, behind + at)) &&
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

// Names of files that set up services.
const called =
  /\b(autostart|cron(tab)?|daemon|launch ?(agents?|daemons?|d)|schedul\w{1,4}|services?|systemd)\b/i;

const hiding: ReadonlySet<string> = new Set(
  announcementReads.flatMap((read) => (read.startsWith('trait:') ? [read.slice(6)] : [])),
);

// What a page shows is read with the page, and has findings of its own.
function hidesOrFetches(traits: readonly FactOf<'trait'>[]): boolean {
  return traits.some(
    (fact) => hiding.has(fact.trait) && fact.context !== 'comment' && !isInText(fact),
  );
}

// What a skill downloads, or writes into a file from an answer, may be what starts. So may be what
// another file pulls as code. In the file itself, also words count: a unit or a line of a crontab
// is a text there, and starts programs by name.
function reaches(
  { span }: FactOf<'capability' | 'trait'>,
  { of, sources }: Pick<RuleContext, 'of' | 'sources'>,
): boolean {
  const isCode = (fact: FactOf<'capability' | 'flow'>): boolean =>
    !isInText(fact) && fact.context !== 'comment';
  return (
    of('capability').some((fact) => fact.traits.includes('download') && isCode(fact)) ||
    of('flow').some((flow) => flow.source.what === 'network' && isCode(flow)) ||
    sources.some((source) => {
      const { pullsCode, speaksOut } = looksOf(source);
      return source.path === span.path ? speaksOut : pullsCode;
    })
  );
}

// A skill may set up hundreds of services.
const looksOf = remembered(({ path, text }: TaintSource) => ({
  speaksOut: speaks.test(withoutMessages(text)),
  pullsCode: !isPage.test(path) && pulls.test(text),
  hidesWords: hidesWords.test(text),
}));

const isPage = /\.(md|mdx|rst|txt)$/i;
const pulls =
  /\bgit\b[\s"',[\]]{1,8}(-C\s+\S+\s+)?(clone|pull|submodule)\b|\b(npx|uvx|pipx run)\b/i;

const speaks = new RegExp(
  [
    // programs
    /\b(curl|wget|aria2c|ncat?|socat|openssl|ssh|scp|sftp|ftp|rsync|rclone|dig|nslookup|npx|pipx|uvx|irm|iwr|iex)\b/,
    /\bgit\b[\s"',[\]]{1,8}(-C\s+\S+\s+)?(clone|fetch|pull|submodule)\b|\bgh\s+(api|release|repo)\b|\b(pip3?|npm|yarn|pnpm|gem|cargo|go|uv)\s+(add|exec|i|install|get)\b/,
    /\binvoke-(webrequest|restmethod|expression)\b|\bdownload(string|file|data)\b|\bwebclient\b|\bstart-bitstransfer\b/,
    // connections: a program in a unit opens them without a flow that could be seen
    /\b(urlretrieve|paramiko|ftplib|telnetlib)\b|\bsocket\.|\b(import|from) socket\b|\bnet\.(connect|createconnection|socket)\b|['"](node:)?(net|tls|dgram|dns)['"]|\/dev\/(tcp|udp)\//,
    /['"\s>](-c|-e|--eval)\s[^\n]{0,200}(urllib|requests|http|fetch)/,
    // code from elsewhere in the file
    /\b(base64|b64decode|fromhex|atob|xxd|eval|(?<!\s-)exec)\b/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);

// What a program only prints, on a line of its own, starts nothing. A block of such lines that is
// piped or written into a file is what the file then contains.
function withoutMessages(text: string): string {
  const spoken = text.replace(asksItself, '');
  return writesBlock.test(spoken) ? spoken : spoken.replace(message, '');
}

// A question to the machine itself, for example whether the service answers.
const asksItself =
  /\b(?:curl|wget)\b[^|;&<>()\n]{0,80}\bhttps?:\/\/(?:localhost|127\.0\.0\.1)(?::\d{1,5})?(?:\/[\w./?=-]{0,80})?["']?(?=\s|$)/g;

const writesBlock =
  /^[^\S\n]*(?:\}|\)|done|fi|esac)[^\S\n]*(?:[|>&]|\d>)|<<|\bexec\s+\d?>|\bfile\s?=/m;
const message =
  /^[^\S\n]*(?:echo(?: -e)?|printf|print\(|console\.(?:log|error|warn)\()\s{0,4}(?:"[^"$`\n]{0,400}"|'[^'\n]{0,400}'|`[^`$\n]{0,400}`)\)?;?[^\S\n]*$/gm;

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
  /\b(?:(?<=\bby (?:\w+ly )?)(?:add|append|chang|configur|edit|install|modify|updat|writ)ing|adds?|appends?|creates?|configures?|copie?s|copy|edits?|enables?|inserts?|installs?|makes?|modif(y|ies)|patch(es)?|puts?|registers?|schedules?|sets? up|syncs?|updates?|wires?|writes?)\b/gi;

// The sentence leaves the change to the user, or forbids it.
const leavesIt =
  /\b(never|not|no|nor|without|avoid|cannot|instead|prints?|shows?|suggests?|yourself|manually|by hand|optional(ly)?|(you|users?) (can|may|might|could|should|must|have to|need to))\b|n['\u2019]t\b/i;

const denies =
  /(\b(never|not|no longer|without)|n['\u2019]t)\b[^.!?]{0,40}\b(add|append|chang|creat|edit|install|modif|touch|writ|updat)/i;

// What a page calls the changes to a machine that it may announce.

/**
 * Changes to the machine that a page may announce, and the words for them.
 *
 * An agent's instructions are its user's. Its notebook is where skills note what they found.
 * Nobody announces a login key, a rule for sudo or a program under a system program's name in
 * good faith: such changes are not here, and no sentence makes them milder.
 */
const mechanisms: readonly {
  readonly of: RegExp;
  readonly words: RegExp;
  /** A word of everyday language, which counts beside the way to take the job away. */
  readonly everyday?: RegExp;
  readonly isService?: true;
}[] = [
  {
    isService: true,
    of: /\/library\/launch(agents|daemons)(\/|$)|^launchctl /,
    words: /\blaunch ?(agents?|daemons?|d|ctl)\b/i,
  },
  { isService: true, of: /^crontab |^\/etc\/cron|^\/var\/spool\/cron/, words: /\bcron(tab)?s?\b/i },
  {
    isService: true,
    of: /\/\.config\/systemd(\/|$)|^\/etc\/systemd\/|\/lib\/systemd\/system|^systemctl /,
    words: /\bsystem(d|ctl)\b/i,
    everyday:
      /\b(user|background|hourly|nightly|daily|weekly) timers?\b|\btimers? of (your|the) (own )?user\b/i,
  },
  { isService: true, of: /\/\.config\/autostart(\/|$)/, words: /\bautostart\b/i },
  { of: /\/\.claude\/settings(\.local)?\.json/, words: /\bsettings(\.local)?\.json\b/i },
  { of: /\/\.claude\/hooks(\/|$)/, words: /(?<!git )\bhooks?\b/i },
  { of: /\/\.claude\/commands(\/|$)/, words: /\.claude\/commands\b|\bslash commands?\b/i },
  { of: /\/\.claude\/agents(\/|$)/, words: /\.claude\/agents\b|\bsub-?agents?\b/i },
  {
    isService: true,
    of: /^(schtasks|register-scheduledtask) /,
    words: /\bscheduled tasks?\b|\bschtasks\b/i,
    everyday:
      /\btasks?\b(?=[^.]{0,80}\b(each|every|daily|nightly|weekly|hourly|log ?on|log ?in|boot|startup)\b)/i,
  },
];

/** The words that name a changed path or mechanism; undefined where no words make it milder. */
function wordsFor(named: string): RegExp | undefined {
  const normal = normalisePath(named);
  const known = mechanisms.find((row) => row.of.test(normal));
  if (known !== undefined) return known.words;
  const kind = sensitivePath(named)?.kind;
  const isNotebook = kind === 'agent-memory' && /(^|\/)(memory|heartbeat)\.md$/.test(normal);
  if (kind !== 'shell-profile' && kind !== 'agent-settings' && !isNotebook) return undefined;
  const file = normal.slice(normal.lastIndexOf('/') + 1);
  if (!/^[\w.-]{5,60}$/.test(file)) return undefined;
  // A name such as `profile` is a word, too.
  const written = file.includes('.') ? file : normal;
  return new RegExp(`(?:^|[^\\w.-])${written.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`, 'i');
}

/**
 * The name of the agent whose settings these are. Many programs have a `settings.json` or hooks, so
 * a sentence has to name the agent, too.
 */
function agentOf(named: string): RegExp {
  const normal = normalisePath(named);
  const isAgents = sensitivePath(named)?.kind === 'agent-settings';
  const agent = isAgents ? /\/\.(?:config\/)?([a-z]{2,30})\//.exec(normal)?.[1] : undefined;
  return agent === undefined ? /(?:)/ : new RegExp(`\\b${agent}\\b`, 'i');
}
