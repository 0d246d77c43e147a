/**
 * The order of test files: those that take longest begin first, since one that begins last keeps
 * the others' processors idle. Without results of a run before, Vitest would sort by size alone.
 */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** As the end of `npm test` lists them, longest first. */
const longest = [
  'test/journey/observe.test.ts',
  'test/journey/hold.test.ts',
  'test/journey/foreign-clients.test.ts',
  'test/journey/proxies.test.ts',
  'test/journey/redteam.test.ts',
  'test/journey/demo.test.ts',
  'test/journey/drills.test.ts',
  'test/journey/agent-run.test.ts',
  'test/faults/kills.test.ts',
  'test/browser/public-pages.test.ts',
  'test/browser/pages.test.ts',
  'test/journey/sandbox-escape.test.ts',
  'test/journey/install-run.test.ts',
  'test/journey/house-packages.test.ts',
  'test/journey/hold-mailbox.test.ts',
  'test/journey/sandbox.test.ts',
  'test/journey/session-commits.test.ts',
  'test/journey/observe-work.test.ts',
  'test/faults/failing-calls.test.ts',
  'test/registry/cloudflare/cloudflare.test.ts',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = longest.findIndex((path) => moduleId.endsWith(path));
      return rank === -1 ? longest.length : rank;
    };
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
