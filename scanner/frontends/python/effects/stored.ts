/**
 * Files by which values move: what Python writes, downloads or moves to a path is what runs when it
 * starts that path.
 */
import { basename, dirname, normalize } from 'node:path/posix';
import type { Language } from '../../../fact/source.ts';
import { own } from '../../../lookup-tables/api.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { interpreters } from '../../../lookup-tables/shell.ts';
import type { PythonModule, PyValue } from '../program.ts';
import { flowNode, flowSink, type PythonRun, spanOfPy } from '../run.ts';
import type { PyCall, PyNoting } from './call.ts';
import { wordText } from './command-words.ts';

/**
 * The paths that a value may be. One that is not known goes by the variable that holds it: each use
 * of the variable means the same file.
 */
export function storedPaths(call: PyCall, value: PyValue | undefined): readonly string[] {
  if (value === undefined) return [];
  const known = [...value.texts, ...value.otherTexts].filter(
    (text) => text.replaceAll(unknownPart, '') !== '',
  );
  if (known.length > 0) return known.map((text) => normalize(text));
  const code = call.module.source.text.slice(call.node.from, call.node.to);
  return value.nodes
    .filter((node) => isPlainIn(code, node))
    .map((node) => `${unknownPart}.of ${node}`);
}

// `args` of `args.out` holds many paths; `p` of `open(p)` and `p.write_text(…)` is one.
function isPlainIn(code: string, node: string): boolean {
  const name = /[\w$]+$/.exec(node)?.[0] ?? '';
  const uses = code.matchAll(
    /(?<![\w.])([\w$]+)\s{0,4}(\.\s{0,4}(?!write_|open\b|rename\b|replace\b|as_posix\b|absolute\b|resolve\b)|\[|\()?/g,
  );
  return [...uses].some(([, one, after]) => one === name && after === undefined);
}

/** What is written at the paths. */
export function storeAt(
  run: PythonRun,
  call: PyCall,
  paths: readonly string[],
  nodes: readonly string[],
): void {
  for (const path of paths)
    for (const from of nodes)
      run.edges.push({ kind: 'value', from, to: placeOf(run, call, path), stored: true });
}

/** A file that gets another name, or a copy. */
export function storeMoved(
  run: PythonRun,
  call: PyCall,
  from: readonly string[],
  to: readonly string[],
): void {
  for (const old of from) {
    storeAt(run, call, to, [placeOf(run, call, old)]);
    for (const path of to) run.moved.push({ from: old, to: path });
  }
}

/** What lies at the path that is started is run. */
export function startStored(
  run: PythonRun,
  call: PyCall,
  command: PyValue,
  words: readonly PyValue[] | undefined,
): void {
  const { word, language } = startedBy(command, words);
  const paths = word === undefined ? [] : storedPaths(call, word);
  for (const path of paths) {
    const places = path.includes(unknownPart) ? [path] : [path, `${dirname(path)}/`];
    flowSink(
      run,
      call,
      places.map((one) => placeOf(run, call, one)),
      { what: 'exec', api: call.api, part: 'program' },
    );
    if (path.startsWith(`${unknownPart}.of `)) noteStarted(run, call, path, language);
  }
}

/** A module that is imported is the file that was written under its name. */
export function startModule(run: PythonRun, at: PyNoting, name: string): void {
  const file = `${name.replaceAll('.', '/')}.py`;
  const isFile = (path: string): boolean => path === file || path.endsWith(`/${file}`);
  const prefix = `${at.module.source.path}::stored `;
  const places = [...run.nodeIds].filter(
    (id) => id.startsWith(prefix) && isFile(id.slice(prefix.length)),
  );
  run.context.steps.take(run.nodeIds.size >> 4);
  flowSink(run, at, places, { what: 'exec', api: 'import', part: 'program' });
  if (run.written.some(({ path }) => isFile(path))) noteStarted(run, at, file, 'python');
}

/** What the imports of a module run. */
export function startImports(run: PythonRun, module: PythonModule): void {
  const writes =
    run.written.length > 0 ||
    [...run.nodeIds].some((id) => id.startsWith(`${module.source.path}::stored `));
  if (!writes) return;
  for (const { index, 0: whole, 1: name = '' } of module.source.text.matchAll(importLine)) {
    const node = { from: index, to: index + whole.length };
    for (const one of name.split(','))
      startModule(
        run,
        { module, node, api: 'import', certainty: 'exact' },
        one.trim().split(/\s/, 1)[0] ?? '',
      );
  }
}

const importLine =
  /(?:^[ \t]*(?:import|from)[ \t]+|\b(?:__import__|import_module|run_module)\([ \t]*['"])([\w.]+(?:[ \t]*,[ \t]*[\w.]+){0,20})/gm;

function placeOf(run: PythonRun, call: PyCall, path: string): string {
  return flowNode(
    run,
    call.module,
    call.node,
    `stored ${path}`,
    `kept in the file ${path.replaceAll(unknownPart, '…').slice(0, 80)}`,
  );
}

// The program itself, or the file that an interpreter is given.
function startedBy(
  command: PyValue,
  words: readonly PyValue[] | undefined,
): { readonly word?: PyValue; readonly language?: Language } {
  const list = words ?? lineWords(command);
  const [first] = list;
  if (first === undefined) return {};
  const language = own(
    interpreters,
    basename(wordText(first))
      .replace(/\.exe$/i, '')
      .replace(/^pythonw?[\d.]*$/, 'python3'),
  )?.language;
  if (language === undefined) return { word: first };
  const word = list.slice(1).find((one) => !wordText(one).startsWith('-'));
  return word === undefined ? {} : { word, language };
}

// The words of a line: one that is not known holds what the line holds.
function lineWords(command: PyValue): readonly PyValue[] {
  const [line] = command.texts;
  if (line === undefined) return [command];
  const words = line
    .trim()
    .replace(/^(start|call|nohup|exec|sudo)\s+/, '')
    .split(/\s+/);
  return words.map((word) => {
    const text = word.replace(/^(['"])(.*)\1$/, '$2');
    return {
      ...command,
      items: undefined,
      qual: undefined,
      texts: text === unknownPart ? [] : [text],
      otherTexts: [],
    };
  });
}

function noteStarted(
  run: PythonRun,
  call: PyNoting,
  program: string,
  language: Language | undefined,
): void {
  run.starts.push({
    by: call.module.source.path,
    program,
    ...(language !== undefined && { language }),
    call: `${call.module.source.path} starts ${program}@${call.node.from}`,
    span: spanOfPy(call.module, call.node),
    context: call.module.source.context,
    arguments: [],
    stdin: [],
    env: [],
  });
}
