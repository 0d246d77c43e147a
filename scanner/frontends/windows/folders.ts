/** Variables and folders that Windows names, as the shell's paths. */
import { codeValue, textValue, unknown, type Value } from './values.ts';

const folders: Readonly<Record<string, string>> = {
  userprofile: '~',
  home: '~',
  homepath: '~',
  appdata: '~/AppData/Roaming',
  localappdata: '~/AppData/Local',
  temp: '/tmp',
  tmp: '/tmp',
  programdata: '/c/ProgramData',
  allusersprofile: '/c/ProgramData',
  programfiles: '/c/Program Files',
  'programfiles(x86)': '/c/Program Files (x86)',
  windir: '/c/Windows',
  systemroot: '/c/Windows',
  systemdrive: '/c',
  homedrive: '',
  public: '/c/Users/Public',
  comspec: 'cmd',
  startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
};

const plain =
  /^(?:username|userdomain|computername|os|number_of_processors|processor_\w+|psmodulepath|pathext|logonserver|sessionname|lang|term|shell|user|windows_tracing\w*|ci)$/;

/** A variable of the environment on Windows. */
export function environment(name: string): Value {
  const lower = name.toLowerCase();
  const folder = Object.hasOwn(folders, lower) ? folders[lower] : undefined;
  if (folder !== undefined) return textValue(folder);
  if (plain.test(lower) || !/^\w+$/.test(name)) return unknown;
  return codeValue(`\${${name.toUpperCase()}}`);
}

/** Folders that .NET names. */
export function specialFolder(name: string): Value {
  const known: Readonly<Record<string, string>> = {
    userprofile: '~',
    applicationdata: '~/AppData/Roaming',
    localapplicationdata: '~/AppData/Local',
    mydocuments: '~/Documents',
    personal: '~/Documents',
    desktop: '~/Desktop',
    desktopdirectory: '~/Desktop',
    commonapplicationdata: '/c/ProgramData',
    startup: '~/AppData/Roaming/Microsoft/Windows/Start Menu/Programs/Startup',
    commonstartup: '/c/ProgramData/Microsoft/Windows/Start Menu/Programs/Startup',
  };
  const lower = name.toLowerCase();
  return Object.hasOwn(known, lower) ? textValue(known[lower] ?? '') : unknown;
}
