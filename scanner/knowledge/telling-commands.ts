/**
 * Commands whose program and words reveal their purpose: a protection is switched off, a foreign
 * program is started, a screen is read.
 */
import type { Trait } from '../fact/fact.ts';
import { keptSettings } from './kept-settings.ts';
import { remoteAccess } from './remote-access.ts';
import { type TellingCommand, windowsCommands } from './windows-commands.ts';

const row = (trait: Trait, programs: string, form: RegExp, says: string): TellingCommand => ({
  programs: programs.split(' '),
  form,
  trait,
  says,
});

/**
 * Sources: each program's manual; ATT&CK T1562, T1070, T1136, T1113, T1115, T1123, T1125,
 * T1056.001; the agents' own documentation.
 */
const commands: readonly TellingCommand[] = [
  // Agents with their protections off.
  row(
    'agent-unguarded',
    'claude',
    /--(allow-)?dangerously-skip-permissions|bypassPermissions/,
    'asks nobody before it acts',
  ),
  row(
    'agent-unguarded',
    'codex',
    /--dangerously-bypass-approvals-and-sandbox|--yolo\b|danger-full-access/,
    'asks nobody, and has no sandbox',
  ),
  row(
    'agent-unguarded',
    'gemini qwen',
    /(^| )(--yolo|-y)( |$)|--approval-mode[ =]yolo/,
    'asks nobody before it acts',
  ),
  row(
    'agent-unguarded',
    'copilot',
    /--allow-all-(tools|paths|urls)|--yolo\b/,
    'asks nobody before it acts',
  ),
  row(
    'agent-unguarded',
    'cursor-agent amp droid',
    /(^| )(--force|-f|--dangerously-allow-all|--skip-permissions-unsafe)( |$)/,
    'asks nobody before it acts',
  ),
  row('agent-unguarded', 'aider', /--yes-always\b/, 'asks nobody before it acts'),
  // Files that agents load in every later session.
  row(
    'agent-setup',
    'claude codex gemini qwen copilot amp',
    /^mcp add(-json|-from-claude-desktop)? /,
    'adds a server that the agent trusts',
  ),
  row('agent-setup', 'claude', /^plugin (install|marketplace add) /, 'adds a plugin to the agent'),
  row('agent-setup', 'gemini', /^extensions? (install|link) /, 'adds an extension to the agent'),
  row(
    'agent-setup',
    'openclaw clawdbot moltbot',
    /^(skills?|plugins?|hooks?) (install|add|enable) |^config set /,
    'changes the agent’s setup',
  ),
  row(
    'agent-setup',
    'clawhub clawdhub skills',
    /^(install|add|sync|update) /,
    'adds other skills to the agent',
  ),
  row(
    'agent-setup',
    'npx bunx',
    /^(-y |--yes )?(clawhub|clawdhub|skills|add-skill|add-mcp|openskills|@smithery\/cli)(@\S+)? (install|add|sync|mcp|\S+)/,
    'adds other skills or servers to the agent',
  ),
  row(
    'agent-setup',
    'code cursor codium windsurf',
    /--install-extension |--add-mcp /,
    'adds an extension to the editor',
  ),
  // Credentials that other programs hold.
  row(
    'credential-command',
    'security',
    /^(find-(generic|internet)-password|dump-keychain|export)\b/,
    'reads the keychain',
  ),
  row('credential-command', 'secret-tool', /^(lookup|search)\b/, 'reads the keyring'),
  row('credential-command', 'pass gopass', /^(show )?[\w/.-]+$/, 'reads the password store'),
  row('credential-command', 'op', /^(read|item get|inject|document get)\b/, 'reads 1Password'),
  row('credential-command', 'bw', /^(get|export|list) /, 'reads Bitwarden'),
  row('credential-command', 'vault', /^(kv get|read|token lookup|print token)\b/, 'reads a vault'),
  row(
    'credential-command',
    'gh',
    /^auth (token|status .*(-t|--show-token))\b/,
    'prints the GitHub token',
  ),
  row('credential-command', 'git', /^credential(-\w+)? (fill|get)\b/, 'asks git for a password'),
  row(
    'credential-command',
    'aws',
    /^(configure (export-credentials|get )|secretsmanager get-secret-value|sts (get-session-token|assume-role))|^ssm get-parameters?\b.*--with-decryption/,
    'prints AWS secrets',
  ),
  row(
    'credential-command',
    'gcloud',
    /^auth( application-default)? print-(access|identity)-token|^secrets versions access|^iam service-accounts keys create/,
    'prints Google Cloud secrets',
  ),
  row(
    'credential-command',
    'az',
    /^account get-access-token|^keyvault secret (show|download)/,
    'prints Azure secrets',
  ),
  row(
    'credential-command',
    'kubectl oc',
    /^(.* )?get secrets?\b.*(-o|--output|jsonpath)|^config view .*--raw|^whoami -t/,
    'prints Kubernetes secrets',
  ),
  row(
    'credential-command',
    'heroku npm doctl',
    /^(auth:token|token (create|list)|auth token)\b/,
    'prints a token',
  ),
  row('credential-command', 'gpg gpg2', /--export-secret-(keys|subkeys)/, 'exports private keys'),
  row('credential-command', 'cmdkey vaultcmd', /\/list/i, 'lists stored credentials'),
  // Screen, clipboard, keys, camera, microphone.
  row('surveillance', 'pbpaste wl-paste', /^/, 'reads the clipboard'),
  row('surveillance', 'xclip', /(^| )-o(ut)?( |$)/, 'reads the clipboard'),
  row('surveillance', 'xsel', /(^| )(-o|-bo|--output)( |$)/, 'reads the clipboard'),
  row(
    'surveillance',
    'screencapture scrot maim grim gnome-screenshot spectacle flameshot',
    /^/,
    'takes a picture of the screen',
  ),
  row('surveillance', 'import', /-window root/, 'takes a picture of the screen'),
  row('surveillance', 'imagesnap fswebcam streamer', /^/, 'takes a picture with the camera'),
  row('surveillance', 'arecord rec parecord', /^/, 'records the microphone'),
  row(
    'surveillance',
    'ffmpeg',
    /-f (avfoundation|x11grab|v4l2|dshow|gdigrab|alsa|pulse|kmsgrab)\b/,
    'records the screen, camera or microphone',
  ),
  row('keylogging', 'logkeys evtest showkey xkbspy', /^/, 'records keys'),
  row('keylogging', 'xinput', /^test(-xi2)?\b/, 'records keys'),
  // Programs in other places.
  row(
    'remote-program',
    'deno',
    /^(run|serve)\b.* (https?:|jsr:|npm:)\S+/,
    'runs a program from the network',
  ),
  row('remote-program', 'go', /^run \S+\.\S+\/\S+@/, 'runs a program from the network'),
  row(
    'remote-program',
    'nix',
    /^(run|shell|develop) (github|gitlab|git\+https|https):/,
    'runs a program from the network',
  ),
  row(
    'remote-program',
    'docker podman nerdctl',
    /^(container )?run (?!.*@sha256:[0-9a-f]{64}).*(^| )(?!-)[\w.-]+(\.[\w.-]+)?\/[\w./-]+(:[\w.-]+)?( |$)/,
    'runs an image that may change',
  ),
  row(
    'remote-program',
    'ssh',
    /^(-\S+ (\S+ )?){0,8}[\w.@\0-]+ +(?!-)\S/,
    'runs a command on another machine',
  ),
  row(
    'remote-program',
    'uvx npx pipx bunx',
    /(^| )(--from[ =]|--package[ =]|--spec[ =])?(git\+(https|ssh):|https?:|github:)\S+/,
    'runs a program from the network',
  ),
  // A program in a place where anybody can write; flows show it for interpreters.
  row(
    'staged-program',
    'source .',
    /^(\/(?:tmp|var\/tmp|dev\/shm|private\/tmp)\/[^\s\0*]+)/i,
    'runs $1',
  ),
  // Protections of the machine.
  row('defence-off', 'ufw', /^(--force )?(disable|reset)\b/, 'switches the firewall off'),
  row(
    'defence-off',
    'iptables ip6tables',
    /(^| )(-F|--flush)( |$)|-P (INPUT|OUTPUT|FORWARD) ACCEPT/,
    'empties the firewall',
  ),
  row('defence-off', 'nft', /^flush ruleset/, 'empties the firewall'),
  row('defence-off', 'pfctl', /(^| )-d( |$)/, 'switches the firewall off'),
  row('defence-off', 'setenforce', /^(0|permissive)/i, 'switches SELinux off'),
  row('defence-off', 'aa-teardown aa-disable aa-complain', /^/, 'switches AppArmor off'),
  row('defence-off', 'auditctl', /^-(e ?0|D)/, 'switches auditing off'),
  row(
    'defence-off',
    'csrutil',
    /^(disable|authenticated-root disable)/,
    'switches system protection off',
  ),
  row('defence-off', 'spctl', /--(master|global)-disable/, 'switches Gatekeeper off'),
  row('defence-off', 'tccutil', /^reset\b/, 'resets privacy permissions'),
  row('defence-off', 'mdatp', /--value disabled|exclusion .*add/, 'weakens Defender'),
  row('defence-off', 'netsh', /advfirewall set .*state off/i, 'switches the firewall off'),
  row('defence-off', 'Set-MpPreference', /-Disable\w+ +(\$true|1)/i, 'switches Defender off'),
  row('defence-off', 'Add-MpPreference', /-Exclusion\w+/i, 'hides files from Defender'),
  row(
    'defence-off',
    'systemctl service sc sc.exe launchctl rc-service',
    guards('(^| )(stop|disable|mask|delete|unload|bootout|kill|remove)\\b'),
    'stops a guard',
  ),
  row('defence-off', 'pkill killall kill taskkill', guards(''), 'kills a guard'),
  row(
    'defence-off',
    'apt apt-get dnf yum brew pacman',
    guards('(^| )(remove|purge|uninstall|autoremove|-R\\w*)\\b'),
    'removes a guard',
  ),
  row(
    'defence-off',
    'sysctl',
    /kernel\.(yama\.ptrace_scope|randomize_va_space|kptr_restrict|dmesg_restrict)=0/,
    'weakens the kernel',
  ),
  // What starts by itself.
  row('autostart', 'systemctl', /^(.*\b(?:enable|link)\b.*)$/s, '$1'),
  row('autostart', 'launchctl', /^(.*\b(?:load|bootstrap|enable|submit)\b.*)$/s, '$1'),
  row('autostart', 'at', /^(?!.*(?:^| )-[ld]( |$))(.+)$/s, 'runs commands later'),
  row('autostart', 'batch', /^/, 'runs commands later'),
  row('autostart', 'update-rc.d', /^(.+)$/s, '$1'),
  row('autostart', 'loginctl', /^(.*\benable-linger\b.*)$/s, '$1'),
  row(
    'privilege',
    'docker podman',
    /(^| )(--privileged|--pid=host|(-v|--volume)[ =]?\/:)( |=|\S|$)|docker\.sock/,
    "with the host's files or rights",
  ),
  // Traces.
  row('log-wiping', 'journalctl', /--vacuum-(time|size|files)[ =]\S*/, 'deletes the journal'),
  row('log-wiping', 'wevtutil wevtutil.exe', /^(cl|clear-log)\b/i, 'clears the event log'),
  row('log-wiping', 'Clear-EventLog Remove-EventLog', /^/i, 'clears the event log'),
  row('log-wiping', 'dmesg', /(^| )(-C|-c|--clear|--read-clear)( |$)/, 'clears the kernel log'),
  row('log-wiping', 'log', /^erase\b/, 'erases the unified log'),
  row(
    'log-wiping',
    'utmpdump lastlog',
    /(^| )(-r|--clear|-C)( |$)/,
    'rewrites the records of logins',
  ),
  // Accounts.
  row('new-account', 'useradd adduser sysadminctl', /^(?!--help)(?=.)/, 'adds an account'),
  row(
    'new-account',
    'usermod gpasswd',
    /(sudo|wheel|docker|admin|root)\b/,
    'gives an account more rights',
  ),
  row('new-account', 'dscl', / -create \/Users\//, 'adds an account'),
  row('new-account', 'net net.exe net1', /^(user|localgroup) .*\/add/i, 'adds an account'),
  row('new-account', 'chpasswd visudo', /^/, 'changes passwords or who may become root'),
];

/** Programs that monitor a machine: their services and processes. */
function guards(before: string): RegExp {
  const names =
    'firewalld|ufw|iptables|nftables|auditd|apparmor|selinux|falco|falcon-?sensor|falcond|com\\.crowdstrike\\S*|crowdstrike|clamd?|clamav\\S*|freshclam|osqueryd?|' +
    'wazuh\\S*|ossec\\S*|sentinel(one|d|ctl)\\S*|mdatp|wdavdaemon|WinDefend|MsMpEng\\S*|MpsSvc|cbagentd|cbdaemon|rsyslogd?|syslogd?|syslog-ng|systemd-journald|' +
    'fail2ban\\S*|santad?|LittleSnitch\\S*|LuLu|BlockBlock|KnockKnock|xagt|ds_agent|savd?|sophos\\S*|symantec\\S*|mcafee\\S*|kesl|rkhunter|aide|tripwire';
  return new RegExp(`${before}.{0,60}(^|[ /"'])(${names})(\\.service)?( |$|["'])`, 'i');
}

/** How command lines of services print the token of whoever signed in, whatever the service. */
const tokenPrinter = row(
  'credential-command',
  '',
  /^(auth|login|account|session|user|token)[ :](print-|get-|show-)?(access-|identity-|bearer-)?token( *$| -)|^(print|get|show)-(access-)?token( *$| -)|^token (print|show|get|current)( *$| -)|^whoami (-t|--(show-)?token)( *$| -)/,
  'prints a token',
);

const byProgram = new Map<string, TellingCommand[]>();
for (const command of [...commands, ...keptSettings, ...remoteAccess, ...windowsCommands])
  for (const program of command.programs)
    byProgram.set(program, [...(byProgram.get(program) ?? []), command]);

/** Whether a program is a coding agent or an editor with one: both act on the texts they get. */
export function isAgentProgram(program: string): boolean {
  const rows = byProgram.get(program.toLowerCase()) ?? [];
  return rows.some(({ trait }) => /^agent-(setup|unguarded)$/.test(trait));
}

/** The meaning of a command: a trait, and its effect in words for a message. */
export function tellingCommands(
  program: string,
  words: readonly string[],
): readonly { readonly trait: Trait; readonly says: string }[] {
  const line = words.join(' ').slice(0, lineCharsMax);
  // Windows does not distinguish case.
  const rows = byProgram.get(program) ?? byProgram.get(program.toLowerCase()) ?? [tokenPrinter];
  return rows.flatMap(({ form, trait, says }) => {
    const match = form.exec(line);
    return match === null ? [] : [{ trait, says: says.replace('$1', () => match[1] ?? '') }];
  });
}

const lineCharsMax = 2_000;
