import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ended, makeStage } from './processes.ts';

const stage = makeStage();
afterAll(async () => {
  await stage.close();
});

/** The lines of the section, in their order, without comments. */
function linesOf(title: string): string[][] {
  const text = readFileSync(new URL('../../docs/operating-registry.md', import.meta.url), 'utf8');
  const section = text.split(`\n### ${title}\n`)[1]?.split(/\n##+ /)[0] ?? '';
  return [...section.matchAll(/^skillgate (.*?)(?: +#.*)?$/gm)].map(([, line]) =>
    [...(line ?? '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? ''),
  );
}

function writeSkill(): void {
  stage.write({
    'weekly-report/SKILL.md':
      '---\nname: weekly-report\ndescription: Says in which month a date lies when somebody asks for it.\n---\n\nRun `scripts/week.ts` with the date.\n',
    'weekly-report/scripts/week.ts':
      "console.log('month', new Date(process.argv[2] ?? '').getUTCMonth() + 1);\n",
  });
}

describe('docs/operating-registry.md', () => {
  it('tells one person alone lines that work from an empty home, in their order', async () => {
    const lines = linesOf('One person alone, on one machine');
    expect(lines.length).toBeGreaterThan(12);
    let fingerprint = '';
    let base = '';
    let last: Ended = { exit: null, out: '', err: '' };
    for (const line of lines) {
      const argv = line.map((word) =>
        word
          .replace('sha256:…', fingerprint)
          .replace('http://localhost:4880', base)
          .replace('~/.config/skillgate', join(stage.folder, 'me/config')),
      );
      const command = argv.slice(0, 2).join(' ');
      if (argv[0] === 'serve') {
        base = (await stage.serve('me', ...argv.slice(1))).base;
        continue;
      }
      // A person answers these at the terminal.
      const isAsked = argv[0] === 'manifest' || command === 'review approve';
      do last = await stage.skill('me', ...argv, ...(isAsked ? ['--yes'] : []));
      while (argv[0] === 'status' && /^status +(received|scanning)$/m.test(last.out));
      expect(last, line.join(' ')).toMatchObject({ exit: 0 });
      if (command === 'registry init') fingerprint = last.out.trim();
      if (argv[0] === 'init') writeSkill();
    }
    expect(last.out).toBe('month 3\n');
  });
});
