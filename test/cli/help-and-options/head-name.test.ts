import { PassThrough } from 'node:stream';
import { afterEach, expect, it } from 'vitest';
import { setCalledName } from '../../../cli/called-name.ts';
import { beginningText, overviewText } from '../../../cli/help-and-options/help-text.ts';
import { inkFor } from '../../../cli/terminal/output.ts';

const plainInk = inkFor(new PassThrough(), { NO_COLOR: '1' });
afterEach(() => setCalledName('skillgate'));

it('the headline of the help in a checkout is the program’s name, and no command of npm', () => {
  setCalledName('npm run -s skill --');
  expect(beginningText(plainInk).text).toMatch(/^skillgate: agents run only skills/);
  for (const text of [beginningText(plainInk), overviewText(plainInk)])
    expect(text.text).toContain('npm run -s skill -- ');
  setCalledName('skill');
  expect(beginningText(plainInk).text).toMatch(/^skill: agents run only/);
});
