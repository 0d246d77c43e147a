import { expect, it } from 'vitest';
import { toldPrograms } from '../../../runner/observe/steps.ts';

it('takes the programs of fences, without the signs of a prompt', () => {
  const page = [
    '```bash\ncurl a\n```',
    '~~~ console\n$ ls\nanswer\n~~~',
    '```json\n{}\n```',
    '````python\nprint("```")\n````',
    '```\nno language\n```',
    '```sh\nan open fence',
  ].join('\n\n');
  expect(toldPrograms(page)).toEqual([
    { language: 'shell', text: 'curl a' },
    { language: 'shell', text: 'ls' },
    { language: 'python', text: 'print("```")' },
  ]);
});
