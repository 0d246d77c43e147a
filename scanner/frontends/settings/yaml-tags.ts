/**
 * Tags of YAML that make more than data: calls of Python (PyYAML, `!!python/object/apply`) and
 * functions of JavaScript (js-yaml 3, `!!js/function`).
 */

import { isAlias, isMap, isNode, isScalar, isSeq, type YAMLMap } from 'yaml';
import type { EmbeddedProgram, TaintSource } from '../../fact/source.ts';
import { settingsDepthMax } from '../../limits.ts';

/** Whether a text may have such a tag, also one in another spelling. Linear in the text. */
export function mayMakeObjects(text: string): boolean {
  if (/^%TAG\s/m.test(text)) return true;
  for (const [tag] of text.matchAll(/![^\s,[\]{}]*/g))
    if (/python|js\/|ruby|%[\da-f]{2}/i.test(tag)) return true;
  return false;
}

/** Reads the tags of one file. Each node becomes Python once, with what is inside it. */
export class ObjectTags {
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
