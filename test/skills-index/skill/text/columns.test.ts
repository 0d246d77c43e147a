import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { columnsOf } from '../../../../skills-index/skill/text/columns.ts';

it('counts the columns of each character below U+3000 as the library does', () => {
  const characters = Array.from({ length: 0x3000 - 0x20 }, (_, at) =>
    String.fromCodePoint(0x20 + at),
  ).filter((one) => !/\p{Control}/u.test(one));
  const wrong = characters.filter((one) => columnsOf(one) !== stringWidth(one));
  expect(wrong).toEqual([]);
});
