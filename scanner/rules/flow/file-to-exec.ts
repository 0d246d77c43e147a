/** What came from the network is written to a file, and the file is run. */
import { basename } from 'node:path/posix';
import { type FactOf, type FlowFact, mountPath } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder, milderInText, runs } from '../../fact/standing.ts';
import { draftOfFlow, draftOfUse, flowsThatRun } from '../../flow/hosts.ts';
import { isLoopbackHost, targetOf } from '../../lookup-tables/egress-of.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';
import { isKnownInstaller, isRelease } from '../installers.ts';

export const fileToExec = defineRule({
  id: 'flow/file-to-exec',
  title: 'A download is written to a file and run',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A file between the download and the program changes nothing: nobody scanned or approved the program, and it can be another one tomorrow.',
  fix: 'Put the program into the skill, or install a named version from a registry that checks it.',
  maps: {
    cwe: ['CWE-494', 'CWE-829'],
    owasp: ['ASI04', 'ASI05'],
    attack: ['T1105', 'T1059', 'T1222.002'],
  },
  reads: ['flow:file', 'flow:exec', 'capability:exec', 'capability:mount', 'source'],
  check: ({ of, sources }) => {
    const flows = flowsThatRun(of('flow')).filter(({ source }) => source.what === 'network');
    const written = flows.filter(({ sink }) => sink.what === 'file');
    const started = flows.filter(({ sink }) => sink.part === 'program');
    if (written.length === 0) return started.map((flow) => draftOfStart(flow, sources));
    const { startedAs, opened: openedFiles } = indexOf(of('capability').filter(runs));
    const reported = new Set<string>();
    const startedSources = new Set(started.map(({ source }) => source.name));
    const known = written.flatMap((flow) => {
      const path = mountPath(flow.sink);
      if (path === undefined || path.endsWith('*')) return [];
      const plain = path.replace(/^\.\//, '');
      const start =
        startedAs.has(plain) ||
        (!/^[a-z]{1,12}$/.test(basename(path)) && startedAs.has(basename(path)));
      const opened = openedFiles.has(path);
      if (!start && !opened) return [];
      if (start) reported.add(flow.source.name);
      else if (startedSources.has(flow.source.name)) return [];
      const how = start ? 'runs it' : 'makes it executable';
      const severity = milder(isInText(flow) || !start ? 'medium' : 'high', flow);
      return [
        draftOfFlow(flow, {
          severity,
          message: `writes what it received from ${flow.source.name} to ${path} and ${how}`,
        }),
      ];
    });
    const others = started.filter(({ source }) => !reported.has(source.name));
    return [...known, ...others.map((flow) => draftOfStart(flow, sources))];
  },
});

// The path is not known, but the program that is started is the file that was written.
function draftOfStart(flow: FlowFact, sources: readonly TaintSource[]): FindingDraft {
  const from = flow.source.name.startsWith('https://*/')
    ? 'a host that could not be computed'
    : flow.source.name;
  const message = `writes what it received from ${from} to a file and runs that file`;
  const { host } = targetOf(flow.source.name);
  if (isLoopbackHost(host)) return draftOfUse(flow, 'low', message);
  const paths = new Set(flow.steps.map(({ span }) => span.path));
  const isPinned = sources.some(
    ({ path, text }) => paths.has(path) && hashing.test(text) && comparesWithDigest(text),
  );
  const isExpected = isPinned || isRelease(flow.source.name) || isKnownInstaller(flow.source.name);
  if (isExpected) return draftOfUse(flow, milder('medium', flow), message);
  return draftOfFlow(flow, { severity: milderInText('high', flow), message });
}

// A program that compares what it received with a digest that stands in it runs always the same.
const digest = /["'`][0-9a-f]{64}(?:[0-9a-f]{32,64})?["'`]|sha(?:256|384|512)-[\w+/]{43,88}/;
// A digest that has a name is compared with nothing where nobody uses the name.
function comparesWithDigest(text: string): boolean {
  const { index } = digest.exec(text) ?? {};
  if (index === undefined) return false;
  const before = text.slice(Math.max(0, index - namedCharsMax), index);
  const name = before.matchAll(assignment).toArray().at(-1)?.[1];
  return name === undefined || (text.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) > 1;
}

const namedCharsMax = 4_096;
const assignment =
  /^(?:export\s{1,4})?(?:(?:const|let|var|readonly)\s{1,4})?([A-Za-z_]\w{0,60})(?:\s{0,4}:[^=\n]{0,80})?\s{0,4}=(?!=)/gm;
const hashing = /createHash|hashlib|sha(?:256|512)sum|subtle\.digest|shasum/;

// `/tmp/x/run.sh` is started as itself; front ends give the program by its path or its last part.
function indexOf(facts: readonly FactOf<'capability'>[]): {
  startedAs: ReadonlySet<string>;
  opened: ReadonlySet<string>;
} {
  const startedAs = new Set<string>();
  const opened = new Set<string>();
  for (const { capability, traits } of facts) {
    if (capability.kind === 'exec' && capability.program !== '*')
      startedAs.add(capability.program.replace(/^\.\//, ''));
    if (
      capability.kind === 'mount' &&
      capability.path !== undefined &&
      traits.includes('permissions')
    )
      opened.add(capability.path);
  }
  return { startedAs, opened };
}

// What was decoded is written to a file, and the file is run; a text made of numbers is run.

export const decodedToExec = defineRule({
  id: 'flow/decoded-to-exec',
  title: 'A decoded file is run',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'The program is in the skill as encoded or encrypted data, so that nobody reads it. A file between the decoder and the start changes nothing.',
  fix: 'Put the program into the skill as it is, or install a named version from a registry.',
  maps: { cwe: ['CWE-506'], owasp: ['ASI05'], attack: ['T1140', 'T1027', 'T1059'] },
  reads: ['flow:exec'],
  check: (context) =>
    flowsThatRun(context.of('flow')).flatMap((flow) => {
      const { source, sink } = flow;
      if (source.what !== 'decoded') return [];
      if (sink.part === 'code')
        return [
          draftOfFlow(flow, {
            severity: milder('high', flow),
            message: `${source.name} makes a text of numbers, and ${sink.api} runs the text`,
          }),
        ];
      if (sink.part !== 'program') return [];
      const isPacked = unpackers.test(source.name);
      return [
        draftOfFlow(flow, {
          ...(isPacked && { kind: 'capability' }),
          severity: milder(isPacked ? 'medium' : 'high', flow),
          message: `${source.name} decodes a file, and ${sink.api} runs the file`,
        }),
      ];
    }),
});

// Programs are often compressed to be smaller: that hides nothing on purpose.
const unpackers = /^(zlib|gzip|bz2|lzma|brotli)\b|unzip|inflate|decompress/i;
