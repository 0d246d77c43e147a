/**
 * A program goes through folders of the user, and the skill sends data to a fixed host. Between
 * both stand archives, queues, databases and files, which hide the way of the data.
 */
import { covers, listCapabilities } from '../../../skills-index/skill/capability.ts';
import { parseEgressUrl } from '../../../skills-index/skill/egress-target.ts';
import type { CapabilityFact } from '../../fact/fact.ts';
import type { TaintSource } from '../../fact/source.ts';
import { isInText, runs } from '../../fact/standing.ts';
import { isLoopbackHost } from '../../lookup-tables/egress-of.ts';
import { isKnownProvider } from '../../lookup-tables/secrets.ts';
import { normalisePath, privateKinds, sensitivePath } from '../../lookup-tables/sensitive-paths.ts';
import { isTenantHost } from '../../lookup-tables/tenant-hosts.ts';
import { defineRule, type FindingDraft, type RuleContext } from '../../rule.ts';

export const collectionBesideNetwork = defineRule({
  id: 'flow/collection-beside-network',
  title: 'Files of the user are collected, and the skill sends data away',
  kind: 'capability',
  severity: 'medium',
  confidence: 'lexical',
  why: 'Thieves collect documents in an archive, a database or a queue, and send that. A reader of either half sees nothing: the walk looks like an index, and the request like a backup.',
  fix: 'Read only what the user names, or say in the code itself which file a request sends.',
  maps: { cwe: ['CWE-200'], owasp: ['LLM02', 'ASI02'], attack: ['T1119', 'T1560', 'T1041'] },
  reads: ['capability:mount', 'capability:egress', 'source'],
  check: (context) => {
    const facts = context.of('capability').filter(runs);
    const hosts = [...new Set(facts.flatMap((fact) => receiverOf(fact, context)))];
    if (hosts.length === 0) return [];
    const told = new Set<string>();
    return facts.flatMap((fact): FindingDraft[] => {
      const folder = collectedFolder(fact, context);
      const receivers = folder?.isOutside === true ? hosts : hosts.filter((host) => !host.declared);
      const [to] = receivers;
      if (folder === undefined || to === undefined) return [];
      const key = `${fact.span.path} ${folder.path}`;
      if (told.has(key)) return [];
      told.add(key);
      const what = folder.path === '*' ? 'a computed folder' : folder.path;
      return [
        {
          span: fact.span,
          confidence: fact.certainty,
          message: `${fact.api} goes through ${what}, and the skill sends data to ${to.host}`,
        },
      ];
    });
  },
});

interface Receiver {
  readonly host: string;
  readonly declared: boolean;
}

// A host that the skill itself chose, and that takes data. A well-known service takes data of
// whoever has a key for it.
function receiverOf({ capability, api }: CapabilityFact, { declared }: RuleContext): Receiver[] {
  if (capability.kind !== 'egress' || !capability.methods.some((one) => sending.test(one)))
    return [];
  const { host } = parseEgressUrl(capability.url);
  if (host.includes('*') || isLoopbackHost(host) || fetching.test(api)) return [];
  if (isKnownProvider(host) && !isTenantHost(host)) return [];
  const given = declared === undefined ? [] : listCapabilities(declared);
  const isDeclared = given.some(
    (wide) => wide.kind === 'egress' && covers({ ...wide, methods: ['*'] }, capability),
  );
  return [{ host, declared: isDeclared }];
}

const sending = /^(POST|PUT|PATCH|\*)$/;
// Programs that install, or ask for names.
const fetching =
  /^(npm|npx|pip3?|uv|uvx|pnpm|yarn|cargo|go|gem|brew|apt(-get)?|dig|nslookup|ping)$/;

interface Folder {
  readonly path: string;
  /** Outside the folder in which the user works. */
  readonly isOutside: boolean;
}

function collectedFolder(fact: CapabilityFact, context: RuleContext): Folder | undefined {
  const { capability, api } = fact;
  if (capability.kind !== 'mount' || capability.mode !== 'ro' || capability.path === undefined)
    return undefined;
  const { path } = capability;
  const isPacked = packers.test(api);
  if (!isPacked && !walkers.test(api)) return undefined;
  const normal = normalisePath(path);
  if (usersFolder.test(normal) || isPrivate(normal)) return { path, isOutside: true };
  const isProject = wholeProject.test(normal) || (isPacked && path === '*');
  return isProject && !isInText(fact) && !takesArguments(fact, context)
    ? { path, isOutside: false }
    : undefined;
}

// A program with arguments goes through what its caller names, or through the folder around it.
function takesArguments({ span }: CapabilityFact, { sources }: RuleContext): boolean {
  const of = span.inner ?? span.path;
  const source = sources.find(({ path }) => path === of);
  if (source === undefined) return false;
  const known = taking.get(source) ?? readsArgument(source);
  taking.set(source, known);
  return known;
}

// One file may go through many folders.
const taking = new WeakMap<TaintSource, boolean>();

function readsArgument({ text }: TaintSource): boolean {
  const receiver = /^([\w-]{1,60}) "\$@"/m.exec(text)?.[1];
  return argument.test(
    text.replace(shellFunction, (whole, name: string) => (name === receiver ? whole : '')),
  );
}

// The arguments of a function are none of the program, unless the program passes its own on.
const shellFunction =
  /^([\w-]{1,60}) ?\(\) ?\{\r?\n(?:(?!^[\w-]{1,60} ?\(\) ?\{)[\s\S]){0,4000}?^\}/gm;

const argument =
  /\$\{?[1-9]|\bsys\.argv\b|\bargparse\b|\bprocess\.argv\b|\bparseArgs\b|\bclick\.|\btyper\b|\bgetopts?\b|\bparam\s*\(|\$args\b|\bBun\.argv\b|\bDeno\.args\b/i;

function isPrivate(path: string): boolean {
  const kind = sensitivePath(path)?.kind;
  return (kind !== undefined && privateKinds.has(kind)) || personal.test(path);
}

// Profiles of browsers and of programs for mail.
const personal =
  /^~\/(\.mozilla|library\/(safari|calendars)|(\.config|library\/application support|appdata\/(local|roaming))\/(google|google-chrome|chromium|bravesoftware|microsoft\/edge|firefox|mozilla|thunderbird))(\/|$)/;

// What stands behind no dot in a home belongs to the user; behind a dot, to programs.
const usersFolder =
  /^(~|\/home|\/users)(\/[^.*?[{\n][^*?[{\n]{0,120})?(\/[^\n]{0,80}[*?[{][^\n]{0,80})?\/?$/;
const wholeProject = /^(\.|\.\.)(\/\*{1,2}(\/[^\n]{0,80})?)?\/?$/;

const walkers =
  /\.(readdir|readdirSync|opendir|opendirSync|glob|globSync|rglob|iglob|iterdir|walk|listdir|scandir|fwalk)$|^(find|fd|glob|fast-glob|globby|Get-ChildItem|gci|dir)\b/;
const packers =
  /^(archiver\.Archiver#\w+|adm-zip\.Zip#addLocalFolder|tar|bsdtar|zip|7za?|rsync|rclone|robocopy|xcopy|git|Compress-Archive)$|\.(make_archive|copytree|cp|cpSync)$|^tarfile\.[\w.()]{4,20}\.add$/;
