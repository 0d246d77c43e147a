import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { compiledCode } from './compiled-code.ts';

/** Tests that start the whole application in memory: seconds, not milliseconds. */
const application = [
  'test/registry/**/*.test.ts',
  'test/cli/{init,keyless,keys-and-members,openapi,review,review-reading,scan,source-folder,wrong-turns}.test.ts',
];

const quick = { pool: 'threads', isolate: false, maxWorkers: '100%', testTimeout: 30_000 } as const;
// Three at once on two cores: journeys wait for processes, sandboxes and people for half of their
// time. A journey looks at its own processes and folders only, since others run beside it.
const slow = {
  pool: 'forks',
  maxWorkers: 3,
  env: compiledCode,
  testTimeout: 180_000,
  hookTimeout: 180_000,
} as const;

/**
 * Units first (threads that share a module graph), then what scans, then the application, then
 * journeys through real processes beside those through the browser.
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    coverage: { include: ['{skills-index,scanner,registry,runner,cli}/**/*.ts'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{house,skills-index,runner,registry,cli}/**/*.test.ts'],
          exclude: application,
          ...quick,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'scanner',
          include: ['test/scanner/**/*.test.ts'],
          ...quick,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'application',
          include: application,
          setupFiles: ['test/registry/query-plans.ts'],
          ...quick,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'journey',
          include: ['test/journey/**/*.test.ts'],
          ...slow,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          ...slow,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
