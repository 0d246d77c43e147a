/** Which interpreters the scripts among a run's programs need. */
import { closeSync, openSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { Plan } from '../../skills-index/run/plan/plan.ts';
import { shebangBytesMax } from '../limits.ts';
import type { Interpreters } from './missing-capabilities.ts';

/** The words of a script's first line, `#!/usr/bin/env node`, without folders and options. */
export function interpretersOf(programs: Plan['programs']): Interpreters {
  return new Map(
    programs.map(({ path, program }) => {
      const [, line = ''] = /^#!\s*([^\n]*)/.exec(readStart(path)) ?? [];
      return [
        program,
        line
          .split(/\s+/)
          .filter((word) => word !== '' && !word.startsWith('-'))
          .map((word) => basename(word)),
      ];
    }),
  );
}

function readStart(path: string): string {
  const bytes = Buffer.alloc(shebangBytesMax);
  const file = openSync(path, 'r');
  try {
    return bytes.toString('latin1', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
