import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const slow = { pool: 'forks', testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false } as const;

/** Units first (threads that share a module graph, so they are quick), then journeys, then the browser. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    coverage: { include: ['{skills-index,scanner,registry,runner,cli}/**/*.ts'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{house,skills-index,scanner,runner,registry,cli}/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          maxWorkers: '100%',
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { name: 'journey', include: ['test/journey/**/*.test.ts'], ...slow, sequence: { groupOrder: 1 } } },
      { test: { name: 'browser', include: ['test/browser/**/*.test.ts'], ...slow, sequence: { groupOrder: 2 } } },
    ],
  },
});
