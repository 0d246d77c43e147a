/**
 * Paths below the home folder by which a submission stays: keys, and what starts by itself. They
 * are judged, and always looked at.
 */
const keyFiles = ['.ssh/authorized_keys', '.ssh/rc', '.ssh/config'];
const startupFiles =
  '.bashrc .bash_profile .bash_login .bash_logout .profile .zshrc .zshenv .zprofile .xprofile .xinitrc .gitconfig .npmrc .vimrc .inputrc CLAUDE.md AGENTS.md'.split(
    ' ',
  );
const startupFolders =
  '.config/autostart .config/systemd .config/fish .config/pip .config/git .pip .observed-crontab Library/LaunchAgents .claude .codex .cursor .gemini'.split(
    ' ',
  );
/** Each beside what it is on Linux: settings that start programs, profiles, programs' own code. */
const windowsFolders = [
  'AppData/Local/Microsoft/WindowsApps',
  'AppData/Roaming/Claude',
  'AppData/Roaming/Code/User',
  'AppData/Roaming/Cursor/User',
  'AppData/Roaming/Microsoft/Excel/XLSTART',
  'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
  'AppData/Roaming/Microsoft/Word/STARTUP',
  'AppData/Roaming/npm/etc',
  'AppData/Roaming/pip',
  'Documents/PowerShell',
  'Documents/WindowsPowerShell',
  'pip',
];
const startupOther = [
  /^(\.local\/lib\/python[^/]*|AppData\/.*)\/site-packages\//i,
  /^AppData\/(Local|Roaming)\/discord[^/]*\//i,
  /^AppData\/.*\/resources\/app(\.asar)?\//i,
  /^.*Start Menu.*Startup/i,
  /^\.observed-registry\/.*\/CurrentVersion\/(Policies\/Explorer\/)?Run/i,
  /^\.observed-registry\/.*\/(Winlogon\/|Command Processor\/AutoRun|UserInitMprLogonScript)/i,
];

/** Files and folders to look at however many others there are. */
export const watchedPaths: readonly string[] = [
  ...keyFiles,
  ...startupFiles,
  ...startupFolders,
  ...Array.from({ length: 40 }, (_, at) => `.local/lib/python3.${at}/site-packages`),
  '.observed-registry',
  ...windowsFolders,
];

export function isKey(path: string): boolean {
  return keyFiles.includes(path);
}

const startupNames = new Set(startupFiles.map((path) => path.toLowerCase()));
const folderStarts = [...startupFolders, ...windowsFolders].map((one) => `${one.toLowerCase()}/`);

/**
 * A folder of startup files that was replaced by a link or a file counts, too. Two of three systems
 * know no case in names.
 */
export function isStartup(path: string): boolean {
  const small = `${path}/`.toLowerCase();
  return (
    startupNames.has(small.slice(0, -1)) ||
    folderStarts.some((folder) => small.startsWith(folder)) ||
    startupOther.some((one) => one.test(small))
  );
}
