/** skill.json or SKILL.md cannot be read, or the files make no skill. */
import { defineRule } from '../../rule.ts';

export const unreadable = defineRule({
  id: 'manifest/unreadable',
  title: 'The skill\u2019s own description cannot be read',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'What cannot be read cannot be compared with what the skill does, and may be read otherwise by another program.',
  fix: 'Mend what the message names; skill manifest shows a valid file.',
  maps: { cwe: ['CWE-20'], owasp: ['AST08'] },
  reads: [],
  revision: 1,
  check: ({ problems }) =>
    problems.map(({ path, problem }) => ({
      span: { path, start: 0, end: 0 },
      // Other agents' skills often leave the specification: a person can still judge them.
      severity: problem.code === 'skill-md-invalid' ? 'medium' : 'high',
      message: problem.message,
      fix: problem.hint ?? 'Mend what the message names.',
    })),
});
