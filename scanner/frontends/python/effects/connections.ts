/** Connections that another call of the file opened. */
import type { Capability } from '../../../../skills-index/skill/capability.ts';
import { socketEgressOf } from '../../../lookup-tables/egress-of.ts';
import type { PyTarget } from '../program.ts';
import type { PythonRun } from '../run.ts';
import type { PyCall } from './call.ts';

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
export function lastConnection(run: PythonRun, call: PyCall): Capability {
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
