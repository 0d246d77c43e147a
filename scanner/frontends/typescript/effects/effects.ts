/** The effects of one API call by the tables, each noted by its own function. */
import type { Effect } from '../../../lookup-tables/api.ts';
import { anyEgress, imageEgressOf } from '../../../lookup-tables/egress-of.ts';
import { recordings } from '../../../lookup-tables/observations.ts';
import { type Called, type Out, shown, sink, trait } from '../out.ts';
import { addressOf } from '../values/address.ts';
import { alternatives, unknown } from '../values/values.ts';
import { readAll } from './environment.ts';
import { useFiles } from './files.ts';
import { connect, datagram, request, resolveName } from './network.ts';
import { loadModule, runCode, runProgram, runScript, runShell } from './programs.ts';
import { sendOver } from './sending.ts';

type Does = Effect['does'];
type Apply = {
  readonly [Kind in Does]: (
    out: Out,
    call: Called,
    effect: Extract<Effect, { does: Kind }>,
  ) => void;
};

const apply: Apply = {
  read: useFiles,
  write: useFiles,
  delete: useFiles,
  shell: (out, call, effect) => runShell(out, call, effect.command, effect.options),
  program: runProgram,
  fork: (out, call, effect) => runScript(out, call, effect.script),
  request,
  connect: (out, call, effect) => connect(out, call, effect.scheme, effect.at),
  datagram,
  resolve: (out, call, effect) => resolveName(out, call, effect.name),
  send: (out, call, effect) => sendOver(out, call, effect.content),
  listen: (out, call) => {
    // Any client that connects decides what the handlers get.
    call.use.sources.push({ what: 'network', name: anyEgress });
    trait(out, call, 'listen', call.api);
  },
  code: (out, call, effect) => runCode(out, call, effect.code),
  load: (out, call, effect) => loadModule(out, call, effect.module),
  environment: (out, call) => readAll(out, call.node, call.api, () => call.use),
  output: print,
  input: (out, call) => {
    call.use.sources.push({ what: 'input', name: call.api });
    trait(out, call, 'input', call.api);
  },
  observe: (out, call, { what }) => {
    call.use.sources.push({ what: 'observed', name: what });
    if (recordings.has(what))
      trait(out, call, what === 'keys' ? 'keylogging' : 'surveillance', call.api);
  },
  trait: (out, call, effect) =>
    trait(
      out,
      call,
      effect.trait,
      effect.at === undefined ? call.api : shown(call.args[effect.at]?.value ?? unknown),
    ),
};

/** Notes the facts of an effect. */
export function applyEffect<Kind extends Does>(
  out: Out,
  call: Called,
  effect: Extract<Effect, { does: Kind }>,
): void {
  apply[effect.does as Kind](out, call, effect);
}

function print(out: Out, call: Called): void {
  const { api } = call;
  for (const arg of call.args) {
    const { node, value } = arg;
    // `addressOf` looks at each argument of a call, which for all of them costs a square.
    const alone = { ...call, args: [arg] };
    sink(call, node, { what: 'output', api, part: 'content' }, 'exact');
    for (const one of alternatives(value))
      for (const egress of imageEgressOf(addressOf(out, alone, one, undefined) ?? '')) {
        const capability = { kind: 'egress', ...egress } as const;
        sink(call, node, { what: 'network', capability, api, part: 'url' }, 'exact');
      }
  }
}
