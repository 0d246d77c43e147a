/**
 * Answers a session's requests to package indexes. The runner asks the index by itself, takes the
 * versions out that host policy forbids, and passes on only files whose digest the index named. The
 * audit log has each file's digest.
 */
import type { ServerResponse } from 'node:http';
import { type Denial, denialOfFailure } from '../../skills-index/run/egress/denial.ts';
import { fileKey, type IndexAnswer } from '../../skills-index/run/indexes/index-answer.ts';
import {
  parseIndexRequest,
  pythonFilesHost,
} from '../../skills-index/run/indexes/index-request.ts';
import { parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import type { SessionPlan } from '../../skills-index/run/plan/session-plan.ts';
import type { Answerer } from '../egress/settings.ts';
import type { RunWorld } from '../run/run-request.ts';
import { openAdvisories } from './advisory-folder.ts';
import { type Asked, readAnswer } from './index-metadata.ts';
import { rememberedPackagesMax } from './limits.ts';
import { passFile } from './package-file.ts';

/** Returns the functions that answer for the hosts of a session's indexes, by `host:port`. */
export function indexAnswers(
  { egress, indexes }: Pick<SessionPlan, 'egress' | 'indexes'>,
  { hostPolicy, now, paths }: Pick<RunWorld, 'hostPolicy' | 'now' | 'paths'>,
): ReadonlyMap<string, Answerer> | undefined {
  if (indexes.length === 0) return undefined;
  const advisories = openAdvisories({ folder: hostPolicy.advisories, cache: paths.cache });
  return new Map(
    indexes.flatMap((index) => {
      const remembered = new Map<string, Promise<IndexAnswer | Denial>>();
      const own = new URL(index.shown);
      const place = parseIndexUrl(index.url);
      const answerer: Answerer = async ({ decision, method }, tools, response) => {
        const path = own.pathname === '/' ? '' : own.pathname;
        const wanted = parseIndexRequest(index.ecosystem, path, decision.path);
        if (method !== 'GET' && method !== 'HEAD') return 'method-denied';
        if (decision.upgrades) return 'upgrade-denied';
        if (wanted === undefined || decision.target !== decision.path || place === undefined)
          return 'path-denied';
        const asked: Asked = { index, place, name: wanted.name, advisories, egress, now: now() };
        const answer = await remember(remembered, wanted.name, () => readAnswer(tools, asked));
        if (answer === 'address-denied') return deny(response, 'unreachable', atPrivateAddress);
        if (typeof answer === 'string') return answer;
        if (wanted.kind === 'metadata') return sendMetadata(answer, method, response);
        const file = answer.files.get(fileKey(decision.host, decision.path));
        if (file === undefined) return deny(response, 'package-unlisted', '');
        if (file.kind === 'denied') return deny(response, file.why.denial, file.why.says);
        if (method === 'HEAD') return void response.writeHead(200).end();
        return passFile(tools, { ...asked, file }, response);
      };
      const port = own.port === '' ? (own.protocol === 'https:' ? 443 : 80) : Number(own.port);
      const hosts = [`${own.hostname}:${port}`];
      if (index.ecosystem === 'python' && place?.kind !== 'folder')
        hosts.push(`${pythonFilesHost}:443`);
      return hosts.map((host) => [host, answerer] as const);
    }),
  );
}

// The operator chose this name, so the agent's breaker does not count its address.
const atPrivateAddress =
  'the index has a private address: add its name and address to "hosts" in host.json';

// One answer for each package in a session: what was judged is what is fetched. A failure is asked
// again.
async function remember(
  remembered: Map<string, Promise<IndexAnswer | Denial>>,
  name: string,
  read: () => Promise<IndexAnswer | Denial>,
): Promise<IndexAnswer | Denial> {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const [oldest] = remembered.keys();
  if (remembered.size >= rememberedPackagesMax && oldest !== undefined) remembered.delete(oldest);
  const reading = read().catch(denialOfFailure);
  remembered.set(name, reading);
  const answer = await reading;
  if (typeof answer === 'string') remembered.delete(name);
  return answer;
}

function sendMetadata(
  { body, contentType, denied, status }: IndexAnswer & { readonly status?: number },
  method: string,
  response: ServerResponse,
): Denial | undefined {
  if (denied !== undefined) return deny(response, denied.denial, denied.says);
  response.writeHead(status ?? 200, { 'Content-Type': contentType });
  response.end(method === 'HEAD' ? undefined : body);
  return undefined;
}

// npm and pip print the words after the status, and not the body.
function deny(response: ServerResponse, why: Denial, says: string): Denial {
  const words = says === '' ? why : `${why}: ${says}`;
  response.statusMessage = `skillgate: ${words.replace(/[^ -~]/g, '?')}`;
  return why;
}
