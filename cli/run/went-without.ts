/**
 * What a run asked for and did not get, why, and what would help: for the JSON of a run, for people
 * and for agents. Bounded, and without paths of the host.
 */
import type * as runs from '../../runner/run/public.ts';
import { type Agent, ceilingFor } from '../../skills-index/run/agents/agent.ts';
import type { LeftOut, Plan } from '../../skills-index/run/plan/plan.ts';
import {
  type Capabilities,
  type CapabilityKind,
  listCapabilities,
  minus,
  printCapability,
} from '../../skills-index/skill/capability.ts';
import { printable } from '../../skills-index/skill/text/shown-text.ts';
import { wentWithoutCharsMax, wentWithoutMax } from '../limits.ts';
import { shortText } from '../terminal/output.ts';
import type { Missing } from './missing-capabilities.ts';

interface WentWithout {
  readonly kind: 'left-out' | 'denied';
  /** Parts of the text are the skill's own words. */
  readonly what: string;
  readonly why: string;
  /** What the author would add to `capabilities` of skill.json. */
  readonly entry?: Partial<Record<CapabilityKind, readonly Missing['entry'][]>>;
  /** The line that an operator types. */
  readonly command?: string;
}

export interface Lacks {
  readonly wentWithout: readonly WentWithout[];
  /** The number of further ones. */
  readonly notListed: number;
}

/** Whose run it was. */
interface RunOwner {
  readonly approved: Capabilities;
  readonly agent?: Agent | undefined;
}

export function lacksOf(
  { plan }: Pick<runs.RunResult, 'plan'>,
  heard: { denied(): readonly Missing[] },
  owner: RunOwner,
): Lacks {
  const all = [...leftOutOf(plan, owner), ...heard.denied().map(deniedOf)];
  return {
    wentWithout: all.slice(0, wentWithoutMax),
    notListed: Math.max(0, all.length - wentWithoutMax),
  };
}

/** Each as one line, with the words of the skill in quotes, so that they do not pass for ours. */
export function lacksForAgent({ notListed, wentWithout }: Lacks): string[] {
  const more =
    notListed === 0 ? [] : [`the run went without ${notListed} more; the audit log has them`];
  return [...wentWithout.map(lackLine), ...more];
}

function lackLine({ command, entry, kind, what, why }: WentWithout): string {
  const help = [
    ...(entry === undefined ? [] : [`; an author can declare ${JSON.stringify(entry)}`]),
    ...(command === undefined ? [] : [`; an operator can type ${JSON.stringify(command)}`]),
  ];
  return `went without ${JSON.stringify(what)} (${kind}): ${JSON.stringify(why)}${help.join('')}`;
}

function leftOutOf({ leftOut, skill }: Plan, { agent, approved }: RunOwner): WentWithout[] {
  const line = ({ reason, what }: LeftOut): WentWithout => ({
    kind: 'left-out',
    what: clean(what),
    why: clean(reason),
  });
  if (agent === undefined) return leftOut.map(line);
  // What a reviewer approved and this agent has no grant for.
  const grantable = new Set(
    listCapabilities(minus(approved, ceilingFor(agent, skill.name, skill.version))).map(
      printCapability,
    ),
  );
  const command = `skillgate agent grant ${agent.name} --all-of ${skill.name}`;
  return leftOut.map((one) => (grantable.has(one.what) ? { ...line(one), command } : line(one)));
}

// A request and its reason, as `missingRequests` joins them: an address has no blank.
function deniedOf(missing: Missing): WentWithout {
  const [what = '', ...why] = missing.what.split(': ');
  const line = { kind: 'denied', what: clean(what), why: clean(why.join(': ')) } as const;
  const text = JSON.stringify(missing.entry) ?? '';
  const isPlain = text.length <= wentWithoutCharsMax && printable(text) === text;
  return missing.entry === undefined || !isPlain
    ? line
    : { ...line, entry: { [missing.kind]: [missing.entry] } };
}

function clean(text: string): string {
  return shortText(printable(text), wentWithoutCharsMax);
}
