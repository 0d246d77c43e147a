/**
 * `npm run digests`: writes scanner/code-digests.ts, the digests of the code that extracts facts,
 * of the code that judges them, and of each rule, each with everything it imports. Comments, types
 * and layout do not count. A test holds the file to the code.
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { canonicalDigest } from '../skills-index/skill/text/canonical-json.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const written = 'scanner/code-digests.ts';

interface Code {
  readonly digest: Digest;
  readonly imports: readonly string[];
}

const known = new Map<string, Code>();

function codeOf(path: string): Code {
  const before = known.get(path);
  if (before !== undefined) return before;
  const options = {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    removeComments: true,
    isolatedModules: true,
  };
  const { outputText } = ts.transpileModule(readFileSync(`${top}${path}`, 'utf8'), {
    compilerOptions: options,
    fileName: path,
  });
  const imports = ts
    .preProcessFile(outputText, true, true)
    .importedFiles.map((one) => one.fileName)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(posix.dirname(path), name));
  const code = { digest: digestOf(outputText), imports };
  known.set(path, code);
  return code;
}

// Everything that is reached by imports from the entries, without what is left out and what only
// that reaches.
function closureDigest(entries: readonly string[], without: readonly string[] = []): Digest {
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path) || path === written || without.includes(path)) continue;
    reached.add(path);
    waiting.push(...codeOf(path).imports);
  }
  return canonicalDigest([...reached].sort().map((path) => [path, codeOf(path).digest]));
}

/** The text that scanner/code-digests.ts has to have. */
export function codeDigestsText(): string {
  const ruleFiles = globSync('scanner/rules/*/*.ts', { cwd: top })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
  return [
    '/**',
    ' * Written by `npm run digests`; a test holds it to the code. The digests of what facts, verdicts',
    ' * and each rule are made by, with all that it imports.',
    ' */',
    'interface CodeDigests {',
    '  /** From bytes to facts. */',
    '  readonly extractor: string;',
    '  /** From facts to a report, without the rules themselves. */',
    '  readonly judging: string;',
    '  readonly rules: Readonly<Record<string, string>>;',
    '}',
    '',
    'export const codeDigests: CodeDigests = {',
    `  extractor: '${closureDigest(['scanner/extract.ts'])}',`,
    `  judging: '${closureDigest(['scanner/scan.ts'], ['scanner/extract.ts', 'scanner/rules.ts'])}',`,
    '  rules: {',
    ...ruleFiles.flatMap(ruleLines),
    '  },',
    '};',
    '',
  ].join('\n');
}

// Broken where Biome breaks it, so that the written file passes the format check.
function ruleLines(path: string): string[] {
  const ids = readFileSync(posix.join(top, path), 'utf8').matchAll(/^ {2}id: '(.+)',$/gm);
  const digest = `'${closureDigest([path])}',`;
  return [...ids].map(([, id = '']) => {
    const key = `    '${id}':`;
    return key.length + digest.length < 100 ? `${key} ${digest}` : `${key}\n      ${digest}`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(`${top}${written}`, codeDigestsText());
