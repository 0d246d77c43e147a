/** Facts that tell one machine and one person from others leave for a host that nobody named. */

import { addressClass } from '../../../skills-index/network/network-address.ts';
import type { FlowFact } from '../../fact/fact.ts';
import { type Destination, destinationOf, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isKnownToReader, observationOf } from '../../flow/observations.ts';
import { isAddress, targetOf } from '../../lookup-tables/egress-of.ts';
import { addressServices, recordings } from '../../lookup-tables/observations.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const hostFactsToNetwork = defineRule({
  id: 'flow/host-facts-to-network',
  title: 'Facts about the machine are sent away',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Malware reports who it infected: host name, user name, addresses. With such a report its author chooses whom to attack.',
  fix: 'Leave these facts out of requests, or declare the host under capabilities.egress with the reason.',
  maps: { cwe: ['CWE-200', 'CWE-359'], attack: ['T1033', 'T1082', 'T1016', 'T1041'] },
  reads: ['flow:network', 'source'],
  check: (context) => {
    const sent = flowsThatRun(context.of('flow')).flatMap((flow) => sentFact(flow, context));
    const groups = Map.groupBy(sent, ({ flow, to }) => `${flow.span.path}\0${to.host}`);
    return [...groups.values()].flatMap((group) => draftOf(group, context));
  },
});

interface SentFact {
  readonly flow: FlowFact;
  readonly to: Destination;
  readonly fact: string;
}

function sentFact(flow: FlowFact, context: RuleContext): SentFact[] {
  const to = destinationOf(flow, context);
  const fact = observationOf(flow);
  if (to === undefined || to.loopback || to.declared || fact === undefined) return [];
  if (recordings.has(fact) || flow.context === 'fence-doc') return [];
  // A name to sign in with.
  if (/^(ssh|sftp|scp|rsync|mosh|git|svn)\b/.test(flow.sink.api)) return [];
  // A service of addresses sees the address of whoever asks: it learns nothing from what it, or
  // another such service, said before.
  const { source } = flow;
  const isTold = addressServices.test(to.host) || targetOf(source.name).host === to.host;
  if (source.what === 'network' && isTold) return [];
  return [{ flow, to, fact }];
}

// The kind of a machine alone is in every `User-Agent`.
function draftOf(group: readonly SentFact[], context: RuleContext): FindingDraft[] {
  const [first] = group.filter(({ fact }) => fact !== 'system');
  if (first === undefined) return [];
  const { flow, to } = first;
  const facts = [...new Set(group.map(({ fact }) => fact))];
  const told = `sends ${facts.map((fact) => `the ${fact}`).join(', ')} to ${to.said}`;
  const isKnown = !context.hasManifest && isKnownToReader(to, context);
  const severity = isKnown ? 'low' : 'medium';
  const isBundle = facts.length >= bundleMin && to.host !== '*';
  if (!to.drop && !isStrangersAddress(to.host) && (isKnown || !isBundle))
    return [draftOfFlow(flow, { kind: 'capability', severity, message: told })];
  return [draftOfFlow(flow, { message: `${told}: a report about the machine it runs on` })];
}

const bundleMin = 3;

function isStrangersAddress(host: string): boolean {
  return isAddress(host) && /^(public|reserved)$/.test(addressClass(host.replace(/^\[|\]$/g, '')));
}
