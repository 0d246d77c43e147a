import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What `npm run mutate` runs against each mutant: the judges' own tests, in one process. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['test/skills-index/**/*.test.ts'],
    // Random bits through every judge: seconds for each mutant, and nothing that the tables do not find.
    exclude: ['test/skills-index/trust/hostile-mutations.test.ts'],
    pool: 'threads',
    testTimeout: 30_000,
  },
});
