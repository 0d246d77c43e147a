/**
 * Pages of documentation from notes on rules: `dist/docs/rules/<group>/<name>.md`, and a table of
 * all.
 */
import type { RuleExample, RuleNote } from '../../skills-index/statement/rule-note.ts';

/** Path below `dist/docs/rules/` → text. */
export function rulePages(notes: Readonly<Record<string, RuleNote>>): Map<string, string> {
  return new Map([
    ['README.md', tableOf(notes)],
    ...Object.entries(notes).map(([id, note]): [string, string] => [
      `${id}.md`,
      pageOf(id, note, notes),
    ]),
  ]);
}

function tableOf(notes: Readonly<Record<string, RuleNote>>): string {
  const rows = Object.entries(notes).map(
    ([id, { title, kind, severity, maps }]) =>
      `| [${id}](${id}.md) | ${title} | ${kind} | ${severity} | ${maps.map(({ label }) => label).join(', ')} |`,
  );
  return `${[
    `# The rules of the scanner: ${rows.length}`,
    '',
    'A rule reads facts, never files. It says what it found, where, how severe the finding is, and how to fix it.',
    'The *kind* decides the effect: **malice** and **policy** of severity high or critical block a version; below that a person looks. A **capability** alone never blocks.',
    'The table shows the usual severity. The place of a finding, and what is declared, can make it lower or higher.',
    '`skillgate explain RULE` prints a page in a terminal.',
    '',
    '| rule | finds | kind | severity | maps to |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n')}\n`;
}

function pageOf(id: string, note: RuleNote, notes: Readonly<Record<string, RuleNote>>): string {
  const { title, kind, severity, confidence, why, fix, maps, related, attack, near } = note;
  const group = id.split('/')[0];
  const others = related.map((one) => `- [${one}](../${one}.md): ${notes[one]?.title ?? ''}`);
  return `${[
    `# ${id}`,
    `**${title}**`,
    `Group \`${group}\` · kind ${kind} · usually ${severity} · confidence ${confidence}`,
    '## Why it matters',
    why,
    '## How to fix it',
    fix,
    '## Maps to',
    maps.map(({ label, url }) => `- [${label}](${url})`).join('\n'),
    '## What it finds',
    example(attack, severity),
    '## What it does not report',
    example(near, severity),
    ...(others.length === 0 ? [] : ['## Related rules', others.join('\n')]),
  ].join('\n\n')}\n`;
}

const languages: Readonly<Record<string, string>> = {
  md: 'markdown',
  py: 'python',
  ts: 'typescript',
  js: 'javascript',
  mjs: 'javascript',
  sh: 'bash',
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  toml: 'toml',
};

// "critical" of a finding `a.py:3 critical`, which need not be what the rule usually says.
function severityNote(findings: readonly string[], usual: string): string {
  const others = findings.filter((one) => one.slice(one.lastIndexOf(' ') + 1) !== usual);
  if (others.length === 0) return '';
  return ` The usual severity is ${usual}; the place, the code beside it and the declarations change it here.`;
}

function example({ files, findings }: RuleExample, usual: string): string {
  const parts = files.map(({ path, text }) => {
    const [name = '', form] = path.split(' ');
    const written =
      form === 'escaped'
        ? ', hidden characters spelled out'
        : form === undefined
          ? ''
          : `, ${form}`;
    const fence = '`'.repeat(
      Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)),
    );
    return `\`${name}\`${written}:\n\n${fence}${languages[name.slice(name.lastIndexOf('.') + 1)] ?? 'text'}\n${text.replace(/\n?$/, '\n')}${fence}`;
  });
  const said =
    findings.length === 0
      ? 'No finding.'
      : `Found: ${findings.map((one) => `\`${one}\``).join(', ')}.${severityNote(findings, usual)}`;
  return [...parts, said].join('\n\n');
}
