/**
 * Secrets: values that the egress proxy adds to requests to the hosts they are bound to, and that no sandbox sees.
 * How they are stored and removed: cli/secret-store.ts.
 */
import * as v from 'valibot';
import { Problem } from '../skills-index/skill/problem.ts';
import { exactObject } from '../skills-index/skill/shape.ts';
import { policyBytesMax } from './limits.ts';
import { readPrivateFile } from './private-file.ts';

/** What may be known of a secret: all but its value. */
export interface SecretEntry {
  readonly name: string;
  /** Exact host names. */
  readonly hosts: readonly string[];
  /** Only for runs of this agent; absent for all runs. */
  readonly agent?: string;
  readonly stored: string;
}

/** A value that does not print: only `reveal` gives it, and only the proxy calls it. */
export interface SecretValue {
  readonly entry: SecretEntry;
  reveal(): string;
}

/** As its file holds it. */
export type StoredSecret = SecretEntry & { readonly value: string };

/** The values that a run may use by name: one bound to its agent goes before one for all. */
export function openSecrets(file: string, agent: string | undefined): ReadonlyMap<string, SecretValue> {
  const stored = readStoredSecrets(file);
  const usable = [...stored.filter((one) => one.agent === undefined), ...stored.filter((one) => one.agent === agent)];
  return new Map(usable.map(({ value, ...entry }) => [entry.name, { entry, reveal: () => value }]));
}

const text = v.string();
const secretShape = exactObject({ name: text, hosts: v.array(text), agent: v.exactOptional(text), stored: text, value: text });
const storedShape = exactObject({ schema: v.literal('skillgate.secrets/1'), secrets: v.array(secretShape) });

/**
 * @param file `$CONFIG/secrets.json`
 * @throws Problem `key-file-invalid` when it is damaged or others may read it; what a parser quotes could be a part of a secret, so its words are not handed on
 */
export function readStoredSecrets(file: string): readonly StoredSecret[] {
  const bytes = readPrivateFile(file, { bytesMax: policyBytesMax, secret: true, code: 'key-file-invalid' });
  if (bytes === undefined) return [];
  try {
    return v.parse(storedShape, JSON.parse(Buffer.from(bytes).toString('utf8'))).secrets;
  } catch {
    throw new Problem('key-file-invalid', `Cannot read ${file}: it is not of form skillgate.secrets/1`);
  }
}
