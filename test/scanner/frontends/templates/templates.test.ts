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
  const { facts, embedded } = templatePrograms(sourceOf(path, text), texts);
  return {
    programs: embedded.map((program) => `${program.language}: ${program.text.trim()}`),
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
    'python: g = __globals__\n__import__(\'os\').system("id")',
  ]);
});

it.each([
  '{{ row.name | upper }} {% if n > 3 %}{{ money(row.amount) }}{% endif %}',
  '{% for x in rows %}{{ loop.index }}: {{ x["name"]|default("none", true) }}{% endfor %}',
  '{{ "__globals__" }} is a name of Python',
])('makes no program of a template that keeps to its values: %s', (template) => {
  expect(read('a.j2', template)).toEqual({ programs: [], reaches: [] });
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

it.each(['{{', '{%', '<%', '{{((((', '{{"', '<%=<%-'])('ends soon for many %s', (opening) => {
  const text = opening.repeat(200_000);
  const started = performance.now();
  for (const name of ['a.j2', 'a.ejs', 'a.mako']) read(name, text);
  read('a.j2', `${text}}}`);
  expect(performance.now() - started).toBeLessThan(10_000);
});
