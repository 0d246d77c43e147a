import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Language, TaintSource } from '../../../../scanner/fact/source.ts';
import { templatePrograms } from '../../../../scanner/frontends/templates/templates.ts';

const sourceOf = (path: string, text: string, language: Language = 'text'): TaintSource => ({
  path,
  file: path,
  language,
  text,
  context: 'code',
  depth: 0,
});

function read(path: string, text: string, ...others: readonly TaintSource[]) {
  const texts = new Map(others.map((source) => [source.path, source]));
  const { facts, embedded, unanalysed } = templatePrograms(sourceOf(path, text), texts);
  return {
    programs: embedded.map((program) => `${program.language}: ${program.text.trim()}`),
    unread: unanalysed.map(({ reason }) => reason),
    reaches: facts.map((fact) => (fact.kind === 'trait' ? fact.detail : '')),
  };
}

it.each([
  [
    '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
    '__import__(\'os\').popen("id").read()',
  ],
  [
    '{{ request["application"]["__globals__"]["__builtins__"]["__import__"]("os")["popen"]("id") }}',
    '__import__("os").popen("id")',
  ],
  [
    '{{ (lipsum|attr("__glo" ~ "bals__"))["os"]["sys" ~ "tem"]("id") }}',
    '__import__(\'os\').system("id")',
  ],
  ["{{ x.__globals__['po\\x70en']('di'|reverse) }}", '__import__(\'os\').popen("id")'],
  ['{{ self.__init__.__globals__.__builtins__.eval(["1", "1"]|join("+")) }}', 'eval("1+1")'],
])('reads how a template of Jinja leaves it: %s', (template, python) => {
  const { programs, reaches } = read('letter.txt.j2', template);
  expect(programs).toEqual([`python: ${python}`]);
  expect(reaches).toEqual(['a template reaches __globals__']);
});

it('keeps what a template sets', () => {
  const template =
    '{% macro m(q) %}{% set g = q.__init__["__globals__"] %}{{ g["os"].system("id") }}';
  expect(read('a.jinja2', template).programs).toEqual([
    'python: m(q)\ng = __globals__\n__import__(\'os\').system("id")',
  ]);
});

it.each([
  '{{ row.name | upper }} {% if n > 3 %}{{ money(row.amount) }}{% endif %}',
  '{% for x in rows %}{{ loop.index }}: {{ x["name"]|default("none", true) }}{% endfor %}',
  '{{ "__globals__" }} is a name of Python',
])('makes no program of a template that keeps to its values: %s', (template) => {
  expect(read('a.j2', template)).toEqual({ programs: [], reaches: [], unread: [] });
});

it('reads a text as a template when a program renders templates', () => {
  const template = '{{ x.__globals__.os.system("id") }}';
  const program = sourceOf('run.py', 'import jinja2\n', 'python');
  expect(read('payloads.txt', template).reaches).toEqual([]);
  expect(read('payloads.txt', template, program).reaches).toHaveLength(1);
});

it('joins the code of EJS and Mako, without their comments', () => {
  expect(
    read('a.ejs', '<p><%= name -%></p><% if (x) { _%>a<% } %><%# no %><%% no %>').programs,
  ).toEqual(['javascript: ( name )\n if (x) { \n }']);
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a value of Mako.
  expect(read('a.mako', '<%\nimport os\n%>\n<%! y = 1 %>${name}').programs).toEqual([
    'python: import os\n\n y = 1 \n(name)',
  ]);
});

const reach = 'lipsum.__globals__.os.popen("run.example").read()';
const popen = '__import__(\'os\').popen("run.example").read()';

it.each([
  `{{- ${reach} -}}`,
  `{{+ ${reach} }}`,
  `{# {{ #}{{ ${reach} }}`,
  `{% raw %}{{ {% endraw %}{{ ${reach} }}`,
  `{%- raw -%}{{ endraw {% endraw %}{{ ${reach} }}`,
  `{{ "}}" ~ ${reach} }}`,
  `{{ '%}' }}{% if '%}' ~ ${reach} %}{% endif %}`,
  `{{ {"a": {"b": 1}} and ${reach} }}`,
  `{{ {"a": ${reach}} }}`,
  `{{ {${reach}: 1} }}`,
  `{{ -1 and ${reach} }}`,
  `{{ 1, ${reach} }}`,
  `{{ 1 ? ${reach} }}`,
  `{% print ${reach} %}`,
  `{% with x = ${reach} %}{% endwith %}`,
  `{% if(${reach}) %}{% endif %}`,
  `{% call x(${reach}) %}{% endcall %}`,
  `{% filter replace("a", ${reach}) %}a{% endfilter %}`,
  `{% macro m(a=${reach}) %}{{ a }}{% endmacro %}{{ m() }}`,
  `{% set a, b = ${reach}, 1 %}`,
  `{% set ns.x = ${reach} %}`,
  `{% include ${reach} %}`,
  `${'{{a}}'.repeat(6_000)}{{ ${reach} }}`,
  `{{ ${' '.repeat(20_000)}${reach} }}`,
  `{{ "${'a'.repeat(5_000)}" and ${reach} }}`,
])('reads a template to its end: %s', (template) => {
  const { programs, reaches, unread } = read('a.j2', template);
  expect(programs.join('').replaceAll('\n', '')).toContain(popen);
  expect([reaches, unread]).toEqual([['a template reaches __globals__'], []]);
});

it.each([
  String.raw`"\u005f\u005fglobals\u005f\u005f"`,
  String.raw`"\137\137globals\x5f\x5f"`,
  '"__glo" "bals__"',
  '"%sglobals%s"|format("__", "__")',
  '"%sglobals__" % "__"',
  '"%sglobals%s" % ("__", "__")',
  '"__slabolg__"[::-1]',
  '"_"*2 ~ "globals" ~ "_"*2',
  'dict(__globals__=1)|first',
  '"__GLOBALS__".lower()',
  '"__GLOBALS__"|lower',
  '"__".join(["", "globals", ""])',
])('reads a name that is put together: %s', (name) => {
  const { programs, reaches } = read(
    'a.j2',
    `{{ lipsum[${name}]["os"]["popen"]("run.example").read() }}`,
  );
  expect(programs).toEqual([`python: ${popen}`]);
  expect(reaches).toEqual(['a template reaches __globals__']);
});

it('keeps the texts that a template sets', () => {
  const template =
    '{% set u = "__" %}{{ lipsum[u ~ "globals" ~ u].os.popen("run.example").read() }}';
  expect(read('a.j2', template).programs).toEqual([`python: u = "__"\n${popen}`]);
});

it.each([
  ['{{ ([1]|map("int")).gi_frame.f_builtins["eval"]("1") }}', 'gi_frame'],
  ['{{ x|map(attribute="a.__globals__")|list }}', '__globals__'],
  ['{{ lipsum[a ~ "globals" ~ a].os.popen("id") }}', 'a name that is put together'],
  ['{{ (lipsum|attr(a ~ "globals"))["os"].popen("id") }}', 'a name that is put together'],
  ['{% for n in ["__glo", a] %}{{ lipsum[n]["os"].popen("id") }}', 'a name that is put together'],
  ['{% set n %}__globals__{% endset %}{{ lipsum[n].popen("id") }}', 'a name that is put together'],
])('finds a way out without a plain name: %s', (template, way) => {
  expect(read('a.j2', template).reaches).toEqual([`a template reaches ${way}`]);
});

it.each([
  '{{ rows[loop.index0].name }} {{ labels[row.kind]|upper }} {{ rows[i].items() }}',
  '{{ hostvars[groups["all"][0]]["ansible_" ~ name]["address"] }}',
  '{{ "%s: %s"|format(name, n) }} {{ -n }} {{ {"a": 1}.items() }} {{ x[1:3] }}',
  "it's {{ name }} and {% raw %}{{ {% endraw %} {% if a %}",
  '{% set title = "a" ~ b %}{{ title.upper() }}{% for k in keys %}{{ x[k].strip() }}{% endfor %}',
])('lets an honest template pass: %s', (template) => {
  expect(read('a.j2', template).reaches).toEqual([]);
});

it.each([
  ['a.j2', '{{ name'],
  ['a.j2', '{# {{ name }}'],
  ['a.j2', '{{ ( }}{{ name }}'],
  ['a.j2', `{{ ${'('.repeat(500)}x }}`.replace('x', `x${')'.repeat(500)}`)],
  [
    'a.j2',
    `{{ ('${'a'.repeat(3_990)}'~'${'a'.repeat(3_990)}')${'|reverse'.repeat(1_490)} }}`.repeat(20),
  ],
  ['a.j2', `{% set x = "aaaaaaaaaaaaaaaa" %}${'{% set x = x ~ x %}'.repeat(60)}`],
  [
    'a.j2',
    '{{ "aaaa"|replace("a", "aaaaaaaaaaaaaaaaaaaa")|replace("a", "aaaaaaaaaaaaaaaaaaaa")|replace("a", "aaaaaaaaaaaaaaaaaaaa")|replace("a", "aaaaaaaaaaaaaaaaaaaa") }}',
  ],
  ['a.ejs', '<% run('],
  ['a.mako', '<% "%>'],
])('says that it did not read all of %s: %.40s', (path, template) => {
  expect(read(path, template).unread).toHaveLength(1);
});

it('reads many signs before a value', () => {
  expect(
    read('a.j2', `{{ ${'not '.repeat(50_000)}${'-'.repeat(9)}x.__globals__ }}`).programs,
  ).toEqual(['python: -__globals__']);
});

it('does not hold a text that only may be a template', () => {
  const program = sourceOf('run.py', 'import jinja2\n', 'python');
  expect(read('notes.txt', 'A brace {{ and {% more, ( it', program).unread).toEqual([]);
});

const call = 'run("a.example")';

it.each([
  ['a.ejs', `<%% a <% ${call} %>`],
  ['a.ejs', `<% ${' '.repeat(30_000)}${call} %>`],
  ['a.ejs', `${'<%=a%>'.repeat(6_000)}<% ${call} %>`],
  ['a.mako', `<%\t${call} %>`],
  ['a.mako', `<%\r\n${call}\r\n%>`],
  ['a.mako', `<%(${call})%>`],
  ['a.mako', `<% x = "%>"; ${call} %>`],
  ['a.mako', `% if ${call}:\n% endif\n`],
  ['a.mako', `  % for x in [${call}]:\n  % endfor\n`],
  ['a.mako', `% if x:\n% elif ${call}:`],
  ['a.mako', `\${ {"a":0}["a"] or ${call} }`],
  ['a.mako', `\${ "}" + ${call} }`],
  ['a.mako', `## \${\n<% ${call} %>\n## }\n`],
  ['a.mako', `<%doc> \${ </%doc><% ${call} %>`],
  ['a.mako', `<%def name="a()">\${ ${call} }</%def>`],
])('reads the code of %s: %.40s', (path, template) => {
  const { programs, unread } = read(path, template);
  expect(programs.join('')).toContain(call);
  expect(unread).toEqual([]);
});

it('never throws, whatever the text', () => {
  const part = fc.constantFrom(
    ...['{{', '}}', '{%', '%}', '{#', '#}', '<%', '%>', '<%%', '${', '}', '"', "'", '\\', '(', ')'],
    ...[
      '[',
      ']',
      '{',
      '.',
      '|',
      ',',
      '=',
      '~',
      ' set ',
      ' for ',
      ' in ',
      'raw',
      'endraw',
      'x',
      '\n',
    ],
    ...['% if ', '##', '<%doc>', '__globals__', 'attr', 'not ', '-', '*', '9', ':', '"a"'],
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 60 }), (parts) => {
      for (const name of ['a.j2', 'a.ejs', 'a.mako'])
        expect(() => read(name, parts.join(''))).not.toThrow();
    }),
    { numRuns: 1_000 },
  );
});

// Twice the text gives at most about twice the program, and no second reading of what follows.
it.each([
  '{{ x.__globals__ }}',
  '{{ (',
  '{{ "',
  "{{ ' }}",
  '{% raw %}',
  '{#',
  '<% "',
  '<%=<%-',
  '${ {',
  '{{ a["b" ~ c] }}',
])('gives a program that grows with the text: %s', (opening) => {
  for (const name of ['a.j2', 'a.ejs', 'a.mako']) {
    const text = `{{ x.__globals__ }}<% y %>${opening.repeat(100_000)}`;
    const { programs, unread } = read(name, text);
    expect(programs.join('').length).toBeLessThan(text.length * 4);
    expect(unread.length).toBeLessThan(2);
  }
});
