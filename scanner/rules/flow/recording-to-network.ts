/** The screen, the clipboard, keys, the camera or the microphone are recorded and sent away. */

import { addressClass } from '../../../skills-index/network/network-address.ts';
import { covers, listCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact, FlowFact, TraitFact } from '../../fact/fact.ts';
import { isInText } from '../../fact/standing.ts';
import { belongsTo } from '../../flow/belonging.ts';
import { isKnownToReader, isUnnamed, observationOf } from '../../flow/collections.ts';
import {
  type Destination,
  destinationOf,
  draftOfFlow,
  draftOfUse,
  flowsThatRun,
} from '../../flow/hosts.ts';
import { isDeclaredFor } from '../../flow/secret-flows.ts';
import { isAddress, isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { addressServices, recordings } from '../../lookup-tables/observations.ts';
import { isSecretName } from '../../lookup-tables/secret-providers.ts';
import { privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
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
      ...flowsThatRun(context.of('flow')).flatMap((flow) => {
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
  return listeners.flatMap(({ span, api, certainty }) => {
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

// Facts that tell one machine and one person from others leave for a host that nobody named.

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
    return [draftOfUse(flow, severity, told)];
  return [draftOfFlow(flow, { message: `${told}: a report about the machine it runs on` })];
}

const bundleMin = 3;

function isStrangersAddress(host: string): boolean {
  return isAddress(host) && /^(public|reserved)$/.test(addressClass(host.replace(/^\[|\]$/g, '')));
}

// A secret or private file is wrapped up before it leaves.

export const encodedToNetwork = defineRule({
  id: 'flow/encoded-to-network',
  title: 'A secret is encoded and sent',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Services accept a key as it is, in a header. Base64, hexadecimal or compression around a key in the body or address of a request hides the key from network filters.',
  fix: 'Send the key in the header that the service documents. This rule does not find Basic authentication, which is a header.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI03'], attack: ['T1560', 'T1041', 'T1132.001'] },
  reads: ['flow:network'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      const to = destinationOf(flow, context);
      const what = whatIsWrapped(flow);
      if (
        to === undefined ||
        what === undefined ||
        to.loopback ||
        !flow.encoded ||
        flow.sink.part === 'header'
      )
        return [];
      if (
        flow.source.what === 'env' &&
        (belongsTo(flow.source.name, to.host) || isDeclaredFor(flow.source.name, to.host, context))
      ) {
        return [draftOfUse(flow, 'low', `sends ${what} to ${to.said}, encoded`)];
      }
      const isFile = flow.source.what === 'file';
      return [
        draftOfFlow(flow, {
          message: `sends ${what} to ${to.said}, encoded`,
          ...(isFile && { fix: fixOfFile }),
        }),
      ];
    }),
});

const fixOfFile =
  'Leave private files where they are: remove the code that wraps them up and sends them.';

function whatIsWrapped({ source }: FlowFact): string | undefined {
  // The whole environment is the business of flow/environment-to-network, encoded or not.
  if (source.what === 'env')
    return source.name !== '*' && isSecretName(source.name) ? `secret ${source.name}` : undefined;
  const row = source.what === 'file' ? sensitivePath(source.name) : undefined;
  return row !== undefined && privateKinds.has(row.kind)
    ? `${row.says} (${source.name})`
    : undefined;
}

// All environment variables leave, or one leaves for a host that the manifest does not name.

export const environmentToNetwork = defineRule({
  id: 'flow/environment-to-network',
  title: 'Environment variables are sent away',
  kind: 'malice',
  severity: 'critical',
  confidence: 'exact',
  why: 'The environment holds every secret of whoever runs the skill. No honest purpose needs all of it elsewhere, so a declared host changes nothing.',
  fix: 'Read only the variables you need, by name, and send none that you have not declared.',
  maps: {
    cwe: ['CWE-200', 'CWE-526'],
    owasp: ['LLM02', 'ASI03', 'AST03'],
    attack: ['T1041', 'T1082', 'T1552'],
  },
  reads: ['flow:network', 'source'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      const to = destinationOf(flow, context);
      if (to === undefined || to.loopback) return [];
      if (flow.source.what === 'whole-env') {
        return [draftOfFlow(flow, { message: `sends every environment variable to ${to.said}` })];
      }
      if (
        flow.source.what !== 'env' ||
        (isSecretName(flow.source.name) && flow.source.name !== '*')
      )
        return [];
      // A variable that says where to ask is no data that leaves.
      if (flow.sink.part === 'host' || to.declared) return [];
      // Without a manifest, whoever is asked gets variables that the code names.
      const isUnknown = flow.source.name === '*' && isUnnamed(to, context) && !isInText(flow);
      if (!context.hasManifest && !isUnknown) return [];
      // `$q` of a text is a word of its own example; variables of the environment are in capitals.
      if (isInText(flow) && /[a-z]/.test(flow.source.name)) return [];
      const what =
        flow.source.name === '*'
          ? 'an environment variable whose name is computed'
          : `environment variable ${flow.source.name}`;
      if (to.host === '*' || !context.hasManifest)
        return [draftOfUse(flow, 'medium', `sends ${what} to ${to.said}`)];
      return [
        draftOfFlow(flow, {
          severity: 'high',
          message: `sends ${what} to ${to.said}, which skill.json does not name`,
        }),
      ];
    }),
});
