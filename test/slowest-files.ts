/** Prints the files of tests that took longest, after everything else that is printed. */
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const shown = 10;

/** One line for each of the slowest files, with its seconds and its share of all files' seconds. */
export function slowestFiles(
  files: readonly { readonly path: string; readonly seconds: number }[],
): string[] {
  const all = files.reduce((sum, { seconds }) => sum + seconds, 0);
  return [...files]
    .sort((a, b) => b.seconds - a.seconds || a.path.localeCompare(b.path))
    .slice(0, shown)
    .map(({ path, seconds }) => {
      const share = all === 0 ? 0 : Math.round((seconds / all) * 100);
      return `${seconds.toFixed(1).padStart(7)} s ${String(share).padStart(3)} %  ${path}`;
    });
}

export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    if (modules.length <= shown) return;
    const files = modules.map((one) => {
      const { setupDuration, collectDuration, duration } = one.diagnostic();
      return {
        path: relative(process.cwd(), one.moduleId),
        seconds: (setupDuration + collectDuration + duration) / 1_000,
      };
    });
    console.log(
      `\nThe ${shown} slowest of ${files.length} files of tests, with their share of the time:\n${slowestFiles(files).join('\n')}`,
    );
  }
}
