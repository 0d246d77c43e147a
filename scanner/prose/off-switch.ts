/**
 * Whether the page of a skill tells its reader how to take away what the skill sets up to start by
 * itself. Commands say so in every language.
 */
import type { FactOf } from '../fact/fact.ts';
import { isInText } from '../fact/standing.ts';

/**
 * Whether SKILL.md shows the system's own command that ends the job, by the name that the job has
 * in the code.
 * @param setUp the path or command that sets up the job
 * @param code the text of the file that sets up the job
 */
export function showsOffSwitch(
  texts: readonly FactOf<'text'>[],
  setUp: string,
  code: string,
): boolean {
  const names = namesOf(code);
  return texts.some(
    ({ role, span, context, text }) =>
      (role === 'inline-code' || role === 'fence') &&
      span.path === 'SKILL.md' &&
      context === 'fence-run' &&
      text.split('\n').some((line) => {
        const found = switches.flatMap(({ of, ends }) =>
          of.test(setUp) ? [ends.exec(line)?.[1]] : [],
        );
        return found.some(
          (name) =>
            name !== undefined &&
            names.has(bare(name)) &&
            names.size === 1 &&
            isOf(setUp, bare(name)),
        );
      }),
  );
}

const switches: readonly { readonly of: RegExp; readonly ends: RegExp }[] = [
  {
    of: /^systemctl |\/systemd\//i,
    ends: /^\s*(?:sudo\s+)?systemctl\s+(?:--user\s+)?disable\s+(?:--now\s+)?([\w@.-]{3,80})\s*$/,
  },
  {
    of: /^(schtasks|register-scheduledtask) /i,
    ends: /^\s*Unregister-ScheduledTask\s+(?:-TaskName\s+)?(["']?[\w .-]{3,80}?["']?)(?:\s+-Confirm:\$false)?\s*$/i,
  },
];

// The jobs that a text names: one, where the reader learns of all.
function namesOf(code: string): ReadonlySet<string> {
  const units = code.matchAll(/(?<![\w@.-])([\w@][\w@.-]{0,80}\.(?:service|timer|path))\b/g);
  const tasks = code.matchAll(
    /\bTaskName['"]?\s{0,9}[=:]?\s{0,9}(["'][^"'\n]{1,80}["']|[\w.-]{1,80})/gi,
  );
  return new Set([...units, ...tasks].map(([, name = '']) => bare(name)));
}

// A set-up that names its job names the job that ends: `systemctl enable x`, `…/x.timer`.
function isOf(setUp: string, name: string): boolean {
  const [, unit = name] =
    /(?:^systemctl\s.*\s|\/)([\w@][\w@.-]*)(?:\s--\S+)*$/.exec(
      /^systemctl |\.\w+$/.test(setUp) ? setUp : '',
    ) ?? [];
  return bare(unit) === name;
}

function bare(name: string): string {
  return name
    .replace(/^["']|["']$/g, '')
    .replace(/\.(service|timer|path)$/, '')
    .toLowerCase();
}

/**
 * Whether a sentence of SKILL.md names the option that takes the job away again, and the code takes
 * this option: "`--remove` takes the timer away".
 */
export function namesRemoval(texts: readonly FactOf<'text'>[], code: string): boolean {
  return texts.some(
    (fact) =>
      fact.span.path === 'SKILL.md' &&
      (fact.role === 'prose' || fact.role === 'list-item') &&
      fact.context === 'code' &&
      !isInText(fact) &&
      fact.text.split(/(?<=[.!?])\s+|\n/).some((sentence) => {
        const [, option] = removal.exec(sentence) ?? [];
        return option !== undefined && new RegExp(`[-$"'[\\]]${option}\\b`, 'i').test(code);
      }),
  );
}

const removal =
  /(?:^|\s)--?([A-Za-z][\w-]{2,30})\s(?:removes?|uninstalls?|unregisters?|disables?|stops?|takes?(?=\s[^.]{1,40}\saway\b)|turns?(?=\s[^.]{0,40}\soff\b)|switch(?:es)?(?=\s[^.]{0,40}\soff\b))/i;
