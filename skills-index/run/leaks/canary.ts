/**
 * The canary is a fake credential that opens nothing and that nobody was given. A run that sends
 * the canary away searched for credentials that the run was not given.
 */

/** A value for which the leak detector searches everything that leaves a sandbox. */
export interface WatchedValue {
  readonly name: string;
  /**
   * Parts of letters and digits of the value, each too random to guess. When somebody cuts the
   * value in two, at least one part stays whole.
   */
  readonly parts: readonly string[];
}

export const canaryName = 'canary';

export interface Canary extends WatchedValue {
  /**
   * The environment variable that carries the canary. No tool reads a variable of this name by
   * itself.
   */
  readonly env: Readonly<Record<string, string>>;
  /**
   * The file that carries the canary. A tool uses a profile of this name only when somebody tells
   * the tool to.
   */
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
