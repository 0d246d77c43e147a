// The last step of `npm run build`: the command line and the scanning thread of `skill scan` become one file each, and one more for what is
// loaded only when it is needed, since Node spends more on finding and reading five hundred small modules than on what they do. The modules
// stay beside them for those that start one by its path. What is taken in from packages keeps its licence.
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { build } from 'esbuild';

// A module that finds files by its own place goes on from that place.
const ownPlaces = {
  name: 'own-places',
  setup: (bundle) =>
    bundle.onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path }) => {
      const place = `new URL(${JSON.stringify(relative('dist/cli', path))}, import.meta.url).href`;
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place), loader: 'js' };
    }),
};

const packages = new Set();
// Large, and only loaded for TypeScript and JavaScript.
const large = ['ts-morph'];
// What is native, and what only a registry has.
const kept = ['better-sqlite3', '@napi-rs/keyring', 'hono', '@hono/*', 'hono-openapi', 'drizzle-orm'];
await bundle('scan-thread', 'scan-thread/[name]-[hash]', large, []);
await bundle('main', 'part-[name]-[hash]', [...large, ...kept], [ownPlaces]);
// One without a file of its own names its licence.
const texts = [...packages].sort().map((name) => {
  const [file] = globSync(`node_modules/${name}/{LICEN[CS]E,licen[cs]e}*`);
  const licence =
    file === undefined
      ? JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).license
      : readFileSync(file, 'utf8').trim();
  if (typeof licence !== 'string') throw new Error(`no licence beside ${name}`);
  return `${name}\n\n${licence}\n`;
});
writeFileSync('dist/cli/LICENSES.txt', texts.join('\n---\n\n'));

async function bundle(entry, chunkNames, external, plugins) {
  const { metafile } = await build({
    ...{ entryPoints: [`dist/cli/${entry}.js`], outdir: 'dist/cli', chunkNames, external, plugins },
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // What is CommonJS among the packages asks for Node's own modules.
    banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
    logLevel: 'warning',
    metafile: true,
  });
  for (const path of Object.keys(metafile.inputs)) {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    if (name !== undefined) packages.add(name);
  }
}
