/**
 * Answers a session's requests to package indexes. The runner asks the index by itself, takes the
 * versions out that host policy forbids, and passes on only files whose digest the index named. The
 * audit log has each file's digest.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { createGunzip } from 'node:zlib';
import { pythonJson } from '../../skills-index/packages/simple-page.ts';
import { parseWheelName } from '../../skills-index/packages/wheel-name.ts';
import { type Denial, denialOfFailure } from '../../skills-index/run/egress/denial.ts';
import {
  fileKey,
  type IndexAnswer,
  type IndexedFile,
  judgeNpm,
  judgePython,
  type PackageRules,
  parseIndexRequest,
  pythonFilesHost,
} from '../../skills-index/run/indexes/npm-answer.ts';
import { type IndexPlace, parseIndexUrl } from '../../skills-index/run/plan/index-policy.ts';
import type { PinnedAddress } from '../../skills-index/run/plan/plan.ts';
import type { PlannedIndex, SessionPlan } from '../../skills-index/run/plan/session-plan.ts';
import { parseDigest } from '../../skills-index/skill/digest.ts';
import { egressAnswerSecondsMax, untilEvent } from '../egress/forward.ts';
import type { Answerer, AnswerTools } from '../egress/settings.ts';
import type { RunWorld } from '../run/run-request.ts';
import type { FindAdvisories } from './advisory-archive.ts';
import { openAdvisories } from './advisory-folder.ts';

/** Packages whose answers a session's runner remembers; older ones are read again. */
const rememberedPackagesMax = 2_000;

/** Bytes of an index's answer about one package: npm's largest have some 20 MB. */
const indexAnswerBytesMax = 64 * 1024 * 1024;

/** Files in the folder of a `file:` index. */
const indexFilesMax = 50_000;

/** Bytes of one file of a package. The largest wheels have some 2 GB. */
const packageBytesMax = 4 * 1024 * 1024 * 1024;

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

// Asks an index about one package, and judges the answer.

/** One package of an index, and the rules for it. */
interface Asked {
  readonly index: PlannedIndex;
  readonly place: IndexPlace;
  readonly name: string;
  readonly advisories: FindAdvisories;
  readonly egress: SessionPlan['egress'];
  readonly now: Date;
}

/** The index's answer as the session may see it, or why there is none. */
async function readAnswer(
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
function originOf(
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

// Reads what an index says about a package, and opens files: over HTTP or in a folder.

/** A host to which the runner sends requests of an index, as the plan names the host. */
interface IndexOrigin {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  readonly pinned: PinnedAddress | undefined;
}

interface IndexStream {
  readonly status: number;
  readonly length?: string;
  readonly stream: Readable;
}

/** Sends a GET with headers of the runner's own: nothing of the session's request but its path. */
async function openUrl(
  { optionsFor }: Pick<AnswerTools, 'optionsFor'>,
  origin: IndexOrigin,
  path: string,
  accept: string,
): Promise<IndexStream> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const start = origin.scheme === 'https' ? httpsRequest : httpRequest;
    const isPlainPort = origin.port === (origin.scheme === 'https' ? 443 : 80);
    const sent = start({
      ...optionsFor(origin),
      path,
      headers: {
        Host: `${origin.host}${isPlainPort ? '' : `:${origin.port}`}`,
        Accept: accept,
        'Accept-Encoding': 'gzip, identity',
        'User-Agent': 'skillgate',
      },
      timeout: egressAnswerSecondsMax * 1000,
    });
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', reject).on('response', resolve).end();
  });
  const { 'content-encoding': coding = 'identity', 'content-length': length } = answer.headers;
  const opened = { status: answer.statusCode ?? 502, stream: answer };
  if (coding === 'identity') return length === undefined ? opened : { ...opened, length };
  if (coding === 'gzip') return { ...opened, stream: answer.compose(createGunzip()) };
  answer.destroy();
  throw Object.assign(new Error(`unknown encoding ${coding}`), { code: 'HPE_ENCODING' });
}

/** Reads a whole answer; undefined when it is longer than an index's answer may be. */
async function readText({ stream }: IndexStream): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > indexAnswerBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What a folder of wheels would say about a package, as a Python index says it. */
async function readFolder(folder: string, name: string): Promise<string> {
  const names = await readdir(folder);
  if (names.length > indexFilesMax)
    throw Object.assign(new Error(`${folder} has more than ${indexFilesMax} files`), {
      code: 'HPE_FOLDER',
    });
  const files = names
    .filter((file) => parseWheelName(file)?.name === name)
    .map((filename) => ({ filename, url: `/files/${filename}` }));
  return JSON.stringify({ name, files });
}

function openFile(folder: string, name: string): Readable {
  return createReadStream(pathToFileURL(join(folder, name)));
}

// Passes one file of a package to a session, after its digest was compared and recorded.

/**
 * Streams the file. The last piece waits for the comparison, so a file with another digest never
 * arrives whole.
 */
async function passFile(
  tools: AnswerTools,
  { egress, file, index, name, place }: Asked & { readonly file: IndexedFile },
  response: ServerResponse,
): Promise<Denial | undefined> {
  try {
    const opened: IndexStream =
      place.kind === 'folder'
        ? { status: 200, stream: openFile(place.path, file.file) }
        : await openUrl(
            tools,
            originOf({ egress }, file.url),
            file.url.pathname,
            'application/octet-stream',
          );
    response.once('close', () => opened.stream.destroy());
    if (opened.status !== 200) return opened.status === 404 ? 'package-unlisted' : 'unreachable';
    const ours = createHash('sha256');
    const theirs = file.hash === undefined ? undefined : createHash(file.hash.algorithm);
    if (opened.length !== undefined) response.setHeader('Content-Length', opened.length);
    response.setHeader('Content-Type', 'application/octet-stream');
    let bytes = 0;
    let last: Buffer | undefined;
    for await (const chunk of opened.stream as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > packageBytesMax) return 'answer-too-large';
      const why = tools.countReceived(chunk.length);
      if (why !== undefined) return why;
      ours.update(chunk);
      theirs?.update(chunk);
      if (last !== undefined && !response.write(last)) await untilEvent(response, 'drain');
      if (response.destroyed) return undefined;
      last = chunk;
    }
    if (theirs !== undefined && theirs.digest('hex') !== file.hash?.hex) return 'package-changed';
    const digest = parseDigest(`sha256:${ours.digest('hex')}`);
    const { ecosystem } = index;
    const { version } = file;
    tools.record({
      event: 'package',
      ecosystem,
      package: name,
      version,
      file: file.file,
      digest,
    });
    response.end(last);
    return undefined;
  } catch (cause) {
    const why = denialOfFailure(cause);
    // The operator chose the index, so the agent's breaker does not count its address.
    return why === 'address-denied' ? 'unreachable' : why;
  }
}
