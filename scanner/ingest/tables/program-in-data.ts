/**
 * Data that can start programs: queries, plans and documents whose interpreters have a command for
 * it.
 */

/** Texts that are data until a line starts a program: by extension, the forms of such lines. */
export const programInData: Readonly<Record<string, RegExp>> = {
  // PostgreSQL COPY … PROGRAM and \!, SQLite .shell and .system, Transact-SQL.
  sql: /\bPROGRAM\s{1,20}[$'E]|^\s{0,20}\\!|^\.(?:shell|system|sh|sy)\b|\bxp_cmdshell\b|\bsys_exec\b/im,
  tf: /"(?:local|remote)-exec"|\bdata\s{1,20}"external"/,
  tex: /\\write\s{0,5}18\b|\\(?:input|openin|openout)[^\n]{0,40}\||\\ShellEscape\b|\\directlua\b/,
  sty: /\\write\s{0,5}18\b|\\ShellEscape\b|\\directlua\b/,
  ps: /%pipe%/,
};
