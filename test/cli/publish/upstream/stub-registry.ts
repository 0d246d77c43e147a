/** A registry with ClawHub's API whose answers a test can change, and users who copy from it. */
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { ImportRow } from '../../../../cli/publish/import/import-table.ts';
import { requireBlob } from '../../../../registry/store/blobs.ts';
import { parseBundle } from '../../../../skills-index/skill/bundle.ts';
import { approve, makeSkill, type Skill, scan } from '../../../registry/road.ts';
import { base, makeUsers, type Users } from '../../registry-users.ts';
import { folderWith } from '../../temporary-folder.ts';

export const address = 'http://127.0.0.1:7777';

/** The answer to a path below `/api/v1/`; undefined for 404. */
export type Answers = (path: string, query: URLSearchParams) => unknown;

export interface StubSkill {
  readonly slug: string;
  readonly ownerHandle?: string;
  readonly versions: readonly string[];
}

const skillMd = (slug: string, version: string) =>
  `---\nname: ${slug}\ndescription: Counts the words of ${slug}.\n---\n\nCount, as in ${version}.\n`;

export function filesOf(slug: string, version: string): Record<string, Uint8Array> {
  return { 'SKILL.md': Buffer.from(skillMd(slug, version)) };
}

export function listOf(files: Record<string, Uint8Array>) {
  return Object.entries(files).map(([path, bytes]) => ({
    path,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }));
}

/** What an honest registry answers. */
export function honest(skills: readonly StubSkill[]): Answers {
  const find = (slug: string | null, query: URLSearchParams) =>
    skills.find(
      (one) =>
        one.slug === slug &&
        (!query.has('ownerHandle') || one.ownerHandle === query.get('ownerHandle')),
    );
  return (path, query) => {
    if (path === 'skills')
      return {
        items: skills.map(({ slug, ownerHandle, versions }) => ({
          slug,
          ownerHandle,
          latestVersion: { version: versions[0] },
        })),
        nextCursor: null,
      };
    const [, slug = null, versions, version] = path.split('/');
    const skill = find(path === 'download' ? query.get('slug') : slug, query);
    if (skill === undefined) return undefined;
    if (path === 'download')
      return Buffer.from(
        zipSync({
          ...filesOf(skill.slug, query.get('version') ?? ''),
          '_meta.json': Buffer.from('{}'),
        }),
      );
    if (versions === undefined)
      return {
        latestVersion: { version: skill.versions[0] },
        owner: { handle: skill.ownerHandle ?? null },
        moderation: null,
      };
    if (version === undefined)
      return { items: skill.versions.map((one) => ({ version: one })), nextCursor: null };
    return { version: { version, files: listOf(filesOf(skill.slug, version)) } };
  };
}

export interface MirrorStage {
  readonly users: Users;
  /** What the stub answers from now on. */
  answer(answers: Answers): void;
  /** Paths and queries that the stub was asked for. */
  readonly asked: string[];
  /** Runs `mirror` for the stub; `line` is the rest of the line of the list. */
  mirror(line?: object, scope?: string): Promise<{ exit: number; rows: ImportRow[]; text: string }>;
  /** Approves the versions that wait. */
  approveAll(): Promise<void>;
}

/** @param other answers requests of addresses other than the stub's and the own registry's */
export async function makeMirrorStage(other?: typeof fetch): Promise<MirrorStage> {
  const users = await makeUsers();
  const { rita, scanner, send, tokens } = users.world;
  const asked: string[] = [];
  const waiting: Skill[] = [];
  let answers: Answers = () => undefined;
  const askStub = async (url: URL): Promise<Response> => {
    const path = url.pathname.replace('/api/v1/', '');
    asked.push(path + url.search);
    const answer = await answers(path, url.searchParams);
    if (answer === undefined) return new Response('absent', { status: 404 });
    if (answer instanceof Response) return answer;
    return new Response(Buffer.isBuffer(answer) ? answer : JSON.stringify(answer));
  };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    if (url.origin === address) return askStub(url);
    if (url.origin !== base) return other?.(input, init) ?? Promise.reject(new Error('no network'));
    const response = await send(String(input).slice(base.length), init as RequestInit);
    if (url.pathname !== '/api/v1/versions' || response.status !== 201) return response;
    const { name, version, bundle } = JSON.parse(await response.clone().text());
    const { registry } = users.world;
    const bytes = await requireBlob(registry, bundle);
    const packed = { ...parseBundle(bytes), bytes, contents: new Map() };
    const skill = { ...makeSkill(name, version), packed };
    await scan(send, tokens.scanner, scanner, skill, 'pass');
    waiting.push(skill);
    return response;
  };
  const mirror: MirrorStage['mirror'] = async (line = {}, scope = 'acme') => {
    const list = join(folderWith(), 'list.json');
    writeFileSync(list, JSON.stringify({ registries: [{ address, scope, ...line }] }));
    const { exit, stdout, stderr } = await users.as(
      'author',
      ['mirror', list, '--format', 'json'],
      { fetch },
    );
    const [mirrored] = exit === 0 || exit === 6 ? JSON.parse(stdout).registries : [];
    return { exit, rows: mirrored?.rows ?? [], text: `${stdout}${stderr}` };
  };
  return {
    users,
    asked,
    mirror,
    answer: (given) => {
      answers = given;
    },
    approveAll: async () => {
      for (const skill of waiting.splice(0)) await approve(send, tokens.rita, rita, skill);
    },
  };
}
