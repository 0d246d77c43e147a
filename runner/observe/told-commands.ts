/** The programs in the fences of SKILL.md, which an agent would run as they stand. */

export interface ToldProgram {
  readonly language: 'shell' | 'python' | 'node';
  readonly text: string;
}

const languages: Readonly<Record<string, ToldProgram['language']>> = {
  bash: 'shell',
  sh: 'shell',
  shell: 'shell',
  zsh: 'shell',
  console: 'shell',
  terminal: 'shell',
  python: 'python',
  python3: 'python',
  py: 'python',
  javascript: 'node',
  js: 'node',
  node: 'node',
};

const programsMax = 12;
const charsMax = 16_384;

/** Returns the fenced programs of a page, without the signs of a prompt. */
export function toldPrograms(page: string): readonly ToldProgram[] {
  const found: ToldProgram[] = [];
  let fence: { readonly mark: string; readonly word: string; readonly lines: string[] } | undefined;
  for (const line of page.split(/\r?\n/)) {
    const mark = /^ {0,3}(`{3,}|~{3,})\s*([A-Za-z0-9]*)/.exec(line);
    if (fence === undefined) {
      if (mark !== null)
        fence = { mark: mark[1] ?? '', word: (mark[2] ?? '').toLowerCase(), lines: [] };
      continue;
    }
    if (mark === null || mark[2] !== '' || !(mark[1] ?? '').startsWith(fence.mark)) {
      fence.lines.push(line);
      continue;
    }
    const language = languages[fence.word];
    const text = textOf(fence.lines).slice(0, charsMax);
    if (language !== undefined && text.trim() !== '' && found.length < programsMax)
      found.push({ language, text });
    fence = undefined;
  }
  return found;
}

// In a console, only the lines with a prompt are typed.
function textOf(lines: readonly string[]): string {
  const typed = lines.filter((line) => /^\s*\$ /.test(line));
  return (typed.length === 0 ? lines : typed).map((line) => line.replace(/^\s*\$ /, '')).join('\n');
}
