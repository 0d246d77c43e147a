// The part of TypeScript that the scanner uses. TypeScript is one file with its editor services and
// its server for editors, which no scan calls. The built scanner reads its whole text at each
// start. So the build has esbuild leave out what no used name needs. What a scan did call would be
// missing, and the scan would fail.
import { globSync, readFileSync } from 'node:fs';
import { build } from 'esbuild';

const names = {
  begin: 'var typescript_exports = {};',
  member: /^ {2}(\w+): \(\) => (\w+),?$/gm,
  end: 'module.exports = __toCommonJS(typescript_exports);\n',
};
const wrapper = 'var ts = {}; ((module) => {';
const services = '// src/jsTyping/_namespaces/ts.JsTyping.ts';
const server = '// src/server/_namespaces/ts.ts';
// The word in strings is an extension of files.
const otherUse = /(?<![\w.'"$-])ts(?![\w.'"$])/;

/**
 * @param source of TypeScript, as one file of CommonJS
 * @param scanner the folder of the compiled scanner
 * @returns CommonJS with the names that the scanner uses
 */
export async function usedCompiler(source, scanner) {
  const places = [wrapper, names.begin, names.end, services, server].map((text) => {
    const at = source.indexOf(text);
    if (at < 0 || source.indexOf(text, at + 1) >= 0)
      throw new Error(`TypeScript's file has ${JSON.stringify(text)} not once`);
    return at;
  });
  const [open, namesAt, namesEnd, servicesAt, serverAt] = places;
  if (places.some((at, i) => at < (places[i - 1] ?? 0)))
    throw new Error("the parts of TypeScript's file have another order");
  const own = new Map(
    [...source.slice(namesAt, namesEnd).matchAll(names.member)].map(([, name, id]) => [name, id]),
  );
  const exported = [...usedNames(scanner)].map((name) => {
    if (!own.has(name)) throw new Error(`TypeScript has no value named ${name}`);
    return `${own.get(name)} as ${name}`;
  });
  const parts = [
    source.slice(0, open),
    source.slice(open + wrapper.length, namesAt),
    source.slice(namesEnd + names.end.length, servicesAt),
    // Lists of fixes and of names for editors, which would keep everything in them.
    source
      .slice(servicesAt, serverAt)
      .replace(/^(?=(?:registerCodeFix|registerRefactor|__export)\()/gm, '/* @__PURE__ */ '),
    `export { ${exported.join(', ')} };`,
  ];
  const { outputFiles } = await build({
    stdin: { contents: parts.join('\n') },
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // Short names halve the text. Our own names stay, for reports of bugs.
    minify: true,
    legalComments: 'inline',
    logLevel: 'warning',
    write: false,
  });
  return outputFiles[0].text;
}

function usedNames(scanner) {
  const used = new Set();
  for (const path of globSync(`${scanner}/**/*.js`)) {
    const [before, rest, ...more] = readFileSync(path, 'utf8').split(/ from 'ts-morph';/);
    if (rest === undefined) continue;
    for (const [, name] of rest.matchAll(/\bts\.(\w+)/g)) used.add(name);
    const code = rest.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    if (!before.endsWith('import { ts }') || more.length > 0 || otherUse.test(code))
      throw new Error(`${path} uses the compiler other than by a name: ts.NAME`);
  }
  return used;
}
