/** Connections that another call of the file opened, and what is sent through them. */
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../../skills-index/skill/egress-target.ts';
import { anyEgress, socketEgressOf } from '../../../lookup-tables/egress-of.ts';
import { unknownPy } from '../assignments/alternatives.ts';
import type { PyTarget, PyValue } from '../program.ts';
import { flowSink, type PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';
import { noteWritten } from './written.ts';

/** Sends a value through what an object is open on, or writes it there. */
export function applySend(
  run: PythonRun,
  call: PyCall,
  content: PyValue | undefined,
  part: 'body' | 'header' = 'body',
): PyValue {
  const written = call.api === 'os.write' ? call.args[0] : call.object;
  noteWritten(run, call, written?.file ?? [], content);
  if (content === undefined) return unknownPy;
  const { targets } = call.object;
  const isOpen = targets.some(
    ({ at }) => at.kind !== 'egress' || parseEgressUrl(at.url).host !== '*',
  );
  const later = isOpen ? [] : connectedBefore(run, call, call.api.replace(/\.\w+$/, ''));
  const open = later.length > 0 ? later : targets;
  for (const one of open.length > 0 ? open : [{ at: lastConnection(run, call) }]) {
    const { at, notAfter, hostFrom }: PyTarget = one;
    const what = at.kind === 'mount' ? 'file' : 'network';
    const sink = { what, capability: at, api: call.api } as const;
    flowSink(
      run,
      call,
      content.nodes,
      { ...sink, part: what === 'file' ? 'content' : part },
      notAfter,
    );
    // `request.add_header("Authorization", token)`: the address was given when it was made.
    if (what === 'network') flowSink(run, call, hostFrom ?? [], { ...sink, part: 'host' });
  }
  return unknownPy;
}

/** Whether nothing is known of the host. */
export function isAnyHost(capability: Capability): boolean {
  return capability.kind === 'egress' && capability.url === anyEgress;
}

/** The nodes that say the hosts of what an object is open on, where they are not known. */
export function hostNodesOf(open: readonly PyTarget[]): readonly string[] {
  return [...new Set(open.flatMap(({ hostFrom }) => hostFrom ?? []))];
}

/** What a client of this name was connected to by another call in the file. */
export function connectedBefore(
  run: PythonRun,
  { module }: PyCall,
  client: string,
): readonly PyTarget[] {
  const found = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === module.source.path &&
      fact.api === `${client}.connect`,
  );
  return found?.kind === 'capability' ? [{ at: found.capability }] : [];
}

/** Another host than those of Amazon, whose clients name a host by `endpoint_url` alone. */
export function isElsewhere({ at }: PyTarget): boolean {
  return at.kind === 'egress' && !/^https:\/\/([\w.-]+\.)?amazonaws\.com\//.test(at.url);
}

// `s = socket.socket(); s.connect(…); s.send(x)`: the connection was noted by another call on the
// object.
function lastConnection(run: PythonRun, call: PyCall): Capability {
  const here = run.facts.findLast(
    (fact) =>
      fact.kind === 'capability' &&
      fact.span.path === call.module.source.path &&
      fact.traits.includes('raw-socket'),
  );
  return here?.kind === 'capability'
    ? here.capability
    : { kind: 'egress', ...socketEgressOf('tcp', undefined) };
}
