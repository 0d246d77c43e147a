/**
 * Files of build tools with a language of their own. Nothing follows what they run: a file that
 * runs programs counts as not analysed, so a person reads it. Sources: cmake.org
 * "cmake-commands(7)"; ant.apache.org "Exec", "Apply", "Get", "Script", "Presetdef"; mojohaus.org
 * "Exec Maven Plugin"; learn.microsoft.com "Exec Task", "DownloadFile Task", "UsingTask", "Specify
 * custom build events".
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

// Blanks and prefixes of any length: each pattern ends at the next bracket, so a search is linear.
const buildFiles: readonly BuildFile[] = [
  {
    file: /(^|\/)CMakeLists[^/]{0,40}\.txt$|\.cmake(\.in)?$/i,
    // `if(COMMAND name)` asks whether a command exists. Of `install` and `file`, whose first word
    // may be computed, the forms that only read or copy what was built are named.
    runs: /(?<!\bif[ \t]{0,9}\([ \t]{0,9}(?:not[ \t]{1,9})?)(?:\b|_)COMMAND\b|\b(?:execute_process|exec_program|add_test|add_custom_target|add_custom_command|externalproject_add|cmake_language)\b|\binstall[ \t]*\((?!\s*(?:TARGETS|FILES|PROGRAMS|DIRECTORY|EXPORT)\b)|\bfile[ \t]*\((?!\s*(?:GLOB|GLOB_RECURSE|READ|STRINGS|SIZE|RELATIVE_PATH|REAL_PATH|TO_CMAKE_PATH|TO_NATIVE_PATH|MD5|SHA\w+|TIMESTAMP|MAKE_DIRECTORY)\b)/i,
  },
  {
    file: /\.(xml|pom|ant|\w{0,20}proj(\.user)?|props|targets)$/i,
    root: /<(?:[^\s<>:/]*:)?(?:project|antlib)\b/i,
    // An entity may hold any text, and a document type those of another file.
    runs: /<!ENTITY\b|<!DOCTYPE[^>[]*\bSYSTEM\b|<(?:[^\s<>:/]*:)?(?:exec|apply|execon|sshexec|java|script|scriptdef|usingtask|presetdef|typedef|taskdef|get|downloadfile|writelinestofile|executable|exec\.executable|exec\.args|commandlineargs|argument|(?:pre|post)buildevent|prelinkevent|custombuild(?:step)?|nmake\w*commandline)[\s/>]|<(?:[^\s<>:/]*:)?echo\s[^<]*\bfile\s*=/i,
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
