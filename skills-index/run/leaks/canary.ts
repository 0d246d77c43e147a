/**
 * A credential that opens nothing and was given to nobody: whoever sends it away took what it was
 * not given.
 */

/** A value that is looked for in all that leaves. */
export interface WatchedValue {
  readonly name: string;
  /**
   * Letters and digits, each part unguessable by itself: what is cut in two still shows one whole
   * part.
   */
  readonly parts: readonly string[];
}

export const canaryName = 'canary';

export interface Canary extends WatchedValue {
  /** No tool reads a variable of this name by itself. */
  readonly env: Readonly<Record<string, string>>;
  /** No tool uses a profile of this name unless it is told to. */
  readonly file: { readonly path: string; readonly mode: '644'; readonly bytes: Uint8Array };
}

const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** @param random 56 bytes, fresh for each run */
export function canaryFrom(random: Uint8Array): Canary {
  const text = [...random].map((byte) => signs[byte % signs.length]).join('');
  const token = text.slice(0, 40);
  const id = `AKIA${text.slice(40).toUpperCase().replace(/[01]/g, 'X').replace(/[89]/g, 'Q')}`;
  const lines = [
    '[prod-admin]',
    `aws_access_key_id = ${id}`,
    `aws_secret_access_key = ${token}`,
    '',
  ];
  return {
    name: canaryName,
    parts: [token.slice(0, 20), token.slice(20)],
    env: { PROD_ADMIN_TOKEN: token },
    file: {
      path: '/home/skill/.aws/credentials',
      mode: '644',
      bytes: Buffer.from(lines.join('\n')),
    },
  };
}
