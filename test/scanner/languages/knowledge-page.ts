/** A page for the web site: what the scanner knows of each language's library. */
import type { Row, RowEffect, Table } from '../../../scanner/knowledge/row.ts';

/** The page, with a table for each language. */
export function knowledgePage(languages: Readonly<Record<string, Table>>): string {
  const parts = Object.entries(languages).map(([name, rows]) =>
    [`## ${name}: ${Object.keys(rows).length} names`, '', tableOf(rows)].join('\n'),
  );
  return `${[
    '# What the scanner knows of libraries',
    '',
    'Made from the tables in `scanner/knowledge`. A call of Ruby, PHP or Windows that stands in no table, and that is not known to compute only, holds the file for a person.',
    '',
    ...parts,
  ].join('\n')}\n`;
}

// Names with the same effects share a line.
function tableOf(rows: Table): string {
  const byDeed = Map.groupBy(Object.keys(rows), (name) => deedOf(rows[name]));
  const lines = [...byDeed].map(([deed, names]) => `| ${names.map(code).join(' ')} | ${deed} |`);
  return ['| names | what a call does |', '|---|---|', ...lines, ''].join('\n');
}

function code(name: string): string {
  return `\`${name.replaceAll('|', '\\|').replaceAll('`', "'")}\``;
}

function deedOf(row: Row | undefined): string {
  const effects = (row?.effects ?? []).map(said);
  if (effects.length > 0) return [...new Set(effects)].join(', ');
  const gives = row?.gives;
  if (typeof gives === 'object' && 'compute' in gives) return `computes: ${gives.compute}`;
  if (typeof gives === 'object' && 'instance' in gives) return 'makes an object';
  return gives === 'encoded' ? 'encodes its arguments' : 'only computes';
}

function said(effect: RowEffect): string {
  switch (effect.does) {
    case 'trait':
      return `trait: ${effect.trait}`;
    case 'observe':
      return `observes: ${effect.what}`;
    case 'program':
      return effect.shell ? 'starts a shell' : 'starts a program';
    default:
      return effect.does;
  }
}
