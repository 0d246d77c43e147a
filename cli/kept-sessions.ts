/**
 * The sessions of this user's keys, one for each registry and key, in a file that only its owner
 * may read. Every start may read it, so this file loads nothing heavy.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../skills-index/skill/text/json.ts';
import type { Paths } from './command.ts';
import { writeWhole } from './whole-file.ts';

const schema = 'skillgate.sessions/1';
/** A token with less remaining time is not used. */
const leftMillisMin = 60_000;

export interface KeptSession {
  /** Base URL of the registry. */
  readonly base: string;
  readonly keyId: string;
  readonly token: string;
  /** ISO 8601. */
  readonly expires: string;
}

/** The sessions that last a minute or longer, the last made last. A damaged file has none. */
export function readSessions(paths: Pick<Paths, 'config'>, now: Date): readonly KeptSession[] {
  try {
    const { value } = parseJson(readFileSync(pathOf(paths)), 'sessions.json');
    const file = value as { readonly schema?: unknown; readonly sessions?: unknown } | null;
    if (file?.schema !== schema || !Array.isArray(file.sessions)) return [];
    return file.sessions
      .filter(isKeptSession)
      .filter(({ expires }) => Date.parse(expires) - now.getTime() > leftMillisMin);
  } catch {
    return [];
  }
}

/** Keeps a session after the others, in the place of an earlier one of its key. */
export async function keepSession(
  paths: Pick<Paths, 'config'>,
  session: KeptSession,
  now: Date,
): Promise<void> {
  const { whileLocked } = await import('./locked-file.ts');
  await whileLocked(pathOf(paths), async () => {
    const others = readSessions(paths, now).filter(
      ({ base, keyId }) => base !== session.base || keyId !== session.keyId,
    );
    const text = JSON.stringify({ schema, sessions: [...others, session] }, null, 2);
    await writeWhole(pathOf(paths), `${text}\n`, 0o600);
  });
}

function isKeptSession(one: unknown): one is KeptSession {
  const fields = ['base', 'keyId', 'token', 'expires'] as const;
  const session = one as Partial<KeptSession> | null;
  return fields.every((field) => typeof session?.[field] === 'string');
}

function pathOf({ config }: Pick<Paths, 'config'>): string {
  return join(config, 'sessions.json');
}
