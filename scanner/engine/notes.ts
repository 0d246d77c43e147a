/** What the engine notes while it goes through programs: facts, and the graph of flows. */
import type { Capability } from '../../skills-index/skill/capability.ts';
import type { Confidence } from '../../skills-index/statement/finding.ts';
import type { Fact, FlowSink, FlowSource, Span, Trait } from '../fact/fact.ts';
import { keep } from '../fact/remembered.ts';
import { detailCharsMax } from '../fact/shared-limits.ts';
import type { EmbeddedProgram, Language, OffsetMap } from '../fact/source.ts';
import type { Steps } from '../fact/steps.ts';
import type { FlowGraph, FlowNode, FlowStart } from '../flow/graph.ts';
import type { Extent } from '../ir/ir.ts';
import { anyEgress, shapeOf, unknownPart } from '../lookup-tables/egress-of.ts';
import type { MovedFile, WrittenText } from '../programs/frontend.ts';
import type { Text } from './text.ts';
import { countWork, type OwnProgram } from './value.ts';

/** Where something happens, by which function of the library, and how surely. */
export interface At {
  readonly program: OwnProgram;
  readonly place: Extent;
  readonly api: string;
  readonly certainty: Confidence;
  /** The calls that lead here: each has nodes of its own. */
  readonly frame: string;
}

/** What is noted is kept until the end: some hundred bytes. */
const notedSteps = 8;
const workPerNote = 32;

/** Nodes that are gone back through for the origins of data. */
const originsSeenMax = 256;

export class Notes {
  readonly facts: Fact[] = [];
  readonly embedded: EmbeddedProgram[] = [];
  readonly written: WrittenText[] = [];
  readonly moved: MovedFile[] = [];
  readonly nodes: FlowNode[] = [];
  readonly edges: FlowGraph['edges'][number][] = [];
  readonly sources: FlowGraph['sources'][number][] = [];
  readonly sinks: FlowGraph['sinks'][number][] = [];
  readonly starts: FlowStart[] = [];
  readonly exports: NonNullable<FlowGraph['exports']>[number][] = [];
  readonly entries: NonNullable<FlowGraph['entries']>[number][] = [];
  readonly exits: NonNullable<FlowGraph['exits']>[number][] = [];
  /** Counts the facts that were noted, and how often a program was. */
  noted = 0;
  /** How many packages are being imported. */
  importing = 0;
  readonly #steps: Steps;
  readonly #known = new Set<string>();
  readonly #ofChildren = new Set<string>();
  /** Nodes of data that is known to come from anything but a file. */
  readonly #elsewhere = new Set<string>();
  readonly #sourceAt = new Map<string, FlowSource>();
  readonly #ids = new Set<string>();
  readonly #into = new Map<string, Set<string>>();
  readonly #programs = new Map<string, string[]>();

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  capability(
    at: At,
    capability: Capability,
    traits: readonly Trait[] = [],
    shape?: string | undefined,
  ): void {
    const isWide = isWidened(capability, traits);
    const isNamed = !isWide || traits.includes('dynamic-name');
    this.#add({
      kind: 'capability',
      ...located(at),
      certainty: isWide || traits.includes('dynamic-name') ? 'widened' : at.certainty,
      capability,
      api: at.api,
      traits: [
        ...(isNamed ? traits : [...traits, 'dynamic-name' as const]),
        ...(this.importing > 0 && capability.kind === 'egress' ? (['at-import'] as const) : []),
      ],
      ...(shape !== undefined && { shape }),
    });
  }

  /** A mount of a path that may have unknown parts. */
  mount(at: At, path: string, mode: 'ro' | 'rw', traits: readonly Trait[]): Capability {
    const plain = path.replace(/^(\.\/+)+(?=.)/, '');
    const hole = plain.indexOf(unknownPart);
    const known = hole < 0 ? plain || '.' : hole === 0 ? '*' : `${plain.slice(0, hole)}*`;
    const capability: Capability = { kind: 'mount', path: known, mode };
    this.capability(at, capability, traits, shapeOf(plain));
    return capability;
  }

  /** Where the last connection or request went: any host, when there was none. */
  get lastEgress(): Capability & { readonly kind: 'egress' } {
    for (let at = this.facts.length - 1; at >= 0; at--) {
      const fact = this.facts[at];
      if (fact?.kind === 'capability' && fact.capability.kind === 'egress') return fact.capability;
    }
    return { kind: 'egress', url: anyEgress, methods: ['*'] };
  }

  trait(at: At, trait: Trait, detail: string): void {
    const shown = detail.replaceAll(unknownPart, '…').slice(0, detailCharsMax);
    this.#add({ kind: 'trait', ...located(at), trait, api: at.api, detail: shown });
  }

  /** A node of the graph; made once. `what` is unique in the frame. */
  node(at: At, what: string, note: string): string {
    return this.sharedNode(at, `${at.frame}${what}`, note);
  }

  /** A node that is the same in all frames. */
  sharedNode(at: At, what: string, note: string): string {
    return this.commonNode(at, `${at.program.source.path}::${what}`, note);
  }

  /** A node that is the same in all programs. */
  commonNode(at: At, id: string, note: string): string {
    if (this.#isNew(this.#ids, id)) this.nodes.push({ id, span: spanOf(at), note });
    return id;
  }

  source(at: At, source: FlowSource, note: string): string {
    const what = `source@${at.place.start}:${at.place.end}:${source.what}:${source.name}`;
    const id = this.node(at, what, note);
    this.#sourceAt.set(id, source);
    if (this.#once(`source ${id}`))
      this.sources.push({ node: id, source, certainty: at.certainty });
    return id;
  }

  /** Says what data of a node is that comes from another program of the skill. */
  comesFrom(node: string, source: FlowSource): string {
    this.#sourceAt.set(node, source);
    return node;
  }

  /** The source that a node is, where no variable holds its data. */
  sourceAt(node: string): FlowSource | undefined {
    return this.#sourceAt.get(node);
  }

  sink(at: At, nodes: readonly string[], sink: FlowSink): void {
    const what = `${at.place.start} ${at.api} ${JSON.stringify(sink)}`;
    for (const node of new Set(nodes)) {
      if (!this.#once(`sink ${node} ${what}`)) continue;
      this.sinks.push({ node, sink, ...located(at) });
    }
  }

  edge(
    from: string,
    to: string,
    more: { encodes?: true; stored?: true; shared?: true } = {},
  ): void {
    if (from === to) return;
    const into = keep(this.#into, to, () => new Set());
    if (this.#isNew(into, from)) this.edges.push({ kind: 'value', from, to, ...more });
  }

  /** The nodes without a node before them from which data gets here, as far as is known by now. */
  originsOf(nodes: readonly string[]): readonly string[] {
    const seen = new Set(nodes);
    for (const node of seen) {
      if (seen.size > originsSeenMax) return [];
      for (const from of this.#into.get(node) ?? []) seen.add(from);
    }
    return [...seen].filter((node) => !this.#into.has(node));
  }

  /** Whether data of nodes may come from anything but a file. */
  isFromElsewhere(nodes: readonly string[]): boolean {
    const isKnown = (node: string): boolean => this.#elsewhere.has(node);
    if (nodes.some(isKnown)) return true;
    const sources = this.originsOf(nodes).flatMap((node) => this.#sourceAt.get(node) ?? []);
    const isIt = sources.some(({ what }) => what !== 'file');
    if (isIt && nodes.length === 1) for (const node of nodes) this.#elsewhere.add(node);
    return isIt;
  }

  /** Data that a program gets as its environment. */
  toChild(nodes: readonly string[]): void {
    for (const node of nodes) this.#ofChildren.add(node);
  }

  /** Which reads of the whole environment are for a program that is started. */
  noteChildren(): void {
    const origins = new Set(this.originsOf([...this.#ofChildren]));
    const places = new Set(
      this.nodes.flatMap(({ id, span }) =>
        origins.has(id) ? [`${span.path}:${span.start}:${span.end}`] : [],
      ),
    );
    this.facts.forEach((fact, index) => {
      if (fact.kind !== 'capability' || !fact.traits.includes('whole-env')) return;
      const { path, start, end } = fact.span;
      if (places.has(`${path}:${start}:${end}`))
        this.facts[index] = { ...fact, traits: [...fact.traits, 'env-to-child'] };
    });
  }

  start(start: FlowStart): void {
    if (this.#once(`start ${start.call}`)) this.starts.push(start);
  }

  /**
   * Hands a program to the front end of its language; gives the path under which that one knows it.
   */
  embed(at: At, language: Language, text: Text): string {
    this.noted += 1;
    const { path: within, context } = at.program.source;
    // A command stands where it is run; a program, which is read by itself, where it was written.
    const isProgram = language !== 'shell' && text.isPlain;
    const map: OffsetMap = text.mapFrom(at.place.start, isProgram ? undefined : at.place);
    const base = `${within}#${language}@${map[0]?.raw ?? 0}`;
    const same = this.#programs.get(base) ?? [];
    this.#programs.set(base, same);
    if (!same.includes(text.whole)) {
      this.#steps.takeText(text.whole.length);
      same.push(text.whole);
      if (this.importing > 0)
        this.#add({
          kind: 'trait',
          trait: 'at-import',
          ...located({ ...at, place: { start: map[0]?.raw ?? 0, end: (map[0]?.raw ?? 0) + 1 } }),
          api: language,
          detail: '',
          certainty: 'exact',
        });
      this.embedded.push({ within, language, text: text.whole, context, map });
    }
    const count = same.indexOf(text.whole) + 1;
    return count === 1 ? base : `${base}.${count}`;
  }

  #add(fact: Fact): void {
    if (!this.#once(JSON.stringify(fact))) return;
    this.noted += 1;
    this.facts.push(fact);
  }

  #once(key: string): boolean {
    return this.#isNew(this.#known, key);
  }

  #isNew(known: Set<string>, key: string): boolean {
    this.#steps.take(notedSteps);
    countWork(workPerNote);
    const { size } = known;
    return known.add(key).size > size;
  }
}

export function spanOf({ program, place }: Pick<At, 'program' | 'place'>): Span {
  return { path: program.source.path, start: place.start, end: place.end };
}

function located(at: At): Pick<Fact, 'span' | 'context' | 'certainty'> {
  return { span: spanOf(at), context: at.program.source.context, certainty: at.certainty };
}

function isWidened(capability: Capability, traits: readonly Trait[]): boolean {
  switch (capability.kind) {
    case 'egress':
      return capability.url === anyEgress;
    case 'mount':
      return capability.path === '*';
    case 'exec':
      return capability.program === '*';
    default:
      return capability.name === '*' && !traits.includes('whole-env');
  }
}
