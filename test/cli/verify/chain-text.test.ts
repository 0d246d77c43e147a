import { describe, expect, it } from 'vitest';
import { safe } from '../../../cli/terminal/output.ts';
import { leaf, treeText } from '../../../cli/verify/verify.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const tree = {
  line: safe`verified`,
  of: [
    {
      line: safe`one two three four five six seven eight`,
      of: [leaf(safe`nine ten eleven twelve thirteen`)],
    },
    leaf(safe`of the digest ${digest} and what follows it`),
  ],
};

describe('a tree that is wider than its terminal', () => {
  it('goes on below, beside its bars, and cuts no digest', () => {
    expect(treeText(tree, 24).text.split('\n')).toEqual([
      'verified',
      '├─ one two three four',
      '│  │  five six seven',
      '│  │  eight',
      '│  └─ nine ten eleven',
      '│        twelve thirteen',
      '└─ of the digest',
      `      ${digest}`,
      '      and what follows',
      '      it',
    ]);
  });

  it('is as it was where there is room, and colours take none', () => {
    expect(treeText(tree).text.split('\n')).toHaveLength(4);
    const red = {
      line: safe`x`,
      of: [{ line: Object.assign(safe``, { text: '\u001b[31mone\u001b[39m two' }), of: [] }],
    };
    expect(treeText(red, 10).text).toBe('x\n└─ \u001b[31mone\u001b[39m two');
  });
});
