/** Installers that their makers tell everybody to pipe into a shell: still code that was not approved, but not evidence of an attack. */
import { coversHost } from '../../skills-index/skill/host-name.ts';

/** Sources: the installation pages of each. Hosts where others can put files are named with a path. */
export const installers: readonly { readonly host: string; readonly path?: string }[] = [
  { host: 'astral.sh' },
  { host: 'sh.rustup.rs' },
  { host: 'static.rust-lang.org' },
  { host: 'bun.sh' },
  { host: 'deno.land' },
  { host: 'get.docker.com' },
  { host: 'get.pnpm.io' },
  { host: 'install.python-poetry.org' },
  { host: 'deb.nodesource.com' },
  { host: 'rpm.nodesource.com' },
  { host: 'fnm.vercel.app' },
  { host: 'get.volta.sh' },
  { host: 'claude.ai' },
  { host: 'ollama.com' },
  { host: 'ollama.ai' },
  { host: 'nixos.org' },
  { host: 'install.determinate.systems' },
  { host: 'get.helm.sh' },
  { host: 'get.k3s.io' },
  { host: 'fly.io' },
  { host: 'cli.github.com' },
  { host: 'aws.amazon.com' },
  { host: 'awscli.amazonaws.com' },
  { host: 'sdk.cloud.google.com' },
  { host: 'aka.ms' },
  { host: 'pyenv.run' },
  { host: 'mise.run' },
  { host: 'starship.rs' },
  { host: 'get.sdkman.io' },
  { host: 'tailscale.com' },
  { host: 'cursor.com' },
  { host: 'opencode.ai' },
  { host: 'foundry.paradigm.xyz' },
  { host: 'release.anza.xyz' },
  { host: 'fluxcd.io' },
  { host: 'dl.cloudsmith.io', path: '/public/mull-project/' },
  { host: 'raw.githubusercontent.com', path: '/Homebrew/install/' },
  { host: 'raw.githubusercontent.com', path: '/nvm-sh/nvm/' },
  { host: 'raw.githubusercontent.com', path: '/helm/helm/' },
  { host: 'raw.githubusercontent.com', path: '/ohmyzsh/ohmyzsh/' },
  { host: 'raw.githubusercontent.com', path: '/aquasecurity/trivy/' },
  { host: 'raw.githubusercontent.com', path: '/anchore/' },
  { host: 'raw.githubusercontent.com', path: '/golangci/golangci-lint/' },
];

/** Whether a URL is a well-known installer, fetched over TLS. */
export function isKnownInstaller(url: string): boolean {
  const [, host, path] = /^https:\/\/([^/:]+)(\/[^?#]*)?/.exec(url) ?? [];
  if (host === undefined) return false;
  return installers.some((row) => coversHost(row.host, host) && (row.path === undefined || (path ?? '').startsWith(row.path)));
}
