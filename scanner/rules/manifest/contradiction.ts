/** skill.json says what the skill's files do not bear out. */
import { isFormatName } from '../../../skills-index/skill/authoring/format-names.ts';
import { type CommandStart, commandFile } from '../../../skills-index/skill/manifest-schema.ts';
import { isNamePart, shortNameOf } from '../../../skills-index/skill/name.ts';
import type { TaintSource } from '../../fact/source.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const contradiction = defineRule({
  id: 'manifest/contradiction',
  title: 'skill.json and the files contradict each other',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'A command without a file cannot be started, and such a version cannot be published. Agents show the name in SKILL.md; people approve the one in skill.json.',
  fix: 'Make both name the same.',
  maps: { cwe: ['CWE-1059'], owasp: ['AST03'] },
  reads: ['source'],
  check: ({ commands, files, sources, declaredName, nameInProse }) => {
    const missing = Object.entries(commands).filter(([, start]) => !files.has(commandFile(start)));
    const short = declaredName === undefined ? undefined : shortNameOf(declaredName);
    return [
      ...missing.map(
        ([command, start]): FindingDraft => ({
          span: spanOf(sources, 'skill.json', JSON.stringify(writtenStart(start)), '"commands"'),
          message: `command ${command} is to run ${commandFile(start)}, which is not in the skill`,
          fix: 'Add the file, or take the command out of skill.json: it cannot be published like this.',
        }),
      ),
      ...(short === undefined || nameInProse === undefined || nameInProse === short
        ? []
        : [
            {
              span: spanOf(sources, 'SKILL.md', nameInProse, 'name:'),
              // A registry has no name in these letters, so the two have to differ.
              severity: isForeign(nameInProse) ? ('info' as const) : ('low' as const),
              kind: 'capability' as const,
              message: `SKILL.md calls the skill ${JSON.stringify(nameInProse)}, skill.json ${JSON.stringify(short)}`,
              fix: `Write name: ${short} in SKILL.md, or rename the skill in skill.json.`,
            },
          ]),
    ];
  },
});

function isForeign(name: string): boolean {
  return isFormatName(name) && !isNamePart(name);
}

function spanOf(
  sources: readonly TaintSource[],
  path: string,
  value: string,
  behind: string,
): FindingDraft['span'] {
  const text = sources.find((source) => source.path === path)?.text ?? '';
  const start = text.indexOf(value, Math.max(0, text.indexOf(behind)));
  return start < 0 ? { path, start: 0, end: 0 } : { path, start, end: start + value.length };
}

function writtenStart(start: CommandStart): string {
  return typeof start === 'string' ? start : start.module;
}
