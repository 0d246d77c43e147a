/** The facts that a rule reads, in words. */
import type { FactSelector } from '../fact/selectors.ts';

const kinds: Readonly<Record<string, string>> = {
  capability: 'everything that the skill can do',
  trait: 'how code does what it does',
  text: 'all text, comments and strings',
  artifact: 'what each file is',
  dependency: 'software that it installs or depends on',
  flow: 'values on their way from a source to a sink',
  source: 'the raw text of every file',
};

const sorts: Readonly<Record<string, (sort: string) => string>> = {
  capability: (sort) =>
    ({
      env: 'reads of environment variables',
      secret: 'uses of secrets',
      egress: 'connections to other machines',
      mount: 'files outside the skill’s own folder',
      exec: 'programs that are started',
    })[sort] ?? sort,
  trait: (sort) => `code that was recognised as “${sort.replaceAll('-', ' ')}”`,
  text: (sort) => `${sort.replaceAll('-', ' ')} texts`,
  artifact: (sort) => `files that are “${sort.replaceAll('-', ' ')}”`,
  dependency: (sort) =>
    ({
      install: 'commands that install software',
      declared: 'lists of dependencies',
      lifecycle: 'scripts that installing runs',
      redirect: 'other sources of packages',
    })[sort] ?? sort,
  flow: (sort) =>
    ({
      network: 'values that flow into the network',
      exec: 'values that flow into a program or code',
      file: 'values that flow into a file',
      output: 'values that flow into the output',
    })[sort] ?? sort,
};

/** One phrase for each selector. */
export function selectorWords(reads: readonly FactSelector[]): string[] {
  return reads.map((selector) => {
    const [kind = '', sort] = selector.split(':');
    return sort === undefined ? (kinds[kind] ?? kind) : (sorts[kind]?.(sort) ?? selector);
  });
}
