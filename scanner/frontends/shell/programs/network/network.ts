/**
 * Network programs in shell scripts: their connections, the data that they send, and the data that
 * they fetch.
 */
import { basename } from 'node:path/posix';
import type { Capability } from '../../../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../../../skills-index/skill/egress-target.ts';
import type { FlowSink, Trait } from '../../../../fact/fact.ts';
import {
  egressOf,
  isAddress,
  isLoopbackHost,
  socketEgressOf,
  unknownPart,
  writtenHost,
} from '../../../../lookup-tables/egress-of.ts';
import type { NetworkProgram } from '../../../../lookup-tables/network-programs.ts';
import type { Call } from '../../call.ts';
import { noteFlows, ownInput } from '../../graph.ts';
import { noteCapability, noteTrait, type ShellRun } from '../../run.ts';
import {
  changedText,
  emptyValue,
  hasSlash,
  isKnown,
  joinTaints,
  literalValue,
  rootTaint,
  type ShellValue,
  slice,
  textsOf,
  unknownValue,
} from '../../value.ts';
import { type Arguments, hasOption, optionValues, parseArguments } from '../arguments.ts';
import { readFileValue, writeFileValue } from '../files.ts';

/** Notes a network program's connections and sent data; returns its response. */
export function callNetwork(run: ShellRun, given: Call, program: NetworkProgram): ShellValue {
  // Whoever starts the script may write to its input.
  const isOwn =
    given.stdin === emptyValue && given.args.some(({ text }) => /(^|[@=])-$/.test(text));
  const call = isOwn ? { ...given, stdin: ownInput(given.span) } : given;
  const takes = [
    program.body,
    program.header,
    program.other,
    program.urlOption,
    program.methodOption,
    program.outputOption,
    program.runs,
  ];
  const args = parseArguments(
    call.name === 'curl' ? withConfig(run, call) : call.args,
    new Set(takes.flat()),
  );
  const bodies = [
    ...bodyValues(run, call, program, args),
    ...carriedOperands(run, call, program, args.operands),
    ...requestItems(run, call, args.operands, 'body'),
  ];
  const methods = methodsOf(program, args, bodies.length > 0);
  const listens = program.raw === true && hasOption(args, ['l', 'listen']);
  if (listens) noteTrait(run, call, 'listen', `${call.name} waits for whoever connects`);
  const places = isHttpie.test(call.name)
    ? args.operands.filter((operand) => !isRequestItem(operand))
    : args.operands;
  const targets = listens
    ? []
    : [
        ...targetsOf(program, [...optionValues(args, program.urlOption), ...places], methods),
        ...(call.name === 'curl' ? detoursOf(run, call, args, program) : []),
      ];
  const headers = headerValues(run, call, program, args);
  const isOff = hasOption(args, program.insecure) ? (['tls-off'] as const) : [];
  const sent = [...bodies, ...(takesInput(program, call, args.operands) ? [call.stdin] : [])];
  for (const { capability, value, text } of targets) {
    const traits = [
      ...isOff,
      ...traitsOf(capability, program, value),
      ...(sent.length > 0 ? [] : (['download'] as const)),
    ];
    noteCapability(run, call, capability, traits);
    const host = text !== undefined && hostIsUnknown(capability) ? writtenHost(text) : undefined;
    const sink = (part: FlowSink['part']): FlowSink => ({
      what: 'network',
      capability,
      api: call.name,
      part,
      ...(host !== undefined && { written: host }),
    });
    const isOpen = hostIsUnknown(capability) && !isKnown(value);
    const leads = isOpen
      ? value.taints.filter((taint) => taint.behindSlash !== true || !hasSlash(value))
      : [];
    const follows = value.taints.filter((taint) => !leads.includes(taint));
    noteFlows(run, call, leads, sink('host'));
    noteFlows(run, call, follows, sink('url'));
    noteFlows(run, call, joinTaints(headers), sink('header'));
    noteFlows(run, call, joinTaints(sent), sink('body'));
    // zsh: the descriptor's number comes in `REPLY`.
    if (call.name === 'ztcp') {
      run.connections.set(descriptorOfZtcp, capability);
      run.vars.set('REPLY', literalValue(`${descriptorOfZtcp}`, call.span.start, true));
    }
    if (program.raw && sent.some((value) => value.shellOutput))
      noteTrait(run, call, 'reverse-shell', `a shell behind ${call.name}`);
  }
  for (const runner of optionValues(args, program.runs))
    noteTrait(run, call, 'reverse-shell', `${call.name} gives the connection to ${runner.text}`);
  return answerOf(run, call, program, {
    targets,
    outputs: optionValues(args, program.outputOption),
  });
}

function headerValues(
  run: ShellRun,
  call: Call,
  program: NetworkProgram,
  args: Arguments,
): ShellValue[] {
  return [
    // `curl -H @file`
    ...optionValues(args, program.header).map((value) =>
      call.name === 'curl' && value.text.startsWith('@')
        ? readFileValue(run, call, slice(value, 1))
        : value,
    ),
    ...requestItems(run, call, args.operands, 'header'),
    ...importedBy(run, call, args),
  ];
}

const descriptorOfZtcp = 63;

/** Notes a raw connection, for example a redirection to `/dev/tcp/host/port`. */
export function noteConnection(
  run: ShellRun,
  call: Pick<Call, 'span' | 'name' | 'certainty'>,
  capability: Capability,
): void {
  noteCapability(
    run,
    { ...call, api: call.name },
    capability,
    traitsOf(capability, undefined, emptyValue),
  );
}

const anyPeer = { kind: 'egress', url: 'tcp://*/*', methods: ['*'] } as const;

function bodyValues(
  run: ShellRun,
  call: Call,
  program: NetworkProgram,
  args: ReturnType<typeof parseArguments>,
): ShellValue[] {
  return program.body.flatMap((name) =>
    optionValues(args, [name]).map((value): ShellValue => {
      const at = value.text.indexOf('@');
      // `-F name=@file`, `-d @file`, `-T file`; `@-` is the input.
      const isNamed = /^(F|form)$/.test(name)
        ? /^[\w.[\]-]+=$/
        : name === 'data-urlencode'
          ? /^[\w.[\]-]*$/
          : undefined;
      const isFile =
        program.upload.includes(name) ||
        at === 0 ||
        (at > 0 && isNamed?.test(value.text.slice(0, at)) === true);
      if (!isFile) return value;
      const path = program.upload.includes(name) ? value : slice(value, at + 1);
      if (/^(-|\.)(;|$)/.test(path.text)) return call.stdin;
      return readFileValue(run, call, { ...path, text: path.text.replace(/;.*$/, '') });
    }),
  );
}

// Files that scp and rsync copy to another machine; commands that ssh runs there; bytes that ping
// repeats.
function carriedOperands(
  run: ShellRun,
  call: Call,
  program: NetworkProgram,
  operands: readonly ShellValue[],
): ShellValue[] {
  if (call.name === 'ssh') return operands.slice(1);
  if (call.name === 'sftp')
    return batchedFiles(call.stdin.text).map((path) =>
      readFileValue(run, call, changedText(call.stdin, path)),
    );
  const last = operands.at(-1);
  if (program.target !== 'remote' || last === undefined || !isRemote(last)) return [];
  return operands
    .slice(0, -1)
    .map((operand) => (isRemote(operand) ? unknownValue() : readFileValue(run, call, operand)));
}

function batchedFiles(text: string): string[] {
  return [...text.matchAll(/^\s{0,9}-?(?:put|mput)\s{1,9}(?:-\w{1,5}\s{1,9})?(\S{1,400})/gm)].map(
    (match) => match[1] ?? '',
  );
}

function isRemote({ text }: ShellValue): boolean {
  return /^(?:[^@:/\0]+@)?[^:/\0]+:|^(rsync|ssh|scp|sftp):\/\//.test(text);
}

function methodsOf(program: NetworkProgram, args: Arguments, hasBody: boolean): string[] {
  const [method] = optionValues(args, program.methodOption);
  if (method !== undefined)
    return isKnown(method) && /^[A-Za-z]+$/.test(method.text) ? [method.text.toUpperCase()] : ['*'];
  if (program.method === '*') return ['*'];
  if (program.puts && optionValues(args, program.upload).length > 0) return ['PUT'];
  return [hasBody ? 'POST' : hasOption(args, ['I', 'head']) ? 'HEAD' : program.method];
}

// Programs that pass their input on: raw connections, and ssh, whose command reads it.
function takesInput(program: NetworkProgram, call: Call, operands: readonly ShellValue[]): boolean {
  const isPiped = call.stdin.taints.length > 0 || call.stdin.shellOutput;
  if (!isPiped) return false;
  if (program.target === 'remote' || call.name === 'sftp') return true;
  return (
    program.raw === true ||
    call.name === 'ssh' ||
    isHttpie.test(call.name) ||
    operands.some((operand) => /^(@-|-)$/.test(operand.text))
  );
}

function answerOf(
  run: ShellRun,
  call: Call,
  program: NetworkProgram,
  { targets, outputs }: { targets: readonly Target[]; outputs: readonly ShellValue[] },
): ShellValue {
  const heard =
    targets.length > 0 || program.target === 'url'
      ? targets
      : [{ capability: anyPeer, value: emptyValue }];
  const answer = unknownValue(
    heard.map(({ capability: { url } }) =>
      rootTaint(
        { what: 'network', name: url },
        { span: call.span, note: `${call.name} fetches ${url}` },
        call.certainty,
      ),
    ),
  );
  const named = outputs.filter((output) => output.text !== '-');
  for (const output of named) writeFileValue(run, call, output, answer, 'write');
  if (named.length > 0) return emptyValue;
  const savesByName =
    outputs.length === 0 &&
    (program.savesByName ||
      call.args.some((arg) => /^-[a-zA-Z]*O[a-zA-Z]*$|^--remote-name$/.test(arg.text)));
  if (!savesByName) return answer;
  for (const { value } of targets) {
    const name = basename(value.text.replace(/[?#].*$/s, '')) || 'index.html';
    run.files.set(name.includes(unknownPart) ? '*' : name, answer);
  }
  return emptyValue;
}

function traitsOf(
  capability: Capability,
  program: NetworkProgram | undefined,
  value: ShellValue,
): Trait[] {
  if (capability.kind !== 'egress') return [];
  const { scheme, host, port } = parseEgressUrl(capability.url);
  const isWeb = scheme === 'http' || scheme === 'https';
  return [
    ...(host === '*' ? (['dynamic-name'] as const) : []),
    ...(isAddress(host) ? (['ip-literal'] as const) : []),
    ...(isWeb && ![0, 80, 443, 8080, 8443].includes(port) && !isLoopbackHost(host)
      ? (['odd-port'] as const)
      : []),
    ...(scheme === 'http' && !isLoopbackHost(host) && /^http:/i.test(value.text)
      ? (['cleartext'] as const)
      : []),
    ...(program === undefined || program.raw ? (['raw-socket'] as const) : []),
  ];
}

function hostIsUnknown(capability: Capability): boolean {
  return capability.kind === 'egress' && parseEgressUrl(capability.url).host === '*';
}

// What curl alone has: proxies and other ways to its host, its settings files, its variables.

/**
 * `-x PROXY`, `--resolve HOST:PORT:ADDRESS`, `--connect-to HOST:PORT:HOST:PORT`: the machine that
 * is asked in the place of the host. It can read the request without TLS, with an authority that
 * the skill names, or with an authority from the environment. Many hosts have a proxy of their own,
 * so a proxy counts only where the command itself lets it read.
 */
function detoursOf(run: ShellRun, call: Call, args: Arguments, program: NetworkProgram): Target[] {
  const set = [...call.env, ...run.vars.entries().map(([name, value]) => ({ name, value }))];
  const isReadable =
    hasOption(args, program.insecure) ||
    hasOption(args, ['cacert', 'capath']) ||
    set.some(({ name }) => /^(?:CURL_CA_BUNDLE|SSL_CERT_(?:FILE|DIR))$/.test(name)) ||
    args.operands.some(({ text }) => text.startsWith('http:'));
  const proxies = isReadable
    ? [
        ...optionValues(args, ['x', 'proxy']),
        ...set.filter(({ name }) => /^(?:https?|all)_proxy$/i.test(name)).map(({ value }) => value),
      ]
    : [];
  const named = [
    ...proxies.map((value) => ({ value, host: value.text })),
    ...optionValues(args, ['resolve', 'connect-to']).map((value) => ({
      value,
      host: value.text.split(':').slice(2).join(':'),
    })),
  ];
  return named.flatMap(({ value, host }) => {
    const found = egressOf(host, ['*']);
    return found === undefined ? [] : [{ capability: { kind: 'egress', ...found }, value }];
  });
}

/** `-K file`: lines `option = "value"` are options as if they stood in the command. */
function withConfig(run: ShellRun, call: Call): readonly ShellValue[] {
  const at = call.args.findIndex((arg) => /^(-K|--config)$/.test(arg.text));
  const file = call.args[at + 1];
  if (at < 0 || file === undefined) return call.args;
  const config = file.text === '-' ? call.stdin : readFileValue(run, call, file);
  const given: ShellValue[] = [];
  for (const line of config.text.matchAll(
    /^[ \t]{0,9}-{0,2}([\w-]{1,30})[ \t]{0,9}[=: ][ \t]{0,9}("?)(.{0,4000}?)\2[ \t]{0,9}$/gm,
  )) {
    const [all, name = '', , value = ''] = line;
    const start = line.index + all.lastIndexOf(value);
    given.push({ ...emptyValue, text: `--${name}` }, slice(config, start, start + value.length));
  }
  return [...call.args, ...given];
}

/** `--variable %NAME` reads a variable, which `{{NAME}}` stands for in other options. */
function importedBy(run: ShellRun, call: Call, args: Arguments): ShellValue[] {
  return optionValues(args, ['variable']).flatMap(({ text }) => {
    const [, name] = /^%(\w{1,100})/.exec(text) ?? [];
    if (name === undefined) return [];
    noteCapability(run, call, { kind: 'env', name });
    const step = { span: call.span, note: `reads ${name}` };
    return [run.vars.get(name) ?? unknownValue([rootTaint({ what: 'env', name }, step)])];
  });
}

// Which machines a network program asks.

interface Target {
  readonly capability: Capability & { readonly kind: 'egress' };
  readonly value: ShellValue;
  /** The one of its texts that is meant, where it is an address. */
  readonly text?: string;
}

/** The machines that the operands name. */
function targetsOf(
  program: NetworkProgram,
  operands: readonly ShellValue[],
  methods: readonly string[],
): Target[] {
  const egress = (url: string): Target['capability'] => ({ kind: 'egress', url, methods: ['*'] });
  const [first, second] = operands;
  switch (program.target) {
    case 'url':
      return operands.flatMap((value) =>
        textsOf(value).flatMap((text): Target[] => {
          // httpie writes METHOD first.
          if (/^[A-Z]+$/.test(text) || /^[\w-]+(==?|:=|:)[^/]/.test(text)) return [];
          const isFolder = program.puts && methods[0] === 'PUT' && text.endsWith('/');
          const found = egressOf(isFolder ? `${text}*` : text, methods);
          return found === undefined
            ? []
            : [{ capability: { kind: 'egress', ...found }, value, text }];
        }),
      );
    case 'host-port': {
      if (first === undefined) return [];
      const port =
        second !== undefined && /^\d+$/.test(second.text) ? Number(second.text) : program.port;
      return textsOf(first).map((text) => ({
        capability: egress(socketEgressOf('tcp', text, port).url),
        value: first,
      }));
    }
    case 'host': {
      if (first === undefined) return [];
      const host = first.text.replace(/^\w+:\/\//, '').replace(/^[^@\0]*@/, '');
      return [{ capability: egress(socketEgressOf('tcp', host, program.port).url), value: first }];
    }
    case 'remote':
      return operands.flatMap((value): Target[] => {
        const [, host] =
          /^(?:rsync|ssh|scp|sftp):\/\/(?:[^@/\0]+@)?([^:/\0]+)/.exec(value.text) ??
          /^(?:[^@:/\0]+@)?([^:/\0]+):/.exec(value.text) ??
          [];
        return host === undefined
          ? []
          : [{ capability: egress(socketEgressOf('tcp', host, program.port).url), value }];
      });
    case 'name':
      if (program.asks?.includes(first?.text ?? '') === false) return [];
      return operands
        .filter((value) => !value.text.startsWith('@') && /[.\0]/.test(value.text))
        .map((value) => ({ capability: egress(socketEgressOf('dns', value.text).url), value }));
  }
}

// Operands of httpie, which are parts of a request.

/** httpie and its like. */
const isHttpie = /^(https?|xhs?)$/;

// A port is no header: `localhost:3000/path`.
const item = /^[\w.[\]-]{1,80}(?:[:=]{0,2}@|:?={1,2}|:(?!\/\/|\d+(?:\/|$)))/;

/** Whether an operand is a part of the request, and so no address. */
function isRequestItem({ text }: ShellValue): boolean {
  return item.test(text);
}

/**
 * What request items send in a header, or else in the body or the query: `Header:value`,
 * `key=value`, `key:=json`, `key==query`, or a file behind `@`. Source: httpie's manual, "Request
 * items".
 */
function requestItems(
  run: ShellRun,
  call: Call,
  operands: readonly ShellValue[],
  part: 'header' | 'body',
): ShellValue[] {
  if (!isHttpie.test(call.name)) return [];
  return operands.flatMap((operand) => {
    const [all] = item.exec(operand.text) ?? [];
    if (all === undefined || /^[^=@]+:@?$/.test(all) !== (part === 'header')) return [];
    const value = slice(operand, all.length);
    return all.endsWith('@') ? readFileValue(run, call, value) : value;
  });
}
