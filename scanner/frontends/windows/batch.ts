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
import {
  changed,
  codeValue,
  joined,
  knownText,
  type Lowering,
  pathOf,
  Script,
  shellName,
  textValue,
  unknown,
  type Value,
  wordOf,
} from './operations.ts';

// Variables and folders that Windows names, as the shell's paths.

const folders: Readonly<Record<string, string>> = {
  userprofile: '~',
  home: '~',
  homepath: '~',
  appdata: '~/AppData/Roaming',
  localappdata: '~/AppData/Local',
  temp: '/tmp',
  tmp: '/tmp',
  programdata: '/c/ProgramData',
  allusersprofile: '/c/ProgramData',
  programfiles: '/c/Program Files',
  'programfiles(x86)': '/c/Program Files (x86)',
  windir: '/c/Windows',
  systemroot: '/c/Windows',
  systemdrive: '/c',
  homedrive: '',
  public: '/c/Users/Public',
  comspec: 'cmd',
  startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
};

const plain =
  /^(?:username|userdomain|computername|os|number_of_processors|processor_\w+|psmodulepath|pathext|logonserver|sessionname|lang|term|shell|user|windows_tracing\w*|ci)$/;

/** A variable of the environment on Windows. */
export function environment(name: string): Value {
  const lower = name.toLowerCase();
  const folder = Object.hasOwn(folders, lower) ? folders[lower] : undefined;
  if (folder !== undefined) return textValue(folder);
  if (plain.test(lower) || !/^\w+$/.test(name)) return unknown;
  return codeValue(`\${${name.toUpperCase()}}`);
}

/** Folders that .NET names. */
function specialFolder(name: string): Value {
  const known: Readonly<Record<string, string>> = {
    userprofile: '~',
    applicationdata: '~/AppData/Roaming',
    localapplicationdata: '~/AppData/Local',
    mydocuments: '~/Documents',
    personal: '~/Documents',
    desktop: '~/Desktop',
    desktopdirectory: '~/Desktop',
    commonapplicationdata: '/c/ProgramData',
    startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
    commonstartup: '/c/ProgramData/Microsoft/Windows/Start Menu/Programs/Startup',
  };
  const lower = name.toLowerCase();
  return Object.hasOwn(known, lower) ? textValue(known[lower] ?? '') : unknown;
}

/**
 * Why a script of Windows is held, whatever was found: not every call has a model yet. Of 120 tests
 * of attack techniques for Windows, 74 would pass on findings alone.
 * @param first where the program cannot be parsed, if anywhere
 */
export function unreadScript(
  { context, path, text }: TaintSource,
  first?: { readonly at: number; readonly reason: string },
): FrontEndResult['unanalysed'] {
  if (context !== 'code' && context !== 'test') return [];
  const start = Math.min(first?.at ?? 0, text.length);
  const reason =
    first === undefined
      ? 'programs of Windows are followed, but not every call has a model: a person reads them'
      : `PowerShell cannot read it: ${first.reason}`;
  return [{ span: { path, start, end: Math.min(start + 1, text.length) }, reason }];
}

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

// Objects that a PowerShell program creates, and what of it is not read.

/** Notes that a part of the program is not read. */
export function noteUnread(lowering: Lowering, what: string): void {
  lowering.out.add(`${unreadProgram} ${wordOf(textValue(what))}`);
}

/** A program of the lowered script: something was not read. */
const unreadProgram = 'powershell-unread';

/** A new object of a type, or a folder that .NET names. */
export function codeOf(lowering: Lowering, type: string, args: readonly Value[]): Value {
  if (type === 'special folder') return specialFolder((args[0] && knownText(args[0])) ?? '');
  const made = { ...changed(args), type };
  const means = createdTypes.find(([form]) => form.test(type))?.[1];
  if (means === 'socket') {
    const listens = /listener/.test(type);
    const [host = unknown, port = unknown] = args;
    return {
      ...codeValue(
        listens
          ? '$(TcpClient -l)'
          : args.length === 0
            ? '$(TcpClient)'
            : `$(TcpClient ${wordOf(host)} ${wordOf(port)})`,
      ),
      type,
    };
  }
  if (means === 'plain' || plainTypes.test(type))
    return { ...made, fields: new Map(), ...(args.length === 0 && { parts: [] }) };
  if (
    /^(?:wscript\.shell|shell\.application|mmc20\.application|scripting\.filesystemobject)$/.test(
      type,
    )
  )
    return { ...unknown, type: `com ${type}`, fields: new Map() };
  noteUnread(lowering, `makes an object of ${type}`);
  return { ...made, type: `com ${type}` };
}

// What static members and objects of .NET do, by name. Sources: Microsoft's .NET reference.

export type NetMeaning =
  | 'same' // the text of its arguments
  | 'join' // its arguments as a path
  | 'base64'
  | 'text' // bytes become text
  | 'read'
  | 'write'
  | 'append'
  | 'delete'
  | 'copy'
  | 'start'
  | 'code' // text is run as code
  | 'load' // machine code or an assembly
  | 'env'
  | 'allEnv'
  | 'setEnv'
  | 'folder'
  | 'get'
  | 'save'
  | 'send'
  | 'upload'
  | 'socket'
  | 'char'
  | 'byte'
  | 'clipboard'
  | 'unzip';

/** `type::member`, lower case; the first row that fits counts. */
export const staticMembers: readonly (readonly [RegExp, NetMeaning])[] = [
  [/^convert::frombase64string$/, 'base64'],
  [/^convert::to(?:byte|int(?:16|32|64)|uint\d\d|char)$/, 'byte'],
  [/^(?:char)::convertfromutf32$/, 'char'],
  [/^io\.path::combine$|^io\.path::join$/, 'join'],
  [/^io\.file::(?:read\w+|open(?:read|text)?|get\w+)$/, 'read'],
  [/^io\.file::(?:write\w+|create|openwrite)$/, 'write'],
  [/^io\.file::append\w+$/, 'append'],
  [/^io\.(?:file|directory)::delete$/, 'delete'],
  [/^io\.(?:file|directory)::(?:copy|move)$/, 'copy'],
  [/^diagnostics\.process::start$|^microsoft\.visualbasic\.interaction::shell$/, 'start'],
  [
    /^scriptblock::create$|^management\.automation\.(?:scriptblock::create|powershell::create)$|^powershell::create$/,
    'code',
  ],
  [
    /^reflection\.assembly::(?:unsafe)?load|^appdomain::|^runtime\.interopservices\.marshal::|^reflection\.emit\.|^activator::/,
    'load',
  ],
  [/^environment::getenvironmentvariable$/, 'env'],
  [/^environment::getenvironmentvariables$/, 'allEnv'],
  [/^environment::setenvironmentvariable$/, 'setEnv'],
  [/^environment::getfolderpath$/, 'folder'],
  [/^io\.compression\.zipfile::extract\w+$/, 'unzip'],
  [/^(?:windows\.forms\.|windows\.)clipboard::(?:get|contains)/, 'clipboard'],
  [/^net\.(?:http)?webrequest::create|^net\.sockets\.tcpclient::new|^net\.dns::/, 'get'],
];

/** Types whose static members compute, convert or describe. */
export const plainTypes =
  /^(?:math|string|char|int|int32|int64|uint32|uint64|long|byte|double|single|float|decimal|bool|boolean|datetime|datetimeoffset|timespan|guid|version|uri|regex|array|enum|convert|bitconverter|console|consolecolor|environment(?:variabletarget)?|stringcomparison|stringcomparer|stringsplitoptions|globalization\.\w+|cultureinfo|text\.[\w.]+|io\.(?:path|file(?:mode|access|attributes|info|stream|share)?|directory(?:info)?|stream(?:reader|writer)|memorystream|searchoption|stringreader|stringwriter|compression\.\w+)|collections\.[\w.`[\]]+|linq\.enumerable|random|diagnostics\.(?:stopwatch|process|debug|trace)|threading\.thread|net\.(?:servicepointmanager|securityprotocoltype|httpstatuscode|webutility|ipaddress|credentialcache|networkinformation\.\w+)|security\.(?:principal\.\w+|cryptography\.[\w.]+|securestring)|management\.automation\.(?:language\.parser|pscredential|errorrecord|hostinformation\w*|psobject|wildcardpattern|ordereddictionary|semanticversion)|pscustomobject|psobject|pscredential|hashtable|ordered|runtime\.(?:interopservices\.runtimeinformation|versioning\.\w+)|microsoft\.visualbasic\.strings|web\.httputility|xml(?:\.\w+)*|json\.\w+|numerics\.\w+|drawing\.\w+|windows\.forms\.\w+|windows\.(?:media|markup|controls)\.\w+|system|void|null|io|net|type|object|nullable|intptr|switch|parameter|ref|exception|argumentexception|invalidoperationexception|io\.\w*exception|net\.webexception)(?:\[\])?$/;

/** Members of objects, whatever the object is. */
export const instanceMembers: readonly (readonly [RegExp, NetMeaning])[] = [
  [
    /^(?:downloadstring|downloaddata|openread|getstringasync|getbytearrayasync|getstreamasync|getasync|getresponse(?:async)?)(?:task)?(?:async)?$/,
    'get',
  ],
  [/^downloadfile(?:task)?(?:async)?$/, 'save'],
  [
    /^(?:uploadstring|uploaddata|uploadvalues|postasync|putasync|patchasync|sendasync)(?:task)?(?:async)?$/,
    'send',
  ],
  [/^uploadfile(?:task)?(?:async)?$/, 'upload'],
  [/^(?:invokescript|newscriptblock|expandstring|addscript|invokecommand)$/, 'code'],
  [/^(?:shellexecute|exec|run)$/, 'start'],
  [/^getstring$|^getchars$|^readtoend$/, 'text'],
  [
    /^(?:definedynamicassembly|getdelegateforfunctionpointer|getprocaddress|virtualalloc|createthread|defin\w*method|invokemember|dynamicinvoke|createinstance|getmethod|gettypefromclsid|compileassemblyfromsource)$/,
    'load',
  ],
];

/** Objects whose creation alone tells. */
const createdTypes: readonly (readonly [RegExp, NetMeaning | 'plain'])[] = [
  [/^net\.sockets\.(?:tcpclient|udpclient|socket)$/, 'socket'],
  [/^net\.sockets\.tcplistener$|^net\.httplistener$/, 'socket'],
  [
    /^net\.webclient$|^net\.http\.httpclient$|^(?:msxml2|microsoft|winhttp)\.[\w.]*(?:xmlhttp|httprequest)[\w.]*$/,
    'plain',
  ],
  [/^diagnostics\.process(?:startinfo)?$/, 'plain'],
  [
    /^(?:scripting\.|system\.|collections\.|text\.|io\.|security\.cryptography\.|management\.automation\.|windows\.forms\.|drawing\.|xml|net\.(?:mail|networkcredential|http\.)|pscustomobject|psobject|object|timespan|datetime|guid|uri|version|hashtable|random|threading\.|net\.cookie|diagnostics\.stopwatch|data\.|timers\.|regex|int|string|byte|char|bool)/,
    'plain',
  ],
];
