/**
 * The packages that a skill needs: those that it lists itself (PEP 723, requirements.txt,
 * package.json), and those that its code imports. An import counts only when a table or a text of
 * the skill knows its package, because a stranger may own the module's name in an index.
 */
import { parseTomlValue } from '../../skills-index/packages/locks/toml-value.ts';
import type { SourceFile } from '../../skills-index/skill/bundle.ts';
import { type Ecosystem, normalPackageName } from '../../skills-index/skill/ecosystem.ts';
import { requiredName } from '../../skills-index/skill/manifest-packages.ts';
import { popularPackages } from '../lookup-tables/import-packages.ts';
import { packageManagers } from '../lookup-tables/shell.ts';
import { type CodeFile, type ForeignImport, foreignImports, placeOfImport } from './imports.ts';

export interface RequiredPackage {
  readonly ecosystem: Ecosystem;
  /** As skill.json writes it: `pandas>=2`, `docx@^9`. */
  readonly requirement: string;
  /** The file and line that needs the package. */
  readonly place: string;
  /** Whether only an import says so. Then the skill may still work without the package. */
  readonly isGuess: boolean;
}

interface RequiredPackages {
  readonly packages: readonly RequiredPackage[];
  /** What is not among `packages`, with the reason. */
  readonly left: readonly string[];
}

const aside =
  /(^|\/)(tests?|__tests__|node_modules|templates?|assets|examples?|samples?|fixtures)\/|[._](test|spec)\.|(^|\/)(test_[^/]*|conftest)\.py$/;

export function requiredPackages(given: readonly SourceFile[]): RequiredPackages {
  const files = given
    .filter(({ path }) => !aside.test(path))
    .map(({ path, bytes }) => ({ path, text: Buffer.from(bytes).toString('utf8') }));
  const left = new Map<string, string>();
  const packages = new Map<string, RequiredPackage>();
  const add = (one: RequiredPackage): void => {
    const name = requiredName(one.ecosystem, one.requirement);
    const key = `${one.ecosystem} ${name}`;
    if (name === undefined)
      left.set(
        one.requirement,
        `${one.requirement} (${one.place}): only packages of an index can be locked`,
      );
    else if (!packages.has(key)) packages.set(key, one);
  };
  for (const one of files.flatMap(listedIn)) add(one);
  const inTexts = namesInTexts(given);
  const prose = given
    .filter(({ path }) => /\.mdx?$/i.test(path))
    .map(({ bytes }) => Buffer.from(bytes).toString('utf8').toLowerCase())
    .join('\n');
  for (const one of foreignImports(files)) {
    const text = files.find(({ path }) => path === one.path)?.text ?? '';
    const place = placeOfImport(text, one);
    const name = packageOf(one, inTexts);
    if (packages.has(`${one.ecosystem} ${name ?? one.module}`)) continue;
    const why =
      name === undefined ? 'nothing says which package provides it' : whyOptional(one, name, prose);
    if (name !== undefined && why === undefined)
      add({ ecosystem: one.ecosystem, requirement: name, place, isGuess: true });
    else
      left.set(
        `${one.ecosystem} ${name ?? one.module}`,
        `${one.module} (imported at ${place}): ${why}`,
      );
  }
  return {
    packages: [...packages.values()],
    left: [...left].flatMap(([key, line]) => (packages.has(key) ? [] : [line])),
  };
}

function packageOf(one: ForeignImport, inTexts: ReadonlySet<string>): string | undefined {
  if (one.ecosystem === 'npm')
    return popularPackages.npm.has(one.module) || inTexts.has(`npm ${one.module}`)
      ? one.module
      : undefined;
  const name = normalPackageName('python', one.module.split('.')[0] ?? '');
  return one.name ?? (inTexts.has(`python ${name}`) ? name : undefined);
}

function whyOptional({ isOptional, module }: ForeignImport, name: string, prose: string) {
  if (!isOptional) return undefined;
  if (heavy.has(name)) return 'the code goes on without it, and it is very large';
  return [name, module.split('.')[0] ?? ''].some((word) => isWordIn(prose, word.toLowerCase()))
    ? undefined
    : 'the code goes on without it, and no text names it';
}

/** Packages whose files have gigabytes. */
const heavy = new Set(['torch', 'torchvision', 'torchaudio', 'tensorflow', 'jax', 'vllm']);

function isWordIn(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + word.length] ?? ' '))
      return true;
  return false;
}

function namesInTexts(files: readonly SourceFile[]): ReadonlySet<string> {
  return new Set(
    packagesInTexts(files).flatMap((line) => {
      const [manager, word = ''] = line.split(' ');
      const ecosystem = manager === 'pip' ? 'python' : manager === 'npm' ? 'npm' : undefined;
      if (ecosystem === undefined) return [];
      const name = /^@?[^@<>=~![]+/.exec(word)?.[0] ?? '';
      return [`${ecosystem} ${normalPackageName(ecosystem, name)}`];
    }),
  );
}

function listedIn(file: CodeFile): RequiredPackage[] {
  const { path } = file;
  if (/\.py$/.test(path)) return inScript(file);
  if (/(^|\/)requirements\.txt$/.test(path)) return inRequirements(file);
  return /(^|\/)package\.json$/.test(path) ? inPackageJson(file) : [];
}

// PEP 723: a TOML document in comments.
function inScript({ path, text }: CodeFile): RequiredPackage[] {
  const block = /^# \/\/\/ script[ \t]*\r?\n((?:#[^\n]*\n)+?)# \/\/\/[ \t]*\r?$/m.exec(text)?.[1];
  if (block === undefined) return [];
  const parsed = attempt(() => parseTomlValue(block.replace(/^# ?/gm, '')));
  const list = recordOf(parsed).dependencies;
  return textsOf(list).map((requirement) => ({
    ecosystem: 'python',
    requirement,
    place: path,
    isGuess: false,
  }));
}

function inRequirements({ path, text }: CodeFile): RequiredPackage[] {
  const lines = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  return lines.flatMap((line): RequiredPackage[] => {
    const requirement = line
      .replace(/(^|\s)#.*$/, '')
      .replace(/\s--hash=\S+/g, '')
      .trim();
    if (requirement === '' || /^--?[a-z]/i.test(requirement)) return [];
    return [{ ecosystem: 'python', requirement, place: path, isGuess: false }];
  });
}

function inPackageJson({ path, text }: CodeFile): RequiredPackage[] {
  const { dependencies } = recordOf(attempt(() => JSON.parse(text)));
  return Object.entries(recordOf(dependencies)).map(([name, range]) => ({
    ecosystem: 'npm',
    requirement: `${name}@${String(range)}`,
    place: path,
    isGuess: false,
  }));
}

function attempt(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

// The packages that the texts of a skill install: none is an entry of a manifest.

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
