/**
 * Small random programs of JavaScript that put a text together and run it: loops, branches, objects
 * with several names. They do nothing else.
 */
import fc from 'fast-check';

type Lines = readonly string[];

const texts = ['o', 'a', 'b'];
const literal = fc.constantFrom("'x'", "'y'", "''", "'ls -l'", "'%'");
const expression: fc.Arbitrary<string> = fc.letrec<{ one: string }>((tie) => ({
  one: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    literal,
    fc.constantFrom(...texts),
    fc.constantFrom(
      'read()',
      "parts.join('')",
      'd.k',
      'd["k"]',
      'e.deep.k',
      "(parts[0] ?? 'n')",
      'String(parts.length)',
      "(parts[1] ?? 'n')",
      "(parts.slice(1)[0] ?? 'n')",
      'parts.slice(-1).join()',
      'String(parts.at(-1))',
      'String(parts)',
      'again(...parts)',
      'job.line',
      'Job.name2',
    ),
    fc.constantFrom(
      'map.get("k")',
      'again(a)',
      'opt()',
      'opt(b)',
      'job.text()',
      'copy.k',
      '({ k: a, ...d }).k',
      'getter.k',
    ),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(${a} + ${b})`),
    fc.constantFrom(...texts).map((a) => `\`\${${a}}z\``),
    fc
      .tuple(
        tie('one'),
        fc.constantFrom(
          'toUpperCase()',
          'trim()',
          "replace('x', 'w')",
          "concat('p')",
          'slice(0, 1)',
          'slice(1)',
          'at(-1)',
          'charAt(n)',
        ),
      )
      .map(([a, m]) => `String(${a}).${m}`),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(${a} || ${b})`),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(${a} ?? ${b})`),
    fc.tuple(tie('one'), tie('one')).map(([a, b]) => `(flag() ? ${a} : ${b})`),
    tie('one').map((a) => `[...String(${a})].map((c) => c + 'j').join('')`),
    tie('one').map((a) => `[${a}, 'f'].filter(() => flag()).join('')`),
    tie('one').map((a) => `[${a}, 'f'].reverse().join('')`),
    tie('one').map((a) => `((x = 'default') => x)(${a})`),
    tie('one').map((a) => `[${a}].map(again)[0]`),
    tie('one').map((a) => `(({ k = 'none' }) => k)({ k: ${a} })`),
  ),
})).one;

const condition = fc.oneof(
  fc.constantFrom(
    'flag()',
    'true',
    'false',
    'o.length > 2',
    'a === b',
    'parts.length > 0',
    '!flag()',
  ),
  expression.map((one) => `${one} === 'x'`),
);
const iterated = fc.oneof(
  fc.constantFrom(
    "'abc'",
    'String(read())',
    "['x', 'y']",
    'parts.slice()',
    'parts.slice(0, 4)',
    '[]',
    "['x', read()]",
    'Object.values(d)',
  ),
  expression.map((one) => `String(${one}).slice(0, 3)`),
);

const simple: fc.Arbitrary<Lines> = fc.oneof(
  fc.tuple(fc.constantFrom(...texts), expression).map(([name, one]) => [`${name} = ${one};`]),
  fc.tuple(fc.constantFrom(...texts), expression).map(([name, one]) => [`${name} += ${one};`]),
  fc.tuple(fc.constantFrom(...texts), expression).map(([name, one]) => [`${name} ||= ${one};`]),
  fc.tuple(expression, expression).map(([one, other]) => [`[a, b] = [${one}, ${other}];`]),
  fc
    .tuple(expression, expression)
    .map(([one, other]) => [`({ x: o = ${other}, ...rest } = { x: ${one} });`]),
  expression.map((one) => [`({ o = ${one} } = {});`]),
  expression.map((one) => [`for (o of [${one}]);`]),
  expression.map((one) => [`for (d.k of [${one}]);`]),
  fc.constantFrom(
    ['for (o in d);'],
    ['for (parts[0] in d);'],
    ['o = typeof o;'],
    ['n++;'],
    ['delete d.k;', "d.k ??= 'gone';"],
  ),
  expression.map((one) => [`parts.push(${one});`]),
  expression.map((one) => [`parts.push(${one}, 'p');`]),
  expression.map((one) => [`parts.push(...String(${one}).slice(0, 2));`]),
  fc
    .tuple(fc.constantFrom(...texts), expression)
    .map(([name, one]) => [`parts.push(${one});`, `${name} = parts[0];`]),
  fc
    .tuple(fc.constantFrom(...texts), expression)
    .map(([name, one]) => [`parts.push(${one});`, `for (const c of parts.slice()) ${name} = c;`]),
  expression.map((one) => [`parts.push(${one});`, 'parts.forEach((c) => { b = c; });']),
  expression.map((one) => [`parts.unshift(${one});`]),
  expression.map((one) => [`parts.splice(0, 1, ${one});`]),
  expression.map((one) => [`parts[0] = ${one};`]),
  expression.map((one) => [`parts.fill(${one});`]),
  expression.map((one) => [`parts = [${one}, 'q'];`]),
  fc.constantFrom(
    ['parts.reverse();'],
    ['parts.sort();'],
    ['parts.pop();'],
    ['parts.shift();'],
    ['parts.length = 0;'],
  ),
  expression.map((one) => [`alias.push(${one});`]),
  expression.map((one) => [`d.k = ${one};`]),
  expression.map((one) => [`d['k'] += ${one};`]),
  expression.map((one) => [`d[key()] = ${one};`]),
  expression.map((one) => [`copy.k = ${one};`]),
  expression.map((one) => [`e.deep.k = ${one};`]),
  expression.map((one) => [`inner.k = ${one};`]),
  expression.map((one) => [`Object.assign(d, { k: ${one} });`]),
  expression.map((one) => [
    `Object.defineProperty(d, 'k', { value: ${one}, writable: true, configurable: true, enumerable: true });`,
  ]),
  expression.map((one) => [`Reflect.set(d, 'k', ${one});`]),
  expression.map((one) => [`Array.prototype.push.call(parts, ${one});`]),
  expression.map((one) => [`Reflect.apply(parts.push, parts, [${one}]);`]),
  expression.map((one) => [`fill(parts, ${one});`]),
  expression.map((one) => [`setK(d, ${one});`]),
  expression.map((one) => [`setK.call(null, e.deep, ${one});`]),
  expression.map((one) => [`more(${one});`]),
  expression.map((one) => [`setLine(${one});`]),
  expression.map((one) => [`job.line = ${one};`]),
  expression.map((one) => [`job.set(${one});`]),
  expression.map((one) => [`Job.name2 = ${one};`]),
  expression.map((one) => [`map.set('k', ${one});`]),
  expression.map((one) => [`tagged\`\${${one}}\`;`]),
  expression.map((one) => [`[${one}].forEach((c) => { b = c; });`]),
  expression.map((one) => [`{ const { k: c = ${one} } = d; a = c; }`]),
);

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
          .map(([one, word]) => [`if (${one}) ${word};`]),
      ]
    : [];
  return fc.oneof(
    { weight: 3, arbitrary: simple },
    fc.tuple(iterated, looped).map(([over, body]) => [`for (const i of ${over}) {`, ...body, '}']),
    fc
      .tuple(iterated, looped, expression)
      .map(([over, body, one]) => [
        `for (const i of ${over}) {`,
        `b = ${one};`,
        'a = i + b;',
        ...body,
        'o += a;',
        '}',
      ]),
    fc
      .tuple(condition, looped)
      .map(([one, body]) => [
        `${count} = 0;`,
        `while (${count} < 3 && ${one}) {`,
        `${count}++;`,
        ...body,
        '}',
      ]),
    // Nobody knows how often, and each round runs what another left.
    looped.map((body) => [
      `${count} = 0;`,
      `while (${count} < 3 && read()) {`,
      `${count}++;`,
      'execSync(o);',
      '[o, a, b] = [a, b, o];',
      ...body,
      '}',
    ]),
    looped.map((body) => [
      `${count} = 0;`,
      'do {',
      `${count}++;`,
      ...body,
      `} while (${count} < 2);`,
    ]),
    fc
      .tuple(condition, inner, inner)
      .map(([one, yes, no]) => [`if (${one}) {`, ...yes, '} else {', ...no, '}']),
    fc
      .tuple(inner, inner)
      .map(([body, caught]) => ['try {', ...body, 'mayThrow();', '} catch {', ...caught, '}']),
    fc
      .tuple(expression, inner)
      .map(([one, caught]) => [
        'try {',
        `throw { k: ${one} };`,
        '} catch ({ k }) {',
        'a = k;',
        ...caught,
        '}',
      ]),
    fc.tuple(inner, inner).map(([body, last]) => ['try {', ...body, '} finally {', ...last, '}']),
    inner.map((body) => ['now(() => {', ...body, '});']),
    fc
      .tuple(condition, inner)
      .map(([one, body]) => [`out${depth}: {`, `if (${one}) break out${depth};`, ...body, '}']),
    fc
      .tuple(expression, inner, inner)
      .map(([one, first, second]) => [
        `switch (${one}) {`,
        "case 'x':",
        ...first,
        'default:',
        ...second,
        '}',
      ]),
    ...leaving,
  );
}

const start = [
  "let o = '', a = 'a', b = 'b', n = 0, w1 = 0, w2 = 0, rest;",
  "let parts = ['m'];",
  'const alias = parts;',
  "const d = { k: 'v' };",
  'const copy = d;',
  "const inner = { k: 'i' };",
  'const e = { deep: inner };',
  "const map = new Map([['k', 'v']]);",
  'const getter = { get k() { return d.k; } };',
  "class Base { text() { return 'base'; } }",
  "class Job extends Base { static name2 = 'n'; line = 'l'; set(v) { this.line = v; } text() { return this.line; } }",
  'const job = new Job();',
  'function fill(list, x) { list.push(x); }',
  'function setK(x, v) { x.k = v; }',
  'function again(x) { return x + x; }',
  "function opt(x = 'opt') { return x; }",
  'function tagged(_, v) { a = v; }',
  'const setLine = (v) => { job.line = v; };',
  'function more(x) { for (const c of String(x)) o += c; }',
];

// Only what the program uses: a second name of an object makes it unknown.
function withStart(body: Lines): Lines {
  const [variables = '', ...others] = start;
  const lines = [...body];
  for (const one of others.reverse()) if (isUsed(one, lines)) lines.unshift(one);
  return [variables, ...lines];
}

function isUsed(one: string, lines: Lines): boolean {
  const [, name = ''] = /^(?:let|const|class|function) (\w+)/.exec(one) ?? [];
  return lines.some((line) => new RegExp(`\\b${name}\\b`).test(line));
}

/** A program at the top of a file, or the same in a function. */
export const javascriptProgram: fc.Arbitrary<string> = fc
  .tuple(
    block(2, false),
    fc.boolean(),
    fc.constantFrom(
      'o',
      'd.k',
      'parts.join("")',
      'e.deep.k',
      'job.line',
      "['!', o].join('')",
      'alias[0]',
    ),
  )
  .map(([body, isInFunction, run]) => {
    const main = withStart([...body, `execSync(${run});`]);
    const lines = isInFunction ? ['function main() {', ...main, '}', 'main();'] : main;
    return `${["const { execSync } = require('child_process');", ...lines].join('\n')}\n`;
  });
