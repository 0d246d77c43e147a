/**
 * The purpose of each group of rules and a reviewer's checks for it, so that the page of a finding
 * explains it.
 */

export interface RuleGroupGuide {
  readonly looksFor: string;
  readonly check: string;
}

export const ruleGroups: Readonly<Record<string, RuleGroupGuide>> = {
  env: {
    looksFor: 'reads of environment variables, above all names that hold secrets',
    check: 'Does the skill need this value, and is it declared as a secret rather than as env?',
  },
  network: {
    looksFor: 'connections to other machines',
    check:
      'Whose host is it, what is sent there, and does the description lead a user to expect that?',
  },
  files: {
    looksFor: 'reads and writes outside the skill’s own folder',
    check: 'Which files, and would a user hand them over if asked?',
  },
  exec: {
    looksFor: 'programs started and code made from text',
    check: 'Can the program or its arguments be chosen by somebody else?',
  },
  flow: {
    looksFor:
      'data on its way from a source to a place it should not reach, across functions and files',
    check:
      'Follow the numbered steps: is the value at the end the one from the start, and is the last host the author’s own?',
  },
  obfuscation: {
    looksFor: 'code and text that hides what it does',
    check: 'What does it decode to? An honest skill has no reason to hide.',
  },
  prose: {
    looksFor: 'text that steers the agent against its user',
    check:
      'Read it as the agent would: does it override, hide, ask for secrets or tell it to keep silent?',
  },
  supply: {
    looksFor: 'code fetched from elsewhere at run time',
    check: 'Is what will run the same as what was read here?',
  },
  persistence: {
    looksFor: 'changes that stay after the run: autostart, hooks, agent configuration',
    check: 'Nothing a skill does should outlive its run.',
  },
  resources: {
    looksFor: 'unbounded use of processor, memory or paid services',
    check: 'What limits the use?',
  },
  manifest: {
    looksFor: 'differences between what is declared and what is done',
    check: 'Ask the author to declare it with a reason, or to drop it.',
  },
};

const otherGroup: RuleGroupGuide = {
  looksFor: 'a pattern of its own',
  check: 'Read the message and the code it points at.',
};

/** The group of a rule, `flow` for `flow/secret-to-network`. */
export function groupOf(rule: string): RuleGroupGuide {
  const name = rule.split('/')[0] ?? '';
  return Object.hasOwn(ruleGroups, name) ? (ruleGroups[name] ?? otherGroup) : otherGroup;
}
