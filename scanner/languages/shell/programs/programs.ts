/**
 * Programs that are not part of a shell. Each is an `exec`; some install software, start
 * automatically, send data, or run given code.
 */

import { applyRow } from '../../../engine/effects/effects.ts';
import {
  contentsOf,
  dataOf,
  listValue,
  objectsOf,
  textValue,
  type Value,
} from '../../../engine/value.ts';
import type { FlowSink } from '../../../fact/fact.ts';
import type { Row, RowEffect } from '../../../knowledge/row.ts';
import { shellRows, valuedOptions } from '../../../knowledge/shell-programs.ts';
import { own } from '../../../lookup-tables/api.ts';
import { egressOf } from '../../../lookup-tables/egress-of.ts';
import { scriptEnding } from '../../../lookup-tables/script-launchers.ts';
import { packageManagers } from '../../../lookup-tables/shell.ts';
import { besideOf } from '../../../programs/beside.ts';
import { parseArguments } from '../arguments.ts';
import { bare, runCode, runFile } from '../code.ts';
import { executes, isInteractive, type ShellCommand } from '../shell-state.ts';
import { changed, empty, isKnown, nodes, shown, slice, sourcesOf, textsIn } from '../values.ts';
import { noteGit } from './git.ts';
import { noteInstall, pythonOfUv } from './packages.ts';

/** Nodes of data that are told apart on their way through a program. */
const handedMax = 12;

const systemFolder = /^\/(usr|bin|sbin|opt)\//;

/** Runs a program without a handler of its own. */
export function callProgram(command: ShellCommand): Value {
  const { shell, name, word, at, args, input } = command;
  const text = shown(word);
  const isPath = text.includes('/');
  const written = isPath ? shell.written(text) : undefined;
  if (written !== undefined) return runCode(command, written, 'shell');
  const isElsewhere = isPath && !systemFolder.test(text);
  const isOwn = isPath && (shell.isOwnFile(text) || text.startsWith('/skills/@self/'));
  if (isOwn || (isElsewhere && scriptEnding.test(text))) return runFile(command, word);
  if (isElsewhere) shell.start(command, text);
  const data = nodes(input);
  // In a long pipeline, the data of all before it is one thing.
  const handed = data.length > handedMax ? shell.pass(at, input, `${name} passes it on`) : data;
  if (!/^[\w.+@-]+$/.test(name)) return dataOf(handed);
  // `$(NAME)` is how Makefiles, and those who are used to them, write a variable.
  if (/^[A-Z][A-Z0-9_]{3,}$/.test(name) && name.includes('_') && args.length === 0) {
    shell.notes.capability(at, { kind: 'env', name });
    return shell.source({ ...at, certainty: 'lexical' }, { what: 'env', name }, `reads ${name}`);
  }
  shell.notes.capability(at, executes(name));
  const python = pythonOfUv(command);
  const manager = own(packageManagers, name);
  if (manager !== undefined) noteInstall(command, manager, python !== undefined);
  if (python !== undefined) return shell.dispatch({ ...command, ...python, depth: 1 });
  if (name === 'crontab') noteCrontab(command);
  if (name === 'git') noteGit(command);
  const row = own(shellRows, name);
  if (row !== undefined) callRow(command, row);
  if (fetchers.test(name)) noteFetch(command);
  if (/^cmd$/i.test(name)) noteBatch(command);
  noteHandedSecrets(command);
  if (name === 'go') runGoFile(command);
  if (name === 'socat') noteSocat(command);
  // Whoever has the socket of the containers' service has the machine.
  const socket = args.find((arg) => shown(arg).includes('docker.sock'));
  if (socket !== undefined) shell.change(at, changed(socket, '/var/run/docker.sock'), ['write']);
  const printed = shell.source(at, { what: 'command', name }, `${name} prints it`);
  return dataOf([...nodes(printed), ...handed]);
}

/**
 * What a row says of a program: operands are arguments by position, options arguments by name. Rows
 * also know the standard input as `input`, all words as `line`, the addresses among the operands as
 * `address`, and what the files hold that are named by the words as `contents`.
 */
function callRow(command: ShellCommand, row: Row): void {
  const { shell, at, frame, name, args: words, input } = command;
  const args = parseArguments(words, new Set(own(valuedOptions, name) ?? []));
  const { operands } = args;
  const named = new Map<string, Value>();
  for (const option of args.options) {
    const value = option.value ?? empty;
    const before = named.get(option.name);
    named.set(option.name, before === undefined ? value : listValue([before, value]));
  }
  named.set('input', input);
  named.set('line', textValue(words.map(shown).join(' ')));
  const address = words.find((word) => /^(?:https?|wss?|postgres(?:ql)?):\/\//.test(shown(word)));
  if (address !== undefined) named.set('address', address);
  const effects = row.effects.map((effect) => withContents(command, effect, operands, named));
  applyRow(shell.engine, { args: operands, named, spread: [], at, frame }, { ...row, effects });
}

// The files whose content a request sends are read here: the script may have written them.
function withContents(
  { shell, at }: ShellCommand,
  effect: RowEffect,
  operands: readonly Value[],
  named: Map<string, Value>,
): RowEffect {
  if (effect.does !== 'request' || !isMeantBy(effect, named)) return effect;
  const { body = [], files = [], ...rest } = effect;
  const data = body.flatMap((one) => {
    const value = typeof one === 'string' && one !== 'input' ? named.get(one) : undefined;
    return value === undefined
      ? []
      : value.things.length > 0
        ? objectsOf(value).flatMap(contentsOf)
        : [value];
  });
  // The operand of `gh api` is a place of the service.
  const from = files.flatMap((one) => (typeof one === 'object' ? (one.rest ?? []) : []))[0];
  const local =
    from === undefined || shown(operands[0]) === 'api' ? [] : operands.slice(from).filter(isLocal);
  const paths = [...data.flatMap((value) => pathIn(value)), ...local];
  const contents = paths
    .filter((path) => !/^-?$/.test(shown(path)) && (local.includes(path) || isKnown(path)))
    .map((path) => shell.read(at, path));
  named.set('contents', listValue(contents));
  return { ...rest, body: [...body, 'contents'] };
}

function isMeantBy({ when }: RowEffect, named: ReadonlyMap<string, Value>): boolean {
  return when === undefined || when.form.test(shown(named.get(String(when.of))));
}

// `s3://…`, `gs://…`, `remote:path` are the other side.
function isLocal(value: Value): boolean {
  const text = shown(value);
  return !/^[\w-]{1,80}:/.test(text) && /[./~\0]/.test(text);
}

// The file that the value of an option names: `@file`, `name=@file`, a path, `put FILE`.
function pathIn(value: Value): readonly Value[] {
  const text = shown(value);
  if (/^[\w-]{0,40}=?@/.test(text)) return [slice(value, text.indexOf('@') + 1)];
  if (/^[~/.]/.test(text)) return [value];
  const [all, before = ''] = /^((?:.{0,400}[;\s])?m?put\s{1,9})\S{1,400}/.exec(text) ?? [];
  return all === undefined ? [] : [slice(value, before.length, all.length)];
}

// A line that another language built is that language's call, and noted there. Beside an address,
// what the program reads and the variables that are set for it count as its words do.
function noteHandedSecrets({ shell, name, at, args, input, env }: ShellCommand): void {
  const sink: FlowSink = {
    what: 'exec',
    capability: executes(name),
    api: name,
    part: 'argument',
    ...besideOf(args.flatMap(textsIn)),
  };
  const isAddressed = sink.beside !== undefined;
  const given = isAddressed ? [input, ...env.map(({ value }) => value)] : [];
  const secrets = nodes(...args, ...given).filter((node) => {
    const sources = sourcesOf(shell.notes, [dataOf([node])]);
    return sources.some(({ what }) => what === 'env');
  });
  shell.notes.sink(at, secrets, sink);
  if (isAddressed && at.program.source.depth > 0 && input === empty)
    shell.sink(at, [shell.entry(at, 'stdin')], sink);
}

// Programs of Windows that save what is at an address.
const fetchers = /^(certutil|bitsadmin|mpcmdrun|desktopimgdownldr|certreq|certoc)$/i;

function noteFetch({ shell, at, args }: ShellCommand): void {
  const url = args.find((arg) => /^https?:\/\//i.test(shown(arg)));
  const egress = url === undefined ? undefined : egressOf(shown(url), ['GET']);
  if (egress === undefined) return;
  const content = shell.connect(at, egress, ['download'], []);
  const target = args.findLast((arg) => arg !== url && !/^[-/]\w|^https?:|^\d+$/i.test(shown(arg)));
  if (target === undefined) return;
  shell.write(at, changed(target, shown(target).replaceAll('\\', '/')), content, 'write');
}

// `cmd /c COMMAND`: the command is a batch program.
function noteBatch({ shell, at, args }: ShellCommand): void {
  const words = args.map(shown);
  const option = words.findIndex((word) => /^\/[ckr]$/i.test(word));
  if (option < 0) return;
  const { path: within, context } = at.program.source;
  shell.notes.embedded.push({
    within,
    language: 'batch',
    text: words
      .slice(option + 1)
      .join(' ')
      .replaceAll('\0', '%_%'),
    context,
    map: [{ at: 0, raw: at.place.start, fixed: true }],
  });
}

// `crontab -e` alone opens the user's table for the user. Beside other commands, one of them may
// choose the editor, and the editor may be a program.
function opensForUser({ at, input }: ShellCommand): boolean {
  const { text } = at.program.source;
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line));
  const others = lines.filter((line) => !opensTable.test(line) && !lineOfTable.test(line));
  return input === empty && others.length === 0;
}

const opensTable = /^\s*crontab -[el]\s*(?:#|$)/;
const lineOfTable = /^\s*(?:@\w+|(?:[\d*][\d*/,-]*\s+){3}\S+\s+\S+)\s/;

// `crontab FILE` and `crontab -` set the table of what runs by itself.
function noteCrontab(command: ShellCommand): void {
  const words = command.args.map(shown);
  const isOther = words.some((word) => /^-[lr]$/.test(word));
  if (!isOther && !(words.includes('-e') && opensForUser(command)))
    command.shell.trait(command.at, 'autostart', `crontab ${words.join(' ')}`);
}

// `go run FILE.go`
function runGoFile(command: ShellCommand): void {
  const [verb, ...files] = command.args.filter((arg) => !shown(arg).startsWith('-'));
  if (shown(verb) !== 'run') return;
  for (const file of files.map(shown).filter((text) => text.endsWith('.go'))) {
    const written = command.shell.written(file);
    if (written !== undefined) runCode(bare(command), written, 'go');
    else command.shell.start(command, file, 'go');
  }
}

// `socat - TCP:host:port`, `socat FILE:secret TCP:…`: both sides exchange data.
function noteSocat({ shell, at, args, input }: ShellCommand): void {
  const words = args.map(shown);
  const runs = words.some((word) => /^(exec|system):/i.test(word));
  const files = args.filter((arg) => /^(file|open|gopen):/i.test(shown(arg)));
  const read = files.map((arg) => shell.read(at, slice(arg, shown(arg).indexOf(':') + 1)));
  const listens = words.some((word) =>
    /^(tcp[46]?|openssl|ssl|udp[46]?)-l(isten)?:|^(tcp|udp)[46]?-recv/i.test(word),
  );
  if (listens) shell.trait(at, 'listen', 'socat waits for whoever connects');
  if (listens && runs) shell.trait(at, 'reverse-shell', 'socat gives whoever connects a program');
  for (const word of words) {
    const [, host, port] =
      /^(?:tcp4?|tcp6|openssl|udp|ssl)(?:-connect|-sendto)?:([^:,]+):(\d+)/i.exec(word) ?? [];
    const egress = host === undefined ? undefined : egressOf(`tcp://${host}:${port}`, ['*']);
    if (egress === undefined) continue;
    shell.connect(at, egress, ['raw-socket'], [input, ...read]);
    if (runs || isInteractive(input))
      shell.trait(at, 'reverse-shell', 'socat gives the connection to a program');
  }
}
