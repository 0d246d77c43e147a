/** Software comes from elsewhere than its registry. */

import type { DependencyFact } from '../../fact/fact.ts';
import { remembered } from '../../fact/remembered.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, milder, runs } from '../../fact/standing.ts';
import { isRequirements } from '../../ingest/requirements.ts';
import { defineRule, draftAt, type FindingDraft } from '../../rule.ts';
import { draftsOfTrait } from '../draft-of-trait.ts';

// Packages are taken from another index.

export const indexRedirect = defineRule({
  id: 'supply/index-redirect',
  title: 'Packages from another index',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'Whoever controls a second index can answer for every name, also for names that everybody takes from the public one.',
  fix: 'Install from the public registry by name and version, or let the operator configure the index.',
  maps: { cwe: ['CWE-427', 'CWE-494'], owasp: ['ASI04', 'AST02'], attack: ['T1195.001'] },
  reads: ['dependency:redirect', 'trait:kept-index', 'source'],
  check: (context) => {
    const hasOtherList = context.sources.some(namesOtherListOnce);
    const redirects = context.of('dependency').flatMap((fact) => {
      if (!isIndex(fact.name) || !runs(fact) || isPublic(fact.name)) return [];
      const isPinned = fact.pinned && !hasOtherList;
      return [
        draftAt(
          fact,
          `takes ${fact.manager} packages from ${fact.name}${isPinned ? ', by digests that the skill lists' : ''}`,
          {
            kind: isInText(fact) || isPinned ? 'capability' : 'malice',
            severity: isInText(fact) ? 'low' : milder(isPinned ? 'medium' : 'high', fact),
          },
        ),
      ];
    });
    const kept = draftsOfTrait(context, 'kept-index', ({ detail }) => {
      const url = detail.slice(detail.lastIndexOf(' ') + 1);
      return isPublic(url)
        ? undefined
        : { message: `has every later installation take packages from ${url}` };
    });
    return [...redirects, ...kept, ...context.sources.flatMap(settingsOnce)];
  },
});

const namesOtherListOnce = remembered(namesOtherList);
const settingsOnce = remembered(settingsIn);

// Another list has digests of its own, which the skill does not show. A list may have any name.
function namesOtherList({ text }: TaintSource): boolean {
  return text.includes('-r') && /^[ \t]*(-r|--requirement)/m.test(text);
}

/** Whether a source of packages is an index rather than one package. */
function isIndex(name: string): boolean {
  return (
    /^https?:\/\//.test(name) &&
    !/\.(tgz|whl|zip|tar\.gz|git)(#|$)|github\.com\/|gitlab\.com\//.test(name)
  );
}

// Mirrors and special builds that their makers document.
function isPublic(url: string): boolean {
  return /^https:\/\/(registry\.npmjs\.org|registry\.yarnpkg\.com|pypi\.org|files\.pythonhosted\.org|download\.pytorch\.org|test\.pypi\.org|npm\.pkg\.github\.com|registry\.npmmirror\.com|pypi\.tuna\.tsinghua\.edu\.cn|mirrors\.aliyun\.com|pypi\.nvidia\.com|mirrors\.\w+\.edu\.cn|mirrors\.cloud\.tencent\.com|repo\.huaweicloud\.com|registry\.npm\.taobao\.org|proxy\.golang\.org|goproxy\.(?:cn|io)|rubygems\.org|gems\.ruby-china\.com|conda\.anaconda\.org|pypi\.anaconda\.org|jsr\.io|npm\.jsr\.io)(\/|$)/.test(
    url,
  );
}

const settings: readonly { readonly file: RegExp; readonly form: RegExp }[] = [
  { file: /(^|\/)\.npmrc$/, form: /^[ \t]*(?:@[\w-]+:)?registry[ \t]*=[ \t]*(\S+)/gm },
  {
    file: /(^|\/)\.yarnrc(\.yml)?$/,
    form: /^[ \t]*(?:npmRegistryServer:|registry)[ \t]+["']?(\S+?)["']?[ \t]*$/gm,
  },
  {
    file: /(^|\/)(\.?pip\.conf|pip\.ini)$/,
    form: /^[ \t]*(?:extra-)?index-url[ \t]*=[ \t]*(\S+)/gm,
  },
  {
    file: /(^|\/)(uv|pyproject)\.toml$/,
    form: /^[ \t]*(?:index-url|extra-index-url|url)[ \t]*=[ \t]*\[?["'](https?:[^"']+)["']/gm,
  },
];
const requirementOption =
  /^[ \t]*(?:-i|--index-url|--extra-index-url|--find-links|-f)[ \t=]+(\S+)/gm;

function settingsIn(source: TaintSource): FindingDraft[] {
  const { path, text, depth } = source;
  const forms = isRequirements(source)
    ? [requirementOption]
    : settings.filter(({ file }) => file.test(path)).map(({ form }) => form);
  if (depth > 0) return [];
  return forms.flatMap((form) =>
    [...text.matchAll(form)].flatMap((match) => {
      const [line, url = ''] = match;
      if (!isIndex(url) || isPublic(url)) return [];
      const start = match.index + line.lastIndexOf(url);
      return [
        {
          span: { path, start, end: start + url.length },
          message: `the bundle sets ${url} as an index of packages`,
        },
      ];
    }),
  );
}

export const foreignSource = defineRule({
  id: 'supply/foreign-source',
  title: 'Software from a foreign source',
  kind: 'capability',
  severity: 'medium',
  confidence: 'exact',
  why: 'A bare archive or a branch of a repository can differ from what others use under that name.',
  fix: 'Install from the registry by name and exact version; for a repository, name the commit.',
  maps: { cwe: ['CWE-494'], attack: ['T1195.002'] },
  reads: ['dependency:redirect'],
  check: (context) =>
    context.of('dependency').flatMap((fact) => {
      if (fact.how !== 'redirect' || fact.pinned || isIndex(fact.name) || !runs(fact)) return [];
      return [
        draftAt(fact, `takes ${fact.manager} software from ${fact.name}`, { ...gravity(fact) }),
      ];
    }),
});

// An archive from a host where nobody publishes is downloaded and run, by whatever name the tool
// that does it goes.
function gravity(fact: DependencyFact): Pick<FindingDraft, 'kind' | 'severity'> {
  if (isInText(fact)) return { severity: 'low' };
  const isStray =
    /^https?:\/\/[^/]+\/.*\.(tgz|tar\.(gz|bz2|xz)|whl|zip|js|mjs|py)([#?]|$)/.test(fact.name) &&
    !published.test(fact.name);
  return isStray ? { kind: 'malice', severity: milder('high', fact) } : { severity: 'medium' };
}

const published =
  /^https:\/\/(([\w-]+\.)?github\.com|[\w.-]+\.githubusercontent\.com|gitlab\.com|codeberg\.org|bitbucket\.org|registry\.npmjs\.org|files\.pythonhosted\.org|download\.pytorch\.org|storage\.googleapis\.com|huggingface\.co|jsr\.io|npm\.jsr\.io|deno\.land|esm\.sh)\//;
