/**
 * A rule of the scanner as text: why, what it reads, an attack and a near miss, its entries in
 * public lists, related rules.
 */

import { wrapped } from '../../scanner/reports/finding-text.ts';
import { ruleUrl } from '../../scanner/reports/report-markdown.ts';
import type { Rule } from '../../scanner/rule.ts';
import {
  type RuleExample,
  type RuleNote,
  ruleNote,
} from '../../skills-index/statement/rule-note.ts';
import { asCalled } from '../called-name.ts';
import { joined, type OutputInk, type Safe, safe } from '../terminal/output.ts';

const widthDefault = 100;

/** The JSON of `--format json`. */
export function ruleAnswer({ check: _, reads, ...rule }: Rule) {
  const note = ruleNote(rule.id);
  const { maps = [], related = [], attack, near } = note ?? {};
  const why = asCalled(rule.why);
  const fix = asCalled(rule.fix);
  return {
    schema: 'skillgate.rule/1',
    ...rule,
    why,
    fix,
    reads,
    weaknesses: maps,
    related,
    attack,
    near,
    page: ruleUrl(rule.id),
  };
}

/** @param columns of the terminal */
export function ruleText(rule: Rule, ink: OutputInk, columns = widthDefault): Safe {
  const note = ruleNote(rule.id);
  const part = (title: string, lines: readonly (string | Safe)[]): Safe[] =>
    lines.length === 0
      ? []
      : [safe`${ink.bold(title)}`, ...lines.map((line) => safe`  ${line}`), safe``];
  const prose = (text: string): string[] => wrapped(text, columns - 2);
  return joined(
    [
      safe`${ink.bold(rule.id)}: ${rule.title}`,
      safe`  kind ${rule.kind}, usually severity ${rule.severity}, confidence ${rule.confidence}`,
      safe`  a finding has its own severity: its place and the declarations change it`,
      safe``,
      ...part('Why it matters', prose(asCalled(rule.why))),
      ...part('How to fix it', prose(asCalled(rule.fix))),
      ...(note === undefined
        ? []
        : [
            ...part('What it finds', example(note.attack, ink)),
            ...part('What it does not report', example(note.near, ink)),
          ]),
      ...part('Maps to', weaknesses(note, ink)),
      ...part('Related rules', note?.related ?? []),
      safe`${ink.bold('Page')}  ${ruleUrl(rule.id)}`,
    ],
    '\n',
  );
}

function example({ files, findings }: RuleExample, ink: OutputInk): (string | Safe)[] {
  const code = files.flatMap(({ path, text }) => [
    safe`${ink.cyan(path)}`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => safe`${ink.faint('|')} ${line}`),
  ]);
  const said =
    findings.length === 0
      ? safe`${ink.faint('nothing is found')}`
      : safe`${ink.faint('found at')} ${findings.join(', ')}`;
  return [...code, said];
}

function weaknesses(note: RuleNote | undefined, ink: OutputInk): Safe[] {
  const width = Math.max(0, ...(note?.maps ?? []).map(({ label }) => label.length));
  return (note?.maps ?? []).map(({ label, url }) => safe`${ink.cyan(label.padEnd(width))}  ${url}`);
}
