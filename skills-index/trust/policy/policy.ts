/**
 * The policy of a registry: how many people must approve a version, and which capabilities a skill
 * may have at most.
 */
import * as v from 'valibot';
import { basePrograms } from '../../skill/base-programs.ts';
import type { Capabilities } from '../../skill/capability.ts';
import type { Digest } from '../../skill/digest.ts';
import { Problem } from '../../skill/problem.ts';
import { boundedList, exactObject, parseShape } from '../../skill/shape.ts';
import { canonicalDigest } from '../../skill/text/canonical-json.ts';
import { parseJson } from '../../skill/text/json.ts';
import { capabilities, digest, logIndex, type Shape } from '../../statement/field-shapes.ts';
import type { Finding, Verdict } from '../../statement/finding.ts';

const approvalsMax = 20;

/** Maximum number of earlier policies that still judge the versions approved under them. */
export const earlierPoliciesMax = 32;

export const policyBytesMax = 256 * 1024;

/** Maximum number of programs that a policy names. */
const programsMax = 2_000;

/** Maximum number of rule sets that a policy refuses. */
const refusedRuleSetsMax = 1_000;

/**
 * Programs that can do more than their name says: these programs run code from their input, start
 * other programs, or send data out. Sources: manual pages, and GTFOBins for programs that give a
 * shell.
 */
const words = (text: string): string[] => text.trim().split(/\s+/);

const shells = words(
  'ash bash busybox cmd csh dash elvish fish ksh mksh nu powershell pwsh rbash rc sh tcsh toybox xonsh yash zsh',
);

const interpreters = words(`
  awk bc bpython bun clojure coffee cscript dart dc deno elixir emacs erl escript expect gawk gdb gforth ghc ghci gjs gnuplot gradle groovy
  guile ipython irb java jjs jrunscript jshell julia jupyter jython kotlin kotlinc lldb lua luajit m4 maple matlab maxima mawk mono mshta
  nawk node nodejs ocaml octave original-awk osascript perl php pry psysh pypy python quickjs qjs racket raku rhino rscript ruby sbcl
  scala scheme scilab swift swipl sqlite tclsh ts-node tsx valgrind wasmer wasmtime wish wscript yaegi`);

const startersOfOthers = words(`
  apptainer at batch bpftrace bubblewrap bwrap capsh chroot chrt cpulimit crontab daemonize dbus-run-session dbus-send doas dtach dtrace env
  entr fakeroot faketime find firejail flatpak flock foreman gosu ionice ld ldd linux logsave ltrace man nice nohup npx nsenter numactl
  open parallel perf pkexec pm2 prlimit proot rlwrap run runcon runuser screen script sed setarch setpriv setsid setfacl sg snap sshpass
  start-stop-daemon stdbuf strace su sudo supervisorctl supervisord systemctl systemd systemd-run taskset tee time timeout tmux unbuffer
  unshare watch watchexec wine xargs xdg-open xvfb zip`);

const editorsAndPagers = words(`
  code ed eb ex gedit hx joe kak less micro more most nano ne neovim nvim pg pico rvim sensible-editor subl vi view vim vimdiff visudo`);

const buildersAndPackages = words(`
  ant apk apt apt-get aptitude asdf bazel brew buck bundle bundler bunx c99 cabal cargo cc clang cmake composer conan conda corepack cpan
  ctest dnf dotnet dpkg emerge eopkg flit fnm g++ gcc gem go gradlew guix helm just ld lerna make mamba maven meson mise mvn
  nix ninja npm nuget nvm nx opkg pacman pdm pip pipenv pipx pkg pnpm poetry portage pyenv rake rbenv rpm rustc rustup rye sbt scons
  setup snapcraft stack swiftc task tcc tox tup turbo uv uvx volta vite webpack yarn yum zig zypper`);

const archivesAndVersions = words(`
  7z 7za 7zr ar arj bsdtar bzr cpio cvs darcs fossil gh git gitk glab gtar hg hub jj pax rar rcs restic borg duplicity svn tar tig unrar
  xar`);

const carriersOut = words(`
  aria2c aria2 aws az azcopy b2 bitsadmin certutil croc curl dig dnscat doctl drill finger firefox flyctl fping ftp gcloud gdrive
  getent google-chrome chrome chromium gpg gsutil heroku host http https httpie hping ibmcloud iftop ipfs irssi kinit kubectl
  kubectx ldapsearch lftp links lynx mail mailx mc msmtp mutt nc ncat ncftp netcat netlify nmap nslookup oc openssl openvpn pftp ping playwright
  puppeteer rclone rcp rsh rsync s3cmd scp sendmail sftp smbclient snmpget socat sqlmap ssh ssh-keygen ssh-keyscan stunnel swaks tailscale
  tcpdump telnet tftp torify tor traceroute tshark vercel w3m wg wget whois wireguard wireshark wrangler wsl xh`);

const databases = words(`
  beeline clickhouse cqlsh duckdb hive influx isql litecli mariadb mongo mongod mongodump mongoexport mongosh mssql mycli mysql mysqldump
  mysqlsh neo4j osqueryi pgcli pg_dump psql redis redis-cli snowsql sqlcmd sqlldr sqlplus usql`);

const machines = words(`
  ansible buildah chef colima containerd ctr docker gdbserver incus kvm lima limactl lxc lxd minikube multipass nerdctl nomad packer podman
  pulumi puppet qemu runc rkt salt salt-call singularity skopeo terraform terragrunt tofu vagrant vault vbox vboxmanage virsh virt`);

// Media and text tools that read or write network addresses, or run filters and macros.
const convertersWithDoors = words(`
  convert dvips ffmpeg ffplay ffprobe ghostscript gs gimp groff hugo imagemagick inkscape jekyll latex latexmk libreoffice lualatex magick
  mpv mplayer mutool obs pandoc pdflatex pdftex pico qpdf rst2pdf soffice sox streamlink tex vlc wkhtmltopdf wkhtmltoimage xelatex yt-dlp
  youtube-dl unoconv`);

/** All powerful programs in order, each program once. */
const programsOfReach: readonly string[] = [
  ...new Set([
    ...shells,
    ...interpreters,
    ...startersOfOthers,
    ...editorsAndPagers,
    ...buildersAndPackages,
    ...archivesAndVersions,
    ...carriersOut,
    ...databases,
    ...machines,
    ...convertersWithDoors,
  ]),
].sort();

/**
 * The number of people who must approve a version, and how many of these people must sign without
 * the desk.
 */
export interface ApprovalsNeeded {
  readonly total: number;
  readonly independent: number;
}

export interface Policy {
  readonly schema: 'skillgate.policy/1';
  readonly approvals: {
    readonly usual: ApprovalsNeeded;
    /**
     * The approvals for secrets together with egress, for powerful programs as `exec`, for findings
     * of level high, and for verdicts that stop a version.
     */
    readonly high: ApprovalsNeeded;
  };
  /**
   * Programs whose `exec` needs the high number of approvals. Any word of a program's name counts:
   * `python` also matches `python3.12` and `python-config`.
   */
  readonly programs: readonly string[];
  /** The most capabilities that any version may have; null for no limit. */
  readonly ceiling: Capabilities | null;
  /** How many scanners must sign the same report, each scanner a different member; 1 by default. */
  readonly scanners?: 1 | 2;
  /**
   * Whether a scanner has to observe a version in sandboxes with decoys before people approve it.
   * The registry asks for the observation; installers read nothing of it.
   */
  readonly observed?: boolean;
  /**
   * Whether an author's approval of their own version counts, for a registry that one person has
   * alone. `skillgate verify` says so.
   */
  readonly alone?: true;
  /**
   * Rule sets whose scans no longer count, because these rule sets are known to miss an attack. The
   * digest of a rule set tells nothing about its age, so the policy lists each rule set.
   */
  readonly refusedRuleSets?: readonly Digest[];
  /**
   * Earlier policies, oldest first. Versions that were approved under an earlier policy stay
   * admitted.
   */
  readonly earlier?: readonly EarlierPolicy[];
}

/** A policy that was in force up to a log index. */
interface EarlierPolicy {
  readonly policy: Omit<Policy, 'earlier'>;
  /** Log index of the last verification summary that the earlier policy judges. */
  readonly validUpTo: number;
}

/**
 * The policy of a registry that has no policy file; registries older than `firstPolicy` depend on
 * this policy.
 */
export const defaultPolicy: Policy = {
  schema: 'skillgate.policy/1',
  approvals: { usual: { total: 1, independent: 0 }, high: { total: 2, independent: 1 } },
  programs: programsOfReach,
  ceiling: null,
};

/**
 * The policy of a new registry, in which one approver must sign without the desk. The operator of
 * the desk chooses the statement that a passkey signs there. If approvals by the desk were enough,
 * a stolen registry could approve by itself.
 */
export const firstPolicy: Policy = {
  ...defaultPolicy,
  approvals: { ...defaultPolicy.approvals, usual: { total: 1, independent: 1 } },
};

/**
 * The policy of a registry that one person has alone, for as long as there is no second reviewer.
 */
export const alonePolicy: Policy = {
  ...firstPolicy,
  alone: true,
  approvals: { usual: firstPolicy.approvals.usual, high: firstPolicy.approvals.usual },
};

const count = v.pipe(
  v.number(),
  v.safeInteger(),
  v.maxValue(approvalsMax, `is more than ${approvalsMax}`),
);
const needed = v.pipe(
  exactObject({
    total: v.pipe(count, v.minValue(1, 'is less than 1: a person reads every version')),
    independent: v.pipe(count, v.minValue(0)),
  }),
  v.check(
    (one) => one.independent <= one.total,
    'asks for more independent approvals than approvals',
  ),
);

const entries = {
  schema: v.literal('skillgate.policy/1'),
  approvals: exactObject({ usual: needed, high: needed }),
  programs: boundedList(v.string(), programsMax),
  ceiling: v.nullable(capabilities),
  scanners: v.exactOptional(v.picklist([1, 2], 'is neither 1 nor 2')),
  observed: v.exactOptional(v.boolean()),
  alone: v.exactOptional(v.literal(true)),
  refusedRuleSets: v.exactOptional(boundedList(digest, refusedRuleSetsMax)),
} as const;

const policyShape: Shape<Policy> = exactObject({
  ...entries,
  earlier: v.exactOptional(
    v.pipe(
      boundedList(
        exactObject({ policy: exactObject(entries), validUpTo: logIndex }),
        earlierPoliciesMax,
        'is too long',
      ),
      v.check(
        (list) => list.every((one, at) => (list[at - 1]?.validUpTo ?? -1) < one.validUpTo),
        'is not in the order of validUpTo, each once',
      ),
    ),
  ),
});

/**
 * Parses a policy.
 * @throws Problem `json-invalid` with every reason
 */
export function parsePolicy(content: Uint8Array | string): Policy {
  if (content.length > policyBytesMax)
    throw new Problem('json-invalid', 'Cannot read the policy: it is too large');
  return parseShape(policyShape, parseJson(content, 'policy.json'), 'json-invalid', 'the policy');
}

/** How many approvals a version needs under a policy. */
export function approvalsNeeded(
  policy: Policy,
  version: {
    readonly capabilities: Capabilities;
    readonly findings: readonly Finding[];
    readonly verdict?: Verdict;
  },
): ApprovalsNeeded {
  return whyHigh(policy, version).length === 0 ? policy.approvals.usual : policy.approvals.high;
}

/** Why a version needs the high number of approvals; empty for the usual number. */
export function whyHigh(
  policy: Policy,
  { capabilities, findings, verdict }: Parameters<typeof approvalsNeeded>[1],
): readonly string[] {
  const programs = capabilities.exec
    .filter((one) => hasReach(policy, one.program))
    .map((one) => one.program);
  const unread = capabilities.egress.find(({ url }) => url.startsWith('tcp:'));
  const worst = findings.filter(
    (one) => one.severity === 'high' || one.severity === 'critical',
  ).length;
  return [
    ...(capabilities.secret.length > 0 && capabilities.egress.length > 0
      ? ['it takes secrets and reaches the network']
      : []),
    ...(unread === undefined ? [] : [`it opens connections that nobody reads (${unread.url})`]),
    ...(programs.length > 0 ? [`it starts ${programs.join(', ')}`] : []),
    ...(worst > 0
      ? [`the scan has ${worst} ${worst === 1 ? 'finding' : 'findings'} of level high or critical`]
      : []),
    ...(verdict === 'block' || verdict === 'incomplete'
      ? [`the scan's verdict is ${verdict}`]
      : []),
  ];
}

/**
 * The digest by which approvals and verification summaries name a policy: SHA-256 of the policy's
 * RFC 8785 form without `earlier`.
 */
export function policyDigest({ earlier: _, ...policy }: Policy): Digest {
  return canonicalDigest(policy);
}

/**
 * Whether a program as `exec` needs the high number of approvals. `*` needs the high number, and so
 * does a program with a word of the policy's list in its name. Every sandbox has the base programs,
 * so no number of approvals could keep a skill from them.
 */
export function hasReach(policy: Policy, program: string): boolean {
  const name = program.toLowerCase().replace(/\.(exe|cmd|bat|com)$/, '');
  return (
    program === '*' ||
    (!basePrograms.has(program) &&
      [name, ...name.split(/[^a-z]/)].some((word) => policy.programs.includes(word)))
  );
}
