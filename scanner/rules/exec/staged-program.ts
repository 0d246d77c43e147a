/** Code is run that lies where anybody could have put it. */
import type { Fact } from '../../fact/fact.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';

export const stagedProgram = defineRule({
  id: 'exec/staged-program',
  title: 'Code from the temporary folder is run',
  kind: 'malice',
  severity: 'high',
  confidence: 'exact',
  why: 'Nothing in the skill writes the file that it runs. Somebody else has to put the code there, and nobody will have read it.',
  fix: 'Put the script into the skill and run it from there.',
  maps: { cwe: ['CWE-829', 'CWE-377'], owasp: ['ASI05'], attack: ['T1105', 'T1059'] },
  reads: ['flow:exec', 'trait:staged-program', 'capability:mount'],
  check: (context) => {
    const written = new Set(
      context
        .of('capability')
        .flatMap(({ capability }) =>
          capability.kind === 'mount' && capability.mode !== 'ro' ? [capability.path ?? '*'] : [],
        ),
    );
    const draft = (fact: Fact, path: string): FindingDraft[] => {
      if (!runs(fact) || isWritten(path, written)) return [];
      const isHidden = /\/\.[^/.]/.test(path);
      const severity = isHidden || !isInText(fact) ? 'high' : 'medium';
      return [
        draftAt(
          fact,
          `runs ${path}, ${isHidden ? 'a hidden file' : 'a file'} of the temporary folder that the skill does not write`,
          { severity: milder(severity, fact) },
        ),
      ];
    };
    return [
      ...context.of('flow').flatMap((flow) => {
        const isCode =
          flow.source.what === 'file' &&
          flow.sink.part === 'code' &&
          sharedFolder.test(flow.source.name);
        return isCode ? draft(flow, flow.source.name) : [];
      }),
      ...context
        .of('trait')
        .flatMap((fact) => draft(fact, fact.detail.slice(fact.detail.lastIndexOf(' ') + 1))),
    ];
  },
});

const sharedFolder = /^\/(tmp|var\/tmp|dev\/shm|private\/tmp)\/[^*]/;

// The file itself, a folder of it below the temporary one, or somewhere that could not be computed.
function isWritten(path: string, written: ReadonlySet<string>): boolean {
  return [...written].some(
    (folder) =>
      folder === '*' ||
      folder === path ||
      (folder.split('/').length > 2 && path.startsWith(`${folder.replace(/\/+$/, '')}/`)),
  );
}
