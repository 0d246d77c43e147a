/** The packages that the texts of a skill install: none is an entry of a manifest. */
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { packageManagers } from '../lookup-tables/package-managers.ts';

const install = new RegExp(
  `(?<![\\w-])(${Object.keys(packageManagers).join('|')})[ \\t]([^\\n\`&|;#()]{1,400})`,
  'g',
);
const packageName = /^@?[A-Za-z][\w./-]*(\[[\w,-]+\])?([=<>~!@]=?[\w.*+-]+)?$/;

/** Each package once, with its manager, such as `pip requests`, in the order of names. */
export function packagesInTexts(files: readonly SourceFile[]): string[] {
  const found = new Set<string>();
  for (const { path, bytes } of files) {
    if (!/\.mdx?$/i.test(path)) continue;
    const text = Buffer.from(bytes).toString('utf8');
    for (const [, program = '', rest = ''] of text.matchAll(install))
      for (const name of packagesOf(program, rest)) found.add(name);
  }
  return [...found].sort();
}

function packagesOf(program: string, rest: string): string[] {
  const manager = packageManagers[program];
  const words = rest.trim().split(/\s+/);
  const verb = manager?.installs.find(
    (one) => one !== '' && `${words.join(' ')} `.startsWith(`${one} `),
  );
  if (manager === undefined || verb === undefined) return [];
  const names: string[] = [];
  const operands = words.slice(verb.split(' ').length);
  operands.forEach((word, at) => {
    const option = /^--?([\w-]+)$/.exec(operands[at - 1] ?? '')?.[1] ?? '';
    const plain = word.replace(/^["']|["']$/g, '');
    if (packageName.test(plain) && !manager.takesValue.includes(option))
      names.push(`${manager.manager} ${plain}`);
  });
  return names;
}
