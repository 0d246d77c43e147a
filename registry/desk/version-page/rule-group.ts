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
      'Who owns the host, what does the skill send there, and does the description tell the user so?',
  },
  files: {
    looksFor: 'reads and writes outside the skill’s own folder',
    check: 'Which files does the skill use, and would a user hand these files over when asked?',
  },
  exec: {
    looksFor: 'programs that the skill starts, and code that the skill makes from text',
    check: 'Can the program or its arguments be chosen by somebody else?',
  },
  flow: {
    looksFor:
      'data that flows from a source to a place that the data should not reach, across functions and files',
    check:
      'Follow the numbered steps: is the value at the end the value from the start, and does the last host belong to the author?',
  },
  obfuscation: {
    looksFor: 'code and text that hides what it does',
    check:
      'What does the hidden code or text decode to? An honest skill has no reason to hide anything.',
  },
  prose: {
    looksFor: 'text that steers the agent against its user',
    check:
      'Read the text as the agent would: does the text override instructions, hide something, ask for secrets, or tell the agent to keep silent?',
  },
  supply: {
    looksFor: 'code that the skill fetches from elsewhere at run time',
    check: 'Is the code that will run the same as the code that you read here?',
  },
  persistence: {
    looksFor: 'changes that stay after the run: autostart, hooks, agent configuration',
    check: 'Nothing that a skill does should outlive the skill’s run.',
  },
  resources: {
    looksFor: 'unbounded use of processor, memory or paid services',
    check: 'What limits the skill’s use of processor, memory or paid services?',
  },
  manifest: {
    looksFor: 'differences between what the manifest declares and what the skill does',
    check: 'Ask the author to declare the capability with a reason, or to remove the use.',
  },
};

const otherGroup: RuleGroupGuide = {
  looksFor: 'a pattern of its own',
  check: 'Read the message and the code that the message points at.',
};

/** The group of a rule, `flow` for `flow/secret-to-network`. */
export function groupOf(rule: string): RuleGroupGuide {
  const name = rule.split('/')[0] ?? '';
  return Object.hasOwn(ruleGroups, name) ? (ruleGroups[name] ?? otherGroup) : otherGroup;
}
