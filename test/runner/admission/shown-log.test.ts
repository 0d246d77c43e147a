/**
 * What a host remembers, keeps and reports when a registry shows a log that may be another one than
 * the host saw before.
 */
import { expect, it } from 'vitest';
import { type AdmissionRequest, admit } from '../../../runner/admission/admit.ts';
import { memoryStore, type Store } from '../../../skills-index/client/store.ts';
import { digestOf, hexOf } from '../../../skills-index/skill/digest.ts';
import { parseScope, parseSkillName } from '../../../skills-index/skill/name.ts';
import { scopeStatement } from '../../../skills-index/statement/attestation.ts';
import { printIndexLine } from '../../../skills-index/trust/index-files/index-line.ts';
import { defaultPolicy } from '../../../skills-index/trust/policy/policy.ts';
import {
  people,
  type Story,
  storyNow,
  storyRoot,
  storyStatus,
  tellStory,
} from '../../skills-index/story.ts';
import { TestLog } from '../../skills-index/story-log.ts';
import { deadFetch, storyFetch, storyPaths } from '../../skills-index/story-server.ts';

const story = await tellStory();
const name = parseSkillName('@acme/weekly-report');
const twoDaysAgo = storyNow - 2 * 24 * 3_600_000;
const statusPath = '/index/status.json';
const indexPath = '/index/@acme/weekly-report';

type Fetch = AdmissionRequest['fetch'];

const request = (store: Store, change: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  fetch: storyFetch(storyPaths(story)),
  store,
  base: 'http://skills.example',
  root: storyRoot,
  policy: defaultPolicy,
  now: storyNow,
  name,
  range: '^1.0.0',
  ...change,
});

async function codes(store: Store, fetch: Fetch, hours = 0): Promise<string[]> {
  const { decision } = await admit(request(store, { fetch, statusGraceHours: hours }));
  return decision.kind === 'admitted' ? ['admitted'] : decision.reasons.map(({ code }) => code);
}

/** A host that installed the version from the registry of the story. */
async function hostOf(fetch: Fetch = storyFetch(storyPaths(story))): Promise<Store> {
  const store = memoryStore();
  expect(await codes(store, fetch)).toEqual(['admitted']);
  return store;
}

const alarmsIn = async (store: Store): Promise<number> => (await store.listNamed('alarms')).length;

async function claim(log: TestLog, ...scopes: readonly string[]): Promise<void> {
  for (const scope of scopes) {
    const said = scopeStatement({ scope: parseScope(scope), owners: [people.author.named] });
    await log.say(said, people.author);
  }
}

/** Another log under the same key, with more entries. */
async function largerFork(): Promise<Story> {
  const other = await tellStory();
  await claim(other.log, 'aa', 'bb', 'cc');
  return other;
}

async function pathsOf(told: Story, now?: number): Promise<Map<string, Uint8Array>> {
  return storyPaths(told).set(statusPath, await storyStatus(told.log, now));
}

function answeringTilesWith(fetch: Fetch, answer: () => Response): Fetch {
  return async (url, how) =>
    /\/log\/(tile|nodes)|\/packs\//.test(String(url)) ? answer() : fetch(url, how);
}

it('a fork that is first shown in an expired status is not remembered, and raises the alarm later', async () => {
  const other = await largerFork();
  const store = await hostOf();
  const before = await store.getNamed('checkpoint');
  const expired = storyFetch(await pathsOf(other, twoDaysAgo));
  expect(await codes(store, expired)).toEqual(['status-stale']);
  expect(await store.getNamed('checkpoint')).toEqual(before);
  expect(await codes(store, storyFetch(await pathsOf(other)))).toEqual(['log-rolled-back']);
  expect(await alarmsIn(store)).toBe(1);
});

it('an expired status that continues the remembered log is remembered', async () => {
  const told = await tellStory();
  const store = await hostOf(storyFetch(storyPaths(told)));
  await claim(told.log, 'later');
  const expired = storyFetch(await pathsOf(told, twoDaysAgo));
  expect(await codes(store, expired)).toEqual(['status-stale']);
  const kept = Buffer.from((await store.getNamed('checkpoint')) ?? []).toString('utf8');
  expect(kept).toBe(await told.log.note());
});

it('a fork that shares its beginning with the seen log is reported however its tiles fail', async () => {
  const copies = await Promise.all([copyOf(story.log), copyOf(story.log)]);
  await claim(copies[0], 'aa');
  await claim(copies[1], 'bb', 'cc');
  const [honest, fork] = await Promise.all(
    copies.map(async (log) => storyFetch(await pathsOf({ ...story, log }))),
  );
  if (!(honest && fork)) throw new Error('there are two');
  const failures: readonly (() => Response)[] = [
    () => new Response('', { status: 404 }),
    () => new Response('', { status: 503 }),
    () => {
      throw new TypeError('fetch failed');
    },
  ];
  for (const failure of failures) {
    const store = await hostOf(honest);
    const before = await store.getNamed('checkpoint');
    expect(await codes(store, answeringTilesWith(fork, failure))).toEqual(['log-unproven']);
    expect(await alarmsIn(store)).toBe(1);
    // The same status again shows nothing new, and neither does a registry that is down.
    expect(await codes(store, deadFetch)).toEqual(['log-unproven']);
    expect(await alarmsIn(store)).toBe(1);
    expect(await store.getNamed('checkpoint')).toEqual(before);
    expect(await codes(store, honest)).toEqual(['admitted']);
  }
});

it('a larger fork without the version is reported, though the registry has no tiles', async () => {
  const paths = (await pathsOf(await largerFork())).set(indexPath, Buffer.from(''));
  for (const path of [...paths.keys()]) if (path.startsWith('/log/')) paths.delete(path);
  const store = await hostOf();
  const asked = request(store, { fetch: storyFetch(paths) });
  await expect(admit(asked)).rejects.toMatchObject({
    code: 'log-rolled-back',
    message: expect.stringContaining('does not prove that its log continues'),
  });
  expect(await alarmsIn(store)).toBe(1);
});

it('wrong tiles under an expired status are not kept, and accuse no honest registry later', async () => {
  const told = await tellStory();
  const store = await hostOf(storyFetch(storyPaths(told)));
  await claim(told.log, 'later');
  const hostile = await pathsOf(told, twoDaysAgo);
  for (const [path, tile] of hostile)
    if (path.startsWith('/log/tile/')) hostile.set(path, Buffer.alloc(tile.byteLength, 7));
  const tiles = await store.listNamed('log/tile/0');
  expect(await codes(store, storyFetch(hostile))).toEqual(['status-stale']);
  expect(await store.listNamed('log/tile/0')).toEqual(tiles);
  for (const hours of [0, 100])
    expect(await codes(store, deadFetch, hours)).not.toContain('log-forked');
  expect(await alarmsIn(store)).toBe(0);
  expect(await codes(store, storyFetch(await pathsOf(told)))).toEqual(['admitted']);
});

it.each([false, true])('heads that nobody signed fill no disk, with a status: %s', async (has) => {
  const paths = storyPaths(story);
  if (!has) paths.delete(statusPath);
  const digests = [1, 2, 3].map((turn) => {
    const bytes = Buffer.from(withHeadOf(turn * 1_000_000_007));
    paths.set(`/blobs/sha256/${hexOf(digestOf(bytes))}`, bytes);
    return digestOf(bytes);
  });
  const statements = [...(has ? story.line.statements : []), ...digests].sort();
  const line = printIndexLine({ ...story.line, statements });
  paths.set(indexPath, Buffer.from(`${line}\n`));
  const served = storyFetch(paths);
  const fetch: Fetch = async (url, how) => {
    const { pathname } = new URL(String(url));
    const tile = /^\/log\/tile\/\d{1,2}\/[x\d/]{1,40}(?:\.p\/(\d{1,3}))?$/.exec(pathname);
    return tile && !paths.has(pathname)
      ? new Response(Buffer.alloc(Number(tile[1] ?? 256) * 32, 7))
      : served(url, how);
  };
  const memory = memoryStore();
  const written: string[] = [];
  const putNamed: Store['putNamed'] = async (file, bytes) => {
    written.push(file);
    await memory.putNamed(file, bytes);
  };
  expect(await codes({ ...memory, putNamed }, fetch)).toContain('statement-invalid');
  expect(written.filter((file) => file.startsWith('log/'))).toEqual([]);
});

/** A statement of the story, with a made-up size of the log. */
function withHeadOf(size: number): string {
  const said = Buffer.from(story.publish.bytes).toString('utf8');
  return said.replace(/skills\.example\\n\d+\\n/, `skills.example\\n${size}\\n`);
}

async function copyOf(log: TestLog): Promise<TestLog> {
  const copy = new TestLog(log.origin);
  const signers = Object.values(people).flatMap((one) => ('keyId' in one ? [one] : []));
  for (const { statement, envelope, signer } of log.said) {
    const person = signers.find(({ keyId }) => keyId === signer);
    if (!person) throw new Error('everybody who said something is a person of the story');
    await copy.append(statement, envelope, person);
  }
  return copy;
}
