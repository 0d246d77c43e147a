/**
 * Small random programs of Python that put a text together and run it: loops, branches, lists,
 * functions. They do nothing else.
 */
import fc from 'fast-check';

type Lines = readonly string[];

const texts = ['o', 'a', 'b'];
const literal = fc.constantFrom('"x"', '"y"', '""', '"ls -l"', '"%"');
const expression: fc.Arbitrary<string> = fc.letrec<{ one: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    literal,
    fc.constantFrom(...texts),
    fc.constantFrom(
      'read()',
      '"".join(parts)',
      'd["k"]',
      '(parts or ["n"])[0]',
      '(parts or ["n"])[-1]',
      'str(len(parts))',
    ),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(${a} + ${b})`),
    fc.constantFrom(...texts).map((a) => `f"{${a}}z"`),
    tie('one').map((a) => `"<%s>" % (${a},)`),
    tie('one').map((a) => `"{}!".format(${a})`),
    fc
      .tuple(
        tie('one'),
        fc.constantFrom('upper()', 'strip("x")', 'replace("x", "w")', '__add__("p")'),
      )
      .map(([a, m]) => `${a}.${m}`),
    fc.tuple(tie('one'), fc.constantFrom('[:1]', '[::-1]', '[1:]')).map(([a, s]) => `${a}${s}`),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(${a} or ${b})`),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(${a} if flag() else ${b})`),
    tie('one').map((a) => `"".join([c + "j" for c in ${a}])`),
    tie('one').map((a) => `"".join(chr(ord(c) + 1) for c in ${a} if c != "z")`),
  ),
})).one;

const condition = fc.oneof(
  fc.constantFrom(
    'flag()',
    'True',
    'False',
    'len(o) > 2',
    'a == b',
    'parts',
    'o.startswith("x")',
    'not flag()',
  ),
  expression.map((one) => `${one} == "x"`),
);
const iterated = fc.oneof(
  fc.constantFrom(
    '"abc"',
    'read()',
    'range(2)',
    '["x", "y"]',
    'list(parts)',
    '[]',
    '["x", read()]',
  ),
  expression.map((one) => `(${one})[:3]`),
);

// Changes by another way than the name that a text or a list was given.
const aside: fc.Arbitrary<Lines> = expression.chain((one) =>
  fc.constantFrom<Lines>(
    ['alias = parts', `alias.append(${one})`],
    ['parts = other = ["n"]', `other.append(${one})`],
    [`(parts).append(${one})`],
    ['add = parts.append', `add(${one})`],
    [`getattr(parts, "append")(${one})`],
    [`same(parts).append(${one})`],
    [`outer(parts, ${one})`],
    [`{"k": fill}["k"](parts, ${one})`],
    [`(lambda t="l": parts.append(t))(${one})`],
    [`list(map(parts.append, [${one}]))`],
    ['box = {"p": parts}', `box["p"].append(${one})`],
    ['box = {"p": ["n"]}', `box["p"].append(${one})`, 'o = "".join(box["p"])'],
    ['for each in [parts]:', `    each.append(${one})`],
    [`[o := o + c for c in (${one})[:3]]`],
    [`put.words.append(${one})`, 'o = "".join(put.words)'],
    [`put.line += ${one}`, 'o = put.line'],
    [`setattr(put, "line", ${one})`, 'o = put.line'],
    [`put.__dict__["line"] = ${one}`, 'o = put.line'],
    ['def shown(t="l"):', '    exec(t)', '{"k": shown}["k"](o)'],
    ['def given(t="l"):', '    exec(t)', `given(*[${one}])`],
    [
      'def sent():',
      '    t = yield "l"',
      '    exec(t)',
      'it = sent()',
      'next(it)',
      'try:',
      '    it.send(o)',
      'except StopIteration:',
      '    pass',
    ],
    ['@twisted', 'def line():', '    return "l"', 'o = line()'],
    ['o = Other().line_of()'],
    ['import string as o', 'o = o.__name__'],
  ),
);

const simple: fc.Arbitrary<Lines> = fc.oneof(
  fc.tuple(fc.constantFrom(...texts), expression).map(([name, one]) => [`${name} = ${one}`]),
  fc.tuple(fc.constantFrom(...texts), expression).map(([name, one]) => [`${name} += ${one}`]),
  fc.tuple(expression, expression).map(([one, other]) => [`a, b = ${one}, ${other}`]),
  fc.tuple(expression, expression).map(([one, other]) => [`*_, o = [${one}, ${other}]`]),
  expression.map((one) => [`parts.append(${one})`]),
  expression.map((one) => [`parts.insert(0, ${one})`]),
  expression.map((one) => [`parts += [${one}]`]),
  expression.map((one) => [`parts = [${one}, "q"]`]),
  expression.map((one) => [`parts.extend([${one}])`]),
  expression.map((one) => [`d["k"] = ${one}`]),
  expression.map((one) => [`d["k"] += ${one}`]),
  expression.map((one) => [`d.update({"k": ${one}})`]),
  expression.map((one) => [`fill(parts, ${one})`]),
  expression.map((one) => [`more(${one})`]),
  expression.map((one) => [`(a := ${one})`]),
  expression.map((one) => [`o = twice(${one})`]),
  aside,
  fc.constantFrom(
    ['parts.reverse()'],
    ['parts.sort()'],
    ['parts.clear()'],
    ['del parts[0:1]'],
    ['alias = parts'],
    ['alias = parts', 'alias.append("s")'],
  ),
  fc.constantFrom(
    ['parts[0:1] = ["t"]'],
    ['o = a'],
    ['may_raise()'],
    ['o *= 2'],
    ['for a, *b in [("x", "y", "z")]: b = b[0]'],
  ),
);

function indented(lines: Lines): Lines {
  return lines.map((line) => `    ${line}`);
}

function block(depth: number, inLoop: boolean): fc.Arbitrary<Lines> {
  return fc
    .array(statement(depth, inLoop), { minLength: 1, maxLength: 3 })
    .map((all) => all.flat());
}

function statement(depth: number, inLoop: boolean): fc.Arbitrary<Lines> {
  if (depth === 0) return simple;
  const inner = block(depth - 1, inLoop);
  const looped = block(depth - 1, true);
  const count = `w${depth}`;
  const leaving: fc.Arbitrary<Lines>[] = inLoop
    ? [
        fc
          .tuple(condition, fc.constantFrom('break', 'continue'))
          .map(([one, word]) => [`if ${one}:`, `    ${word}`]),
      ]
    : [];
  return fc.oneof(
    { weight: 3, arbitrary: simple },
    fc
      .tuple(iterated, looped)
      .map(([over, body]) => [`for i in ${over}:`, '    i = str(i)', ...indented(body)]),
    fc
      .tuple(iterated, looped, expression)
      .map(([over, body, one]) => [
        `for i in ${over}:`,
        `    b = ${one}`,
        '    a = str(i) + b',
        ...indented(body),
        '    o += a',
      ]),
    fc
      .tuple(condition, looped)
      .map(([one, body]) => [
        `${count} = 0`,
        `while ${count} < 3 and (${one}):`,
        `    ${count} += 1`,
        ...indented(body),
      ]),
    // Nobody knows how often, and each round runs what another left.
    looped.map((body) => [
      `${count} = 0`,
      `while ${count} < 3 and read():`,
      `    ${count} += 1`,
      '    exec(o)',
      '    o, a, b = a, b, o',
      ...indented(body),
    ]),
    looped.map((body) => [
      `${count} = 0`,
      'while True:',
      `    ${count} += 1`,
      `    if ${count} > 2: break`,
      ...indented(body),
    ]),
    fc
      .tuple(condition, inner, inner)
      .map(([one, yes, no]) => [`if ${one}:`, ...indented(yes), 'else:', ...indented(no)]),
    fc.tuple(condition, inner).map(([one, yes]) => [`if ${one}:`, ...indented(yes)]),
    fc
      .tuple(inner, inner)
      .map(([body, caught]) => [
        'try:',
        ...indented(body),
        '    may_raise()',
        'except Exception:',
        ...indented(caught),
      ]),
    fc
      .tuple(inner, inner)
      .map(([body, last]) => ['try:', ...indented(body), 'finally:', ...indented(last)]),
    inner.map((body) => ['with entered() as (a, b):', ...indented(body)]),
    fc
      .tuple(inner, inner)
      .map(([body, more]) => [
        'with Quiet():',
        ...indented(body),
        '    if flag(): may_raise()',
        ...indented(more),
      ]),
    fc
      .tuple(expression, inner)
      .map(([one, body]) => [`match ${one}:`, '    case str() as o:', ...indented(indented(body))]),
    fc
      .tuple(expression, inner, inner)
      .map(([one, first, second]) => [
        `match ${one}:`,
        '    case "x":',
        ...indented(indented(first)),
        '    case str():',
        ...indented(indented(second)),
      ]),
    ...leaving,
  );
}

const start = ['o = ""', 'a = "a"', 'b = "b"', 'parts = ["m"]', 'd = {"k": "v"}'];
const helpers = [
  'def fill(l, x):',
  '    l.append(x)',
  'def twice(x):',
  '    y = ""',
  '    for c in x:',
  '        y += c + c',
  '    return y',
  'def same(l):',
  '    return l',
  'def outer(l, x):',
  '    inner(l, x)',
  'def inner(l, x):',
  '    l.append(x)',
  'def twisted(f):',
  '    return lambda: f() + read()',
  'class Quiet:',
  '    def __enter__(self): return self',
  '    def __exit__(self, *a): return True',
  'class Put:',
  '    line = "l"',
  '    def __init__(self):',
  '        self.words = ["w"]',
  '    def text(self): return "t"',
  '    def line_of(self): return self.text()',
  'class Other(Put):',
  '    def text(self): return read()',
  'put = Put()',
];

/** A program at the top of a module, or the same in a function. */
export const pythonProgram: fc.Arbitrary<string> = fc
  .tuple(block(2, false), fc.boolean())
  .map(([body, isInFunction]) => {
    const word = isInFunction ? 'nonlocal' : 'global';
    const isUsed = body.some((line) => line.includes('more('));
    const more = isUsed
      ? ['def more(x):', `    ${word} o`, '    for c in x:', '        o += c']
      : [];
    const main = [...start, ...more, ...body, 'exec(o)'];
    const lines = isInFunction
      ? [...helpers, 'def main():', ...indented(main), 'main()']
      : [...helpers, ...main];
    return `${lines.join('\n')}\n`;
  });
