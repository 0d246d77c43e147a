/**
 * What can be wrong with a version or with what a registry says of it: each must end before
 * anything is written or started.
 */

import { eq } from 'drizzle-orm';
import { pinRegistry } from '../../cli/registries/addresses/pin-registry.ts';
import { statements } from '../../registry/store/schema.ts';
import { predicateTypes } from '../../skills-index/statement/attestation.ts';
import {
  base,
  type Installer,
  type Lie,
  makeReportSkill,
  pathsOf,
  release,
  sayOf,
} from '../cli/installer-world.ts';
import { makeRoot } from '../registry/people.ts';
import type { Skill } from '../registry/road.ts';
import { publish, scan } from '../registry/road.ts';

export interface Attack {
  readonly name: string;
  readonly arrange: (user: Installer, skill: Skill) => Promise<void>;
  /** The skill that is then asked for, if it is another one. */
  readonly asks?: string;
  /** Codes or words that the refusal has. */
  readonly says: RegExp;
  readonly exit: number;
  /** It is no attack on what is cached and fresh: an installed version still starts. */
  readonly startsFromCache?: true;
}

const other = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(bytes, (byte, i) => (i === bytes.length - 2 ? byte ^ 1 : byte));

const bytesOf = ({ packed }: Skill, path: string): Uint8Array => {
  const found = [...packed.contents].find(([one]) => one === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found[1];
};

/** Flips a bit of a blob wherever the blob is sent: under its own address, and in packs. */
const tamperBlob =
  (blob: Uint8Array): Lie =>
  async (path, honest) => {
    const response = await honest();
    const bytes = Buffer.from(await response.arrayBuffer());
    const at = /^\/(blobs|packs)\//.test(path) ? bytes.indexOf(blob) : -1;
    if (at >= 0) bytes.set(other(blob), at);
    return new Response(bytes, { status: response.status });
  };

/** Changes one member of the index line. */
const lineLie =
  (name: string, change: (line: Record<string, unknown>) => Record<string, unknown>): Lie =>
  async (path, honest) => {
    const response = await honest();
    if (path !== `/index/${name}`) return response;
    return new Response(`${JSON.stringify(change(JSON.parse((await response.text()).trim())))}\n`);
  };

const hour = 3_600_000;

export const attacks: readonly Attack[] = [
  {
    name: 'a revoked version',
    arrange: async (user, skill) => sayOf(user.network, skill, 'revoked'),
    says: /revoked/,
    exit: 6,
  },
  {
    name: 'a suspended version',
    arrange: async (user, skill) => sayOf(user.network, skill, 'suspended'),
    says: /suspended/,
    exit: 6,
  },
  {
    name: 'an unapproved version',
    arrange: async (user) => {
      const { send, author, scanner, tokens } = user.network.registry;
      const unread = makeReportSkill('@acme/unread');
      await publish(send, unread, author);
      await scan(send, tokens.scanner, scanner, unread, 'pass');
    },
    asks: '@acme/unread',
    says: /not-found/,
    exit: 3,
  },
  {
    name: 'an unknown skill',
    arrange: async () => {},
    asks: '@acme/nobody-knows-it',
    says: /not-found/,
    exit: 3,
  },
  {
    name: 'a blob of a file that was changed',
    arrange: async (user, skill) => {
      user.network.lie = tamperBlob(bytesOf(skill, 'scripts/clean.sh'));
    },
    says: /signature-invalid|bundle-invalid/,
    exit: 6,
    startsFromCache: true,
  },
  {
    name: 'a bundle that was changed',
    arrange: async (user, skill) => {
      user.network.lie = tamperBlob(skill.packed.bytes);
    },
    says: /signature-invalid|bundle-invalid/,
    exit: 6,
    startsFromCache: true,
  },
  {
    name: 'an index line that names another bundle',
    arrange: async (user, skill) => {
      const twin = await release(user.network, makeReportSkill('@acme/twin'));
      user.network.lie = lineLie(skill.manifest.name, (line) => ({
        ...line,
        bundle: twin.packed.digest,
      }));
    },
    says: /not-admitted/,
    exit: 6,
  },
  {
    name: 'an index line with more capabilities than were approved',
    arrange: async (user, skill) => {
      const capabilities = {
        env: [],
        secret: [],
        mount: [],
        exec: [],
        egress: [{ url: 'https://stranger.example/*', methods: ['POST'] }],
      };
      user.network.lie = lineLie(skill.manifest.name, (line) => ({ ...line, capabilities }));
    },
    says: /not-admitted/,
    exit: 6,
  },
  {
    name: 'an index line without the approval',
    // Of another kind one could be known here from before: who is who is remembered.
    arrange: async (user, skill) => {
      const { db } = user.network.registry.registry;
      const approvals = db.read
        .select()
        .from(statements)
        .where(eq(statements.predicateType, predicateTypes.approval));
      const left = new Set<unknown>((await approvals).map(({ bundle }) => bundle));
      user.network.lie = lineLie(skill.manifest.name, (line) => ({
        ...line,
        statements: (line.statements as string[]).filter((one) => !left.has(one)),
      }));
    },
    says: /not-admitted/,
    exit: 6,
  },
  {
    name: 'an index line that is no line',
    arrange: async (user, skill) => {
      user.network.lie = lineLie(skill.manifest.name, () => ({}));
    },
    says: /registry-answer-invalid/,
    exit: 4,
  },
  {
    name: 'a registry with another root than the one that was pinned',
    arrange: async (user) =>
      void (await pinRegistry(pathsOf(user.home), base, makeRoot().root, [])),
    says: /not-admitted|signature-invalid/,
    exit: 6,
  },
  {
    name: 'a status file that is older than a day',
    arrange: async (user) => {
      const stale = await user.network.registry
        .send('/index/status.json')
        .then((response) => response.text());
      user.network.ahead = 25 * hour;
      user.network.lie = async (path, honest) =>
        path === '/index/status.json' ? new Response(stale) : honest();
    },
    says: /status-stale/,
    exit: 6,
  },
  {
    name: 'a status file that was changed',
    arrange: async (user) => {
      user.network.lie = async (path, honest) => {
        const response = await honest();
        if (path !== '/index/status.json') return response;
        const envelope = (await response.json()) as { payload: string };
        const status = JSON.parse(Buffer.from(envelope.payload, 'base64').toString());
        const payload = Buffer.from(JSON.stringify({ ...status, marks: [] })).toString('base64');
        return new Response(
          JSON.stringify({
            ...envelope,
            payload: payload === envelope.payload ? `${payload}AA` : payload,
          }),
        );
      };
    },
    says: /not-admitted|signature-invalid|status/,
    exit: 6,
  },
  {
    name: 'a registry that is down',
    arrange: async (user) => {
      user.network.lie = async () => {
        throw new TypeError('fetch failed', {
          cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
        });
      };
    },
    says: /registry-down/,
    exit: 4,
    startsFromCache: true,
  },
  {
    name: 'a registry that answers with something else',
    arrange: async (user) => {
      user.network.lie = async () =>
        new Response('<html>It works!</html>', { headers: { 'content-type': 'text/html' } });
    },
    says: /registry-answer-invalid|signature-invalid|not-admitted/,
    exit: 4,
  },
];
