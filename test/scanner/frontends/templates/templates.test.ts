import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Language, TaintSource } from '../../../../scanner/fact/source.ts';
import { templatePrograms } from '../../../../scanner/frontends/templates/templates.ts';
import { scanSkill } from '../../../../scanner/scan.ts';

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
  const { embedded, unanalysed } = templatePrograms(sourceOf(path, text), texts);
  return {
    programs: embedded.map((program) => `${program.language}: ${program.text.trim()}`),
    unread: unanalysed.map(({ reason }) => reason),
  };
}

const page = '---\nname: letters\ndescription: Writes letters.\n---\nFill in the template.\n';

async function scanned(template: string) {
  const files = Object.entries({ 'SKILL.md': page, 'letter.txt.j2': template });
  const { verdict, findings } = await scanSkill(
    files.map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  return {
    verdict,
    reaches: findings.flatMap(({ rule, message }) =>
      rule === 'obfuscation/hidden-name' ? message : [],
    ),
  };
}

const reach = 'lipsum.__globals__.os.popen("run.example").read()';

it.each([
  '{{ cycler.__init__.__globals__.os.popen("id").read() }}',
  '{{ request["application"]["__globals__"]["__builtins__"]["__import__"]("os")["popen"]("id") }}',
  '{{ lipsum|attr("__globals__")|attr("__getitem__")("os")|attr("popen")("id")|attr("read")() }}',
  "{{ x.__globals__['po\\x70en']('di'|reverse) }}",
  '{{ self.__init__.__globals__.__builtins__.eval(["1", "1"]|join("+")) }}',
  '{{ ([1]|map("int")).gi_frame.f_builtins["eval"]("1") }}',
  '{{ "".__class__.__mro__[1].__subclasses__()[40]("x").read() }}',
  "{{ ''['__class__']['__base__']['__subclasses__']() }}",
  '{{ ({} or "".__class__.__base__).__subclasses__() }}',
  '{{ cycler("a")["__init__"]["__globals__"]["os"]["popen"]("id") }}',
  '{{ ([lipsum]|random)["__globals__"]["os"].popen("id") }}',
  '{% for lipsum in [1] %}{% endfor %}{{ lipsum["__globals__"].os.popen("id") }}',
  '{% if a %}{% set lipsum, b = "", 1 %}{% endif %}{{ lipsum["__globals__"]["os"].popen("id") }}',
  '{{ lipsum["__globals__"|truncate(11, true, "", 0)].os.popen("id") }}',
  '{{ (lipsum|attr(name="__globals__")).os.popen("id") }}',
  '{{ x(*[lipsum.__globals__]) }}',
  '{% set \u00e9 = lipsum %}{{ \u00e9["__globals__"].os.popen("id") }}',
  '{{ [[lipsum]].0.0.__globals__.os.popen("id") }}',
  '{% set print = lipsum %}{{ print["__globals__"].os.popen("id") }}',
  '{% with a = 1, b = lipsum.__globals__ %}{% endwith %}',
  `{% raw %} endraw {{ ' {% endraw %}${'{{ lipsum.__globals__.os }}'}' }}`,
  '{{ x|constructor }}{{ lipsum["__globals__"] }}',
  `{% for n in [${Array.from({ length: 80 }, (_, at) => `"a${at}",`).join('')}"__globals__"] %}{{ lipsum[n].os.popen("id") }}{% endfor %}`,
  "{% set x | replace('a', lipsum.__globals__.os.getcwd()) %}a{% endset %}",
  '{% set h = lipsum|attr("<b>__globals__</b>"|striptags) %}{{ h.os.popen("id") }}',
  '{{ lipsum[("%r" % "__globals__")[1:-1]].os.popen("id") }}',
  '{{ x|map(attribute="a.__globals__")|list }}',
  '{{ x|map(attribute="a.__glo" ~ "bals__", default=1)|list }}',
  '{{ x|map("attr", "__globals__")|list }}{{ x|selectattr("a.__globals__") }}',
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
  `{{ a.class.0.x if b is not none and c not in d ~ ${reach} }}`,
  `{% print ${reach} %}`,
  `{% with x = ${reach} %}{% endwith %}`,
  `{% if(${reach}) %}{% endif %}`,
  `{% call x(${reach}) %}{% endcall %}`,
  `{% filter replace("a", ${reach}) %}a{% endfilter %}`,
  `{% macro m(a=${reach}) %}{{ a }}{% endmacro %}{{ m() }}`,
  `{% set a, b = ${reach}, 1 %}`,
  `{% set ns.x = ${reach} %}`,
  `{% include ${reach} %}`,
  `{% import "a" as b with context %}{{ b.m.__globals__ }}`,
  `${'{{a}}'.repeat(6_000)}{{ ${reach} }}`,
  `{{ ${' '.repeat(20_000)}${reach} }}`,
  `{{ "${'a'.repeat(5_000)}" and ${reach} }}`,
  `{{ ${'not '.repeat(50)}${'-'.repeat(9)}x.__globals__ }}`,
  '{% set g = q.__init__["__globals__"] %}{{ g["os"].system("id") }}',
  '{% set u = "__" %}{{ lipsum[u ~ "globals" ~ u].os.popen("run.example").read() }}',
  '{% set n %}__glo{{ "bals" }}__{% endset %}{{ lipsum[n].popen("id") }}',
  '{% for n in ["a", "__globals__"] %}{{ lipsum[n].popen("id") }}{% endfor %}',
  '{% if x %}{% set n = "__globals__" %}{% else %}{% set n = "a" %}{% endif %}{{ lipsum[n].os }}',
  '{{ lipsum[a ~ "globals" ~ a].os.popen("id") }}',
  '{{ (lipsum|attr(a ~ "globals__"))["os"].popen("id") }}',
  '{% for n in ["__glo", a] %}{{ lipsum[n ~ "bals__"]["os"].popen("id") }}',
])('blocks a template that leaves what it is given: %.90s', async (template) => {
  const { verdict, reaches } = await scanned(template);
  expect(verdict).toBe('block');
  expect(reaches).toContainEqual(
    expect.stringMatching(/^a template may reach every program and file, by \S+/),
  );
});

it.each([
  String.raw`"\u005f\u005fglobals\u005f\u005f"`,
  String.raw`"\137\137globals\x5f\x5f"`,
  '"__glo" "bals__"',
  '"%sglobals%s"|format("__", "__")',
  '"%sglobals__" % "__"',
  '"%sglobals%s" % ("__", "__")',
  '"__slabolg__"[::-1]',
  '"__slabolg__"|reverse',
  '"_"*2 ~ "globals" ~ "_"*2',
  'dict(__globals__=1)|first',
  '["a", "__globals__"]|last',
  'x|default("__globals__")',
  '["xxglobalsxx"|replace(old="x", new="_")]|first',
  '"__globals__"|string()',
  '["__glo", "bals__"]|join',
  '"__GLOBALS__".lower()',
  '"__GLOBALS__"|lower',
  '"__".join(["", "globals", ""])',
  '"X__globals__"|replace("X", "")|trim',
  '"X19nbG9iYWxzX18="|b64decode',
  '"__globals__" if x else "b"',
])('reads a name that is put together: %s', async (name) => {
  const { verdict, reaches } = await scanned(
    `{{ lipsum[${name}]["os"]["popen"]("run.example").read() }}`,
  );
  expect(verdict).toBe('block');
  expect(reaches).toContainEqual(expect.stringMatching(/by __globals__$/));
});

it.each([
  '{{ row.name | upper }} {% if n > 3 %}{{ money(row.amount) }}{% endif %}',
  '{% for x in rows %}{{ loop.index }}: {{ x["name"]|default("none", true) }}{% endfor %}',
  '{{ "__globals__" }} is a name of Python',
  '{{ rows[loop.index0].name }} {{ labels[row.kind]|upper }} {{ rows[i].items() }}',
  '{{ hostvars[groups["all"][0]]["ansible_" ~ name]["address"] }}',
  '{{ "%s: %s"|format(name, n) }} {{ -n }} {{ {"a": 1}.items() }} {{ x[1:3] }}',
  "it's {{ name }} and {% raw %}{{ {% endraw %} {% if a %}",
  '{% set title = "a" ~ b %}{{ title.upper() }}{% for k in keys %}{{ x[k].strip() }}{% endfor %}',
  '{{ open }} {{ input }} {{ os.name }} {{ requests.cpu }} {{ now().year }} {{ super() }}',
  '{{ functions["func_" ~ name] }} {{ items|rejectattr("name", "in", ["__loader__"])|list }}',
  '{{ hosts[groups["db"][0]].name.split(".") }} {{ d[x|replace("-", "_")].strip() }}',
  '{% for k in ["a", "b"] %}{{ d[k].strip() }}{% endfor %}{{ m[env|default("prod")].items() }}',
  '{% for f in form if f.type != "Hidden" %}{{ form[f]() }}{% endfor %}',
  '{{ frames["key_" ~ i] }} {{ frames[kind ~ "_frame"] }} {{ url_for("a", id=3) }}',
])('lets an honest template pass: %s', async (template) => {
  expect(await scanned(template)).toEqual({ verdict: 'pass', reaches: [] });
});

it('takes no program for a template because of its name, nor a block of a page', async () => {
  const frame = 'import sys\nprint(sys._getframe().f_back.f_globals["__name__"])\n';
  const files = {
    'SKILL.md': page,
    'scripts/template.py': `import jinja2\n${frame}`,
    'docs/template.md': `Dear {{ name }},\n\n\`\`\`python\n${frame}\`\`\`\n`,
    'scripts/run.sh': `cat > template.py <<'EOF'\n${frame}EOF\npython3 template.py\n`,
  };
  const { findings } = await scanSkill(
    Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), mode: 0o644 })),
  );
  expect(findings.filter(({ rule }) => rule === 'obfuscation/hidden-name')).toEqual([]);
});

it('says what a template reaches, once, and by its own name', async () => {
  const { reaches } = await scanned('{{ x.__globals__ }} {{ m["a" ~ b].c() }}');
  expect(reaches).toEqual([
    'a template may reach every program and file, by __globals__',
    'a template may reach every program and file, by a name that is put together or leads to Python',
  ]);
});

it('writes the tags of Jinja as Python', () => {
  const template =
    '{% set a = b|c %}{% for k, v in d %}{% set e = 1 %}{{ v|attr("f")|g(1) ~ (h if i) }}{% endfor %}';
  expect(read('a.j2', template).programs).toEqual([
    'python: a = (b.c())\nk, v = (d)[_] if _ else (k, v)\ne = (1) if _ else (e)\nv["f"].g(1) + (h if i else None)',
  ]);
});

it('reads a text as a template when a program renders templates', () => {
  const template = '{{ x.__globals__.os.system("id") }}';
  const program = sourceOf('run.py', 'import jinja2\n', 'python');
  expect(read('payloads.txt', template).programs).toEqual([]);
  expect(read('payloads.txt', template, program).programs).toHaveLength(1);
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

it.each([
  ['a.j2', '{{ name'],
  ['a.j2', '{# {{ name }}'],
  ['a.j2', '{{ ( }}{{ name }}'],
  ['a.ejs', '<% run('],
  ['a.mako', '<% "%>'],
])('says that it did not read all of %s: %.40s', (path, template) => {
  expect(read(path, template).unread).toHaveLength(1);
});

it.each([
  `{{ ${'('.repeat(900)}x${')'.repeat(900)} }}`,
  `{{ ${'f('.repeat(100_000)} }}`,
  `{{ ${'not '.repeat(50_000)}x.__globals__ }}`,
  `{% set x = "aaaaaaaaaaaaaaaa" %}${'{% set x = x ~ x %}'.repeat(60)}{{ x.__globals__ }}`,
])('holds a template that is made to be too much: %.40s', async (template) => {
  expect((await scanned(template)).verdict).not.toBe('pass');
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
    ...['{% set %}', '{% for %}', '{% set', 'map(', ' if ', ' else ', ' with '],
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
