/** Redirections: the input of a command, and the destination of its output. */
import type { Redirection } from 'unbash';
import type { Capability } from '../../../skills-index/skill/capability.ts';
import { socketEgressOf } from '../../lookup-tables/egress-of.ts';
import { noteFlows } from './graph.ts';
import { readFileValue, writeFileValue } from './programs/files.ts';
import { noteConnection } from './programs/network/network.ts';
import { noteTrait, type ShellRun, spanOf } from './run.ts';
import { emptyValue, rootTaint, type ShellValue, unknownValue } from './value.ts';
import { foldParts, foldWord } from './words.ts';

interface Outputs {
  connection: Capability | undefined;
  isInput: boolean;
  readonly files: { path: ShellValue; how: 'write' | 'append' }[];
}

/** Runs a body with its redirections; returns the remaining output. */
export function withRedirections(
  run: ShellRun,
  redirects: readonly Redirection[],
  node: { readonly pos: number; readonly end: number },
  body: (onConnection: boolean) => ShellValue,
): ShellValue {
  const at = { span: spanOf(run, node), name: 'redirection', certainty: 'exact' } as const;
  const outer = run.stdin;
  const outputs: Outputs = { connection: undefined, isInput: false, files: [] };
  for (const redirect of redirects) applyRedirection(run, redirect, at, outputs);
  const output = body(outputs.connection !== undefined);
  run.stdin = outer;
  for (const { path, how } of outputs.files) writeFileValue(run, at, path, output, how);
  const { connection } = outputs;
  if (connection !== undefined) {
    noteFlows(run, { ...at, api: '/dev/tcp' }, output.taints, {
      what: 'network',
      capability: connection,
      api: '/dev/tcp',
      part: 'body',
    });
    if (output.shellOutput)
      noteTrait(
        run,
        { ...at, api: '/dev/tcp' },
        'reverse-shell',
        'a shell whose input and output are a connection',
      );
    return emptyValue;
  }
  return outputs.files.length > 0 ? emptyValue : output;
}

function applyRedirection(
  run: ShellRun,
  redirect: Redirection,
  at: Parameters<typeof writeFileValue>[1],
  outputs: Outputs,
): void {
  const descriptor =
    redirect.descriptor?.type === 'FileDescriptor' ? redirect.descriptor.value : undefined;
  if (redirect.type === 'HereDoc') {
    giveInput(
      run,
      descriptor,
      redirect.body.parts === undefined
        ? hereText(run, redirect.body)
        : foldParts(run, redirect.body.parts),
    );
    return;
  }
  if (redirect.target === undefined) return;
  const target = foldWord(run, redirect.target);
  if (redirect.type === 'HereString') {
    giveInput(run, descriptor, target);
    return;
  }
  const connection =
    connectionOf(target.text) ??
    (redirect.operator.endsWith('&') ? run.connections.get(Number(target.text)) : undefined);
  if (connection !== undefined) {
    if (connectionOf(target.text) !== undefined)
      noteConnection(run, { ...at, name: '/dev/tcp' }, connection);
    if (descriptor !== undefined && descriptor > 2) run.connections.set(descriptor, connection);
    if (redirect.operator.startsWith('<')) run.stdin = fromNetwork(connection, at.span);
    if (!/^<&?$/.test(redirect.operator) && descriptor !== 0) outputs.connection = connection;
    return;
  }
  if (/^\d+$|^-$/.test(target.text) && redirect.operator.endsWith('&')) {
    const input = redirect.operator.startsWith('<')
      ? run.inputs.get(Number(target.text))
      : undefined;
    if (input !== undefined) giveInput(run, descriptor, input);
    return;
  }
  if (redirect.operator.startsWith('<')) giveInput(run, descriptor, readFileValue(run, at, target));
  else if (descriptor !== 2 || !target.text.startsWith('/dev/'))
    outputs.files.push({
      path: target,
      how: redirect.operator.includes('>>') ? 'append' : 'write',
    });
}

// Descriptor 0 is the input; others are read by `<&3` and `read -u 3`.
function giveInput(run: ShellRun, descriptor: number | undefined, value: ShellValue): void {
  if (descriptor === undefined || descriptor === 0) run.stdin = value;
  else run.inputs.set(descriptor, value);
}

// `/dev/tcp/host/port` (Bash manual §3.6).
function connectionOf(path: string): Capability | undefined {
  const [, protocol, host, port] = /^\/dev\/(tcp|udp)\/([^/]*)\/?(\d+|\0)?/.exec(path) ?? [];
  if (protocol === undefined) return undefined;
  const number = port === undefined || !/^\d+$/.test(port) ? 0 : Number(port);
  return {
    kind: 'egress',
    ...socketEgressOf(protocol === 'tcp' ? 'tcp' : 'udp', host, number > 65_535 ? 0 : number),
  };
}

function fromNetwork(connection: Capability, span: ReturnType<typeof spanOf>): ShellValue {
  const name = connection.kind === 'egress' ? connection.url : '*';
  return unknownValue([rootTaint({ what: 'network', name }, { span, note: `reads from ${name}` })]);
}

function hereText(
  run: ShellRun,
  body: { readonly text: string; readonly pos: number; readonly end: number },
): ShellValue {
  return { ...emptyValue, text: body.text, map: [{ at: 0, raw: spanOf(run, body).start }] };
}
