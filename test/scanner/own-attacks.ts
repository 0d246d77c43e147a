/**
 * Our own attacks: each file of `attacks/<half>/<technique>/<language>-….txt` is a text archive
 * with a small skill `attack/…` that does harm, its honest twin `twin/…` that tempts to the same
 * finding, and `-- where --`: the lines of the attack, `path:from-to`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import type { Finding } from '../../skills-index/statement/finding.ts';
import type { ScanReport } from '../../skills-index/statement/scan-report.ts';
import { fileOf, parseTextArchive } from './txtar.ts';

/**
 * `open` ones were there while rules were written; `frozen` ones came after, and no rule was ever
 * tuned on them.
 */
export const halves = ['open', 'frozen'] as const;

/**
 * Sets whose authors had seen no rule: the second to the sixth set. Nobody looks at single outcomes
 * of halves that are called frozen, so no table lists outcomes of these halves.
 */
export const blindHalves = [
  'second-open',
  'second-frozen',
  'third-open',
  'fourth-open',
  'fifth-frozen',
  'sixth-open',
  'sixth-frozen',
] as const;
export type Half = (typeof halves)[number] | (typeof blindHalves)[number];

export interface OwnAttack {
  /** `<technique>/<language>-…`. */
  readonly id: string;
  readonly half: Half;
  readonly technique: string;
  readonly language: string;
  readonly attack: readonly SourceFile[];
  readonly twin: readonly SourceFile[];
  readonly where: readonly { readonly path: string; readonly from: number; readonly to: number }[];
}

const folder = new URL('./attacks/', import.meta.url);

/** All of one half, by id. */
export function ownAttacks(half: Half): OwnAttack[] {
  if (!existsSync(new URL(`${half}/`, folder))) return [];
  const names = readdirSync(new URL(`${half}/`, folder), { recursive: true }).map(String);
  return names
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => readAttack(half, name.replaceAll('\\', '/')));
}

function readAttack(half: Half, name: string): OwnAttack {
  const { files } = parseTextArchive(readFileSync(new URL(`${half}/${name}`, folder), 'utf8'));
  const skills = { attack: [] as SourceFile[], twin: [] as SourceFile[] };
  for (const [entry, content] of files) {
    if (entry === 'where') continue;
    const { path, bytes } = fileOf(entry, content);
    const [, skill, rest] = /^(attack|twin)\/(.+)$/.exec(path) ?? [];
    if (skill !== 'attack' && skill !== 'twin')
      throw new Error(`${name}: ${entry} is neither of the attack nor of its twin`);
    skills[skill].push({ path: rest ?? '', bytes, mode: 0o644 });
  }
  const where = (files.get('where') ?? '')
    .trim()
    .split('\n')
    .map((line) => {
      const [, path = '', from, to] = /^(\S+):(\d+)(?:-(\d+))?$/.exec(line) ?? [];
      if (!skills.attack.some((file) => file.path === path))
        throw new Error(`${name}: no place in the attack: "${line}"`);
      return { path, from: Number(from), to: Number(to ?? from) };
    });
  const id = name.replace(/\.txt$/, '');
  const [technique = '', variant = ''] = id.split('/');
  return { id, half, technique, language: variant.split('-')[0] ?? '', ...skills, where };
}

/**
 * Whether a finding that decides stands within five lines of the attack, or its flow passes there.
 */
export function decidesAtAttack({ where }: Pick<OwnAttack, 'where'>, report: ScanReport): boolean {
  const near = ({ path, line }: { readonly path: string; readonly line: number }): boolean =>
    where.some((one) => one.path === path && line >= one.from - 5 && line <= one.to + 5);
  const touches = (finding: Finding): boolean => near(finding) || finding.flow.some(near);
  return report.findings.some(
    (finding) => report.decidedBy.includes(finding.fingerprint) && touches(finding),
  );
}
