/**
 * Commands that let somebody elsewhere onto this machine: reverse forwards, tunnels to a login,
 * shared terminals, remote desktops. A tunnel to a page that is being built is none.
 * Sources: each program's manual; ATT&CK T1219, T1572.
 */
import type { TellingCommand } from './windows-commands.ts';

const row = (programs: string, form: RegExp, says: string): TellingCommand => ({
  programs: programs.split(' '),
  form,
  trait: 'remote-access',
  says,
});

// Ports at which a machine lets people in: SSH, Telnet, SMB, remote desktops, WinRM, VNC, Docker.
const login = '(?:22|23|445|2222|2375|3389|5900|5901|5985|5986)';
const own = String.raw`(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|::1)`;
const forward = String.raw`(?:^| )-[a-zA-Z]*R ?(?:[\w.*[\]-]*:)?`;
const named = String.raw`.* (?:[\w.-]+@)?(?:[a-z\d-]+\.)+[a-z\d-]+(?: |$)`;

export const remoteAccess: readonly TellingCommand[] = [
  // The other machine is written in the code: whoever wrote the code gets in.
  row(
    'ssh autossh dbclient',
    new RegExp(String.raw`${forward}[\w\0-]+:${own}:${login}\b${named}`, 'i'),
    'lets another machine log in to this one',
  ),
  row(
    'ssh autossh dbclient',
    new RegExp(String.raw`${forward}(?:[\w\0-]+:[\w.[\]\0-]+:[\w\0-]+|\d{1,5})(?: |$)`, 'i'),
    'opens a port of this machine on another',
  ),
  row(
    'tmate',
    /(?:^| )(?:new(?:-session)?|attach(?:-session)?)(?: |$)|^(?:-[FS] \S+ ?){0,4}$/,
    'shares a terminal of this machine',
  ),
  row(
    'upterm sshx teleconsole gotty ttyd wetty',
    /^(?!(-h|--help|-V|--version|kill-\w+|help|version)\b)/,
    'shares a terminal of this machine',
  ),
  row('gs-netcat', /(^| )-\w*l/, 'shares a terminal of this machine'),
  row('ngrok', /^tcp\b/, 'opens a port of this machine to the Internet'),
  row(
    'cloudflared',
    /(?:^| )--?url[ =](?:ssh|rdp|tcp|smb):\/\//,
    'opens a port of this machine to the Internet',
  ),
  row('bore', /^local \d/, 'opens a port of this machine to the Internet'),
  row('chisel', /^client .* R:/, 'opens a port of this machine on another'),
  row('frpc rathole', /^(?!(-h|--help|-v|--version)\b)/, 'opens ports of this machine on another'),
  row('tailscale', /^(up|set) (?:.* )?--ssh\b(?!=false)/, 'lets others log in to this machine'),
  row(
    'x11vnc x0vncserver wayvnc vncserver',
    /^(?!-(kill|list|help))/,
    'shares the screen with others',
  ),
  row(
    'anydesk rustdesk teamviewer',
    /--(set-password|password|get-id|install|start)\b|^(passwd|setup|daemon)\b/,
    'lets others control this machine',
  ),
  row('systemsetup', /^-setremotelogin on\b/i, 'lets others log in to this machine'),
  row('kickstart', /(^| )-activate\b/, 'lets others control this machine'),
  row('enable-psremoting', /^/, 'lets others log in to this machine'),
  row('add-windowscapability', /OpenSSH\.Server/i, 'lets others log in to this machine'),
  row('reg reg.exe', /\bfDenyTSConnections\b.*\/d (0x)?0\b/i, 'lets others log in to this machine'),
];
