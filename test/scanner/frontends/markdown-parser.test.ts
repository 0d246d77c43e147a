import { GFM, parser } from '@lezer/markdown';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownParser } from '../../../scanner/frontends/markdown/markdown.ts';

const plain = parser.configure([GFM]);
const parts =
  'a word Word2 , . ; : - _ * ** ~~ ` [ ] ( ) ! \\ < > & &amp; # | @ + / www. www.a.example https:// https://b.example/x?y=1 http mailto: mailto:c@d.example xmpp:e@f.example/g h@i.example é 中文 😀 x_y 1. 10'.split(
    ' ',
  );
const text = fc.array(
  fc.oneof(
    fc.constantFrom(...parts, ' ', '  ', '\n', '  \n', '\n\n', '- ', 'aaaa'.repeat(40)),
    fc.string(),
  ),
  {
    maxLength: 40,
  },
);

test('plain words are passed over without changing the tree', () => {
  fc.assert(
    fc.property(text, (pieces) => {
      const written = pieces.join('');
      expect(nodesOf(markdownParser, written)).toEqual(nodesOf(plain, written));
    }),
    { numRuns: 5_000 },
  );
});

function nodesOf(by: typeof parser, written: string): string[] {
  const nodes: string[] = [];
  by.parse(written).iterate({
    enter: ({ name, from, to }) => void nodes.push(`${name} ${from}-${to}`),
  });
  return nodes;
}
