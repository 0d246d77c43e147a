/**
 * Files of a session's sandbox besides the system: the token, the skills, and the bridge to the
 * runner.
 */
import { chmodSync, mkdirSync } from 'node:fs';
import type { RunTokens } from '../../skills-index/run/agents/run-token.ts';
import type { SessionPlan } from '../../skills-index/run/plan/session-plan.ts';
import { writePrivateFile } from '../files/private-file.ts';
import { tokenRenewSeconds } from '../limits.ts';
import type { SandboxFile } from '../sandbox/sandbox.ts';
import { readBridge } from './session-host.ts';
import { skillFolders } from './skill-tree.ts';

/**
 * Writes the token for the sandbox: a new token every two minutes, each valid for five. Returns a
 * function that stops the renewal.
 */
export function renewToken(
  folder: string,
  tokens: Pick<RunTokens, 'renew'>,
  owner: Pick<SessionPlan, 'gid' | 'uid'>,
): () => void {
  // The folder stays the runner's: whoever owned it could put a link where the next token goes.
  mkdirSync(folder);
  chmodSync(folder, 0o711);
  const write = (): void => writePrivateFile(`${folder}/token`, tokens.renew(), owner);
  write();
  const renew = (): void => {
    try {
      write();
    } catch {
      // The token in use stays valid for three more minutes, and the next renewal may succeed.
      // After that the bridge refuses the expired token. An error that a timer throws would end the
      // runner.
    }
  };
  const timer = setInterval(renew, tokenRenewSeconds * 1_000).unref();
  return () => clearInterval(timer);
}

/** The folders with the token and with the skills, at the places where agents look for skills. */
export function runFolders(
  runFolder: string,
): { readonly path: string; readonly target: string }[] {
  chmodSync(`${runFolder}/skills`, 0o755);
  return [
    { path: `${runFolder}/token`, target: '/run/skillgate' },
    ...skillFolders.map((target) => ({ path: `${runFolder}/skills`, target })),
  ];
}

/** The program `skillgate` for a session's sandbox. */
export function bridgeFiles(): SandboxFile[] {
  const { bytes, path } = readBridge();
  const launcher = `#!/bin/sh\nexec /opt/skillgate/bin/node ${path} "$@"\n`;
  return [
    { path, mode: '444', bytes },
    { path: '/opt/skillgate/bin/skillgate', mode: '755', bytes: Buffer.from(launcher) },
  ];
}
