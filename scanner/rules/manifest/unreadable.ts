/** skill.json or SKILL.md cannot be read, or the files make no skill. */
import { noSkillMd } from '../../../skills-index/skill/bundle.ts';
import type { Place, Reason } from '../../../skills-index/skill/problem.ts';
import { offsetOf } from '../../fact/place.ts';
import type { TaintSource } from '../../fact/source.ts';
import type { Obstacle } from '../../manifest/declared.ts';
import { defineRule, type FindingDraft } from '../../rule.ts';

export const unreadable = defineRule({
  id: 'manifest/unreadable',
  title: 'The skill\u2019s own description cannot be read',
  kind: 'policy',
  severity: 'high',
  confidence: 'exact',
  why: 'A description that cannot be read cannot be compared with what the skill does, and another program may read it in another way.',
  fix: 'Fix the error that the message names; skillgate manifest shows a valid file.',
  maps: { cwe: ['CWE-20'], owasp: ['AST08'] },
  reads: ['source'],
  check: ({ obstacles, sources }) =>
    obstacles.flatMap((obstacle) => {
      if (isOfAnotherKind(obstacle, sources)) {
        return [
          {
            span: { path: obstacle.path, start: 0, end: 0 },
            kind: 'form',
            severity: 'medium',
            message: 'skill.json is made for another program: it declares nothing here',
            fix: 'Write a manifest with skillgate manifest --write, and give the other file another name.',
          },
        ];
      }
      return reasonsOf(obstacle).map(({ message, place }) => ({
        span:
          place === undefined ? { path: obstacle.path, start: 0, end: 0 } : spanAt(sources, place),
        ...weightOf(obstacle, message),
        message: place === undefined ? message : `Cannot read ${place.path}: ${message}`,
        fix: obstacle.hint ?? fixOf(obstacle, message),
      }));
    }),
});

// Other agents' skills often leave the specification, keep SKILL.md as a link, or have settings
// beside them. A registry takes no such skill, and that is all: what cannot be read declares
// nothing, and the files are judged as they are. Where two readers read two things, somebody may
// have wanted them to: two values of one key, two files with one name. Packages without a lock are
// never there in the sandbox.
function weightOf(
  { code, path }: Obstacle,
  message: string,
): Pick<FindingDraft, 'kind' | 'severity'> {
  const isForm =
    code === 'skill-md-invalid' ||
    code === 'manifest-invalid' ||
    (code === 'json-invalid' && path === 'skill.json' && !isTwice.test(message)) ||
    message.endsWith(noSkillMd) ||
    nameAlone.test(message);
  if (isForm) return { kind: 'form', severity: 'medium' };
  return { severity: code === 'package-lock-missing' ? 'medium' : 'high' };
}

const nameAlone =
  /^Cannot take the skill: path "(?:[^"\\\n]|\\.)*" (is not in Unicode form NFC|has a character that Windows refuses|has a name that Windows reserves|is an environment file, where secrets lie)$/;

function fixOf({ code }: Obstacle, message: string): string {
  return code.startsWith('package-lock-')
    ? 'Lock the packages (skillgate lock), and read what changed.'
    : message.endsWith(noSkillMd)
      ? 'Write SKILL.md, or give the file this name exactly.'
      : 'Mend what the message names.';
}

const isTwice = /\b(twice|duplicate|again|already)\b/i;

// Sound JSON under our name that has nothing of a manifest: marketplaces of other agents use the
// name, too.
function isOfAnotherKind({ path, code }: Obstacle, sources: readonly TaintSource[]): boolean {
  if (path !== 'skill.json' || code !== 'manifest-invalid') return false;
  const text = sources.find((source) => source.path === path)?.text ?? '';
  return !/"capabilities"|skillgate|"name"\s{0,8}:\s{0,8}"[^"/]{0,80}\//.test(text);
}

// Each reason is a finding of its own where it stands, and so is each of a file's name; otherwise
// the problem as a whole.
function reasonsOf({ code, message, reasons }: Obstacle): readonly Reason[] {
  if (reasons.some(({ place }) => place !== undefined)) return reasons;
  return code === 'path-invalid'
    ? reasons.map((reason) => ({ message: `Cannot take the skill: ${reason.message}` }))
    : [{ message }];
}

// From the place to the end of the value or word there.
function spanAt(sources: readonly TaintSource[], place: Place): FindingDraft['span'] {
  const text = sources.find((source) => source.path === place.path)?.text ?? '';
  const start = offsetOf(text, place);
  const [value = ''] =
    /^(?:"(?:[^"\\\n]|\\.){0,200}"|[^\s,\]}]{1,200})/.exec(text.slice(start, start + 500)) ?? [];
  return { path: place.path, start, end: start + value.length };
}
