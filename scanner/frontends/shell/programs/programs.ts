/**
 * Programs that are not part of a shell. Each is an `exec`; some install software, start
 * automatically, or run given code.
 */
import { normalize } from 'node:path/posix';
import type { FlowSink } from '../../../fact/fact.ts';
import { own } from '../../../lookup-tables/api.ts';
import { egressOf } from '../../../lookup-tables/egress-of.ts';
import { scriptEnding } from '../../../lookup-tables/script-launchers.ts';
import { type PackageManager, packageManagers } from '../../../lookup-tables/shell.ts';
import { besideOf } from '../../../programs/beside.ts';
import type { Call } from '../call.ts';
import { noteFlows, noteStart, ownInput } from '../graph.ts';
import { noteCapability, noteTrait, type ShellRun } from '../run.ts';
import {
  emptyValue,
  isKnown,
  joinTaints,
  rootTaint,
  type ShellValue,
  slice,
  textsOf,
  unknownValue,
} from '../value.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from './arguments.ts';
import { runCode, runFile } from './code.ts';
import { fileKey, noteWrite, readFileValue, writeFileValue } from './files.ts';
import { noteGit } from './git.ts';
import { noteUpload } from './uploads.ts';

/** Runs a program without a handler of its own. */
export function callProgram(run: ShellRun, call: Call): ShellValue {
  const { name, word } = call;
  const written = run.files.get(fileKey(run, word.text));
  if (written !== undefined && word.text.includes('/')) return runCode(run, call, written, 'shell');
  if (
    isOwnScript(run, word.text) ||
    (word.text.includes('/') &&
      scriptEnding.test(word.text) &&
      !/^\/(usr|bin|sbin|opt)\//.test(word.text))
  )
    return runFile(run, call, word);
  if (word.text.includes('/') && !/^\/(usr|bin|sbin|opt)\//.test(word.text))
    noteStart(run, call.span, word.text, call);
  if (!/^[\w.+@-]+$/.test(name)) return unknownValue(call.stdin.taints);
  // `$(NAME)` is how Makefiles, and those who are used to them, write a variable.
  if (/^[A-Z][A-Z0-9_]{3,}$/.test(name) && name.includes('_') && call.args.length === 0)
    return namedVariable(run, call);
  noteCapability(run, call, { kind: 'exec', program: name });
  const python = pythonOfUv(call);
  const manager = own(packageManagers, name);
  if (manager !== undefined) noteInstall(run, call, manager, python !== undefined);
  if (python !== undefined)
    return run.dispatch(run, python.word, python.args, {
      span: call.span,
      onConnection: false,
      depth: 1,
      env: call.env,
    });
  noteAutostart(run, call);
  if (name === 'git') noteGit(run, call);
  noteUpload(run, call);
  if (fetchers.test(name)) noteFetch(run, call);
  if (batchPrograms.test(name)) noteBatch(run, call);
  noteHandedSecrets(run, call);
  if (name === 'go') runGoFile(run, call);
  if (name === 'socat') noteSocat(run, call);
  if (name === 'docker' || name === 'podman') noteContainer(run, call);
  if (name === 'history') noteTrait(run, call, 'history-off', name);
  const step = { span: call.span, note: `${name} prints it` };
  return unknownValue([
    rootTaint({ what: 'command', name }, step, call.certainty),
    ...call.stdin.taints,
  ]);
}

// A line that another language built is that language's call, and noted there. Beside an address,
// what the program reads and the variables that are set for it count as its words do.
function noteHandedSecrets(run: ShellRun, call: Call): void {
  const { name } = call;
  const sink: FlowSink = {
    what: 'exec',
    capability: { kind: 'exec', program: name },
    api: name,
    part: 'argument',
    ...besideOf(call.args.flatMap(textsOf)),
  };
  const isAddressed = sink.beside !== undefined;
  const given = isAddressed ? [call.stdin, ...call.env.map(({ value }) => value)] : [];
  const secrets = joinTaints([...call.args, ...given]).filter(
    (taint) => taint.origin === 'source' && taint.source.what === 'env',
  );
  noteFlows(run, call, secrets, sink);
  if (isAddressed && run.source.depth > 0 && call.stdin === emptyValue)
    noteFlows(run, call, ownInput(call.span).taints, sink);
}

// Programs of Windows that save what is at an address.
const fetchers = /^(certutil|bitsadmin|mpcmdrun|desktopimgdownldr|certreq|certoc)$/i;

function noteFetch(run: ShellRun, call: Call): void {
  const url = call.args.find(({ text }) => /^https?:\/\//i.test(text));
  const egress = url === undefined ? undefined : egressOf(url.text, ['GET']);
  if (url === undefined || egress === undefined) return;
  noteCapability(run, call, { kind: 'egress', ...egress }, ['download']);
  const target = call.args.findLast(
    (arg) => arg !== url && !/^[-/]\w|^https?:|^\d+$/i.test(arg.text),
  );
  if (target === undefined) return;
  const step = { span: call.span, note: `${call.name} fetches ${egress.url}` };
  const content = unknownValue([
    rootTaint({ what: 'network', name: egress.url }, step, call.certainty),
  ]);
  const path = { ...target, text: target.text.replaceAll('\\', '/') };
  writeFileValue(run, call, path, content, 'write');
}

// Their command line is a batch program, and read as one.
const batchPrograms = /^(cmd|mshta|rundll32|regsvr32|wscript|cscript)$/i;

function noteBatch(run: ShellRun, call: Call): void {
  const words = call.args.map((arg) => arg.text);
  // `cmd /c COMMAND`: the command alone, so that each round has less to read.
  const at = /^cmd$/i.test(call.name) ? words.findIndex((word) => /^\/[ckr]$/i.test(word)) : -1;
  // What the others do has rows of its own.
  if (at < 0) return;
  const inner = words.slice(at + 1);
  const line = inner.join(' ').replaceAll('\0', '%_%');
  const map = [{ at: 0, raw: call.span.start, fixed: true as const }];
  run.embedded.push({
    within: run.source.path,
    language: 'batch',
    text: line,
    context: run.source.context,
    map,
  });
}

function namedVariable(run: ShellRun, call: Call): ShellValue {
  noteCapability(run, call, { kind: 'env', name: call.name });
  const step = { span: call.span, note: `reads ${call.name}` };
  return unknownValue([rootTaint({ what: 'env', name: call.name }, step, 'lexical')]);
}

function isOwnScript(run: ShellRun, path: string): boolean {
  return (
    /[/]/.test(path) &&
    (run.context.files.has(path.replace(/^(\.\/|\/skills\/@self\/)/, '')) ||
      path.startsWith('/skills/@self/'))
  );
}

// `uvx python -c …`, `uv tool run python3.12 FILE`: uv knows these names as its own interpreters,
// and fetches no package but those of `--from` and `--with`. With other options and settings it may
// fetch or run anything, as for any other tool.
function pythonOfUv({
  name,
  args,
  env,
}: Call): { word: ShellValue; args: readonly ShellValue[] } | undefined {
  const isTool = name === 'uv' && args[0]?.text === 'tool' && args[1]?.text === 'run';
  if (name !== 'uvx' && !isTool) return undefined;
  const { takesValue } = packageManagers.uvx ?? { takesValue: [] };
  const parsed = parseArguments(args.slice(isTool ? 2 : 0), new Set(takesValue), true);
  const [word, ...rest] = parsed.operands;
  if (word === undefined || env.some((one) => one.name.startsWith('UV_'))) return undefined;
  const before = args.slice(isTool ? 2 : 0, args.indexOf(word)).map(({ text }) => text);
  const isPlain = before.every((text) => !text.startsWith('-') || plainOfUv.test(text));
  return !isPlain ||
    before.some((text) => /[,:]|^\/|\.py$/.test(text) && !/^(git\+)?https:/.test(text)) ||
    !/^(?:c?python|pypy)[\d.]*(?:@[\w.]+)?$/.test(word.text)
    ? undefined
    : { word: { ...word, text: 'python3' }, args: rest };
}

const plainOfUv =
  /^(-[pqv]|--(?:from|isolated|no-[\w-]+|offline|python|quiet|verbose|with))(?:=|$)/;

/** @param isOwn whether the operand is a program of the package manager itself */
function noteInstall(run: ShellRun, call: Call, manager: PackageManager, isOwn: boolean): void {
  const words = call.args.filter((arg) => !arg.text.startsWith('-')).map((arg) => arg.text);
  const verb = manager.installs.find(
    (install) =>
      install === '' ||
      install === words[0] ||
      install === `${words[0]} ${words[1]}` ||
      call.args[0]?.text === install,
  );
  if (verb === undefined) return;
  const skip = verb === '' || verb.startsWith('-') ? 0 : verb.split(' ').length;
  const args = parseArguments(
    call.args,
    new Set(manager.takesValue),
    manager.runs === true || /^(dlx|exec|x|run|tool run)$/.test(verb),
  );
  const named = optionValues(args, ['from', 'package']);
  const operands = named.length > 0 ? named : isOwn ? [] : args.operands.slice(skip);
  const runsOne = manager.runs === true || /^(dlx|exec|x|run|tool run)$/.test(verb);
  const further = manager.takesValue.includes('with') ? optionValues(args, ['with']) : [];
  const packages = [...(runsOne ? operands.slice(0, 1) : operands), ...further].filter(
    (value) => !/^(\.{0,2}\/|\.$|~|-e$|\.\[)/.test(value.text) && value.text !== '',
  );
  for (const host of packages.length > 0 ? manager.hosts : [])
    noteCapability(run, call, { kind: 'egress', url: `https://${host}/*`, methods: ['GET'] });
  for (const value of packages) noteDependency(run, call, manager, value);
  for (const value of optionValues(args, manager.redirect)) {
    const egress = egressOf(value.text, ['GET']);
    if (egress === undefined) continue;
    noteCapability(run, call, { kind: 'egress', ...egress });
    addDependency(run, call, {
      manager: manager.manager,
      name: value.text,
      version: '',
      pinned: checksDigests(run, call, args),
      how: 'redirect',
    });
  }
}

// With `--require-hashes` pip takes nothing but what has a digest in the lists. In a list of the
// skill's own, digests are part of what is approved.
function checksDigests(run: ShellRun, call: Call, args: Arguments): boolean {
  const lists = optionValues(args, ['r', 'requirement']);
  return (
    hasOption(args, ['require-hashes']) &&
    lists.length > 0 &&
    lists.every((list) => {
      const { taints } = readFileValue(run, call, list);
      return isOwnList(run, list.text) && taints.every(({ source }) => source.what === 'file');
    })
  );
}

function isOwnList({ context, cwd }: ShellRun, path: string): boolean {
  const [, inOwn] = /^\/skills\/@self\/(.+)$/.exec(normalize(path)) ?? [];
  return context.files.has(inOwn ?? normalize(path)) && (inOwn !== undefined || cwd === '');
}

function noteDependency(
  run: ShellRun,
  call: Call,
  manager: PackageManager,
  value: ShellValue,
): void {
  const { text } = value;
  const isSource = /^(git\+|https?:|git@|github:)|\.(tgz|tar\.gz|whl|zip)$/.test(text);
  const version = /(?:@|==)v?([\w.+-]+)$/.exec(text.replace(/^@/, ''))?.[1] ?? '';
  const name = isSource ? text : text.replace(/^(@?[^@=<>~![]+).*$/s, '$1');
  if (isSource && /^(git\+)?https?:/.test(text)) {
    const egress = egressOf(text.replace(/^git\+/, ''), ['GET']);
    if (egress !== undefined)
      noteCapability(run, call, { kind: 'egress', ...egress }, ['download']);
  }
  const pinned =
    isKnown(value) &&
    (isSource ? /@[0-9a-f]{40}\b|#[0-9a-f]{40}$/.test(text) : manager.pinned.test(text));
  addDependency(run, call, {
    manager: manager.manager,
    name,
    version,
    pinned: pinned || manager.system === true,
    how: isSource ? 'redirect' : 'install',
  });
}

function addDependency(
  run: ShellRun,
  call: Call,
  dependency: {
    manager: string;
    name: string;
    version: string;
    pinned: boolean;
    how: 'install' | 'redirect';
  },
): void {
  run.facts.push({
    kind: 'dependency',
    span: call.span,
    context: run.source.context,
    certainty: call.certainty,
    ...dependency,
  });
}

// `crontab -e` alone opens the user's table for the user. Beside other commands, one of them may
// choose the editor, and the editor may be a program.
function opensForUser(run: ShellRun, call: Call): boolean {
  const lines = run.source.text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  const others = lines.filter((line) => !opensTable.test(line) && !lineOfTable.test(line));
  return call.stdin === emptyValue && others.length === 0;
}

const opensTable = /^\s*crontab -[el]\s*(?:#|$)/;
const lineOfTable = /^\s*(?:@\w+|(?:[\d*][\d*/,-]*\s+){3}\S+\s+\S+)\s/;

function noteAutostart(run: ShellRun, call: Call): void {
  const words = call.args.map((arg) => arg.text);
  const has = (...wanted: string[]): boolean => wanted.some((word) => words.includes(word));
  const starts =
    (call.name === 'crontab' && !has('-l', '-r') && !(has('-e') && opensForUser(run, call))) ||
    (call.name === 'systemctl' && has('enable', 'link')) ||
    (call.name === 'launchctl' && has('load', 'bootstrap', 'enable', 'submit')) ||
    (call.name === 'schtasks' && words.some((word) => /^\/create$/i.test(word))) ||
    (call.name === 'at' && !has('-l', '-d') && words.length > 0) ||
    call.name === 'batch' ||
    (call.name === 'update-rc.d' && words.length > 0) ||
    (call.name === 'loginctl' && has('enable-linger'));
  if (starts)
    noteTrait(run, call, 'autostart', `${call.name} ${words.join(' ')}`.replaceAll('\0', '…'));
}

// `go run FILE.go`
function runGoFile(run: ShellRun, call: Call): void {
  const [verb, ...files] = call.args.filter((arg) => !arg.text.startsWith('-'));
  if (verb?.text !== 'run') return;
  for (const file of files.filter(({ text }) => text.endsWith('.go'))) {
    const written = run.files.get(fileKey(run, file.text));
    if (written !== undefined) runCode(run, { ...call, args: [] }, written, 'go');
    else noteStart(run, call.span, file.text, call, 'go');
  }
}

// `socat - TCP:host:port`, `socat FILE:secret TCP:…`: both sides exchange data.
function noteSocat(run: ShellRun, call: Call): void {
  const runs = call.args.some((arg) => /^(exec|system):/i.test(arg.text));
  const files = call.args.filter((arg) => /^(file|open|gopen):/i.test(arg.text));
  const sent = [
    call.stdin,
    ...files.map((arg) => readFileValue(run, call, slice(arg, arg.text.indexOf(':') + 1))),
  ];
  const listens = call.args.some((arg) =>
    /^(tcp[46]?|openssl|ssl|udp[46]?)-l(isten)?:|^(tcp|udp)[46]?-recv/i.test(arg.text),
  );
  if (listens) noteTrait(run, call, 'listen', 'socat waits for whoever connects');
  if (listens && runs)
    noteTrait(run, call, 'reverse-shell', 'socat gives whoever connects a program');
  for (const arg of call.args) {
    const [, host, port] =
      /^(?:tcp4?|tcp6|openssl|udp|ssl)(?:-connect|-sendto)?:([^:,]+):(\d+)/i.exec(arg.text) ?? [];
    if (host === undefined) continue;
    const egress = egressOf(`tcp://${host}:${port}`, ['*']);
    if (egress === undefined) continue;
    const capability = { kind: 'egress' as const, ...egress };
    noteCapability(run, call, capability, ['raw-socket']);
    noteFlows(run, call, joinTaints(sent), {
      what: 'network',
      capability,
      api: 'socat',
      part: 'body',
    });
    if (runs || call.stdin.shellOutput)
      noteTrait(run, call, 'reverse-shell', 'socat gives the connection to a program');
  }
}

function noteContainer(run: ShellRun, call: Call): void {
  const words = call.args.map((arg) => arg.text);
  const isOpen = words.some(
    (word, index) =>
      word === '--privileged' ||
      (/^(-v|--volume(=.*)?)$/.test(word) && /^\/:/.test(words[index + 1] ?? '')) ||
      /^(-v|--volume=)\/:/.test(word) ||
      /docker\.sock/.test(word) ||
      word === '--pid=host',
  );
  if (isOpen) noteTrait(run, call, 'privilege', `${call.name} with the host's files or rights`);
  const socket = call.args.find((arg) => /docker\.sock/.test(arg.text));
  if (socket !== undefined)
    noteWrite(run, call, { ...socket, text: '/var/run/docker.sock', others: [] }, ['write']);
}
