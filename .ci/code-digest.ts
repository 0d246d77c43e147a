/**
 * `npm run digests`: writes scanner/code-digest.ts, the digest of the code that makes a report, with
 * everything it imports. Comments, types and layout do not count. A test holds the file to the code.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { type Digest, digestOf } from '../skills-index/skill/digest.ts';
import { canonicalDigest } from '../skills-index/skill/text/canonical-json.ts';

const top = fileURLToPath(new URL('..', import.meta.url));
const written = 'scanner/code-digest.ts';

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

// Everything that is reached by imports from the entry.
function closureDigest(entry: string): Digest {
  const reached = new Set<string>();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path) || path === written) continue;
    reached.add(path);
    waiting.push(...codeOf(path).imports);
  }
  return canonicalDigest([...reached].sort().map((path) => [path, codeOf(path).digest]));
}

/** The text that scanner/code-digest.ts has to have. */
export function codeDigestText(): string {
  return [
    '/** Written by `npm run digests`; a test holds it to the code. The code that makes reports. */',
    `export const codeDigest = '${closureDigest('scanner/scan.ts')}';`,
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(`${top}${written}`, codeDigestText());
