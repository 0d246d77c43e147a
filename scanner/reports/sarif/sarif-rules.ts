/**
 * The scanner's rules as a tool in SARIF 2.1.0: §3.19 toolComponent, §3.49 reportingDescriptor.
 */
import type { Severity } from '../../../skills-index/statement/finding.ts';
import type { Rule } from '../../rule.ts';
import { ruleUrl } from '../report-markdown.ts';

/** JSON of the format; a test checks it against the schema. */
export type Sarif = { readonly [key: string]: unknown };

export const sarifLevels = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
} as const satisfies Record<Severity, string>;

/** GitHub sorts by these numbers: above 9 critical, above 7 high, above 4 medium. */
const securitySeverity = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.0',
} as const;

const precisions = {
  exact: 'very-high',
  folded: 'high',
  lexical: 'medium',
  widened: 'low',
} as const;

/** `tool.driver`. @param version of this program */
export function sarifDriver(rules: readonly Rule[], version: string, ruleSet: string): Sarif {
  return {
    name: 'Skillgate',
    organization: 'Skillgate',
    version,
    semanticVersion: version,
    informationUri: ruleUrl(''),
    rules: rules.map(describeRule),
    notifications: [
      {
        id: 'not-analysed',
        shortDescription: { text: 'A file was not analysed' },
        fullDescription: {
          text: 'What was not analysed may hold anything: the skill is not approved without a person.',
        },
        defaultConfiguration: { level: 'error' },
      },
      {
        id: 'not-decided',
        shortDescription: { text: 'What no scan decides' },
        defaultConfiguration: { level: 'note' },
      },
      {
        id: 'cut',
        shortDescription: { text: 'Findings that the file has no room for' },
        defaultConfiguration: { level: 'warning' },
      },
    ],
    properties: { ruleSet },
  };
}

/** The weaknesses of a rule, in the rule's order. */
export function weaknessesOf({ maps }: Pick<Rule, 'maps'>): Weakness[] {
  return [...(maps.cwe ?? []), ...(maps.owasp ?? []), ...(maps.attack ?? [])].map(weaknessOf);
}

function describeRule(rule: Rule): Sarif {
  const weaknesses = weaknessesOf(rule);
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why}\n\nFix: ${rule.fix}`, markdown: helpMarkdown(rule, weaknesses) },
    helpUri: ruleUrl(rule.id),
    defaultConfiguration: { level: sarifLevels[rule.severity] },
    properties: {
      tags: ['security', rule.kind, ...weaknesses.map(({ label }) => label)],
      precision: precisions[rule.confidence],
      'security-severity': securitySeverity[rule.severity],
    },
  };
}

function helpMarkdown({ title, why, fix, id }: Rule, weaknesses: readonly Weakness[]): string {
  const maps = weaknesses.map(({ label, url }) => `- [${label}](${url})`);
  return [`**${title}**`, why, `**Fix.** ${fix}`, maps.join('\n'), `[${id}](${ruleUrl(id)})`]
    .filter((part) => part !== '')
    .join('\n\n');
}

// §3.49.7: a name should be readable for people; all viewers use Pascal case.
function pascalCase(id: string): string {
  return id.replace(/(?:^|[/-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

// The entries of public lists that rules map to.

/** An entry of a public list of weaknesses or techniques that a rule maps to. */
interface Weakness {
  /** As people write it: those of OWASP carry the year of their list, `LLM01:2025`. */
  readonly label: string;
  readonly url: string;
}

const genai = 'https://genai.owasp.org/resource/owasp-top-10-for';

/**
 * The entry with this identifier. The lists are CWE, OWASP's for LLM applications, agentic
 * applications and agentic skills, ATT&CK 18.1 and ATLAS.
 * @param id `CWE-506`, `LLM01`, `ASI02`, `AST01`, `T1552.001` or `AML.T0051`
 */
export function weaknessOf(id: string): Weakness {
  if (id.startsWith('CWE-'))
    return { label: id, url: `https://cwe.mitre.org/data/definitions/${id.slice(4)}.html` };
  if (id.startsWith('LLM')) return { label: `${id}:2025`, url: `${genai}-llm-applications-2025/` };
  if (id.startsWith('ASI'))
    return { label: `${id}:2026`, url: `${genai}-agentic-applications-for-2026/` };
  if (id.startsWith('AST'))
    return {
      label: `${id}:2026`,
      url: `https://owasp.org/www-project-agentic-skills-top-10/${id.toLowerCase()}`,
    };
  if (id.startsWith('AML.')) return { label: id, url: `https://atlas.mitre.org/techniques/${id}` };
  return { label: id, url: `https://attack.mitre.org/techniques/${id.replace('.', '/')}/` };
}
