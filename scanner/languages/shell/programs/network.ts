/**
 * Network programs: their connections, the data that they send, and the data that they fetch.
 */
import { basename } from 'node:path/posix';
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import { hostEnds, leadingNodes, type Text } from '../../../engine/text.ts';
import { dataOf, textValue, unknown, type Value } from '../../../engine/value.ts';
import type { FlowSink } from '../../../fact/fact.ts';
import {
  egressOf,
  isLoopbackHost,
  socketEgressOf,
  unknownPart,
  writtenHost,
} from '../../../lookup-tables/egress-of.ts';
import type { NetworkProgram } from '../../../lookup-tables/network-programs.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from '../arguments.ts';
import { connectionValue } from '../redirections.ts';
import { isInteractive, type ShellCommand } from '../shell-state.ts';
import { alternatives, changed, empty, isKnown, nodes, shown, slice } from '../values.ts';
import { environmentValue } from '../variables.ts';

type Egress = Capability & { readonly kind: 'egress' };

/** One of the machines that a command asks. */
interface Target {
  readonly capability: Egress;
  readonly value: Value;
  /** The one of its texts that is meant. */
  readonly text: Text;
}

/** Notes a network program's connections and sent data; gives its response. */
export function callNetwork(given: ShellCommand, program: NetworkProgram): Value {
  const { shell, name, at } = given;
  // Whoever starts the script may write to its input.
  const isOwn = given.input === empty && given.args.some((arg) => /(^|[@=])-$/.test(shown(arg)));
  const command = isOwn ? { ...given, input: shell.entry(at, 'stdin') } : given;
  const { body, header, other, urlOption, methodOption, outputOption, runs } = program;
  const args = parseArguments(
    name === 'curl' ? withConfig(command) : command.args,
    new Set([body, header, other, urlOption, methodOption, outputOption, runs].flat()),
  );
  const { operands } = args;
  const bodies = [
    ...bodyValues(command, program, args),
    ...carriedOperands(command, program, operands),
    ...requestItems(command, operands, 'body'),
  ];
  const methods = methodsOf(program, args, bodies.length > 0);
  const listens = program.raw === true && hasOption(args, ['l', 'listen']);
  if (listens) shell.trait(at, 'listen', `${name} waits for whoever connects`);
  const isHttp = isHttpie.test(name);
  const places = isHttp ? operands.filter((one) => !item.test(shown(one))) : operands;
  const targets = listens
    ? []
    : [
        ...targetsOf(program, [...optionValues(args, urlOption), ...places], methods),
        ...(name === 'curl' ? detoursOf(command, args, program) : []),
      ];
  const headers = headerValues(command, program, args);
  const isOff = hasOption(args, program.insecure) ? (['tls-off'] as const) : [];
  const sent = takesInput(program, command, operands) ? [...bodies, command.input] : bodies;
  const answers = targets.map((target) => {
    const { capability, text } = target;
    // zsh: the descriptor's number comes in `REPLY`.
    if (name === 'ztcp') {
      shell.set(`connection ${descriptorOfZtcp}`, connectionValue(capability));
      shell.set('REPLY', textValue(`${descriptorOfZtcp}`));
    }
    if (program.raw && sent.some(isInteractive))
      shell.trait(at, 'reverse-shell', `a shell behind ${name}`);
    noteSent(command, target, { headers, sent });
    return shell.connect(
      at,
      capability,
      [
        ...isOff,
        ...(isClear(capability, text) ? (['cleartext'] as const) : []),
        ...(program.raw ? (['raw-socket'] as const) : []),
        ...(sent.length > 0 ? [] : (['download'] as const)),
      ],
      [],
    );
  });
  for (const runner of optionValues(args, runs))
    shell.trait(at, 'reverse-shell', `${name} gives the connection to ${shown(runner)}`);
  const peer = { what: 'network', name: anyPeer } as const;
  if (answers.length === 0 && program.target !== 'url')
    answers.push(shell.source(at, peer, `${name} fetches ${anyPeer}`));
  return answerOf(command, program, targets, {
    answer: dataOf(nodes(...answers)),
    outputs: optionValues(args, outputOption),
  });
}

const descriptorOfZtcp = 63;

function noteSent(
  { shell, name, at }: ShellCommand,
  { capability, value, text }: Target,
  { headers, sent }: { readonly headers: readonly Value[]; readonly sent: readonly Value[] },
): void {
  const isAny = parseEgressUrl(capability.url).host === '*';
  const host = isAny ? writtenHost(text.whole) : undefined;
  const sink = (part: FlowSink['part']): FlowSink => ({
    what: 'network',
    capability,
    api: name,
    part,
    ...(host !== undefined && { written: host }),
  });
  // Data of an empty text has no place in the address.
  const leading = hostEnds(text.whole) ? leadingNodes(text) : nodes(value);
  const leads = isAny && !text.isKnown ? leading : [];
  const follows = nodes(value).filter((node) => !leads.includes(node));
  shell.notes.sink(at, leads, sink('host'));
  shell.notes.sink(at, follows, sink('url'));
  shell.sink(at, headers, sink('header'));
  shell.sink(at, sent, sink('body'));
}

function headerValues(command: ShellCommand, program: NetworkProgram, args: Arguments): Value[] {
  const { shell, name, at } = command;
  return [
    // `curl -H @file`
    ...optionValues(args, program.header).map((value) =>
      name === 'curl' && shown(value).startsWith('@') ? shell.read(at, slice(value, 1)) : value,
    ),
    ...requestItems(command, args.operands, 'header'),
    ...importedBy(command, args),
  ];
}

function bodyValues(command: ShellCommand, program: NetworkProgram, args: Arguments): Value[] {
  const { shell, at, input } = command;
  return program.body.flatMap((name) =>
    optionValues(args, [name]).map((value): Value => {
      const text = shown(value);
      const mark = text.indexOf('@');
      // `-F name=@file`, `-d @file`, `-T file`; `@-` is the input.
      const isNamed = /^(F|form)$/.test(name)
        ? /^[\w.[\]-]+=$/
        : name === 'data-urlencode'
          ? /^[\w.[\]-]*$/
          : undefined;
      const isUpload = program.upload.includes(name);
      const isFile =
        isUpload || mark === 0 || (mark > 0 && isNamed?.test(text.slice(0, mark)) === true);
      if (!isFile) return value;
      const path = isUpload ? value : slice(value, mark + 1);
      if (/^(-|\.)(;|$)/.test(shown(path))) return input;
      const end = shown(path).indexOf(';');
      return shell.read(at, end < 0 ? path : slice(path, 0, end));
    }),
  );
}

// Files that scp and rsync copy to another machine; commands that ssh runs there; bytes that ping
// repeats.
function carriedOperands(
  { shell, name, at, input }: ShellCommand,
  program: NetworkProgram,
  operands: readonly Value[],
): readonly Value[] {
  if (name === 'ssh') return operands.slice(1);
  if (name === 'sftp')
    return [...shown(input).matchAll(batchedFile)].map(([, path = '']) =>
      shell.read(at, changed(input, path)),
    );
  const last = operands.at(-1);
  if (program.target !== 'remote' || last === undefined || !isRemote(last)) return [];
  return operands
    .slice(0, -1)
    .map((operand) => (isRemote(operand) ? unknown : shell.read(at, operand)));
}

const batchedFile = /^\s{0,9}-?(?:put|mput)\s{1,9}(?:-\w{1,5}\s{1,9})?(\S{1,400})/gm;

function isRemote(value: Value): boolean {
  return /^(?:[^@:/\0]+@)?[^:/\0]+:|^(rsync|ssh|scp|sftp):\/\//.test(shown(value));
}

function methodsOf(program: NetworkProgram, args: Arguments, hasBody: boolean): string[] {
  const [method] = optionValues(args, program.methodOption);
  if (method !== undefined) {
    const isPlain = isKnown(method) && /^[A-Za-z]+$/.test(shown(method));
    return [isPlain ? shown(method).toUpperCase() : '*'];
  }
  if (program.method === '*') return ['*'];
  if (program.puts && optionValues(args, program.upload).length > 0) return ['PUT'];
  return [hasBody ? 'POST' : hasOption(args, ['I', 'head']) ? 'HEAD' : program.method];
}

// Programs that pass their input on: raw connections, and ssh, whose command reads it.
function takesInput(
  program: NetworkProgram,
  { name, input }: ShellCommand,
  operands: readonly Value[],
): boolean {
  if (nodes(input).length === 0) return false;
  if (program.target === 'remote' || name === 'sftp') return true;
  return (
    program.raw === true ||
    name === 'ssh' ||
    isHttpie.test(name) ||
    operands.some((operand) => /^(@-|-)$/.test(shown(operand)))
  );
}

const anyPeer = 'tcp://*/*';

function answerOf(
  { shell, at, args }: ShellCommand,
  program: NetworkProgram,
  targets: readonly Target[],
  { answer, outputs }: { readonly answer: Value; readonly outputs: readonly Value[] },
): Value {
  const files = outputs.filter((output) => shown(output) !== '-');
  for (const output of files) shell.write(at, output, answer, 'write');
  if (files.length > 0) return empty;
  const byName = /^-[a-zA-Z]*O[a-zA-Z]*$|^--remote-name$/;
  const savesByName =
    outputs.length === 0 && (program.savesByName || args.some((arg) => byName.test(shown(arg))));
  if (!savesByName) return answer;
  for (const { text } of targets) {
    const file = basename(text.whole.replace(/[?#].*$/s, '')) || 'index.html';
    shell.set(`file ${file.includes(unknownPart) ? '*' : file}`, answer);
  }
  return empty;
}

function isClear({ url }: Egress, text: Text): boolean {
  const { scheme, host } = parseEgressUrl(url);
  return scheme === 'http' && !isLoopbackHost(host) && /^http:/i.test(text.whole);
}

// What curl alone has: proxies and other ways to its host, its settings files, its variables.

/**
 * `-x PROXY`, `--resolve HOST:PORT:ADDRESS`, `--connect-to HOST:PORT:HOST:PORT`: the machine that
 * is asked in the place of the host. It can read the request without TLS, with an authority that
 * the skill names, or with an authority from the environment. Many hosts have a proxy of their own,
 * so a proxy counts only where the command itself lets it read.
 */
function detoursOf(
  { shell, env }: ShellCommand,
  args: Arguments,
  program: NetworkProgram,
): Target[] {
  const names = shell.names();
  const isReadable =
    hasOption(args, [...program.insecure, 'cacert', 'capath']) ||
    [...names, ...env.map(({ name }) => name)].some((name) =>
      /^(?:CURL_CA_BUNDLE|SSL_CERT_(?:FILE|DIR))$/.test(name),
    ) ||
    args.operands.some((operand) => shown(operand).startsWith('http:'));
  const set = names
    .filter((name) => /^(?:https?|all)_proxy$/i.test(name))
    .flatMap((name) => shell.get(name) ?? []);
  const proxies = isReadable ? [...optionValues(args, ['x', 'proxy']), ...set] : [];
  const ways = [
    ...proxies.map((value) => ({ value, host: shown(value) })),
    ...optionValues(args, ['resolve', 'connect-to']).map((value) => ({
      value,
      host: shown(value).split(':').slice(2).join(':'),
    })),
  ];
  return ways.flatMap(({ value, host }) => {
    const found = egressOf(host, ['*']);
    return found === undefined ? [] : targets(value, () => found);
  });
}

/** `-K file`: lines `option = "value"` are options as if they stood in the command. */
function withConfig({ shell, at: place, args, input }: ShellCommand): readonly Value[] {
  const at = args.findIndex((arg) => /^(-K|--config)$/.test(shown(arg)));
  const file = args[at + 1];
  if (at < 0 || file === undefined) return args;
  const config = shown(file) === '-' ? input : shell.read(place, file);
  const found = shown(config).matchAll(
    /^[ \t]{0,9}-{0,2}([\w-]{1,30})[ \t]{0,9}[=: ][ \t]{0,9}("?)(.{0,4000}?)\2[ \t]{0,9}$/gm,
  );
  const given = [...found].flatMap(({ 0: all, 1: name = '', 3: value = '', index }) => {
    const start = index + all.lastIndexOf(value);
    return [textValue(`--${name}`), slice(config, start, start + value.length)];
  });
  return [...args, ...given];
}

/** `--variable %NAME` reads a variable, which `{{NAME}}` stands for in other options. */
function importedBy({ shell, at }: ShellCommand, args: Arguments): Value[] {
  return optionValues(args, ['variable']).flatMap((value) => {
    const [, name] = /^%(\w{1,100})/.exec(shown(value)) ?? [];
    if (name === undefined) return [];
    const outside = environmentValue(shell, name, at);
    return [shell.get(name) ?? outside];
  });
}

// Which machines a network program asks.

function targets(
  value: Value,
  egress: (
    text: string,
  ) => { readonly url: string; readonly methods: readonly string[] } | undefined,
): Target[] {
  return alternatives(value).flatMap((text) => {
    const found = egress(text.whole);
    return found === undefined ? [] : [{ capability: { kind: 'egress', ...found }, value, text }];
  });
}

/** The machines that the operands name. */
function targetsOf(
  program: NetworkProgram,
  operands: readonly Value[],
  methods: readonly string[],
): Target[] {
  const [first, second] = operands;
  const { port } = program;
  switch (program.target) {
    case 'url':
      return operands.flatMap((value) =>
        targets(value, (text) => {
          // httpie writes METHOD first.
          if (/^[A-Z]+$/.test(text) || /^[\w-]+(==?|:=|:)[^/]/.test(text)) return undefined;
          const isFolder = program.puts && methods[0] === 'PUT' && text.endsWith('/');
          return egressOf(isFolder ? `${text}*` : text, methods);
        }),
      );
    case 'host-port': {
      if (first === undefined) return [];
      const number = /^\d+$/.test(shown(second)) ? Number(shown(second)) : port;
      return targets(first, (text) => socketEgressOf('tcp', text, number));
    }
    case 'host':
      return first === undefined
        ? []
        : targets(first, (text) => {
            const host = text.replace(/^\w+:\/\//, '').replace(/^[^@\0]*@/, '');
            return socketEgressOf('tcp', host, port);
          });
    case 'remote':
      return operands.flatMap((value) =>
        targets(value, (text) => {
          const [, host] =
            /^(?:rsync|ssh|scp|sftp):\/\/(?:[^@/\0]+@)?([^:/\0]+)/.exec(text) ??
            /^(?:[^@:/\0]+@)?([^:/\0]+):/.exec(text) ??
            [];
          return host === undefined ? undefined : socketEgressOf('tcp', host, port);
        }),
      );
    case 'name':
      if (program.asks?.includes(shown(first)) === false) return [];
      return operands
        .filter((value) => !shown(value).startsWith('@') && /[.\0]/.test(shown(value)))
        .flatMap((value) => targets(value, (text) => socketEgressOf('dns', text)));
  }
}

// Operands of httpie, which are parts of a request.

/** httpie and its like. */
const isHttpie = /^(https?|xhs?)$/;

// A port is no header: `localhost:3000/path`.
const item = /^[\w.[\]-]{1,80}(?:[:=]{0,2}@|:?={1,2}|:(?!\/\/|\d+(?:\/|$)))/;

/**
 * What request items send in a header, or else in the body or the query: `Header:value`,
 * `key=value`, `key:=json`, `key==query`, or a file behind `@`. Source: httpie's manual, "Request
 * items".
 */
function requestItems(
  { shell, name, at }: ShellCommand,
  operands: readonly Value[],
  part: 'header' | 'body',
): Value[] {
  if (!isHttpie.test(name)) return [];
  return operands.flatMap((operand) => {
    const [all] = item.exec(shown(operand)) ?? [];
    if (all === undefined || /^[^=@]+:@?$/.test(all) !== (part === 'header')) return [];
    const value = slice(operand, all.length);
    return all.endsWith('@') ? shell.read(at, value) : value;
  });
}
