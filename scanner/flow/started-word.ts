/** Which file a command starts: behind prefixes, shells, interpreters and programs that open it. */
import { posix } from 'node:path';
import type { Language } from '../fact/source.ts';
import { own } from '../lookup-tables/api.ts';
import { unknownPart } from '../lookup-tables/egress-of.ts';
import { interpreters } from '../lookup-tables/shell.ts';

/** The word of a command that names the file which runs. */
export interface StartedWord {
  /** Index among the given words. */
  readonly at: number;
  /** The path: the word itself or a part of it. */
  readonly text: string;
  /** Absent when the file runs by itself. */
  readonly language?: Language;
  /** The word names a module of Python. */
  readonly isModule?: true;
}

/** What is started by these words; undefined when it is no file that a path names. */
export function startedWord(words: readonly string[]): StartedWord | undefined {
  return startedFrom(words, 0, 'no', 0);
}

function startedFrom(
  words: readonly string[],
  from: number,
  opens: 'no' | 'documents' | 'anything',
  depth: number,
): StartedWord | undefined {
  const word = words[from];
  if (word === undefined || depth > prefixesMax) return undefined;
  // A file elsewhere with the name of a system's program is itself what starts.
  const name = isElsewhere(word) ? '' : programName(word);
  const next = (at: number, opening = opens): StartedWord | undefined =>
    startedFrom(words, at, opening, depth + 1);
  if (name === 'start') return next(skip(words, from + 1, /^\/[a-z]{1,16}$|^"?"?$/i), 'anything');
  if (openers.has(name)) return next(skip(words, from + 1, /^-|^open$/), 'documents');
  if (name === 'cmd') return next(skip(words, from + 1, /^\/[a-z]{1,16}(:\w+)?$/i));
  if (prefixes.has(name)) return next(skip(words, from + 1, /^-|^\w+=|^\d+[smh]?$/));
  if (loaders.has(name)) {
    const at = skip(words, from + 1, /^[-/][a-z]{1,16}$/i);
    const text = (words[at] ?? '').replace(/(?<=.),.*$/s, '');
    return text === '' ? undefined : { at, text };
  }
  if (/^(powershell|pwsh)$/.test(name)) return ofPowerShell(words, from + 1);
  const language = own(
    interpreters,
    programName(word).replace(/^pythonw?[\d.]*$/, 'python3'),
  )?.language;
  if (language !== undefined && from + 1 < words.length)
    return interpreted(words, from + 1, language, depth);
  if (opens !== 'no' && !isProgram(word, opens === 'anything')) return undefined;
  return { at: from, text: word };
}

// The script of an interpreter, or what its line of code starts.
function interpreted(
  words: readonly string[],
  from: number,
  language: Language,
  depth: number,
): StartedWord | undefined {
  const at = skip(words, from, /^-(?![cm]$)/);
  const text = words[at + 1];
  if (language === 'python' && words[at] === '-m' && text !== undefined)
    return { at: at + 1, text, language, isModule: true };
  if (/^-[cm]$/.test(words[at] ?? '')) {
    if (language !== 'shell' || words[at] !== '-c' || text === undefined) return undefined;
    const inner = startedFrom(lineWords(text), 0, 'no', depth + 1);
    return inner === undefined ? undefined : { ...inner, at: at + 1 };
  }
  const script = words[at];
  return script === undefined ? undefined : { at, text: script, language };
}

function ofPowerShell(words: readonly string[], from: number): StartedWord | undefined {
  for (const [index, word] of words.entries()) {
    if (index < from) continue;
    if (/^-f(ile)?$/i.test(words[index - 1] ?? '')) return { at: index, text: word };
    const line = /^-/.test(word) ? '' : words.slice(index).join(' ').slice(0, lineCharsMax);
    const found = powerShellStart.exec(line);
    const text = found?.[1] ?? found?.[2];
    if (text !== undefined)
      return { at: words.findIndex((one, i) => i >= index && one.includes(text)), text };
    if (line !== '') return undefined;
  }
  return undefined;
}

/** The words of a line that no shell has read. */
export function lineWords(line: string): readonly string[] {
  const words = line.slice(0, lineCharsMax).match(/"[^"]*"|'[^']*'|[^\s"']+(?:"[^"]*")?/g) ?? [];
  return words.map((word) => word.replace(/^(['"])(.+)\1$/s, '$2'));
}

const powerShellStart =
  /(?:^|[\s;{(])(?:Start-Process|saps|start|Invoke-Item|ii|Invoke-Expression|iex|&)\s{1,4}(?:-FilePath\s{1,4})?(?:['"]([^'"]{1,300})['"]|([^\s'";|)-][^\s'";|)]{0,300}))/i;

function skip(words: readonly string[], from: number, option: RegExp): number {
  let at = from;
  while (at < words.length && option.test(words[at] ?? '')) at++;
  return at;
}

function isElsewhere(word: string): boolean {
  return /[/\\]/.test(word) && !systemFolder.test(word);
}

const systemFolder =
  /^(\/usr(\/local)?)?\/s?bin\/|^[a-z]:[/\\]+windows[/\\]|^%?(systemroot|windir)%?/i;

function programName(word: string): string {
  return posix
    .basename(word.replaceAll('\\', '/'))
    .replace(/\.exe$/i, '')
    .toLowerCase();
}

/** Whether what opens a file by its type would run it; an unknown name may be a program's. */
export function isProgram(path: string, isUnknownToo = false): boolean {
  const name = posix.basename(path.replaceAll('\\', '/'));
  const ending = /\.([a-z0-9]{1,12})$/i.exec(name)?.[1];
  return ending === undefined
    ? (isUnknownToo || !path.endsWith(unknownPart)) && !/^\.|^\w+:\/\//.test(name)
    : programEndings.has(ending.toLowerCase());
}

const prefixesMax = 6;
const lineCharsMax = 4_096;

const prefixes: ReadonlySet<string> = new Set(
  'call nohup exec sudo doas setsid env nice ionice stdbuf time timeout chrt taskset command wine mono conhost'.split(
    ' ',
  ),
);
const openers: ReadonlySet<string> = new Set(
  'open xdg-open gio gnome-open kde-open wslview explorer'.split(' '),
);
// They run code of a file that is no program by itself.
const loaders: ReadonlySet<string> = new Set(
  'rundll32 regsvr32 mshta wscript cscript javaw'.split(' '),
);
// Windows: PATHEXT and what its shell runs. macOS: what `open` hands to Terminal or an installer.
const programEndings: ReadonlySet<string> = new Set(
  'exe scr com pif bat cmd ps1 vbs vbe js jse wsf wsh hta msi msix msp cpl dll lnk reg jar sh bash zsh command tool app pkg dmg deb rpm appimage run bin py pyw'.split(
    ' ',
  ),
);
