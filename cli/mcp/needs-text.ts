/**
 * Tells an agent in one short line why a skill needs a person's yes. The line names hosts, names
 * and programs, but neither paths nor the author's reasons: these could hold sentences. Pure.
 */
import {
  type Capabilities,
  type Capability,
  listCapabilities,
} from '../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../skills-index/skill/egress-target.ts';
import { neededCapabilitiesMax, neededNameCharsMax } from '../limits.ts';
import { shortText } from '../terminal/output.ts';
import type { WaitingHold } from './install-questions.ts';

/** @param hold waits for a person already */
export function needsText(beyond: Capabilities, hold?: WaitingHold): string {
  if (hold !== undefined) return `waits for a person’s yes: hold ${hold.id}, until ${hold.expires}`;
  const all = [...new Set(listCapabilities(beyond).map(shortCapability))];
  const more = all.length - neededCapabilitiesMax;
  const named = all.slice(0, neededCapabilitiesMax).join(', ');
  return `needs a person’s yes: asks for ${named}${more > 0 ? ` and ${more} more` : ''} beyond your grant`;
}

function shortCapability(one: Capability): string {
  switch (one.kind) {
    case 'egress':
      return `egress to ${endOf(parseEgressUrl(one.url).host)}`;
    case 'secret':
    case 'env':
      return `${one.kind} ${shortText(one.name, neededNameCharsMax)}`;
    case 'mount':
      return `${one.mode} folder ${shortText(one.source ?? 'of the host', neededNameCharsMax)}`;
    case 'exec':
      return `program ${shortText(one.program, neededNameCharsMax)}`;
    case 'package':
      return `${one.ecosystem} package ${shortText(one.name, neededNameCharsMax)}`;
  }
}

// The end of a host name says to whom the host belongs.
function endOf(host: string): string {
  return host.length <= neededNameCharsMax ? host : `…${host.slice(1 - neededNameCharsMax)}`;
}
