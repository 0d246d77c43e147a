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
export const programsOfReach: readonly string[] = [
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
