/** Code that an installation or an import runs and that is not in the package itself. */
import type { FactOf } from '../fact/fact.ts';
import type { TaintSource } from '../fact/source.ts';
import { runs } from '../fact/standing.ts';
import { pythonOwnModules } from '../lookup-tables/python-own-modules.ts';
import type { FindingDraft, RuleContext } from '../rule.ts';

type Bundle = Pick<RuleContext, 'files'>;

/**
 * Whether pip or Python runs a file without being asked to. Skills also call the wizard `setup.py`
 * that asks for their settings: pip runs only what belongs to a package.
 */
export function isInstalled({ path, text }: TaintSource, { files, sources }: RuleContext): boolean {
  if (/(^|\/)(sitecustomize|usercustomize)\.py$|\.pth$/.test(path)) return true;
  if (!/(^|\/)setup\.py$/.test(path)) return false;
  const folder = path.slice(0, -'setup.py'.length);
  return (
    /\b(setuptools|distutils)\b/.test(text) ||
    packageFiles.some((name) => files.has(`${folder}${name}`)) ||
    sources.some(
      (source) =>
        installsFolder.test(source.text) ||
        (requirements.test(source.path) && requiresFolder.test(source.text)),
    )
  );
}

const packageFiles = ['pyproject.toml', 'setup.cfg', 'PKG-INFO', 'MANIFEST.in', 'tox.ini'];

// `pip install .`, `uvx --from ./tool`, `python setup.py install`: pip also runs a setup.py that is
// none.
const ownFolder =
  /(?:\.{1,2}|(?:file:|\$[({]{0,2}(?:pwd|dirname|\w{0,30}(?:PWD|DIR|ROOT)\b))[^\s"']{0,100}|[\w./-]{0,100}\/[\w.-]{0,100})(?=["'`)\s]|$)/
    .source;
const installsFolder = new RegExp(
  [
    `\\b(?:pipx?[\\d.]{0,5}|tool)["']?,? {1,4}["']?install\\b[^\\n|;&\`]{0,200}?(?<!-r|-c|ment|straint)[ "']${ownFolder}`,
    `\\buvx?\\b[^\\n|;&\`]{0,200}?--(?:from|with|with-editable)["']?[ =,"']{1,4}${ownFolder}`,
    /\bsetup\.py["']?,? {1,4}["']?(?:install|develop|build\w*|bdist\w*|sdist|egg_info)\b/.source,
  ].join('|'),
  'm',
);
const requirements = /(^|\/)[^/]*requirements[^/]*\.(txt|in)$/i;
const requiresFolder = new RegExp(`^[ \\t]*(?:(?:-e|--editable)[ =]\\s*)?${ownFolder}`, 'm');

/** A script of the package's folder is started, and no such file is there: nobody has read it. */
export function absentScripts(
  flows: readonly FactOf<'flow'>[],
  installed: ReadonlySet<string>,
  { files }: Bundle,
): FindingDraft[] {
  return flows.flatMap((fact) => {
    const { source, sink, span } = fact;
    const [, path] = /^\/skills\/@self\/([^*]+\.\w{1,5})$/.exec(source.name) ?? [];
    if (!installed.has(span.path) || !runs(fact) || path === undefined || files.has(path))
      return [];
    if (source.what !== 'file' || sink.what !== 'exec' || sink.part !== 'code') return [];
    return [{ span, message: `the installation runs ${path}, which is not in the bundle` }];
  });
}

/**
 * Another Python is started for the sake of an import alone: nobody reads what the import prints,
 * so what the other package does when it is imported is all that the start is for.
 * @param when what starts the other Python
 */
export function importsAlone(
  source: TaintSource,
  when: 'installation' | 'import of the package',
  { files }: Bundle,
): FindingDraft[] {
  const { file, language, text, depth } = source;
  if (depth === 0 || language !== 'python') return [];
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const statements = text.split(/[;\n]/).map((one) => one.trim());
  const isAlone = statements.every((one) => /^$|^#|^(import|from)\s|^warnings\.\w+\(/.test(one));
  const foreign = statements
    .flatMap((one) => /^(?:import|from)\s+(\w{1,80})/.exec(one)?.[1] ?? [])
    .find(
      (name) =>
        !pythonOwnModules.has(name) &&
        !/^(setuptools|pip|wheel|pkg_resources)$/.test(name) &&
        !files.has(`${folder}${name}.py`) &&
        !files.has(`${folder}${name}/__init__.py`),
    );
  if (!isAlone || foreign === undefined) return [];
  const at = placeOf(source);
  return [
    {
      span: { path: file, start: at, end: at + 1 },
      message: `the ${when} starts another Python that only imports ${foreign}`,
    },
  ];
}

/** Where a program stands in its file: the path of an embedded program says so. */
export function placeOf({ path }: Pick<TaintSource, 'path'>): number {
  return Number(/#\w+@(\d+)/.exec(path)?.[1] ?? 0);
}
