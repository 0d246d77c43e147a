/** The command that finds skills. */
import { needs, needWords } from '../../../skills-index/skill/needs.ts';
import { searchResults, searchResultsMax } from '../../limits.ts';
import { many, type WrittenRow } from '../written-row.ts';

export const searchRows: readonly WrittenRow[] = [
  {
    name: 'search',
    summary: 'find approved skills for a task',
    usage: 'TASK…',
    examples: [
      [
        'skillgate search "read invoices from mail"',
        'ask the registry, verify the skills that it names, and show what each may do',
      ],
      [
        'skillgate search "convert a table" --no-network --no-secrets',
        'show only skills that reach no host and use no secret',
      ],
      ['skillgate search invoices --format json', 'show the same as JSON'],
    ],
    options: {
      ...Object.fromEntries(
        needs.map((need) => [`--no-${need}`, `only skills that ask for no ${needWords[need]}`]),
      ),
      '--limit N': `verify and show so many skills (default: ${searchResults}, at most ${searchResultsMax})`,
      '--registry URL': 'ask this pinned registry instead of the default one',
    },
    args: [1, many],
    load: () => import('../../search/search.ts'),
  },
];
