/** Asks an index about one package, and judges the answer. */
import { pythonJson } from '../../skills-index/packages/simple-page.ts';
import type { Denial } from '../../skills-index/run/egress/denial.ts';
import type { IndexAnswer, PackageRules } from '../../skills-index/run/indexes/index-answer.ts';
import { pythonFilesHost } from '../../skills-index/run/indexes/index-request.ts';
import { judgeNpm } from '../../skills-index/run/indexes/npm-answer.ts';
import { judgePython } from '../../skills-index/run/indexes/python-answer.ts';
import type { IndexPlace } from '../../skills-index/run/plan/index-policy.ts';
import type { PlannedIndex, SessionPlan } from '../../skills-index/run/plan/session-plan.ts';
import type { AnswerTools } from '../egress/settings.ts';
import type { FindAdvisories } from './advisory-notes.ts';
import { type IndexOrigin, openUrl, readFolder, readText } from './read-index.ts';

/** One package of an index, and the rules for it. */
export interface Asked {
  readonly index: PlannedIndex;
  readonly place: IndexPlace;
  readonly name: string;
  readonly advisories: FindAdvisories;
  readonly egress: SessionPlan['egress'];
  readonly now: Date;
}

/** The index's answer as the session may see it, or why there is none. */
export async function readAnswer(
  tools: AnswerTools,
  asked: Asked,
): Promise<(IndexAnswer & { readonly status?: number }) | Denial> {
  const { advisories, index, name, now, place } = asked;
  const { ecosystem, minimumAgeDays, shown } = index;
  const malicious = advisories(ecosystem, name);
  const rules: PackageRules = {
    name,
    minimumAgeDays,
    now,
    malicious,
    placeOf: (url) => placeOf(asked, url),
  };
  if (place.kind === 'folder')
    return (
      judgePython(await readFolder(place.path, name), `${shown}/${name}/`, rules) ??
      'answer-malformed'
    );
  const page = ecosystem === 'npm' ? name.replace('/', '%2f') : `${name}/`;
  const accept = ecosystem === 'npm' ? 'application/json' : `${pythonJson}, text/html;q=0.1`;
  const origin = originOf(asked, new URL(shown));
  const opened = await openUrl(tools, origin, `${place.path}/${page}`, accept);
  if (opened.status === 404 || opened.status === 410) {
    opened.stream.destroy();
    return { status: 404, contentType: 'text/plain', body: 'not found\n', files: new Map() };
  }
  if (opened.status !== 200) {
    opened.stream.destroy();
    return 'unreachable';
  }
  const text = await readText(opened);
  if (text === undefined) return 'answer-too-large';
  const answer =
    ecosystem === 'npm'
      ? judgeNpm(jsonOf(text), rules)
      : judgePython(text, `${upstreamOf(asked)}${place.path}/${page}`, rules);
  return answer ?? 'answer-malformed';
}

/** The host of an index, or of its files, as the plan lets the session reach the host. */
export function originOf(
  { egress }: Pick<Asked, 'egress'>,
  { hostname, port, protocol }: URL,
): IndexOrigin {
  const scheme = protocol === 'https:' ? 'https' : 'http';
  const number = port === '' ? { http: 80, https: 443 }[scheme] : Number(port);
  const rule = egress.find(({ host, index }) => index !== undefined && host === hostname);
  return { scheme, host: hostname, port: number, pinned: rule?.pinned[hostname] };
}

// The index's own address, to which relative addresses of files belong.
function upstreamOf({ index: { url } }: Asked): string {
  return new URL(url).origin;
}

// Where the session fetches a file, and where the runner does. A file of a third host is left out:
// nobody named that host.
function placeOf(
  { index, place }: Asked,
  url: URL,
): { readonly shown: string; readonly url: URL } | undefined {
  const shown = new URL(index.shown);
  if (url.search !== '') return undefined;
  const path = url.pathname;
  if (place.kind === 'folder' || url.origin === new URL(index.url).origin) {
    const at = `${shown.origin}${path}`;
    return { shown: at, url: new URL(at) };
  }
  if (index.ecosystem === 'python')
    return url.origin === `https://${pythonFilesHost}`
      ? { shown: `${url.origin}${path}`, url: new URL(`${url.origin}${path}`) }
      : undefined;
  // Plain mirrors of npm's registry pass its answers on as they are, and npm itself then asks the
  // mirror for the file.
  if (url.hostname !== 'registry.npmjs.org') return undefined;
  const at = `${index.shown}${path}`;
  return { shown: at, url: new URL(at) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
