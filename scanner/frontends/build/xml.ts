/**
 * XML as a list of elements. Tolerant: it reads on behind what is no XML, and says so. Linear in
 * the text; nothing outside the text is read. Source: W3C "Extensible Markup Language 1.0".
 */

import type { UnreadPart } from './command-lines.ts';
import { XmlEntities } from './xml-entities.ts';

export interface XmlElement {
  /** Without its prefix, in small letters. */
  readonly name: string;
  /** By names without prefixes, in small letters. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly at: number;
  /** The text directly inside. */
  text: string;
}

interface OpenElement extends XmlElement {
  readonly children: OpenElement[];
}

const elementsMax = 50_000;

/** All elements in the order of their beginnings. */
export function parseXml(text: string): {
  readonly elements: readonly XmlElement[];
  readonly unread: UnreadPart | undefined;
} {
  const reader = new Reader(text);
  reader.read();
  return { elements: reader.elements, unread: reader.unread };
}

class Reader {
  readonly elements: OpenElement[] = [];
  unread: UnreadPart | undefined;
  readonly #open: OpenElement[] = [];
  readonly #entities = new XmlEntities();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): void {
    const text = this.#text;
    while (this.#at < text.length && this.elements.length < elementsMax) {
      const next = text.indexOf('<', this.#at);
      const end = next < 0 ? text.length : next;
      this.#addText(this.#expanded(this.#at, text.slice(this.#at, end)));
      this.#at = end;
      if (next >= 0) this.#markup();
    }
    if (this.#at < text.length) this.#fail('too many elements of XML');
    if (this.#open.length > 0) this.#fail('an element of XML does not end');
  }

  #markup(): void {
    const starts = (mark: string): boolean => this.#text.startsWith(mark, this.#at);
    if (starts('<!--')) this.#skip('<!--', '-->');
    else if (starts('<![CDATA[')) this.#addText(this.#skip('<![CDATA[', ']]>'));
    else if (starts('<?')) this.#skip('<?', '?>');
    else if (starts('<!DOCTYPE')) {
      const end = this.#entities.declare(this.#text, this.#at);
      if (end === undefined) this.#fail('a document type that does not end');
      this.#at = end ?? this.#text.length;
    } else if (starts('</')) this.#close();
    else this.#start();
  }

  // The text between two marks.
  #skip(from: string, to: string): string {
    const start = this.#at + from.length;
    const end = this.#text.indexOf(to, start);
    if (end < 0) this.#fail(`no ${to} behind ${from}`);
    this.#at = end < 0 ? this.#text.length : end + to.length;
    return this.#text.slice(start, end < 0 ? undefined : end);
  }

  #close(): void {
    const name = localName(this.#skip('</', '>').trim());
    if (this.#open.at(-1)?.name === name) this.#open.pop();
    else this.#fail('an end of XML without its beginning');
  }

  #start(): void {
    const at = this.#at;
    const name = this.#take(/<([A-Za-z_:][^\s<>/="']*)/y)?.[1];
    if (name === undefined) {
      this.#fail('a < that begins no element');
      this.#addText('<');
      this.#at += 1;
      return;
    }
    const attributes = new Map<string, string>();
    const attribute = /\s*([^\s=<>"'/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/y;
    for (let found = this.#take(attribute); found !== undefined; found = this.#take(attribute)) {
      const key = localName(found[1] ?? '');
      const value = this.#expanded(at, (found[2] ?? found[3] ?? '').replace(/[\r\n\t]/g, ' '));
      if (!attributes.has(key)) attributes.set(key, value);
    }
    const element: OpenElement = { name: localName(name), attributes, children: [], at, text: '' };
    this.elements.push(element);
    this.#open.at(-1)?.children.push(element);
    const end = this.#take(/\s*(\/?)>/y);
    if (end === undefined) this.#fail('an element of XML that is not well-formed');
    if (end?.[1] !== '/') this.#open.push(element);
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #addText(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined) element.text += text;
  }

  #expanded(at: number, text: string): string {
    const expanded = this.#entities.expand(text);
    if (expanded === undefined)
      this.unread ??= { at, reason: 'an entity of XML that is not known' };
    return expanded ?? text;
  }

  #fail(reason: string): void {
    this.unread ??= { at: this.#at, reason };
  }
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1).toLowerCase();
}
