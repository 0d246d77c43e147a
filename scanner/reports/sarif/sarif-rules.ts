/**
 * The scanner's rules as a tool in SARIF 2.1.0: §3.19 toolComponent, §3.49 reportingDescriptor,
 * taxonomies by §3.19.3.
 */
import type { Severity } from '../../../skills-index/statement/finding.ts';
import type { Rule } from '../../rule.ts';
import { ruleUrl } from '../report-markdown.ts';
import { type Weakness, weaknessLists, weaknessOf } from '../tables/weaknesses.ts';

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

/** The lists of weaknesses that at least one rule names, in the order of `run.taxonomies`. */
export function sarifTaxonomies(rules: readonly Rule[]): Sarif[] {
  return listsOf(rules).map(({ list, ids }) => ({
    name: list.name,
    version: list.version,
    organization: list.organisation,
    informationUri: list.url,
    shortDescription: { text: `${list.name} ${list.version}` },
    isComprehensive: false,
    taxa: ids.map(({ id, label, name, url }) => ({
      id,
      name: label,
      shortDescription: { text: name },
      helpUri: url,
    })),
  }));
}

/** `tool.driver`. @param version of this program */
export function sarifDriver(rules: readonly Rule[], version: string, ruleSet: string): Sarif {
  const lists = listsOf(rules);
  return {
    name: 'Skillgate',
    organization: 'Skillgate',
    version,
    semanticVersion: version,
    informationUri: ruleUrl(''),
    rules: rules.map((rule) => describeRule(rule, lists)),
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
    supportedTaxonomies: lists.map(({ list }, index) => ({ name: list.name, index })),
    properties: { ruleSet },
  };
}

interface NamedList {
  readonly list: Weakness['list'];
  /** Sorted, each once. */
  readonly ids: readonly Weakness[];
}

function listsOf(rules: readonly Rule[]): NamedList[] {
  const named = new Map(rules.flatMap(weaknessesOf).map((weakness) => [weakness.id, weakness]));
  const all = [...named.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  return weaknessLists
    .map((list) => ({ list, ids: all.filter((weakness) => weakness.list.key === list.key) }))
    .filter(({ ids }) => ids.length > 0);
}

/** The weaknesses of a rule, with names, in the rule's order. */
export function weaknessesOf({ maps }: Pick<Rule, 'maps'>): Weakness[] {
  return [...(maps.cwe ?? []), ...(maps.owasp ?? []), ...(maps.attack ?? [])].flatMap(
    (id) => weaknessOf(id) ?? [],
  );
}

function describeRule(rule: Rule, lists: readonly NamedList[]): Sarif {
  const weaknesses = weaknessesOf(rule);
  return {
    id: rule.id,
    name: pascalCase(rule.id),
    shortDescription: { text: rule.title },
    fullDescription: { text: rule.why },
    help: { text: `${rule.why}\n\nFix: ${rule.fix}`, markdown: helpMarkdown(rule, weaknesses) },
    helpUri: ruleUrl(rule.id),
    defaultConfiguration: { level: sarifLevels[rule.severity] },
    relationships: weaknesses.map(({ id, list }) => {
      const index = lists.findIndex((named) => named.list.key === list.key);
      return {
        target: {
          id,
          index: lists[index]?.ids.findIndex((weakness) => weakness.id === id),
          toolComponent: { name: list.name, index },
        },
        kinds: ['relevant'],
      };
    }),
    properties: {
      tags: ['security', rule.kind, ...weaknesses.map(({ label }) => label)],
      precision: precisions[rule.confidence],
      'security-severity': securitySeverity[rule.severity],
    },
  };
}

function helpMarkdown({ title, why, fix, id }: Rule, weaknesses: readonly Weakness[]): string {
  const maps = weaknesses.map(({ label, name, url }) => `- [${label}](${url}) ${name}`);
  return [`**${title}**`, why, `**Fix.** ${fix}`, maps.join('\n'), `[${id}](${ruleUrl(id)})`]
    .filter((part) => part !== '')
    .join('\n\n');
}

// §3.49.7: a name should be readable for people; all viewers use Pascal case.
function pascalCase(id: string): string {
  return id.replace(/(?:^|[/-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
