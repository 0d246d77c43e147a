/**
 * What files of the skill say that lie beside its code: a call that reads a file gives the text of
 * the file, and a call that parses settings gives the data in the text. The file may be another one
 * when the code runs, so its text is one of several texts that the call may give.
 */
import { dirname, join, normalize } from 'node:path/posix';
import { getStaticTOMLValue, parseTOML } from 'toml-eslint-parser';
import { parseAllDocuments } from 'yaml';
import { foldedCharsMax, yamlAliasesMax } from '../../../fact/shared-limits.ts';
import { unknownPart } from '../../../lookup-tables/egress-of.ts';
import { pythonItemsMax } from '../assignments/alternatives.ts';
import { calledIn } from '../interpret.ts';
import { argumentsOf } from '../nodes.ts';
import type { Folded, PyNode, PythonModule, PyValue } from '../program.ts';
import type { PythonRun } from '../run.ts';
import { dictOf, listOf } from './value.ts';

/** Values in a file of settings beside Python code: what a larger file says is not known. */
const pythonDataMax = 1_024;

/** What a call may give of files of the skill; nothing for calls that read none. */
export function readOfFiles(run: PythonRun, module: PythonModule, node: PyNode): readonly Folded[] {
  const known = run.fold.files.get(node);
  if (known !== undefined) return known;
  const found = findRead(run, module, node);
  run.fold.files.set(node, found);
  return found;
}

function findRead(run: PythonRun, module: PythonModule, node: PyNode): readonly Folded[] {
  const { firstChild } = node;
  if (firstChild === null) return [];
  const { qual } = run.evaluate(run, module, firstChild);
  if (qual === undefined || !reads.test(qual)) return [];
  const { object } = calledIn(module, firstChild);
  if (fileReads.test(qual)) {
    const texts = object && textsIn(run, module, run.evaluate(run, module, object));
    return qual.endsWith('lines') ? (texts ?? []).map(linesOf) : (texts ?? []);
  }
  const [argument] = argumentsOf(module, node).positional;
  const parse = parsers.get(qual.split('.', 1)[0] ?? '');
  if (parse === undefined || argument === undefined) return [];
  const given = run.evaluate(run, module, argument);
  const texts = isFile(given) ? textsIn(run, module, given) : given.texts;
  return texts.flatMap((text) => dataIn(run, text, parse));
}

const fileReads =
  /^(pathlib\.Path\(\)(\.open\(\))?|((io|codecs)\.)?open\(\))\.read(_text|_bytes|lines)?$/;
const reads = new RegExp(`\\.(loads?|safe_load|full_load)$|${fileReads.source}`);

/** What a parser of INI files may hold: the files that `read` is given anywhere in its module. */
export function settingsOfFiles(run: PythonRun, module: PythonModule): readonly Folded[] {
  return ['read', 'read_file', 'read_string'].flatMap((name) =>
    (run.calls.get(name) ?? []).flatMap(({ module: by, call }) => {
      const [argument] = by === module ? argumentsOf(by, call).positional : [];
      if (argument === undefined) return [];
      const given = run.evaluate(run, by, argument);
      const texts =
        name === 'read_string'
          ? given.texts
          : (given.items ?? [given]).flatMap((one) => textsIn(run, by, one));
      return texts.flatMap((text) => dataIn(run, text, iniData));
    }),
  );
}

/** The lines of a file of the skill that is open and gone through. */
export function linesOfFile(
  run: PythonRun,
  module: PythonModule,
  value: PyValue,
): readonly string[] {
  if (!isFile(value) || value.texts.length > 0) return [];
  return textsIn(run, module, value).flatMap((text) => text.split(/(?<=\n)/, pythonItemsMax));
}

function linesOf(text: string): Folded {
  return listOf(text.split(/(?<=\n)/, pythonItemsMax));
}

// A path, or a file that is open.
function isFile({ qual }: PyValue): boolean {
  return (
    qual !== undefined && /^pathlib\.Path\(\)(\.open\(\))?$|^(io\.|codecs\.)?open\(\)$/.test(qual)
  );
}

function textsIn(run: PythonRun, module: PythonModule, file: PyValue): readonly string[] {
  const open = file.targets.flatMap(({ at }) =>
    at.kind === 'mount' && at.mode === 'ro' ? (at.path ?? []) : [],
  );
  return (file.texts.length > 0 ? file.texts : open).flatMap((path) => {
    const text = textAt(run, module, path);
    run.context.steps.take(1 + ((text?.length ?? 0) >> 6));
    return text === undefined || text.length > foldedCharsMax ? [] : [text];
  });
}

// Of a path that begins in a folder that is not known, the folder is mostly that of the module.
function textAt(run: PythonRun, module: PythonModule, path: string): string | undefined {
  const { texts } = run.context;
  const rest = path.slice(path.lastIndexOf(unknownPart) + 1);
  if (rest === '' || /^[~*]/.test(rest)) return undefined;
  const isOfSkill = rest.startsWith(skillFolder);
  if (rest === path && rest.startsWith('/') && !isOfSkill) return undefined;
  const inside = normalize(isOfSkill ? rest.slice(skillFolder.length) : rest).replace(/^\/+/, '');
  const folders = isOfSkill
    ? ['']
    : [dirname(module.source.path), '', dirname(dirname(module.source.path))];
  return folders
    .map((folder) => texts?.get(normalize(join(folder, inside)))?.text)
    .find((text) => text !== undefined);
}

const skillFolder = '/skills/@self/';

const parsers: ReadonlyMap<string, (text: string) => unknown> = new Map([
  ...['json', 'orjson', 'simplejson', 'ujson', 'json5'].map((name) => [name, JSON.parse] as const),
  ...['tomllib', 'tomli', 'toml', 'pytoml'].map((name) => [name, tomlData] as const),
  ...['yaml'].map((name) => [name, yamlData] as const),
]);

function dataIn(run: PythonRun, text: string, parse: (text: string) => unknown): readonly Folded[] {
  if (text.length > foldedCharsMax || text.includes(unknownPart)) return [];
  run.context.steps.take(1 + (text.length >> 2));
  try {
    const budget = { left: pythonDataMax };
    const found = foldedData(parsedOnce(run, text, parse), budget);
    return budget.left < 0 || found === null ? [] : [found];
  } catch (cause) {
    if (cause instanceof RangeError) throw cause;
    return [];
  }
}

// Many calls parse the same file. Only what the parser gave is shared: code may change the list or
// dictionary that it got.
function parsedOnce(run: PythonRun, text: string, parse: (text: string) => unknown): unknown {
  const parsed = run.fold.parsed.get(parse) ?? new Map<string, unknown>();
  run.fold.parsed.set(parse, parsed);
  if (!parsed.has(text)) parsed.set(text, parsedOrNothing(text, parse));
  return parsed.get(text);
}

// Another parser may read what this one cannot; nothing is known of it then.
function parsedOrNothing(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (cause) {
    // Whoever runs the program may read deeper than this call stack.
    if (cause instanceof RangeError) throw cause;
    return undefined;
  }
}

function foldedData(value: unknown, budget: { left: number }): Folded {
  budget.left -= 1;
  if (budget.left < 0) return null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  if (Array.isArray(value)) return listOf(value.map((one) => foldedData(one, budget)));
  if (typeof value !== 'object' || value === null || value instanceof Date) return null;
  return dictOf(Object.entries(value).map(([key, one]) => [key, foldedData(one, budget)] as const));
}

function tomlData(text: string): unknown {
  return getStaticTOMLValue(parseTOML(text, { tomlVersion: '1.1' }));
}

function yamlData(text: string): unknown {
  const documents = parseAllDocuments(text, {
    logLevel: 'silent',
    prettyErrors: false,
    uniqueKeys: false,
  });
  return documents.at(0)?.toJS({ maxAliasCount: yamlAliasesMax });
}

// Library reference: configparser. A line that is further in goes on with the value before.
function iniData(text: string): unknown {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let key = '';
  for (const line of text.split('\n')) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const header = /^\[([^\]\n]{1,200})\]/.exec(line)?.[1];
    const [all, name = '', value = ''] = /^([^\s=:][^=:\n]{0,200})[=:](.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
    } else if (/^\s/.test(line))
      section?.set(key, `${section.get(key) ?? ''}\n${line.trim()}`.trim());
    else if (all !== undefined) {
      key = name.trim().toLowerCase();
      section?.set(key, value.trim());
    }
  }
  return Object.fromEntries([...sections].map(([name, held]) => [name, Object.fromEntries(held)]));
}
