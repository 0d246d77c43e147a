/**
 * `npm run bench:registry [-- --quick | --full] [--only PART]`: what a registry costs as it grows,
 * with a table of the goals, the curves as tables, and the curves as an SVG beside this bench.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from '../measure.ts';
import { printRows, type Row, round, type Unmeasured } from '../row.ts';
import { crowdPart } from './crowd.ts';
import { curvesSvg } from './curves-svg.ts';
import { growthPart } from './growth.ts';
import { isolatesPart } from './isolates.ts';
import { largeUploadsPart } from './large-uploads.ts';
import { marksPart } from './marks.ts';
import { oneSkillPart } from './one-skill.ts';
import { type Curve, type Part, printCount, type Reach, unmeasured } from './part.ts';
import { load } from './process-figures.ts';
import { rowBytesPart } from './row-bytes.ts';
import { scopesPart } from './scopes.ts';
import { smallPart } from './small.ts';
import { stoppedPart } from './stopped.ts';
import { turnsPart } from './turns.ts';

const parts: Record<string, (reach: Reach) => Promise<Part>> = {
  small: smallPart,
  crowd: crowdPart,
  large: largeUploadsPart,
  isolates: isolatesPart,
  marks: marksPart,
  skill: oneSkillPart,
  rows: rowBytesPart,
  scopes: scopesPart,
  stopped: stoppedPart,
  turns: turnsPart,
  versions: growthPart,
};

export interface RegistryReport {
  readonly rows: readonly (Row | Unmeasured)[];
  /** The tables for people. */
  readonly text: string;
}

/**
 * Measures, and writes bench/registry.svg when every part was measured.
 * @param only the name of one part
 */
export async function registryReport(reach: Reach, only?: string): Promise<RegistryReport> {
  const names = Object.keys(parts).filter((name) => only === undefined || name === only);
  if (names.length === 0)
    throw new Error(`No part ${only}; there are ${Object.keys(parts).join(', ')}`);
  build();
  const began = load();
  const rows: (Row | Unmeasured)[] = [];
  const curves: Curve[] = [];
  for (const name of names) {
    process.stderr.write(`registry: ${name} …\n`);
    const part = await parts[name]?.(reach).catch((cause: unknown) => ({
      rows: [unmeasured(`the part ${name}`, '–', cause)],
      curves: [],
    }));
    rows.push(...(part?.rows ?? []));
    curves.push(...(part?.curves ?? []));
  }
  const loads = `load average ${began} before and ${load()} after`;
  if (only === undefined) {
    const path = fileURLToPath(new URL('../registry.svg', import.meta.url));
    writeFileSync(path, curvesSvg(curves, `npm run bench:registry, ${loads}`));
  }
  const text = [printRows(rows), ...curves.map(curveTable), `${loads}.`].join('\n\n');
  return { rows, text };
}

function curveTable({ title, along, at, unit, lines }: Curve): string {
  const cells = [
    [`${title}, ${unit}`, ...at.map(printCount), along],
    ...lines.map(({ name, values }) => [
      `  ${name}`,
      ...values.map((value) => (value === undefined ? '–' : round(value))),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((line) => line[column]?.length ?? 0)),
  );
  return cells
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
