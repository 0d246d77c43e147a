/** Redirections: the input of a command, and the destination of its output. */

import type { Capability } from '../../../skills-index/skill/capability.ts';
import type { ApiCall } from '../../engine/effects/effects.ts';
import type { At } from '../../engine/notes.ts';
import {
  either,
  instanceValue,
  newObject,
  objectsOf,
  textValue,
  type Value,
} from '../../engine/value.ts';
import { socketEgressOf } from '../../lookup-tables/egress-of.ts';
import { isInteractive, named, type Shell } from './shell-state.ts';
import { empty, shown } from './values.ts';

type Connection = Capability & { readonly kind: 'egress' };

interface Redirect {
  readonly operator: string;
  readonly descriptor: number | undefined;
  readonly target: Value;
}

/** Runs commands with their redirections; gives what remains of their output. */
export function redirected(shell: Shell, call: ApiCall): Value {
  const [block = empty, ...about] = call.args;
  const redirects = about.flatMap((operator, index): Redirect[] => {
    if (index % 3 !== 0) return [];
    const number = shown(about[index + 1]);
    const descriptor = number === '' ? undefined : Number(number);
    return [{ operator: shown(operator), descriptor, target: about[index + 2] ?? empty }];
  });
  const output = shell.during('<0', undefined, () =>
    shell.during('<connection', undefined, () => {
      for (const redirect of redirects)
        forTargets(shell, call, redirect, (one) => giveInput(shell, call.at, one));
      return shell.run(block, call.frame);
    }),
  );
  return redirects.reduce(
    (left, redirect) =>
      either(forTargets(shell, call, redirect, (one) => takeOutput(shell, call.at, one, left))),
    output,
  );
}

// The file is one of those that its name may be.
function forTargets<T>(
  shell: Shell,
  { frame }: ApiCall,
  redirect: Redirect,
  run: (one: Redirect) => T,
): readonly T[] {
  const { operator, target } = redirect;
  if (operator === '<<<') return [run(redirect)];
  return shell.each(target, frame, (one) => run({ ...redirect, target: one }));
}

function giveInput(shell: Shell, at: At, { operator, descriptor, target }: Redirect): void {
  const text = shown(target);
  // Descriptor 0 is the input; others are read by `<&3` and `read -u 3`.
  const give = (value: Value): void =>
    shell.set((descriptor ?? 0) === 0 ? '<0' : `input ${descriptor}`, value);
  if (operator === '<<<') {
    give(target);
    return;
  }
  const connection = connectionFor(shell, operator, text);
  if (connection === undefined) {
    const input = isDescriptor(operator, text)
      ? shell.get(`input ${Number(text)}`)
      : operator.startsWith('<')
        ? shell.read(named(at, 'redirection'), target)
        : undefined;
    if (operator.startsWith('<') && input !== undefined) give(input);
    return;
  }
  if (connectionOf(text) !== undefined)
    shell.connect(named(at, '/dev/tcp'), connection, ['raw-socket'], []);
  if (descriptor !== undefined && descriptor > 2)
    shell.set(`connection ${descriptor}`, connectionValue(connection));
  if (operator.startsWith('<')) {
    const source = { what: 'network', name: connection.url } as const;
    shell.set('<0', shell.source(at, source, `reads from ${connection.url}`));
  }
  if (isOutput(operator, descriptor)) shell.set('<connection', textValue('1'));
}

function takeOutput(
  shell: Shell,
  at: At,
  { operator, descriptor, target }: Redirect,
  output: Value,
): Value {
  const text = shown(target);
  const connection = connectionFor(shell, operator, text);
  if (connection !== undefined) {
    if (!isOutput(operator, descriptor)) return output;
    const api = '/dev/tcp';
    const network = named(at, api);
    shell.sink(network, [output], { what: 'network', capability: connection, api, part: 'body' });
    if (isInteractive(output))
      shell.trait(network, 'reverse-shell', 'a shell whose input and output are a connection');
    return empty;
  }
  if (isDescriptor(operator, text) || operator.startsWith('<')) return output;
  if (descriptor === 2 && text.startsWith('/dev/')) return output;
  const how = operator.includes('>>') ? 'append' : 'write';
  shell.write(named(at, 'redirection'), target, output, how);
  return empty;
}

function isOutput(operator: string, descriptor: number | undefined): boolean {
  return !/^<&?$/.test(operator) && descriptor !== 0;
}

function isDescriptor(operator: string, text: string): boolean {
  return /^\d+$|^-$/.test(text) && operator.endsWith('&');
}

function connectionFor(shell: Shell, operator: string, text: string): Connection | undefined {
  const named = connectionOf(text);
  if (named !== undefined || !operator.endsWith('&')) return named;
  const open = shell.get(`connection ${Number(text)}`);
  return open === undefined ? undefined : connectionIn(open);
}

/** A value that is a connection. */
export function connectionValue(capability: Connection): Value {
  const object = newObject('object');
  object.openOn = [{ capability }];
  return instanceValue('Connection', object);
}

function connectionIn(value: Value): Connection | undefined {
  return objectsOf(value)
    .flatMap(({ openOn }) => openOn)
    .flatMap(({ capability }) => (capability.kind === 'egress' ? [capability] : []))[0];
}

// `/dev/tcp/host/port` (Bash manual §3.6).
function connectionOf(path: string): Connection | undefined {
  const [, protocol, host, port] = /^\/dev\/(tcp|udp)\/([^/]*)\/?(\d+|\0)?/.exec(path) ?? [];
  if (protocol === undefined) return undefined;
  const number = port === undefined || !/^\d+$/.test(port) ? 0 : Number(port);
  const scheme = protocol === 'tcp' ? 'tcp' : 'udp';
  return { kind: 'egress', ...socketEgressOf(scheme, host, number > 65_535 ? 0 : number) };
}
