/** YAML: every scalar with its path, also of what an alias stands for. */
import { isAlias, isMap, isNode, isScalar, isSeq, parseAllDocuments, type YAMLMap } from 'yaml';
import { yamlAliasesMax } from '../../fact/shared-limits.ts';
import type { EmbeddedProgram, Language, TaintSource } from '../../fact/source.ts';
import { type FrontEndContext, type FrontEndResult, notAnalysed } from '../../programs/frontend.ts';
import { plainTextFacts } from '../text.ts';
import type { Setting } from './setting.ts';
import { settingsFacts } from './settings-facts.ts';
import { settingsFiles } from './tables/setting-commands.ts';

export const settingsDepthMax = 200;

const yamlCharsMax = 512 * 1024;

/** Facts of one YAML text; a text that is not YAML is searched as plain text. */
export function analyseYaml(source: TaintSource, context: FrontEndContext): FrontEndResult {
  if (source.text.length > yamlCharsMax)
    return unread(source, context, `more than ${yamlCharsMax} characters`);
  context.steps.take(source.text.length >> 2);
  const settings: Setting[] = [];
  const anchors = new Map<string, unknown>();
  const tags = new ObjectTags(source, anchors);
  try {
    // The parser would compare each key of a map with all others.
    const documents = parseAllDocuments(source.text, {
      logLevel: 'silent',
      prettyErrors: false,
      uniqueKeys: false,
    });
    const walk: Walk = {
      settings,
      tags,
      anchors,
      aliases: 0,
      keys: 0,
      nodes: nodesFree + source.text.length,
      failed: false,
    };
    for (const document of Array.isArray(documents) ? documents : []) {
      if (document.errors.length > 0 || repeatsKey(document.contents)) walk.failed = true;
      collect(document.contents, [], walk, false);
    }
    if (walk.failed && isHeld(source)) {
      const plain = unread(source, context, 'not valid YAML');
      return { ...plain, embedded: [...plain.embedded, ...tags.programs] };
    }
  } catch (cause) {
    const plain = unread(source, context, 'not valid YAML');
    // Whoever obeys the file may read deeper than this call stack.
    return cause instanceof RangeError
      ? { ...plain, unanalysed: [notAnalysed(source, 'nested too deeply')] }
      : plain;
  }
  const comments = [...source.text.matchAll(/(?:^|\s)#\s?([^\n]{8,})/g)].map(
    (match) =>
      ({
        kind: 'text',
        role: 'comment',
        span: { path: source.path, start: match.index, end: match.index + match[0].length },
        context: source.context,
        certainty: 'exact',
        text: (match[1] ?? '').trim(),
        detail: '',
      }) as const,
  );
  const result = settingsFacts(source, settings);
  return {
    ...result,
    facts: [...result.facts, ...comments],
    embedded: [...result.embedded, ...tags.programs],
    unanalysed: tags.unread === undefined ? result.unanalysed : [notAnalysed(source, tags.unread)],
  };
}

interface Walk {
  readonly settings: Setting[];
  /** What a reader of objects would run. */
  readonly tags: ObjectTags;
  /** Nodes by their anchors, as far as the text has been read. */
  readonly anchors: Map<string, unknown>;
  aliases: number;
  /** How many more nodes are read: an alias may stand for very many. */
  nodes: number;
  /** How many keys the walk is inside of. */
  keys: number;
  /** Whether the text is too large or cannot be read. */
  failed: boolean;
}

// A file of settings or of objects that this parser cannot read counts as not analysed; other YAML
// is searched as text.
function unread(source: TaintSource, context: FrontEndContext, reason: string): FrontEndResult {
  const result = plainTextFacts(source, context);
  return isHeld(source) ? { ...result, unanalysed: [notAnalysed(source, reason)] } : result;
}

function isHeld({ path, text, depth }: TaintSource): boolean {
  const isLongWorkflow = text.length > yamlCharsMax && looksLikeWorkflow(text);
  // A text that code writes may have unknown parts.
  const isSettings = depth === 0 && settingsFiles.test(path);
  return isSettings || isLongWorkflow || mayMakeObjects(text);
}

// A map with a repeated key is not valid YAML: readers differ on which of the two values they take.
function repeatsKey(node: unknown): boolean {
  if (isSeq(node)) return node.items.some(repeatsKey);
  if (!isMap(node)) return false;
  const keys = new Set<unknown>();
  return node.items.some(({ key, value }) => {
    const isRepeated = isScalar(key) && keys.size === keys.add(key.value).size;
    return isRepeated || repeatsKey(key) || repeatsKey(value);
  });
}

// Below a node with a tag, `isRead` says that its program has all tags already.
function collect(
  node: unknown,
  path: readonly (string | number)[],
  walk: Walk,
  isRead: boolean,
): void {
  const isInside = isRead || walk.tags.read(node);
  walk.nodes -= 1;
  if (walk.nodes < 0 || path.length + walk.keys > settingsDepthMax) {
    walk.failed = true;
    return;
  }
  if (isNode(node) && 'anchor' in node && typeof node.anchor === 'string')
    walk.anchors.set(node.anchor, node);
  if (isScalar(node)) {
    const [from, to] = node.range ?? [0, 0];
    if (typeof node.value === 'string' && walk.keys === 0)
      walk.settings.push({ path, value: node.value, from, to });
  } else if (isMap(node)) {
    for (const { key, value } of node.items) {
      collectKey(key, walk, isInside);
      // `<<` merges the named map into this one.
      const name = isScalar(key) ? String(key.value) : '?';
      collect(value, name === '<<' ? path : [...path, name], walk, isInside);
    }
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => {
      collect(item, [...path, index], walk, isInside);
    });
  } else if (isAlias(node)) {
    walk.aliases += 1;
    if (walk.aliases > yamlAliasesMax) walk.failed = true;
    else collect(walk.anchors.get(node.source), path, walk, true);
  }
}

// A key names no setting, but it may have tags and anchors.
function collectKey(key: unknown, walk: Walk, isRead: boolean): void {
  walk.keys += 1;
  collect(key, [], walk, isRead);
  walk.keys -= 1;
}

const nodesFree = 10_000;

// Tags of YAML that make more than data: calls of Python (PyYAML, `!!python/object/apply`) and
// functions of JavaScript (js-yaml 3, `!!js/function`).

/** Whether a text may have such a tag, also one in another spelling. Linear in the text. */
function mayMakeObjects(text: string): boolean {
  if (/^%TAG\s/m.test(text)) return true;
  for (const [tag] of text.matchAll(/![^\s,[\]{}]*/g))
    if (/python|js\/|ruby|%[\da-f]{2}/i.test(tag)) return true;
  return false;
}

/** Reads the tags of one file. Each node becomes Python once, with what is inside it. */
class ObjectTags {
  readonly programs: EmbeddedProgram[] = [];
  /** Why not all tags are read. */
  unread: string | undefined;
  readonly #source: TaintSource;
  readonly #anchors: Map<string, unknown>;
  #left: number;
  #modules = new Set<string>();
  #lines: string[] = [];
  #names: string[] = [];
  #filled: string[] = [];
  #isFilling = false;

  constructor(source: TaintSource, anchors: Map<string, unknown>) {
    this.#source = source;
    this.#anchors = anchors;
    this.#left = Math.min(charsMax, charsFree + source.text.length * charsPerLetter);
  }

  /** Reads a node with a tag and all nodes inside it; false for data. */
  read(node: unknown): boolean {
    if (!isNode(node) || node.tag === undefined) return false;
    const raw = node.range?.[0] ?? 0;
    if (/js\/function$/.test(node.tag) && isScalar(node)) {
      this.#add('javascript', `(${String(node.value)})()\n`, raw);
      return true;
    }
    if (objectTag.exec(node.tag) === null) return false;
    this.#modules = new Set();
    this.#lines = [];
    this.#names = [];
    this.#filled = [];
    const text = this.#value(node, 0);
    // `!!python/name` and an object that is filled: `extend` of the object may be that function.
    for (const name of this.#names)
      for (const value of this.#filled)
        if (this.#take(name.length + value.length)) this.#lines.push(`${name}(${value})`);
        else break;
    const imports = [...this.#modules].map((name) => `import ${name}\n`).join('');
    this.#add('python', `${imports}${[text, ...this.#lines].join('\n')}\n`, raw);
    return true;
  }

  #add(language: 'python' | 'javascript', text: string, raw: number): void {
    const { path, context } = this.#source;
    const map = [{ at: 0, raw, fixed: true }] as const;
    this.programs.push({ within: path, language, text, context, map });
  }

  #take(chars: number): boolean {
    this.#left -= chars;
    if (this.#left < 0) this.unread ??= 'more objects than are read';
    return this.unread === undefined;
  }

  #value(node: unknown, depth: number): string {
    if (depth > settingsDepthMax) this.unread ??= 'objects that are nested too deep';
    if (!this.#take(2) || !isNode(node)) return 'None';
    if (isAlias(node)) return this.#value(this.#anchors.get(node.source), depth + 1);
    if ('anchor' in node && typeof node.anchor === 'string') this.#anchors.set(node.anchor, node);
    const [, form, name] = objectTag.exec(node.tag ?? '') ?? [];
    if (form !== undefined && name !== undefined) return this.#object(node, form, name, depth);
    if (isScalar(node)) return this.#scalar(node.value, node.tag);
    if (isSeq(node)) return `[${this.#items(node.items, depth).join(', ')}]`;
    if (!isMap(node)) return 'None';
    const pairs: string[] = [];
    for (const { key, value } of node.items) {
      if (this.unread !== undefined) break;
      pairs.push(`${this.#value(key, depth + 1)}: ${this.#value(value, depth + 1)}`);
    }
    return `{${pairs.join(', ')}}`;
  }

  #scalar(value: unknown, tag = ''): string {
    const text = textOf(value, tag);
    if (text === undefined)
      return typeof value === 'number' ? String(value) : (truths.get(value) ?? 'None');
    if (!this.#take(text.length)) return 'None';
    const written = JSON.stringify(text);
    if (this.#isFilling) this.#filled.push(written);
    return written;
  }

  #object(node: unknown, form: string, name: string, depth: number): string {
    const callee = name.replace(/^(builtins|__builtin__)\./, '').replace(/^(posix|nt)\./, 'os.');
    if (!/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/.test(callee) || !this.#take(callee.length)) {
      this.unread ??= 'an object whose name is not one of Python';
      return 'None';
    }
    const module = form === 'module' ? callee : callee.replace(/\.?\w+$/, '');
    if (module !== '') this.#modules.add(module);
    if (form === 'module') return callee;
    if (form === 'name') {
      this.#names.push(callee);
      return callee;
    }
    if (isMap(node)) return `${callee}(${this.#parts(node, form, depth).join(', ')})`;
    const given =
      isScalar(node) && node.value !== ''
        ? [this.#scalar(node.value)]
        : this.#items(isSeq(node) ? node.items : [], depth);
    return `${callee}(${given.join(', ')})`;
  }

  // In the order of the text: an anchor may be used behind it.
  #parts(node: YAMLMap, form: string, depth: number): string[] {
    const args: string[] = [];
    const names: string[] = [];
    for (const { key, value } of node.items) {
      const part = isScalar(key) && form !== 'object' ? String(key.value) : '';
      const real = isAlias(value) ? this.#anchors.get(value.source) : value;
      if (part === 'args' && isSeq(real)) {
        this.#take(1);
        if (real.anchor !== undefined) this.#anchors.set(real.anchor, real);
        args.push(...this.#items(real.items, depth));
      } else if (part === 'args') args.push(`*${this.#value(value, depth + 1)}`);
      else if (part === 'kwds') names.push(`**${this.#value(value, depth + 1)}`);
      else this.#fill(key, value, depth);
    }
    return [...args, ...names];
  }

  #items(items: readonly unknown[], depth: number): string[] {
    const found: string[] = [];
    for (const item of items) {
      if (this.unread !== undefined) break;
      found.push(this.#value(item, depth + 1));
    }
    return found;
  }

  // The state of an object, and its items.
  #fill(key: unknown, value: unknown, depth: number): void {
    const before = this.#isFilling;
    this.#isFilling = true;
    const names = this.#value(key, depth + 1);
    const text = this.#value(value, depth + 1);
    this.#isFilling = before;
    if (/\w\(/.test(names)) this.#lines.push(names);
    if (/\w\(/.test(text)) this.#lines.push(text);
  }
}

const objectTag = /python\/(object\/apply|object\/new|object|name|module):(.+)$/s;
const charsFree = 4 * 1024;
const charsPerLetter = 8;
const charsMax = 256 * 1024;

const truths: ReadonlyMap<unknown, string> = new Map([
  [true, 'True'],
  [false, 'False'],
]);

// The parser decodes `!!binary`; only PyYAML knows `!!python/bytes`.
function textOf(value: unknown, tag: string): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (typeof value !== 'string') return undefined;
  return tag.endsWith('python/bytes') ? Buffer.from(value, 'base64').toString('latin1') : value;
}

// Workflows of GitHub in texts with another name, such as `release.txt` or `ci.yml.tmpl`, which the
// agent shall copy.

const texts: ReadonlySet<Language> = new Set(['text', 'other']);
const start = /^(?:["']?(?:name|on|env|permissions|defaults|jobs|runs)["']?\s{0,9}:|---|\{)/m;
const jobs = /["']?\b(?:jobs|runs)["']?\s{0,9}:/;
const step = /["']?\b(?:run|uses)["']?\s{0,9}:/;

/** Whether a text may be a workflow, before it is read. */
function looksLikeWorkflow(text: string): boolean {
  return jobs.test(text) && step.test(text);
}

/** The text from its first key on, as YAML. */
export function workflowTexts({
  path,
  language,
  text,
  context,
  depth,
}: TaintSource): EmbeddedProgram[] {
  if (depth > 0 || !texts.has(language) || !looksLikeWorkflow(text)) return [];
  const raw = start.exec(text)?.index;
  if (raw === undefined) return [];
  return [
    { within: path, language: 'yaml', text: text.slice(raw), context, map: [{ at: 0, raw }] },
  ];
}
