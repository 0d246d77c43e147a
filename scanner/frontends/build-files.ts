/**
 * Files of build tools with a language of their own. Nothing follows what they run: a file that
 * runs programs counts as not analysed, so a person reads it. Sources: cmake.org
 * "cmake-commands(7)"; ant.apache.org "Exec", "Apply", "Get", "Presetdef"; mojohaus.org "Exec Maven
 * Plugin"; learn.microsoft.com "Exec Task", "DownloadFile Task", "Specify custom build events".
 */

import type { TaintSource } from '../fact/source.ts';
import type { FrontEndResult } from './frontend.ts';

interface BuildFile {
  readonly file: RegExp;
  /** What each file of this tool has. A file without it belongs to another program. */
  readonly root?: RegExp;
  /** The beginning of what runs a program, or of what writes or downloads one. */
  readonly runs: RegExp;
}

const buildFiles: readonly BuildFile[] = [
  {
    file: /(^|\/)CMakeLists[^/]{0,40}\.txt$|\.cmake(\.in)?$/i,
    // `if(COMMAND name)` asks whether a command exists.
    runs: /(?<!\bif\s{0,9}\(\s{0,9}(?:not\s{1,9})?)(?:\b|_)COMMAND\b|\b(?:execute_process|exec_program|add_test|add_custom_target|add_custom_command|externalproject_add|cmake_language)\s{0,99}\(|\binstall\s{0,99}\(\s{0,99}(?:code|script)\b|\bfile\s{0,99}\(\s{0,99}(?:download|write|append|generate)\b/i,
  },
  {
    file: /\.(xml|pom|ant|\w{0,20}proj|props|targets|proj\.user)$/i,
    root: /<(?:[\w.-]{1,80}:)?(?:project|antlib)\b/i,
    // An entity may hold any text.
    runs: /<!ENTITY\b|<(?:[\w.-]{1,80}:)?(?:exec|apply|execon|sshexec|presetdef|typedef|get|downloadfile|writelinestofile|executable|exec\.executable|exec\.args|commandlineargs|argument|(?:pre|post)buildevent|prelinkevent|custombuild(?:step)?|nmake\w{0,40}commandline)[\s/>]|<(?:[\w.-]{1,80}:)?echo\s[^<]{0,999}\bfile\s{0,9}=/i,
  },
];

/** The place where a build file runs a program, as not analysed; nothing for other files. */
export function buildFileRuns({
  depth,
  path,
  text,
}: TaintSource): Pick<FrontEndResult, 'unanalysed'> {
  const row = depth === 0 ? buildFiles.find(({ file }) => file.test(path)) : undefined;
  const found = row?.root?.test(text) === false ? null : row?.runs.exec(text);
  if (found === null || found === undefined) return { unanalysed: [] };
  const span = { path, start: found.index, end: found.index + found[0].length };
  return { unanalysed: [{ span, reason: 'a build file that runs programs' }] };
}
