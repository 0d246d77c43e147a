/** The screen, the clipboard, keys, the camera or the microphone are recorded and sent away. */

import { covers, listCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact, FlowFact, TraitFact } from '../../fact/fact.ts';
import { type Destination, destinationOf, draftOfFlow, flowsThatRun } from '../../flow/hosts.ts';
import { isKnownToReader, observationOf } from '../../flow/observations.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { recordings } from '../../lookup-tables/observations.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const recordingToNetwork = defineRule({
  id: 'flow/recording-to-network',
  title: 'A recording of the user is sent away',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Screens, clipboards, keys, cameras and microphones hold passwords, messages and other people. A skill that sends recordings to a host that nobody was told of is spyware.',
  fix: 'Declare the host under capabilities.egress with the reason, and say in SKILL.md what is recorded.',
  maps: {
    cwe: ['CWE-359', 'CWE-200'],
    owasp: ['LLM02'],
    attack: ['T1113', 'T1115', 'T1123', 'T1125', 'T1056.001', 'T1041'],
  },
  reads: ['flow:network', 'trait:surveillance', 'trait:keylogging', 'capability:egress', 'source'],
  check: (context) => {
    const traits = context
      .of('trait')
      .filter(({ trait }) => trait === 'surveillance' || trait === 'keylogging');
    if (traits.length === 0 && !context.of('flow').some(isRecording)) return [];
    return [
      ...flowsThatRun(context.of('flow')).flatMap((flow): FindingDraft[] => {
        const to = destinationOf(flow, context);
        if (to === undefined || to.loopback) return [];
        const what = recordingIn(flow, traits);
        return what === undefined ? [] : [draftOfFlow(flow, judge(what, to, context))];
      }),
      ...keysBeside(context, traits),
    ];
  },
});

function judge(
  what: string,
  to: Destination,
  context: RuleContext,
): Parameters<typeof draftOfFlow>[1] {
  const message = `sends what it records (${what}) to ${to.said}`;
  if (to.drop) return { message: `${message}, where anyone can collect what is sent` };
  const isTold = to.declared || (!context.hasManifest && isKnownToReader(to, context));
  if (isTold || to.host === '*') return { kind: 'capability', severity: 'medium', message };
  return {
    message: `${message}, which ${context.hasManifest ? 'skill.json does not name' : 'no page of the skill names'}`,
  };
}

// A recording flows by itself, or by way of a file that the same program sends.
function recordingIn(flow: FlowFact, traits: readonly TraitFact[]): string | undefined {
  const observed = observationOf(flow);
  if (observed !== undefined) return recordings.has(observed) ? observed : undefined;
  const { source, steps, span } = flow;
  if (source.what !== 'file' || flow.sink.part === 'host') return undefined;
  const isRecord = recordFiles.test(source.name);
  const from = steps[0]?.span.path ?? span.path;
  const trait = traits.find(
    (fact) =>
      fact.span.path === from &&
      fact.context === flow.context &&
      (isRecord || fact.trait === 'keylogging'),
  );
  return trait?.api;
}

function isRecording(flow: FlowFact): boolean {
  return recordings.has(observationOf(flow) ?? '');
}

// Listeners get keys one by one and by a callback, so that no flow shows where they go: a program
// that hears the keys of every window, and sends something to a host that nobody named.
function keysBeside(context: RuleContext, traits: readonly TraitFact[]): FindingDraft[] {
  const listeners = traits.filter((fact) => fact.trait === 'keylogging' && fact.context === 'code');
  return listeners.flatMap(({ span, api, certainty }): FindingDraft[] => {
    const sends = context
      .of('capability')
      .filter(
        (fact) =>
          fact.span.path === span.path && fact.context === 'code' && isSending(fact, context),
      );
    const [first] = sends;
    if (first === undefined) return [];
    const { host } = parseEgressUrl(printUrl(first));
    const message = `${api} hears the keys of every window, and the same program sends something to ${host}`;
    return [{ span: first.span, confidence: certainty, message }];
  });
}

function isSending(fact: CapabilityFact, context: RuleContext): boolean {
  const { capability } = fact;
  if (capability.kind !== 'egress' || !capability.methods.some((method) => method !== 'GET'))
    return false;
  const { host } = parseEgressUrl(capability.url);
  if (host === '*' || isLoopbackHost(host)) return false;
  const given = context.declared === undefined ? [] : listCapabilities(context.declared);
  const isDeclared = given.some(
    (wide) => wide.kind === 'egress' && covers({ ...wide, methods: ['*'] }, capability),
  );
  return !isDeclared && (context.hasManifest || !isKnownToReader({ host }, context));
}

function printUrl({ capability }: CapabilityFact): string {
  return capability.kind === 'egress' ? capability.url : '';
}

const recordFiles = /\.(png|jpe?g|bmp|gif|webp|wav|mp3|ogg|flac|m4a|mp4|avi|mov|mkv|webm|log)$/i;
