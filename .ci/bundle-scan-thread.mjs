// The last step of `npm run build`: the scanning thread of `skill scan` becomes one file and one more for each parser, since Node spends
// more on finding and reading three hundred small modules than on a small skill. What is taken in from packages keeps its licence beside it.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { build } from 'esbuild';

const { metafile } = await build({
  entryPoints: ['dist/cli/scan-thread.js'],
  outdir: 'dist/cli',
  chunkNames: 'scan-thread/[name]-[hash]',
  allowOverwrite: true,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Large, and only loaded for TypeScript and JavaScript.
  external: ['ts-morph'],
  // What is CommonJS among the packages asks for Node's own modules.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  logLevel: 'warning',
  metafile: true,
});

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
);
const texts = [...packages].sort().map((name) => {
  const [licence] = globSync(`node_modules/${name}/LICEN[CS]E*`);
  if (licence === undefined) throw new Error(`no licence beside ${dirname(name)}`);
  return `${name}\n\n${readFileSync(licence, 'utf8').trim()}\n`;
});
writeFileSync('dist/cli/scan-thread/LICENSES.txt', texts.join('\n---\n\n'));
