/**
 * Forms with which a program on a command line reaches what its text does not name: computed calls,
 * other files of code, modules that are not for texts and numbers, machine code. Sources: the
 * languages' references.
 */
import type { Language } from '../../../fact/source.ts';

export const doubtfulForms: Readonly<Partial<Record<Language, RegExp>>> = {
  perl: /\b(?:eval|do|syscall|fork|AUTOLOAD|dlopen)\b(?!\s{0,4}\{)|\brequire\s{1,4}(?![\w:]{1,80}\s{0,4};)|&\s{0,3}[{$]|->\s{0,3}[$(]/,
  ruby: /\b(?:(?:public_)?send|__send__|method|const_get|instance_variable_[gs]et|define_method|binding|fork|syscall|Marshal|ObjectSpace|DRb|PTY)\b|\brequire(?:_relative)?\s{1,4}(?!["'][\w/-]{1,60}["'])/,
  php: /\$\{?\w{1,40}\}?\s{0,4}\(|\$\$|\bcall_user_func|\b(?:include|require)(?:_once)?\b|\bReflection|\bunserialize\b|\bFFI\b|\barray_(?:map|walk|filter)\s{0,4}\(\s{0,4}["'$]/i,
  lua: /\b(?:load\w{0,6}|dofile|debug|ffi|package)\b|_G\b|_ENV\b|\brequire\s{0,4}\(?\s{0,4}(?!["'](?:socket|ssl|json|cjson|lfs|string|math))/,
  r: /\b(?:get|do\.call|match\.fun|dyn\.load|\.Call|\.Internal|parse|source|attach|unserialize|assign)\s{0,4}\(/,
  julia:
    /\b(?:ccall|unsafe_\w{1,20}|include|getfield|Meta|dlopen|invokelatest|deserialize)\b|@eval/,
  awk: /@\w{1,40}\s{0,4}\(|@(?:load|include)\b/,
  applescript:
    /\b(?:run script|load script|store script|keystroke|key code|ObjC|NSTask|use framework|system attribute)\b/i,
  java: /\b(?:Java\.type|importPackage|importClass|JavaImporter|java\.|javax\.|load|eval|Class\.forName|Runtime|ProcessBuilder)\b/,
  go: /\b(?:unsafe|syscall|plugin|reflect)\./,
};
