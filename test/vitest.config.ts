import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { scanStackKiB } from '../scanner/scan-flags.ts';
import { builtProgram } from './built-program.ts';
import { compiledCode } from './compiled-code.ts';
import { LongestFirst } from './longest-first.ts';

/** Tests that start the whole application in memory: seconds, not milliseconds. */
const application = [
  'test/registry/**/*.test.ts',
  'test/cli/{init,keyless,keys-and-members,review,review-reading,scan,source-folder,wrong-turns}.test.ts',
];

// Processes, not threads: in threads that share one process, V8 of Node 24 lost track of its pages of
// machine code, and the whole run ended by a signal. The first flag keeps V8 from the same fault on
// machines with memory protection keys. The second keeps V8 from compiling the calls from
// WebAssembly to JavaScript anew: V8 aborts when it frees the old ones in a process with several
// threads (Runtime_TierUpWasmToJSWrapper). The stack is that of a scan.
const execArgv = [
  `--import=${new URL('one-scanner.ts', import.meta.url).href}`,
  '--no-memory-protection-keys',
  '--wasm-wrapper-tiering-budget=1000000000',
  `--stack-size=${scanStackKiB}`,
];
// Node loads the sources itself. Through Vite each use of an import calls a getter, and a long scan
// takes several times as long.
const native = {
  execArgv,
  experimental: { viteModuleRunner: false, nodeLoader: false },
} as const;
// A wait for a state ends when the state comes; on a busy machine, a second is too short.
const waits = { poll: { timeout: 20_000 } };
const quick = {
  ...native,
  pool: 'forks',
  isolate: false,
  // Three at once on two cores: tests of git, of sandboxes and of the network wait now and then.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  env: compiledCode,
  // Limits end what hangs, and measure nothing: a busy machine takes more than twice as long.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: waits,
} as const;
// Four at once on two cores: journeys wait for processes, sandboxes and people for half of their
// time. A journey looks at its own processes and folders only, since others run beside it.
const slow = {
  ...native,
  globalSetup: 'test/built-program.ts',
  pool: 'forks',
  maxWorkers: 4,
  env: { ...compiledCode, ...builtProgram },
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: waits,
} as const;

/**
 * Units first (processes that share their modules among their files), then what scans, then the
 * application, then journeys through real processes beside those through the browser.
 */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    globalSetup: 'test/memory-folder.ts',
    sequence: { sequencer: LongestFirst },
    coverage: { include: ['{skills-index,scanner,registry,runner,cli}/**/*.ts'] },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{house,bench,skills-index,runner,registry,cli}/**/*.test.ts'],
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
          include: ['test/{journey,faults}/**/*.test.ts'],
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
