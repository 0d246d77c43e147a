/**
 * Commands in files of build tools that have a language of their own: CMake, Ant, Maven, MSBuild,
 * Gradle, Terraform. Each command becomes a line of a shell.
 */

import type { EmbeddedProgram, TaintSource } from '../fact/source.ts';
import { joinPieces } from './markdown/code.ts';

interface BuildFile {
  readonly file: RegExp;
  /** Finds the beginning of each command. */
  readonly start: RegExp;
  /** The command behind a beginning, of a text of at most `commandCharsMax`. */
  readonly command: (rest: string, start: RegExpMatchArray) => string | undefined;
}

const commandCharsMax = 2_000;
const commandsMax = 400;
const wordsMax = 200;

// Sources: cmake.org "execute_process", "file(DOWNLOAD)"; ant.apache.org "Exec"; mojohaus.org "Exec
// Maven Plugin"; learn.microsoft.com "Exec Task"; docs.gradle.org "Exec"; developer.hashicorp.com
// "local-exec Provisioner", "external Data Source".
const buildFiles: readonly BuildFile[] = [
  {
    file: /(^|\/)CMakeLists\.txt$|\.cmake$/i,
    start: /\b(?:COMMAND|file\s{0,9}\(\s{0,9}DOWNLOAD)\s/g,
    command: (rest, [start]) => {
      const words = cmakeWords(rest);
      if (words.length === 0) return undefined;
      return start?.startsWith('COMMAND') === true
        ? words.join(' ')
        : `curl -o ${words[1] ?? '-'} ${words[0]}`;
    },
  },
  {
    file: /\.(xml|pom|csproj|vbproj|fsproj|vcxproj|props|targets|proj)$/i,
    start: /<(?:exec\s|executable>)/gi,
    command: (rest, [start]) => xmlCommand(rest, start?.endsWith('>') === true),
  },
  {
    file: /\.gradle(\.kts)?$/i,
    start: /\bcommandLine\s{0,9}[(=]?\s{0,9}(?:listOf\()?\[?(?=["'])/g,
    command: (rest) => quotedWords(/^[^\])\n]*/.exec(rest)?.[0] ?? '').join(' '),
  },
  {
    file: /\.(tf|hcl)$/i,
    start: /\b(?:command|program)\s{0,40}=\s{0,40}/g,
    command: (rest) => {
      if (rest.startsWith('[')) return quotedWords(rest.slice(1).split(']')[0] ?? '').join(' ');
      const mark = /^<<-?(\w{1,40})[^\n]{0,9}\n/.exec(rest);
      if (mark === null) return unquoted(/^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0]);
      const body = rest.slice(mark[0].length);
      const end = body.search(new RegExp(`^\\s{0,80}${mark[1]}\\s*$`, 'm'));
      return end < 0 ? body : body.slice(0, end);
    },
  },
];

/** The commands of one file; nothing for other files. Linear in the text. */
export function buildCommands(source: TaintSource): EmbeddedProgram[] {
  const row =
    source.depth === 0 ? buildFiles.find(({ file }) => file.test(source.path)) : undefined;
  if (row === undefined) return [];
  const pieces = [...source.text.matchAll(row.start)].slice(0, commandsMax).flatMap((match) => {
    const raw = match.index + match[0].length;
    const command = row.command(source.text.slice(raw, raw + commandCharsMax), match);
    return command === undefined || command === '' ? [] : [{ text: `${command}\n`, raw }];
  });
  if (pieces.length === 0) return [];
  const { text, map } = joinPieces(pieces);
  return [
    {
      within: source.path,
      language: 'shell',
      text,
      context: source.context,
      map: map.map((piece) => ({ ...piece, fixed: true as const })),
    },
  ];
}

// The words of a call up to its end or to the next word in capitals, which is a key of CMake.
function cmakeWords(rest: string): string[] {
  const words: string[] = [];
  const word = /\s*(?:#[^\n]*\n\s*)*("(?:[^"\\]|\\.)*"|\[(=*)\[.*?\]\2\]|[^\s()"#]+|\)|\()/sy;
  for (let found = word.exec(rest); found !== null && words.length < wordsMax; ) {
    const [, text = ''] = found;
    if (text === ')' || text === '(' || /^[A-Z][A-Z_]{3,}$/.test(text)) break;
    const bracket = /^\[(=*)\[(.*)\]\1\]$/s.exec(text);
    const plain = bracket?.[2] ?? (text.startsWith('"') ? unquoted(text) : text) ?? '';
    words.push(shellWord(plain));
    found = word.exec(rest);
  }
  return words;
}

// `<exec executable="sh"><arg value="-c"/>…</exec>`, `<executable>sh</executable><arguments>…`,
// `<Exec Command="…"/>`.
function xmlCommand(rest: string, isElement: boolean): string | undefined {
  const head = isElement ? rest : rest.slice(0, rest.indexOf('>') + 1);
  const attribute = (name: string): string | undefined => {
    const found = new RegExp(`\\b${name}\\s{0,9}=\\s{0,9}(?:"([^"]*)"|'([^']*)')`, 'i').exec(head);
    return found === null ? undefined : unescaped(found[1] ?? found[2] ?? '');
  };
  const whole = isElement ? undefined : attribute('command');
  if (whole !== undefined) return whole;
  const program = isElement ? rest.slice(0, rest.indexOf('<')).trim() : attribute('executable');
  if (program === undefined || program === '') return undefined;
  const end = rest.search(/<\/(?:exec|configuration)>/i);
  const inside = end < 0 ? rest : rest.slice(0, end);
  const words = [
    ...inside.matchAll(
      /<arg(?:ument)?(?:\s+(value|line)\s*=\s*(?:"([^"]*)"|'([^']*)')|>([^<]*)<\/)/gi,
    ),
  ].map(([, kind, double, single, body]) => {
    const text = unescaped(double ?? single ?? body ?? '');
    return kind === 'line' ? text : shellWord(text);
  });
  return [program, ...words].join(' ');
}

function quotedWords(text: string): string[] {
  return (text.match(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g) ?? []).map((word) =>
    shellWord(unquoted(word) ?? ''),
  );
}

function unquoted(word: string | undefined): string | undefined {
  return word
    ?.slice(1, -1)
    .replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#10;', '\n')
    .replaceAll('&amp;', '&');
}

function shellWord(text: string): string {
  return /^[\w./:=@%+$,{}-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
