import { describe, expect, it } from 'vitest';
import { lowerRuby } from '../../../scanner/languages/ruby/ruby.ts';
import { checkAnyText, lowering, printed } from './lowering.ts';

const lower = lowering('ruby', lowerRuby);

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

  it('has what cannot be parsed as unread', () => {
    const { unread, body } = lower('# é\nf(1)\ng(;\n');
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
  it('is lowered without an error to places within it', () => {
    expect(lower(valid.replace(/\b(redo|retry|BEGIN \{ c \});?/g, 'nil;')).unread).toEqual([]);
    checkAnyText(lower, valid);
  });
});
