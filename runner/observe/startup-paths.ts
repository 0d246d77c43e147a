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
const startupOther =
  /^(\.local\/lib\/python[^/]*\/site-packages\/|.*Start Menu.*Startup|\.observed-registry\/.*\/CurrentVersion\/Run)/;

/** Files and folders to look at however many others there are. */
export const watchedPaths: readonly string[] = [
  ...keyFiles,
  ...startupFiles,
  ...startupFolders,
  ...Array.from({ length: 40 }, (_, at) => `.local/lib/python3.${at}/site-packages`),
  '.observed-registry',
  'AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
];

export function isKey(path: string): boolean {
  return keyFiles.includes(path);
}

/** A folder of startup files that was replaced by a link or a file counts, too. */
export function isStartup(path: string): boolean {
  return (
    startupFiles.includes(path) ||
    startupFolders.some((folder) => `${path}/`.startsWith(`${folder}/`)) ||
    startupOther.test(`${path}/`)
  );
}
