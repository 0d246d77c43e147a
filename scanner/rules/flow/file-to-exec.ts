/** What came from the network is written to a file, and the file is run. */
import { basename } from 'node:path/posix';
import type { FactOf } from '../../fact.ts';
import { draftOfFlow, flowsThatRun } from '../../flow-hosts.ts';
import { type Draft, defineRule } from '../../rule.ts';
import { isInText, milder, runs } from '../../standing.ts';

export const fileToExec = defineRule({
  id: 'flow/file-to-exec',
  title: 'A download is written to a file and run',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'A file between the download and the program changes nothing: what runs was never scanned or approved, and can be another one tomorrow.',
  fix: 'Put the program into the skill, or install a named version from a registry that checks it.',
  maps: { cwe: ['CWE-494', 'CWE-829'], owasp: ['ASI04', 'ASI05'], attack: ['T1105', 'T1059', 'T1222.002'] },
  reads: ['flow:file', 'capability:exec', 'capability:mount'],
  check: ({ of }) => {
    const written = flowsThatRun(of('flow')).filter(({ source, sink }) => source.what === 'network' && sink.what === 'file');
    if (written.length === 0) return [];
    const facts = of('capability').filter(runs);
    return written.flatMap((flow): Draft[] => {
      const path = flow.sink.capability?.kind === 'mount' ? flow.sink.capability.path : undefined;
      if (path === undefined || path.endsWith('*')) return [];
      const start = facts.find((fact) => starts(fact, path));
      const opened = facts.some((fact) => makesExecutable(fact, path));
      if (start === undefined && !opened) return [];
      const how = start === undefined ? 'makes it executable' : 'runs it';
      const severity = milder(isInText(flow) || start === undefined ? 'medium' : 'high', flow);
      return [draftOfFlow(flow, { severity, message: `writes what it received from ${flow.source.name} to ${path} and ${how}` })];
    });
  },
});

// `/tmp/x/run.sh` is started as itself; front ends give the program by its path or its last part.
function starts({ capability }: FactOf<'capability'>, path: string): boolean {
  if (capability.kind !== 'exec' || capability.program === '*') return false;
  const program = capability.program.replace(/^\.\//, '');
  return program === path.replace(/^\.\//, '') || (program === basename(path) && !/^[a-z]{1,12}$/.test(program));
}

function makesExecutable({ capability, traits }: FactOf<'capability'>, path: string): boolean {
  return capability.kind === 'mount' && capability.path === path && traits.includes('permissions');
}
