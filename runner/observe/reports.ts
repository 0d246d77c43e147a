/** Reports of programs inside a step. Any program of the step can write or delete them. */
import { readHead } from '../files/given-folder.ts';
import { detailCharsMax, reportBytesMax, reportsMax } from './limits.ts';

export interface Report {
  readonly kind: 'escape' | 'fetched-started';
  readonly what: string;
}

/** Reads what is there; a line that is no report is passed over. */
export function readReports(path: string): readonly Report[] {
  return head(path)
    .split('\n')
    .slice(0, reportsMax)
    .flatMap((line): Report[] => {
      const one = parseLine(line);
      return one === undefined ? [] : [one];
    });
}

function parseLine(line: string): Report | undefined {
  try {
    const { kind, what } = JSON.parse(line) as { kind?: unknown; what?: unknown };
    if ((kind !== 'escape' && kind !== 'fetched-started') || typeof what !== 'string') return;
    return { kind, what: what.slice(0, detailCharsMax) };
  } catch {
    return undefined;
  }
}

// A program of the step may have put a link or a pipe in the file's place.
function head(path: string): string {
  try {
    return readHead(path, reportBytesMax)?.bytes.toString('utf8') ?? '';
  } catch {
    return '';
  }
}
