/** Keys of INI files whose values are commands. */

export interface IniCommand {
  readonly file: RegExp;
  /** The name of the section. */
  readonly section: RegExp;
  readonly key: RegExp;
  readonly value: RegExp;
}

const any = /^/;

/**
 * Sources: documentation of tox, git config, Mercurial hgrc, Supervisor; systemd.service(5).
 */
export const iniCommands: readonly IniCommand[] = [
  {
    file: /(^|\/)(tox\.ini|setup\.cfg)$/i,
    section: /^(testenv|tox:testenv|tox:tox)/i,
    key: /^(commands(_pre|_post)?|list_dependencies_command|install_command)$/i,
    value: any,
  },
  {
    file: /(^|\/)(\.gitconfig|\.?git\/config|gitconfig[^/]*)$/i,
    section: /^alias/i,
    key: any,
    value: /^["']?!/,
  },
  {
    file: /(^|\/)(\.gitconfig|\.?git\/config|gitconfig[^/]*)$/i,
    section: any,
    key: /^(fsmonitor|sshCommand|pager|editor|askPass|textconv|clean|smudge|process|helper|external)$/i,
    value: any,
  },
  { file: /(^|\/)\.?hgrc$/i, section: /^(hooks|alias)$/i, key: any, value: /^!|^(?!python:)./ },
  {
    file: /(^|\/)supervisor[^/]*\.(conf|ini)$/i,
    section: /^(program|eventlistener|fcgi-program):/i,
    key: /^command$/i,
    value: any,
  },
  {
    file: /\.service$/i,
    section: /^Service$/,
    key: /^Exec(Condition|Start|StartPre|StartPost|Reload|Stop|StopPost)$/,
    value: any,
  },
];
