/**
 * The front end for batch files and lines of cmd: the commands are lowered to a shell program,
 * which the shell's front end follows; single words are read from the text, too.
 */
import { posix } from 'node:path';
import type { TaintSource } from '../../fact/source.ts';
import type { Steps } from '../../fact/steps.ts';
import { type FrontEndContext, type FrontEndResult, perSource } from '../frontend.ts';
import { analyseLexical } from '../other-languages/lexical.ts';
import { followScript } from '../shell/shell.ts';
import { environment } from './folders.ts';
import { Script, shellName } from './lowering.ts';
import { unreadScript } from './unread-script.ts';
import { codeValue, joined, pathOf, textValue, unknown, type Value, wordOf } from './values.ts';

/** Facts of batch programs. */
export const analyseBatch = perSource(analyseOne);

function analyseOne(source: TaintSource, context: FrontEndContext): FrontEndResult {
  context.steps.take(1 + (source.text.length >> 4));
  const script = lowerBatch(source, context.steps);
  const { text, map } = script;
  const followed = followScript(source, context, { text, map, isWindows: true });
  const read = analyseLexical([source], context);
  return {
    ...followed,
    facts: [...followed.facts, ...read.facts],
    embedded: [...followed.embedded, ...read.embedded],
    unanalysed: [...followed.unanalysed, ...read.unanalysed, ...unreadScript(source)],
  };
}

interface Batch {
  readonly source: TaintSource;
  readonly steps: Steps;
  readonly script: Script;
  readonly set: Set<string>;
}

/** A batch program as a shell program. */
export function lowerBatch(source: TaintSource, steps: Steps): Script {
  const batch: Batch = { source, steps, script: new Script(), set: new Set() };
  for (const line of source.text.matchAll(/(?:[^\r\n^]|\^(?:\r?\n)?)+/g)) {
    steps.take(1 + (line[0].length >> 3));
    const start = line.index;
    lowerLine(batch, line[0].replace(/\^\r?\n/g, ' ').slice(0, lineMax), {
      start,
      end: start + line[0].length,
    });
  }
  return batch.script;
}

const lineMax = 8_191;
const ignored =
  /^(?:rem\b|::|:\w|setlocal\b|endlocal\b|goto\b|exit\b|pause\b|title\b|color\b|shift\b|echo off|\)|$)/i;
const condition =
  /^if\s{1,20}(?:\/i\s{1,20})?(?:not\s{1,20})?(?:(?:exist|defined|errorlevel)\s{1,20}(?:"[^"]{0,400}"|\S{1,400})|(?:"[^"]{0,400}"|[^\s=]{0,400})\s{0,9}(?:==|equ|neq|lss|leq|gtr|geq)\s{0,9}(?:"[^"]{0,400}"|\S{1,400}))\s{0,9}/i;

const started =
  /^start\s{1,9}(?:"[^"]{0,200}"\s{1,9})?(?:\/\w{1,20}\s{1,9}){0,8}(?!"?(?:https?|ms-|mailto|shell)\b)(?=\S)/i;

function lowerLine(batch: Batch, line: string, place: { start: number; end: number }): void {
  const pieces: string[] = [];
  for (const { text, join } of commandsOf(line)) {
    let command = text.trim().replace(/^[@(\s]+/, '');
    for (let hop = 0; hop < 8; hop++) {
      const loop =
        /^for\s{1,9}(?:\/[a-z]\s{1,9}(?:"[^"]{0,200}"\s{1,9})?)?%{1,2}\w\s{1,9}in\s{0,9}\([^)]{0,2000}\)\s{0,9}do\s{1,9}/i.exec(
          command,
        );
      const before = command;
      command = command
        .slice(loop?.[0].length ?? 0)
        .replace(condition, '')
        .replace(/^(?:call|else|do)\s{1,9}(?!:)/i, '')
        .replace(started, '')
        .replace(/^[@(\s]+/, '');
      if (command === before) break;
    }
    if (ignored.test(command)) continue;
    const code = commandCode(
      batch,
      command.replace(/\)\s{0,9}$/, (end) => (command.includes('(') ? end : '')),
    );
    if (code === '') continue;
    pieces.push(
      join === '|' && pieces.length > 0 ? ` | ${code}` : `${pieces.length > 0 ? '\n' : ''}${code}`,
    );
  }
  if (pieces.length > 0) batch.script.add(pieces.join(''), place);
}

// Divides a line at `&`, `&&`, `||` and `|` outside of quotes; `^` takes a mark's meaning away.
function commandsOf(line: string): { text: string; join: string }[] {
  const found: { text: string; join: string }[] = [];
  let text = '';
  let join = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? '';
    if (letter === '^' && !isQuoted) {
      at += 1;
      text += line[at] ?? '';
    } else if (letter === '"') {
      isQuoted = !isQuoted;
      text += letter;
    } else if (!isQuoted && (letter === '|' || (letter === '&' && !/[<>]$/.test(text)))) {
      found.push({ text, join });
      text = '';
      join = letter;
      if (line[at + 1] === letter) {
        at += 1;
        join = '&';
      }
    } else text += letter;
  }
  return [...found, { text, join }];
}

function commandCode(batch: Batch, command: string): string {
  const setting = /^set\s{1,9}(?:\/p\s{1,9})?"?([\w.-]{1,80})=(.*?)"?\s{0,9}$/i.exec(command);
  if (setting !== null)
    return assignment(batch, setting[1] ?? '', setting[2] ?? '', /^set\s+\/p/i.test(command));
  const words = wordsOf(command);
  const [first, ...rest] = words;
  if (first === undefined) return '';
  const name = valueOfText(batch, first);
  const code = rest.map((word) => {
    const redirect = /^(\d?)(>>?|<)(&\d)?$/.exec(word);
    if (redirect !== null)
      return redirect[3] === undefined ? (redirect[1] === '2' ? '2>' : (redirect[2] ?? '')) : '';
    return wordOf(valueOfText(batch, word));
  });
  return `${nameCode(first, name)} ${code.join(' ')}`.trimEnd();
}

function nameCode(written: string, name: Value): string {
  const word = wordOf(pathOf(name));
  const isLocal =
    /^[\w-]{1,80}\.(?:exe|bat|cmd|msi|scr|ps1|vbs)$/i.test(written) && !systemName.test(written);
  return isLocal ? `./${word}` : word;
}

const systemName =
  /^(?:cmd|powershell|pwsh|certutil|bitsadmin|mshta|rundll32|regsvr32|msiexec|wmic|reg|schtasks|net1?|sc|wscript|cscript|curl|tar|python|py|node|npm|git|where|tasklist|taskkill|ipconfig|netsh|[a-z][\w-]{2,30})\.exe$/i;

function assignment(batch: Batch, name: string, text: string, isAsked: boolean): string {
  const lower = name.toLowerCase();
  const value = isAsked ? unknown : valueOfText(batch, text);
  const isAgain = batch.set.has(lower);
  batch.set.add(lower);
  const code = `${shellName(lower)}=${wordOf(pathOf(value))}`;
  return isAgain ? `if :; then ${code}; fi` : code;
}

// Words, with their quotes left out; marks of redirection are words of their own.
function wordsOf(command: string): string[] {
  return [...command.matchAll(/\d?>>?(?:&\d)?|<|(?:"[^"]{0,8000}"?|[^\s"<>]){1,8000}/g)].map(
    ([word]) => (/^\d?[<>]/.test(word) ? word : word.replaceAll('"', '')),
  );
}

function valueOfText(batch: Batch, text: string): Value {
  const parts: Value[] = [];
  let last = 0;
  for (const found of text.matchAll(
    /%~[a-z]{0,6}(\d|\w)|%(\d|\*)|%%?(\w)(?!\w{0,60}%)|[%!]([\w().-]{1,60})(:[^%!]{1,80})?[%!]/gi,
  )) {
    const [all, pathArgument, argument, , name, change] = found;
    parts.push(textValue(text.slice(last, found.index)));
    last = found.index + all.length;
    if (pathArgument === '0') parts.push(ownFolder(batch.source));
    else if (name !== undefined) parts.push(variableValue(batch, name, change));
    else
      parts.push(
        argument === undefined && pathArgument === undefined
          ? unknown
          : codeValue(`\${${Number(argument ?? pathArgument) || 1}}`),
      );
  }
  return joined([...parts, textValue(text.slice(last))]);
}

function variableValue({ set }: Batch, name: string, change: string | undefined): Value {
  const lower = name.toLowerCase();
  const value = set.has(lower)
    ? codeValue(`\${${shellName(lower)}}`)
    : dynamic.test(lower)
      ? unknown
      : environment(name);
  return change === undefined ? value : codeValue(`$(powershell-value ${wordOf(value)})`);
}

const dynamic = /^(?:cd|date|time|random|errorlevel|cmdcmdline|cmdextversion|path)$/;

function ownFolder({ depth, file }: TaintSource): Value {
  return depth === 0 ? textValue(`${posix.join('/skills/@self', posix.dirname(file))}/`) : unknown;
}
