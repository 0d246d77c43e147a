/**
 * A use of one of many values needs what the last of them needs: the value itself, or any. Each
 * shape of code gets 1 to 300 values, the telling one at the end; with few harmless ones it needs
 * these and no more.
 */
import { describe, expect, it } from 'vitest';
import { scanWithFacts } from '../../scanner/scan.ts';
import { printCapability } from '../../skills-index/skill/capability.ts';
import { isWhole, sampleOf } from '../sample.ts';
import type { Shape, Use } from './many-values.ts';
import { pythonShapes, pythonUses } from './many-values-python.ts';
import { shellShapes, shellUses } from './many-values-shell.ts';
import { typescriptShapes, typescriptUses } from './many-values-typescript.ts';

const languages: readonly {
  readonly file: string;
  readonly uses: Readonly<Record<string, Use>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}[] = [
  { file: 'run.py', uses: pythonUses, shapes: pythonShapes },
  { file: 'run.sh', uses: shellUses, shapes: shellShapes },
  { file: 'run.mjs', uses: typescriptUses, shapes: typescriptShapes },
];

const skill = '---\nname: sample\ndescription: A sample of a skill for a test.\n---\n# Sample\n';

async function seenIn(file: string, code: string): Promise<readonly string[]> {
  const files = [
    { path: 'SKILL.md', bytes: Buffer.from(skill), mode: 0o644 },
    { path: file, bytes: Buffer.from(code), mode: 0o644 },
  ] as const;
  const { facts, report } = await scanWithFacts(files);
  const noted = facts.flatMap((fact) =>
    fact.kind === 'capability'
      ? [printCapability(fact.capability)]
      : fact.kind === 'trait'
        ? [fact.trait]
        : [],
  );
  return [...noted, ...report.findings.map(({ rule, severity }) => `${rule} ${severity}`)];
}

const counts = isWhole ? [1, 5, 9, 70, 300] : [1, 9, 300];

for (const { file, uses, shapes } of languages) {
  const rows = Object.entries(shapes).flatMap(([shape, make]) =>
    Object.entries(uses).map(([use, told]) => ({ shape, use, make, told })),
  );
  describe(`one of many values in ${file}`, () => {
    it.each(sampleOf(rows, 3, ({ shape }) => shape))(
      'is seen in $shape as $use, at whichever place',
      async ({ make, told }) => {
        const lost: number[] = [];
        for (const count of counts) {
          const values = Array.from({ length: count - 1 }, (_, index) => told.harmless(index));
          const seen = await seenIn(file, make([...values, told.telling], told.code));
          if (!seen.some((one) => told.seen.test(one))) lost.push(count);
        }
        expect(lost).toEqual([]);
      },
    );
  });
}

describe('harmless values', () => {
  const rows = languages.flatMap(({ file, uses, shapes }) =>
    Object.entries(shapes)
      .filter(([shape]) => !shape.includes('by chance'))
      .flatMap(([shape, make]) =>
        Object.entries(uses).map(([use, told]) => ({ file, shape, use, make, told })),
      ),
  );
  it.each(sampleOf(rows, 3, ({ file, shape }) => `${file} ${shape}`))(
    'stay what they are in $shape of $file as $use',
    async ({ file, make, told }) => {
      const values = Array.from({ length: 40 }, (_, index) => told.harmless(index));
      const seen = await seenIn(file, make(values, told.code));
      expect(seen.filter((one) => told.away.test(one))).toEqual([]);
    },
  );
});
