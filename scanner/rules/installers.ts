/**
 * Installers whose makers recommend piping them into a shell: code without approval, but no
 * evidence of an attack.
 */
import { coversHost } from '../../skills-index/network/host-name.ts';

/**
 * Sources: the installation page of each. Hosts where others can put files are listed with a path.
 */
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
  { host: 'bootstrap.pypa.io' },
  { host: 'getcomposer.org' },
  { host: 'pixi.sh' },
  { host: 'micro.mamba.pm' },
  { host: 'install.julialang.org' },
  { host: 'get-ghcup.haskell.org' },
  { host: 'dot.net' },
  { host: 'get.pulumi.com' },
  { host: 'taskfile.dev' },
  { host: 'just.systems' },
  { host: 'get.opentofu.org' },
  { host: 'wasmtime.dev' },
  { host: 'setup.atuin.sh' },
  { host: 'install.duckdb.org' },
  { host: 'get.jetify.com' },
  { host: 'get.rke2.io' },
  { host: 'run.linkerd.io' },
  { host: 'get.rvm.io' },
  { host: 'istio.io', path: '/downloadIstio' },
  { host: 'sentry.io', path: '/get-cli' },
  { host: 'github.com', path: '/j178/prek/releases/' },
  { host: 'github.com', path: '/block/goose/releases/' },
  { host: 'raw.githubusercontent.com', path: '/pyenv/pyenv-installer/' },
  { host: 'raw.githubusercontent.com', path: '/rbenv/rbenv-installer/' },
  { host: 'raw.githubusercontent.com', path: '/kubernetes-sigs/kustomize/' },
  { host: 'raw.githubusercontent.com', path: '/k3d-io/k3d/' },
  { host: 'dl.cloudsmith.io', path: '/public/mull-project/' },
  { host: 'raw.githubusercontent.com', path: '/Homebrew/install/' },
  { host: 'raw.githubusercontent.com', path: '/nvm-sh/nvm/' },
  { host: 'raw.githubusercontent.com', path: '/helm/helm/' },
  { host: 'raw.githubusercontent.com', path: '/ohmyzsh/ohmyzsh/' },
  { host: 'raw.githubusercontent.com', path: '/aquasecurity/trivy/' },
  { host: 'raw.githubusercontent.com', path: '/anchore/' },
  { host: 'raw.githubusercontent.com', path: '/golangci/golangci-lint/' },
];

// Where projects put their releases: still nobody read them, but a person who looks finds out whose
// they are.
const releaseHosts: ReadonlySet<string> = new Set([
  'github.com',
  'objects.githubusercontent.com',
  'gitlab.com',
  'dl.google.com',
  'nodejs.org',
  'registry.npmjs.org',
  'files.pythonhosted.org',
  'releases.hashicorp.com',
  'dl.k8s.io',
  'download.docker.com',
  'go.dev',
  'repo1.maven.org',
  'repo.maven.apache.org',
]);

/**
 * Whether a URL is where projects release programs, over TLS. A file of a repository is none.
 */
export function isRelease(url: string): boolean {
  const [, host, path = ''] = /^https:\/\/([^/:]+)(\/[^?#]*)?/.exec(url) ?? [];
  return (
    host !== undefined &&
    releaseHosts.has(host) &&
    !/%|\/(raw|blob|resolve|snippets|archive)(\/|$)/.test(path)
  );
}

/** Whether a URL is a well-known installer, fetched over TLS. */
export function isKnownInstaller(url: string): boolean {
  const [, host, path] = /^https:\/\/([^/:]+)(\/[^?#]*)?/.exec(url) ?? [];
  if (host === undefined) return false;
  return installers.some(
    (row) =>
      coversHost(row.host, host) && (row.path === undefined || (path ?? '').startsWith(row.path)),
  );
}
