import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TaintSource } from '../../../scanner/fact/source.ts';
import { Steps } from '../../../scanner/fact/steps.ts';
import type { LoweredProgram } from '../../../scanner/ir/ir.ts';
import { lowerRuby } from '../../../scanner/languages/ruby/calls.ts';

function lower(text: string): LoweredProgram {
  const source: TaintSource = {
    path: 'x.rb',
    file: 'x.rb',
    language: 'ruby',
    text,
    context: 'code',
    depth: 0,
  };
  return lowerRuby(source, new Steps());
}

/** A tree as `(kind value …)`, without places and empty parts; short for names and constants. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return value.map(printed).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  const { start: _, end: __, raw: ___, kind, captures: ____, ...rest } = value as Printed;
  if (kind === 'const') return JSON.stringify(rest.value);
  if (kind === 'var' || kind === 'global') return String(rest.name);
  const parts = Object.entries(rest).flatMap(([name, one]) =>
    one === true ? [name] : one === undefined ? [] : [printed(one)],
  );
  const all = [...(kind === undefined ? [] : [kind]), ...parts].filter((text) => text !== '');
  return all.length === 1 && kind === undefined ? (all[0] ?? '') : `(${all.join(' ')})`;
}

interface Printed extends Readonly<Record<string, unknown>> {
  readonly kind?: string;
}

const rows: readonly [string, string, string][] = [
  ['a function', 'f(a.b)', '(call f (call (member (call a) b)))'],
  ['the variables of an object', '@a = b', '(set @a (call b))'],
  ['an address with a query', 'x = 1; x.a = 2', '(seq (set x 1) (set (member x a) 2))'],
  ['interpolation', '"a#{1}"', '(text "a" 1)'],
  ['a program', '`ls #{1}`', '(call ` (text "ls " 1))'],
  ['bytes that are no text', 'f("\\xff\\x80")', '(call f (hole))'],
  ['the environment', 'ENV["A"]', '(item ENV "A")'],
  ['the whole environment', 'f(ENV)', '(call f (call (member ENV to_h)))'],
  ['keywords', 'f(1, a: 2, **x)', '(call f 1 (2 a) ((call x) spread))'],
  ['keys that are texts', 'f("a" => 2)', '(call f (record ("a" 2)))'],
  ['a default', 'a ||= 1', '(set a 1 default)'],
  [
    'an item once',
    'a[f] += 1',
    '(seq (set %1 (call a)) (set %2 (call f)) (set (item %1 %2) (op + (item %1 %2) 1)))',
  ],
  ['a text that grows', 'a = ""; a << "b"', '(seq (set a "") (set a (call (member a <<) "b")))'],
  ['a shift', 'x = a << 8', '(set x (op << (call a) 8))'],
  [
    'parts of a list',
    'a, *b = 1, 2',
    '(seq (set %1 (list 1 2)) (set a (item %1 0)) (set b (call (member %1 drop) 1)) %1)',
  ],
  ['a method by its symbol', 'a.send(:b, 1)', '(call (member (call a) b) 1)'],
  ['a method by its text', 'a.send(b, c)', '(call (member (call a) (call b)) (call c))'],
  ['a function by its text', 'send(b, 1)', '(call (seq (call b)) 1)'],
  ['a socket that sends', 'a.send("b", 0)', '(call (member (call a) send) "b" 0)'],
  ['a class by its name', 'Object.const_get(:A)', 'A'],
  ['a file', 'require_relative "a"', '(load "a" isRelative)'],
  [
    'a line behind a bar',
    'open("| ls")',
    '(call (member IO popen) (call (member "| ls" slice) 1))',
  ],
  ['a part of a text', '"abc"[1..]', '(call (member "abc" slice) 1)'],
  ['what a pattern finds', '/(a)/ =~ b; $1', '(seq (set $~ (hole (hole) (call b))) (hole $~))'],
  [
    'a block that gets what is opened',
    'File.open("a") { |f| f }',
    '(seq (set %1 (call (member File open) "a" (& (function (f f givesLast isBlock))))) ' +
      '(call (function (f f givesLast isBlock)) %1))',
  ],
  [
    'a module',
    'module A; B = 1; def c = B; end',
    '(seq (class A (seq (define ((& isBlock) A::B givesLast c)) ' +
      '(define ((& isBlock) A::B givesLast c) isStatic))) (class A (seq (set A::B 1) "c")))',
  ],
  [
    'a method that is defined in a method',
    'def a; def b; end; end',
    '(seq (define ((& isBlock) null givesLast b)) (define ((& isBlock) "b" givesLast a)) "a")',
  ],
];

describe('the IR of Ruby', () => {
  it.each(rows)('has %s', (_, code, expected) => {
    expect(printed(lower(code).body)).toBe(expected);
  });

  it('keeps comments, and what cannot be parsed as unread', () => {
    const { comments, unread, body } = lower('# é\nf(1)\ng(;\n=begin\na\n=end\n');
    expect(comments.map(({ text }) => text)).toEqual(['# é', '=begin\na\n=end\n']);
    expect(printed(body)).toContain('(call f 1)');
    expect(unread[0]?.at).toBeGreaterThan(8);
  });

  it.each([
    ['brackets', '('],
    ['calls', 'a('],
    ['blocks', 'begin\n'],
    ['classes', 'class A\n'],
    ['interpolations', '"#{'],
    ['parameters', 'def a(b = '],
    ['negations', '!'],
    ['returns', 'return '],
  ])('says that it could not read deep %s', (_, part) => {
    for (const times of [300, 20_000]) expect(lower(part.repeat(times)).unread).not.toEqual([]);
    expect(lower('f(1)').unread).toEqual([]);
  });
});

const valid = `module A; class B < C::D; include E; attr_accessor :f; G, *h = [1, 2r], "é#{@i}#$j😀"
def self.k(l, (m, *n), o = {a: 1, **p}, *q, r:, s: t, **u, &v) = super(*q, **u, &v); end
class << self; def w(...) = yield; private def w2(...) = x(...); alias y w; end; @@z ||= ENV.fetch('A') { |b| b&.c }
c.d[1] += ->(e; f) { next e if e; 1 }; g = %w[a b].map(&:h).each_with_index.map { _1 }
h { it } ; case i when /j(?<k>.)/i then $1 in {l: [Integer => m, *], n:} if o else p end rescue q
begin; r.s!; rescue T, *u => v; retry; else; w; ensure; x until y; end while z
a, (b, *), @c, D::E, f[1], g.h = *i; j <<~K.l, <<-'M'; n = o ? p : q; for r, s in t do break 1, 2 end
  é #{u} \\\\x
K
  v
M
if /(?<w>x)/ =~ y then z.a = "b" "c" else d::E.f(g, "h" => \`i #{j}\`, **k) { |(l, m), n = 1| } end
class N < Struct.new(:o, keyword_init: true); end; P = Class.new(Q) { define_method(:r) { |s| s } }
t => {u: [*, v, *w]}; x = not(y and z or a..b); redo; BEGIN { c }; defined? d; e.(f)[1..]; end
__END__
é`;

describe('any text', () => {
  const isWithin = (text: string): void => {
    const program = lower(text);
    const stack: unknown[] = [program.body, program.comments];
    for (let one = stack.pop(); one !== undefined; one = stack.pop()) {
      if (typeof one !== 'object' || one === null) continue;
      const { start, end } = one as { start?: number; end?: number };
      if (
        start !== undefined &&
        !(start >= 0 && start <= Number(end) && Number(end) <= text.length)
      )
        throw new Error(`a place from ${start} to ${end} of ${text.length}`);
      for (const value of Object.values(one)) if (typeof value === 'object') stack.push(value ?? 0);
    }
    for (const { at } of program.unread) expect(at).toBeLessThanOrEqual(text.length);
  };

  it('is lowered without an error to places within it', () => {
    expect(lower(valid.replace(/\b(redo|retry|BEGIN \{ c \});?/g, 'nil;')).unread).toEqual([]);
    const pieces = fc.constantFrom(...(valid.match(/\w+|\s|[^\w\s]/gu) ?? []));
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.nat(valid.length).map((end) => valid.slice(0, end)),
      fc
        .tuple(fc.nat(valid.length), fc.nat(40))
        .map(([from, length]) => valid.slice(0, from) + valid.slice(from + length)),
    );
    fc.assert(fc.property(text, isWithin), { numRuns: 500 });
  });
});
