// The last step of `npm run build`: the command line and the scanning processes become one file each,
// and one more for what is loaded only when it is needed, since Node spends more on finding and
// reading five hundred small modules than on what they do. They contain every package but those with
// machine code and those that may be left out, each in the version of the lock file: an installation
// fetches nothing else. What agents wait for (`skill run`, `mcp`, `agent run`) is a program of its
// own in CommonJS: one file instead of a hundred, each part and each module of Node's set up when it
// is first asked for; of ASCII, so that it is read byte by byte.
// What is taken in from packages keeps its licence.
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';
import { usedCompiler } from './compiler.mjs';

// A module that finds files relative to itself keeps its own place.
const ownPlaces = (base) => ({
  name: 'own-places',
  setup: (bundle) =>
    bundle.onLoad({ filter: /\/dist\/.*\.js$/ }, ({ path }) => {
      const place = `new URL(${JSON.stringify(relative('dist/cli', path))}, ${base}).href`;
      return {
        contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place),
        loader: 'js',
      };
    }),
});

// The commands of each program; each has its own help. The modules of all others are in the command
// line's files, and what of the scanner is seldom asked for.
const programs = {
  agents: ['run/run.js', 'mcp/mcp.js', 'agents/agent-run.js'],
  install: ['install/install.js', 'install/update.js', 'install/ci.js'],
  author: ['publish/publish.js', 'scan/scan.js'],
  help: [],
};
const help = 'help-and-options/help.js';
const others = new Set();
const otherCommands = (own) => ({
  name: 'other-commands',
  setup: (bundle) =>
    bundle.onResolve({ filter: /^\.\.?\// }, ({ path, importer, kind }) => {
      const module = relative('dist/cli', join(dirname(importer), path));
      const isOther = importer.endsWith('-rows.js')
        ? !own.includes(module)
        : module.startsWith('../scanner/');
      if (kind !== 'dynamic-import' || !isOther) return undefined;
      others.add(module);
      return { path: `./${module}`, external: true };
    }),
});

// Of ts-morph the scanner uses TypeScript alone, which is two thirds of the package's code. It has a
// file of its own, which a skill without TypeScript and JavaScript does not need.
const compilerOnly = {
  name: 'compiler-only',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^ts-morph$/ }, ({ path }) => ({ path, namespace: 'compiler' }));
    bundle.onLoad({ filter: /^/, namespace: 'compiler' }, () => ({
      contents: "exports.ts = require('./compiler.cjs');",
    }));
    bundle.onResolve({ filter: /^\.\/compiler\.cjs$/ }, ({ path }) => ({ path, external: true }));
    bundle.onLoad({ filter: /\/@ts-morph\/common\/dist\/typescript\.js$/ }, async ({ path }) => ({
      contents: await usedCompiler(readFileSync(path, 'utf8'), 'dist/scanner'),
      resolveDir: dirname(path),
    }));
  },
};

// The phrase tables are made ready once.
const readyPhrases = {
  name: 'ready-phrases',
  setup: (bundle) => {
    bundle.onLoad({ filter: /\/compiled-phrases\.js$/ }, async ({ path }) => {
      const { compiledPhrases } = await import(path);
      writeFileSync('dist/cli/phrases.json', JSON.stringify(compiledPhrases));
      return { contents: "export const compiledPhrases = require('./phrases.json');" };
    });
    bundle.onResolve({ filter: /^\.\/phrases\.json$/ }, ({ path }) => ({ path, external: true }));
  },
};

// Ruby's parser is a file of machine code for WebAssembly, which lies beside the program.
const wasm = 'node_modules/@ruby/prism/src/prism.wasm';
const rubyParser = (base) => ({
  name: 'ruby-parser',
  setup: (bundle) =>
    bundle.onLoad({ filter: /\/languages\/ruby\/parse\.js$/ }, ({ path }) => {
      copyFileSync(wasm, 'dist/cli/prism.wasm');
      const place = "createRequire(import.meta.url).resolve('@ruby/prism/src/prism.wasm')";
      const contents = readFileSync(path, 'utf8');
      if (!contents.includes(place)) throw new Error(`${path} does not name its parser`);
      return {
        contents: contents.replace(place, `new URL('./prism.wasm', ${base})`),
        loader: 'js',
      };
    }),
});

// Packages that take time to load, and that few commands call: the list of public suffixes, and
// patterns over all of Unicode.
const lazy = {
  tldts: ['getDomain', 'getDomainWithoutSuffix', 'getPublicSuffix', 'parse'],
  'string-width': ['default'],
};
const lazyPackages = {
  name: 'lazy-packages',
  setup: (bundle) => {
    bundle.onResolve({ filter: /^(tldts|string-width)$/ }, ({ kind, path }) =>
      kind === 'import-statement' ? { path, namespace: 'lazy' } : undefined,
    );
    bundle.onLoad({ filter: /^/, namespace: 'lazy' }, ({ path }) => ({
      contents: lazy[path]
        .map((name) => `const ${name}_ = (...args) => require('${path}').${name}(...args);`)
        .concat(`export { ${lazy[path].map((name) => `${name}_ as ${name}`)} };`)
        .join('\n'),
      resolveDir: 'node_modules',
    }));
  },
};

// A checkout's; a build has scanner.cjs in its place.
const scanModule = './local-scan.js';
const packages = new Set();
const outputs = new Set();
// Two have machine code, an operator may leave the third out, and only a checkout's demo has the
// fourth: it finds its files beside its own package.json.
const outside = ['better-sqlite3', '@napi-rs/keyring', 'nodemailer', 'playwright-core'];
const contained = Object.keys(
  JSON.parse(readFileSync('package.json', 'utf8')).devDependencies,
).filter((name) => !outside.includes(name));
// CommonJS packages require Node's modules. The import has a name that no module uses, since two
// imports of one name are an error.
const banner =
  "import { createRequire as requireFor } from 'node:module';\nconst require = requireFor(import.meta.url);";
const modules = { outdir: 'dist/cli', splitting: true, format: 'esm', banner: { js: banner } };
const ownPlace = { js: "const ownPlace = require('node:url').pathToFileURL(__filename).href;" };
const program = {
  format: 'cjs',
  minify: true,
  legalComments: 'none',
  banner: ownPlace,
  // Node warns of an import() in code that was not loaded as a module.
  supported: { 'dynamic-import': false },
};
await bundle('scan/local-scan', {
  ...program,
  outfile: 'dist/cli/scanner.cjs',
  plugins: [
    compilerOnly,
    readyPhrases,
    rubyParser('ownPlace'),
    ownPlaces('ownPlace'),
    lazyPackages,
  ],
});
await bundle('../../node_modules/@ts-morph/common/dist/typescript', {
  ...program,
  outfile: 'dist/cli/compiler.cjs',
  // The licence of TypeScript is a comment.
  legalComments: 'eof',
  plugins: [compilerOnly],
});
// The modules are read before the bundle replaces one of them.
for (const [name, commands] of Object.entries(programs))
  await bundle('command-line', {
    ...program,
    outfile: `dist/cli/${name}.cjs`,
    external: [...outside, scanModule],
    plugins: [
      compilerOnly,
      otherCommands([...commands, help]),
      ownPlaces('ownPlace'),
      lazyPackages,
    ],
  });
// Modules that others load or start by their path.
const byPath = [
  '../runner/observe/observe-process.js',
  '../scanner/worker/scan-child.js',
  ...others,
];
writeFileSync('dist/cli/by-path.js', byPath.map((path) => `import('./${path}');`).join('\n'));
const parts = await bundle(['command-line', 'by-path'], {
  ...modules,
  chunkNames: 'part-[name]-[hash]',
  external: [...outside, scanModule],
  plugins: [
    compilerOnly,
    rubyParser('import.meta.url'),
    ownPlaces('import.meta.url'),
    lazyPackages,
  ],
});
// An entry is a module that contains CommonJS. An import of a module of Node runs that module and
// its getters, such as those of `node:fs` for promises and streams, before the first line. In
// CommonJS each is asked for where it is first used.
const entry = {
  format: 'cjs',
  banner: {
    js: 'const require = process.getBuiltinModule, module = { exports: {} };\nconst ownPlace = import.meta.url;',
  },
  plugins: [ownPlaces('ownPlace')],
};
await bundle('main', {
  ...entry,
  outfile: 'dist/cli/main.js',
  external: ['./command-line.js'],
  footer: { js: 'export { main };' },
});
await bundle('scan/scan-child', {
  ...entry,
  outfile: 'dist/cli/scan/scan-child.js',
  external: [scanModule],
  plugins: [ownPlaces("new URL('../main.js', ownPlace)")],
});
// Whole by themselves, and copied to other places from here.
const alone = [
  'dist/cli/guard.js',
  'dist/cli/proofs/redteam/agent-program.js',
  'dist/cli/proofs/redteam/naive-program.js',
  'dist/runner/sessions/bridge.js',
];
for (const path of globSync('dist/**/*.js'))
  if (!outputs.has(path) && !alone.includes(path)) rmSync(path);
rmSync('dist/cli/by-path.js');
const partOf = new Map(Object.entries(parts).map(([part, { entryPoint }]) => [entryPoint, part]));
for (const path of byPath) {
  const module = join('dist/cli', path);
  if (!partOf.has(module)) throw new Error(`the build has no part for ${module}`);
  writeFileSync(module, `export * from './${relative(dirname(module), partOf.get(module))}';\n`);
}
// Characters outside ASCII are in strings, templates and patterns, where an escape means the same.
const escaped = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
for (const file of globSync('dist/cli/*.cjs'))
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, escaped));
// A package without a licence file is listed with its licence's name.
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

async function bundle(entries, how) {
  const { metafile } = await build({
    entryPoints: [entries].flat().map((entry) => `dist/cli/${entry}.js`),
    ...how,
    allowOverwrite: true,
    bundle: true,
    platform: 'node',
    target: 'node22',
    logLevel: 'warning',
    metafile: true,
  });
  for (const path of Object.keys(metafile.inputs)) {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
    if (name !== undefined) packages.add(name);
  }
  for (const [output, { imports }] of Object.entries(metafile.outputs)) {
    outputs.add(output);
    const missing = imports.find(
      ({ external, path }) =>
        external && contained.some((name) => `${path}/`.startsWith(`${name}/`)),
    );
    if (missing !== undefined) throw new Error(`${output} needs the package ${missing.path}`);
  }
  return metafile.outputs;
}
