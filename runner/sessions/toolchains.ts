/** The folders with compilers and tools that host policy gives to every session. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { HostPolicy } from '../../skills-index/run/plan/host-policy.ts';
import type { ToolchainFact } from '../../skills-index/run/plan/plan-session.ts';
import { whyNotFolder } from './agent-program.ts';

// Files in which tools keep passwords and tokens. A folder that is a user's own has them beside the
// tool: ~/.cargo has credentials.toml.
const credentialFile =
  /^(credentials(\.(toml|json))?|\.(npmrc|yarnrc\.yml|pypirc|netrc|git-credentials|env)|auth\.json|hosts\.yml|settings-security\.xml|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|secrets?\.(json|toml|ya?ml))$/;

/** Finds the toolchains of host policy, each with the folder of its programs. */
export function findToolchains(
  { toolchains }: Pick<HostPolicy, 'toolchains'>,
  ownFolders: readonly string[],
): readonly ToolchainFact[] {
  return Object.entries(toolchains).map(([name, path]) => {
    const why = whyNotToolchain(path, ownFolders);
    if (why !== undefined) return { name, path, why };
    return { name, path, programs: existsSync(join(path, 'bin')) ? join(path, 'bin') : path };
  });
}

/** Returns why no session may see the folder; undefined when sessions may. */
export function whyNotToolchain(path: string, ownFolders: readonly string[]): string | undefined {
  const secret = [path, join(path, 'bin'), join(path, 'etc')]
    .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)))
    .find((file) => credentialFile.test(file.slice(file.lastIndexOf('/') + 1)));
  if (secret !== undefined) return `${secret} may hold credentials: name a folder below ${path}`;
  if (path.startsWith('/usr/')) return existsSync(path) ? undefined : `there is no folder ${path}`;
  return whyNotFolder(path, ownFolders);
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
