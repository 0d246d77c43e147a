/**
 * Whether the page of a skill tells its reader how to take away what the skill sets up to start by
 * itself. Commands say so in every language.
 */
import type { FactOf } from '../fact/fact.ts';
import { keep, remembered } from '../fact/remembered.ts';
import type { TaintSource } from '../fact/source.ts';
import { isInText } from '../fact/standing.ts';

/**
 * Whether SKILL.md shows the system's own command that ends the job, by the name that the job has
 * in the code.
 * @param page SKILL.md
 * @param texts the facts of texts in the skill
 * @param setUp the path or command that sets up the job
 * @param code the file that sets up the job
 */
export function showsOffSwitch(
  page: TaintSource,
  texts: readonly FactOf<'text'>[],
  setUp: string,
  code: TaintSource,
): boolean {
  // A file that names two jobs may start one that the page does not end.
  const [name, ...others] = wordsOf(code).names;
  return (
    name !== undefined &&
    others.length === 0 &&
    isOf(setUp, name) &&
    endsOf(page, texts).commands.some((end) => end.of.test(setUp) && end.name === name)
  );
}

/**
 * Whether a sentence of SKILL.md names the option that takes the job away again, and the code takes
 * this option: "`--remove` takes the timer away".
 */
export function namesRemoval(
  page: TaintSource,
  texts: readonly FactOf<'text'>[],
  code: TaintSource,
): boolean {
  const { options } = wordsOf(code);
  return endsOf(page, texts).options.some((option) => options.has(option));
}

interface Ends {
  readonly commands: readonly { readonly of: RegExp; readonly name: string }[];
  /** In small letters. */
  readonly options: readonly string[];
}

// A skill may set up hundreds of jobs. Rules read texts of different roles.
const endsBySize = remembered((_: TaintSource) => new Map<number, Ends>());

function endsOf(page: TaintSource, texts: readonly FactOf<'text'>[]): Ends {
  return keep(endsBySize(page), texts.length, () => ({
    commands: texts.filter(isCommand).flatMap(({ text }) => text.split('\n').flatMap(endsIn)),
    options: texts.filter(isSentence).flatMap(({ text }) => optionsIn(text)),
  }));
}

function isCommand({ role, span, context }: FactOf<'text'>): boolean {
  const isShown = role === 'inline-code' || role === 'fence';
  return isShown && span.path === 'SKILL.md' && context === 'fence-run';
}

function endsIn(line: string): Ends['commands'] {
  return switches.flatMap(({ of, form }) => {
    const [, name] = form.exec(line) ?? [];
    return name === undefined ? [] : [{ of, name: bare(name) }];
  });
}

const switches: readonly { readonly of: RegExp; readonly form: RegExp }[] = [
  {
    of: /^systemctl |\/systemd\//i,
    form: /^\s*(?:sudo\s+)?systemctl\s+(?:--user\s+)?disable\s+(?:--now\s+)?([\w@.-]{3,80})\s*$/,
  },
  {
    of: /^(schtasks|register-scheduledtask) /i,
    form: /^\s*Unregister-ScheduledTask\s+(?:-TaskName\s+)?(["']?[\w .-]{3,80}?["']?)(?:\s+-Confirm:\$false)?\s*$/i,
  },
];

function isSentence(fact: FactOf<'text'>): boolean {
  const isSpoken = fact.role === 'prose' || fact.role === 'list-item';
  return isSpoken && fact.span.path === 'SKILL.md' && fact.context === 'code' && !isInText(fact);
}

// "It" is the job that the sentence before names.
function optionsIn(text: string): string[] {
  const sentences = text.split(/(?<=[.!?])\s+|\n/);
  return sentences.flatMap((sentence, index) => {
    const [, option, object = ''] = removal.exec(sentence) ?? [];
    const named = /^it$/i.test(object) ? sentences[index - 1] : object;
    return option !== undefined && job.test(named ?? '') ? [option.toLowerCase()] : [];
  });
}

const removal =
  /(?:^|\s)--?([A-Za-z][\w-]{2,30})\s(?:removes?|uninstalls?|unregisters?|disables?|stops?|takes?(?=\s[^.]{1,40}\s(?:away|out)\b)|turns?(?=\s[^.]{0,40}\soff\b)|switch(?:es)?(?=\s[^.]{0,40}\soff\b))\s((?:(?:the|its|this|that)\s(?:\w+\s){0,2}?)?(?:it|timer|task|job|schedule|service|unit)s?)(?=\s*(?:[.,;:!)]|$)|\s(?:again|and|away|from|off|out|when)\b)/i;

const job = /\b(timer|task|job|schedule|service|unit)s?\b/i;

interface CodeWords {
  /** The jobs that the code names, comments included. */
  readonly names: ReadonlySet<string>;
  /** What stands as an option, a parameter or a quoted word outside comments, in small letters. */
  readonly options: ReadonlySet<string>;
}

const wordsOf = remembered(({ text }: TaintSource): CodeWords => {
  const spoken = text.replace(comment, '');
  const names = namesIn(text);
  // A name that only a comment has is the name of no job.
  const isWhole = [...namesIn(spoken)].length === names.size;
  return { names: isWhole ? names : new Set(), options: optionsOf(spoken) };
});

// More than a comment may go: fewer names and options are the stricter reading.
const comment = /(?:^|\s)(?:#|\/\/|;|::|rem\s)[^\n]*/gim;

function namesIn(code: string): ReadonlySet<string> {
  const units = code.matchAll(/(?<![\w@.-])([\w@][\w@.-]{0,80}\.(?:service|timer|path))\b/g);
  const tasks = code.matchAll(
    /\bTaskName['"]?\s{0,9}[=:]?\s{0,9}(["'][^"'\n]{1,80}["']|[\w.-]{1,80})/gi,
  );
  return new Set([...units, ...tasks].map(([, name = '']) => bare(name)));
}

function optionsOf(code: string): ReadonlySet<string> {
  const found = code.matchAll(/(?<=[-$"'[\]])(?<!\w-)([A-Za-z][\w-]{2,30})(?![\w-])/g);
  return new Set([...found].map(([, option = '']) => option.toLowerCase()));
}

// A set-up that names its job names the job that ends: `systemctl enable x`, `…/x.timer`.
function isOf(setUp: string, name: string): boolean {
  const [, unit = name] =
    /(?:^systemctl\s.*\s|\/)([\w@][\w@.-]*)(?:\s--\S+)*$/.exec(
      /^systemctl |\.\w+$/.test(setUp) ? setUp : '',
    ) ?? [];
  return bare(unit) === name;
}

function bare(name: string): string {
  return name
    .replace(/^["']|["']$/g, '')
    .replace(/\.(service|timer|path)$/, '')
    .toLowerCase();
}
