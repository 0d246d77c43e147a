/**
 * Whether values are filled into the text of a program as data: into its strings, between its
 * operators, behind the words of its command lines. Such a value can break out of its place, which
 * is a weakness that a person looks at. The text itself stands in the code, and is read there.
 */
import type { Language } from '../fact/source.ts';
import { launchers } from '../knowledge/shell-launchers.ts';
import { isAgentProgram } from '../knowledge/telling-commands.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { interpreters, packageManagers } from '../lookup-tables/shell.ts';

/**
 * @param language of the program; others than those of the table below have no places for data
 * @param text the program, with `unknownPart` for each value
 * @param isForeign whether others may have written the values: then the program may use only
 * libraries that compute
 */
export function isFilledIn(language: Language, text: string, isForeign = true): boolean {
  const pieces = text.split(unknownPart);
  if (pieces.length === 1 || pieces.length > holesMax) return false;
  if (language === 'shell') return isFilledLine(text);
  const form = forms[language];
  return (
    form !== undefined &&
    !form.runs.test(withoutImports(text)) &&
    form.modules(text).every((name) => (isForeign ? dataModules : plainModules).has(name)) &&
    holesAreData(form, text)
  );
}

const holesMax = 200;

// A module that Python loads under its own name does nothing until the text names it again.
function withoutImports(text: string): string {
  return text.replace(/^[ \t]{0,40}import[ \t]{1,9}[\w., \t]{1,200}$/gm, (line) =>
    /\bas\b/.test(line) ? line : '',
  );
}

function modulesOfPython(text: string): string[] {
  const bare = text.replace(plainImport, '');
  return [...text.matchAll(anyImport)].flatMap(([line, from, names = '']): string[] => {
    if (from !== undefined) return [from.split('.')[0] ?? ''];
    if (/\bas\b/.test(line)) return ['?'];
    const modules = names.split(',').map((name) => name.trim().split('.')[0] ?? '');
    return modules.filter((name) => new RegExp(`\\b${RegExp.escape(name)}\\b`).test(bare));
  });
}

const anyImport =
  /(?:^|[;:])[ \t]{0,40}(?:from[ \t]{1,9}([\w.]{1,100})[ \t]{1,9}import\b|import[ \t]{1,9}([^\n;]{0,400}))/gm;
const plainImport = /(?:^|[;:])[ \t]{0,40}import[ \t]{1,9}[^\n;]{0,400}/gm;

function modulesOfNode(text: string): string[] {
  return [...text.matchAll(/\brequire\s{0,9}\(\s{0,9}["'](?:node:)?([^"']{0,200})/g)]
    .filter(([, name = '']) => !name.endsWith('.json'))
    .map(([, name = '']) => name.split('/')[0] ?? '');
}

interface Form {
  /** What opens a string, the longest first. */
  readonly quotes: readonly string[];
  readonly comment: RegExp;
  /** What opens code inside a string. */
  readonly field: RegExp | undefined;
  /** Words with which a program runs texts or other programs, or reaches them by other names. */
  readonly runs: RegExp;
  /** The names of the modules that a text uses. */
  readonly modules: (text: string) => readonly string[];
}

const javascript: Form = {
  quotes: ["'", '"', '`'],
  comment: /^\/[/*]/,
  field: /\$\{/,
  runs: new RegExp(
    [
      /\b(?:eval|Function|vm|spawn\w*|exec\w*|fork|child_process|constructor|prototype|binding)\b/,
      /\b(?:mainModule|dlopen|global\w*|import|setTimeout|setInterval|_compile|WebAssembly|Worker)\b/,
      /\b(?:module|Reflect|this|getOwnPropertyNames|getPrototypeOf)\b|\]\s{0,9}\(|\[\s{0,9}["'`][^\]]{0,80}\+/,
      /\brequire\b(?!\s{0,9}\(\s{0,9}["'](?:[\w./@:-]{1,200}|[\w./@\0-]{1,200}\.json)["']\s{0,9}\))/,
      /\bprocess\b(?!\.(?:argv|cwd|env|exit|stderr|stdin|stdout)\b)/,
    ]
      .map(({ source }) => source)
      .join('|'),
  ),
  modules: modulesOfNode,
};

const forms: Readonly<Partial<Record<Language, Form>>> = {
  javascript,
  typescript: javascript,
  python: {
    quotes: ['"""', "'''", "'", '"'],
    comment: /^#/,
    field: /\{/,
    runs: new RegExp(
      [
        /\b(?:eval|exec\w*|compile|system|popen|Popen|spawn\w*|subprocess|pty|runpy)\b(?!\s{0,9}:\s)/,
        /\b(?:importlib|ctypes|marshal|pickle|getattr|setattr|globals|locals|vars|builtins)\b/,
        /\b(?:code|types|urlretrieve|write_text|write_bytes)\b(?!\s{0,9}:\s)/,
        // Members that are no part of a library's interface are other libraries.
        /__\w{1,40}__|\._/,
        /\bos\b(?!\.(?:environ|getenv|path)\b)|\bsys\b(?!\.(?:argv|exit|stderr|stdin|stdout)\b)/,
        // A file that a value names, or that something starts later.
        /\bopen\s{0,9}\((?!\s{0,9}["'][^"'\0]{0,200}["']\s{0,9}[,)])[^)]{0,200},\s{0,9}(?:mode\s?=\s?)?["'][rbt]?[awx+]/,
        /\.(?:py|pth|sh|bash|zsh|[cm]?[jt]s|command|desktop|plist|service)["']/,
      ]
        .map(({ source }) => source)
        .join('|'),
    ),
    modules: modulesOfPython,
  },
  awk: {
    quotes: ['"'],
    comment: /^#/,
    field: undefined,
    runs: /\bsystem\b|\bgetline\b|\||\bprintf?\b[^>]*>|@|\bclose\b/,
    modules: none,
  },
  applescript: {
    quotes: ['"'],
    comment: /^--/,
    field: undefined,
    runs: /\b(?:do shell|run script|load script|store script|system events|keystroke|key code|terminal|iterm2?|administrator|system attribute|open location|use framework|current application|open|run|do|execute)\b|[«»]/i,
    modules: none,
  },
};

function none(): readonly string[] {
  return [];
}

function holesAreData(form: Form, text: string): boolean {
  let quote = '';
  let opened = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (text.startsWith(quote, at)) {
        at += quote.length - 1;
        quote = '';
      } else if (char === unknownPart && form.field?.test(text.slice(opened, at)) === true)
        return false;
      continue;
    }
    if (char === unknownPart) {
      if (!isOperand(text.slice(Math.max(0, at - 40), at), text.slice(at + 1, at + 40)))
        return false;
      continue;
    }
    const found = form.quotes.find((one) => text.startsWith(one, at));
    if (found !== undefined) {
      quote = found;
      at += found.length - 1;
      opened = at + 1;
    } else if (form.comment.test(text.slice(at, at + 2))) {
      const end = text.indexOf('\n', at);
      const comment = end < 0 ? text.slice(at) : text.slice(at, end);
      // A value with a line break leaves the comment.
      if (comment.includes(unknownPart) || comment.startsWith('/*')) return false;
      at += comment.length;
    }
  }
  return quote === '';
}

// `$a / $b`, `get("gold", $gold)`, `round($a)`: between operators, not where a statement may stand.
function isOperand(before: string, after: string): boolean {
  const isBehind =
    /(?:[-+*/%^,:<>]|(?<![=!<>])==|\b(?:round|float|int|abs|min|max|Number|parseInt|parseFloat)\s?\()\s{0,9}$/;
  const isBefore = /^\s{0,9}[-+*/%^<>]/;
  const ends = /^\s{0,9}(?:[-+*/%^,<>)\]}]|==)/;
  const begins = /[-+*/%^,:<>(=[]\s{0,9}$/;
  // Values and letters side by side are one operand.
  const from = before.replace(joined, '');
  const to = after.replace(/^[\w.\0]{1,40}/, '').replace(/^\[\]/, '');
  return (isBehind.test(from) && ends.test(to)) || (isBefore.test(to) && begins.test(from));
}

const joined = /[\d.\0]{1,40}$/;

// A command line whose programs stand there, and run no text that is one of their arguments.
function isFilledLine(text: string): boolean {
  if (/`|\$\(|[<>]\(|<<|[;&|\n]\s{0,9}$/.test(text)) return false;
  if (text.length > lineCharsMax) return false;
  return commandsOf(text)?.every(isDataCommand) ?? false;
}

const lineCharsMax = 4_000;

// The commands of a line; undefined where a value may name a file to write, or quotes do not end.
function commandsOf(text: string): readonly string[] | undefined {
  const commands: string[] = [];
  let quote = '';
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\' && quote !== "'") at += 1;
    else if (quote !== '') quote = char === quote ? '' : quote;
    else if (char === "'" || char === '"') quote = char;
    else if (/[;&|\n(){}]/.test(char)) {
      // `2>&1`
      if (char === '&' && /\d?[<>]$/.test(text.slice(start, at))) continue;
      commands.push(text.slice(start, at));
      start = at + 1;
    } else if (char === '>' && /^>?\s{0,9}["']?[^\s;&|]{0,200}\0/.test(text.slice(at + 1)))
      return undefined;
  }
  if (quote !== '') return undefined;
  return [...commands, text.slice(start)].filter((command) => command.trim() !== '');
}

function isDataCommand(command: string): boolean {
  const [, name = ''] =
    /^\s{0,40}(?:[A-Za-z_]\w{0,60}=[\w./:-]{0,200}\s{1,9})*([\w./+-]{1,100})(?=\s|$)/.exec(
      command,
    ) ?? [];
  const program = name.replace(/^\/(?:usr\/(?:local\/)?)?s?bin\//, '');
  return (
    name !== '' &&
    !program.includes('/') &&
    !runners.test(program) &&
    !shellWords.test(program) &&
    !isAgentProgram(program) &&
    !/^\s{0,40}gh\s{1,9}(?:alias|ext)/.test(command) &&
    ![interpreters, launchers, packageManagers].some((table) => Object.hasOwn(table, program))
  );
}

// Programs of a system that start what their arguments name, besides those of the tables.
const runners =
  /^(?:sudo|doas|env|nohup|xargs|exec|eval|source|\.|command|builtin|time|timeout|nice|ionice|setsid|stdbuf|find|parallel|docker|podman|nerdctl|kubectl|systemctl|systemd-run|launchctl|crontab|open|xdg-open|start|rundll32|regsvr32|mshta|cmd|wmic|schtasks|msiexec|busybox|awk|sed|vi|vim|emacs|tar|strace|unshare|chroot|nsenter|trap|alias|dd|tee|cp|mv|ln|install|chmod|git|screen|entr|ansible(?:-\w+)?|java|rm|shred|unlink|powershell|pwsh|bash|sh)(?:\.exe)?$/i;

// What changes how a shell finds or reads what comes next.
const shellWords =
  /^(?:export|declare|typeset|local|readonly|hash|mapfile|readarray|complete|bind|enable|set|shopt)$/;

// Libraries of Python and Node by what they do with the values that they are given.

/** Libraries that compute, and start nothing. */
const dataModules: ReadonlySet<string> = new Set(
  (
    'assert base64 bisect buffer calendar collections copy crypto csv cmath datetime decimal ' +
    'difflib enum events fractions functools hashlib hmac html http https io itertools json ' +
    'locale math numbers os pathlib path pprint querystring random re secrets statistics string ' +
    'string_decoder struct sys textwrap time typing unicodedata url urllib util uuid zlib zoneinfo'
  ).split(' '),
);

/** Besides, libraries of files, tables and requests: a front end knows their effects. */
const plainModules: ReadonlySet<string> = new Set([
  ...dataModules,
  ...(
    'argparse bs4 bz2 configparser dns email fs getpass glob gzip httpx logging lxml net numpy ' +
    'openpyxl pandas PIL platform readline requests shutil smtplib socket sqlite3 ssl stat stream ' +
    'tarfile tempfile timers tls toml tomllib uuid xml zipfile'
  ).split(' '),
]);
