/** The failures of the tools that choose versions of Python packages. */
import { distributionOf } from '../../scanner/lookup-tables/import-packages.ts';
import { normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { Problem } from '../../skills-index/skill/problem.ts';
import { shellWord } from '../../skills-index/skill/text/shell-word.ts';
import { toolMessageCharsMax } from '../limits.ts';
import type { ResolveRequest } from './resolved.ts';
import type { ToolEnd } from './tool.ts';

/** The failure where versions must have an age: older pips have no option for the age. */
export function cannotLeaveOut({ index, isAgeOfPolicy, minimumAgeDays }: ResolveRequest): Problem {
  const who = isAgeOfPolicy === true ? 'host policy' : '--exclude-newer';
  const anyAge =
    isAgeOfPolicy === true
      ? `skillgate host index add python ${shellWord(index)} --min-age 0`
      : 'skillgate lock --exclude-newer 0';
  const wants = `${who} wants versions that are at least ${minimumAgeDays} ${minimumAgeDays === 1 ? 'day' : 'days'} old`;
  return new Problem(
    'package-tool-missing',
    `Cannot lock: ${wants}, and Skillgate needs uv to leave out newer versions`,
    { hint: `pip install uv   (or, for versions of any age: ${anyAge})` },
  );
}

/** The failure of pip, which names a package without wheels where pip does. */
export function unresolvedByPip(request: ResolveRequest, end: ToolEnd): Problem {
  return withoutWheel(request, end) ?? unresolvedBy('pip', end);
}

// Most such names are misspelled, or are names of modules.
function withoutWheel({ index }: ResolveRequest, { stderr }: ToolEnd): Problem | undefined {
  const found = /satisfies the requirement (\S{1,200}).{0,200} \(from versions: none\)/.exec(
    stderr,
  );
  if (found === null) return undefined;
  const [, requirement = ''] = found;
  const [name = ''] = /^[\w.-]+/.exec(requirement) ?? [];
  const meant = distributionOf(name);
  const other =
    meant === undefined || meant === normalPackageName('python', name)
      ? ''
      : `. The module ${name} is in the package ${meant}`;
  return new Problem(
    'package-unresolved',
    `Cannot lock: ${index} has no wheel of ${requirement} that fits the Python of this machine${other}`,
    { hint: 'Check the name of the package.' },
  );
}

/** The failure of uv or pip, with the end of what the tool said. */
export function unresolvedBy(tool: string, { stderr }: ToolEnd): Problem {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^WARNING|notice/i.test(line));
  const said = lines.join(' ').slice(-toolMessageCharsMax);
  return new Problem(
    'package-unresolved',
    `Cannot lock: ${tool} finds no versions that fit: ${said}`,
  );
}
