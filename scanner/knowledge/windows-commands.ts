/**
 * Programs of Windows that fetch, run, dump or hide something on the side, and the words that tell.
 * Sources: Microsoft's references of the commands, LOLBAS, ATT&CK T1003, T1070, T1105, T1197,
 * T1218, T1490, T1547, T1562.
 */
import type { Trait } from '../fact/fact.ts';

const row = (
  trait: TellingCommand['trait'],
  programs: string,
  form: RegExp,
  says: string,
): TellingCommand => ({ programs: programs.split(' '), form, trait, says });

// An address that is not this machine, or a share of another machine.
const own = String.raw`(?:localhost|127(?:\.\d{1,3}){1,3}|\[::1\])(?![\w.-])`;
const away = String.raw`(?:(?:https?|ftp):\/\/(?!${own})|\\\\(?!${own}|\.\\|\?\\)[\w.-])`;
const fetches = new RegExp(String.raw`(?:^|[\s"'=,:])${away}`, 'i');

export const windowsCommands: readonly TellingCommand[] = [
  // Fetch, though they are made for something else.
  row(
    'misuse',
    'certoc certreq cmdl32 configsecuritypolicy datasvcutil desktopimgdownldr diantz ecmangen esentutl excel ' +
      'expand extrac32 hh ieexec imewdbld infdefaultinstall installutil makecab msaccess ' +
      'msedge_proxy msohtmed msoxmled mspub msxsl ngen outlook powerpnt presentationhost printbrm ' +
      'protocolhandler replace squirrel update visio vslaunchbrowser winproj winword wsreset xsd xwizard ' +
      'findstr type copy xcopy robocopy msbuild mavinject cmstp odbcconf regasm regsvcs pcalua forfiles ' +
      'scriptrunner syncappvpublishingserver workfolders mmc dnscmd wuauclt appinstaller ' +
      'addinutil aspnet_compiler csc vbc jsc dfsvc rcsi fsi csi dotnet-dump winget-cli',
    fetches,
    'takes a file from an address, which is not what it is for',
  ),
  row(
    'misuse',
    'certutil',
    /[-/](?:urlcache|verifyctl|url)\b/i,
    'downloads a file, which is not what it is for',
  ),
  row('misuse', 'certutil', /[-/]decode(?:hex)?\b/i, 'decodes a hidden file'),
  row(
    'misuse',
    'bitsadmin',
    /\/(?:transfer|addfile|setnotifycmdline)\b/i,
    'downloads in the background',
  ),
  row('misuse', 'mpcmdrun', /-downloadfile\b/i, 'downloads through the virus scanner'),
  row('misuse', 'start explorer', /\bms-appinstaller:/i, 'installs an app from an address'),
  row(
    'misuse',
    'msedge',
    /--(?:headless|dump-dom)\b[^\n]{0,300}https?:|https?:\/\/\S{1,400}\.(?:exe|msi|bat|ps1|dll|scr)\b/i,
    'downloads a file with a browser',
  ),
  row('misuse', 'ldifde', /(?:^|\s)-i\b/i, 'changes the directory from a file'),
  row('misuse', 'wsl', /\/dev\/tcp\//, 'opens a connection from a Linux shell'),
  // Run what others wrote.
  row(
    'misuse',
    'mshta',
    /(?:https?|javascript|vbscript|about):|\\\\\w|\.hta\b/i,
    'runs a script as a program of the system',
  ),
  row(
    'misuse',
    'regsvr32',
    /\/i:|scrobj\.dll|\\\\\w|https?:|\.(?:sct|txt|jpg|png|tmp|dat)\b/i,
    'runs a script as a program of the system',
  ),
  row(
    'misuse',
    'rundll32',
    /(?:javascript:|vbscript:|(?:scrobj|comsvcs|shimgvw|photoviewer|advpack|ieadvpack|ieframe|mshtml|pcwutl|setupapi|shdocvw|syssetup|zipfldr|desk\.cpl|url\.dll["']?,\s{0,4}(?:openurl|fileprotocolhandler)["']?\s{1,9}["']?(?!https?:\/\/)\w{0,9}:?[\\/]))/i,
    'has a library of the system do another’s work',
  ),
  row(
    'misuse',
    'rundll32',
    new RegExp(String.raw`^(?!["']?(?:[^\s"']{0,80}\\)?url(?:\.dll)?["']?,).{0,400}${away}`, 'i'),
    'takes a file from an address, which is not what it is for',
  ),
  row('misuse', 'msiexec', fetches, 'installs a package from an address'),
  row('misuse', 'wscript cscript', fetches, 'runs a script from an address'),
  row(
    'misuse',
    'wmic',
    /process\b.{0,40}\bcall\s{1,9}create|\/format:\s{0,4}["']?(?:https?:|\\\\)|\/node:/i,
    'starts a program through the management service',
  ),
  row(
    'misuse',
    'installutil',
    /\/u\b/i,
    'runs the code of a library while it seems to remove the library',
  ),
  row('misuse', 'regasm regsvcs', /\.dll\b/i, 'runs the code of a library'),
  row('misuse', 'odbcconf', /\b(?:regsvr|\/f|-f)\b/i, 'runs the code of a library'),
  row('misuse', 'cmstp', /\.inf\b|\/ni|\/s\b/i, 'runs the commands of a profile'),
  row('misuse', 'mavinject', /injectrunning/i, 'puts code into another process'),
  row('misuse', 'forfiles', /\/c\b/i, 'starts a program for each file'),
  row('misuse', 'pcalua', /-a\b/i, 'starts a program as a helper of the system'),
  row('misuse', 'syncappvpublishingserver', /;/, 'runs PowerShell as a helper of the system'),
  row(
    'misuse',
    'fodhelper eventvwr computerdefaults sdclt slui',
    /^/,
    'is a program that attackers use to get more rights',
  ),
  row('misuse', 'testwindowremoteagent', /\bstart\b/i, 'opens a connection for a remote control'),
  row('misuse', 'diskshadow', /\/s\b|\bexec\b/i, 'runs the commands of a script'),
  row('misuse', 'devtunnel', /\bhost\b/i, 'opens this machine to others'),
  row('misuse', 'code code-tunnel', /^tunnel\b/, 'opens this machine to others'),
  row('misuse', 'bcp', /\bqueryout\b/i, 'writes a file out of a database'),
  row('misuse', 'xwizard', /\brunwizard\b/i, 'runs a component of the system'),
  row('misuse', 'adplus', /(?:^|\s)-c\b/i, 'runs the commands of a file'),
  // Memory, passwords and the accounts' database.
  row('misuse', 'rundll32', /comsvcs(?:\.dll)?["']?,?\s{0,4}(?:#|minidump)/i, 'dumps a process'),
  row(
    'misuse',
    'procdump procdump64 createdump dump64 dumpminitool sqldumper rdrleakdiag tttracer adplus nanodump',
    /lsass|(?:^|\s)[-/](?:ma|n|f|u|pn|processid|dumptype|fullmemdmp|dumpfull|attach)\b|^\S{1,20}\s{1,4}\S{1,20}\s{0,4}\S{0,20}$/i,
    'dumps the memory of another process',
  ),
  row(
    'misuse',
    'ntdsutil dsdbutil wbadmin esentutl vssadmin diskshadow copy xcopy robocopy',
    /ntds|\\config\\(?:sam|system|security)\b|\bifm\b|harddiskvolumeshadowcopy/i,
    'copies the database of accounts',
  ),
  row(
    'misuse',
    'reg',
    /^(?:save|export)\s{1,9}["']?(?:hklm|hkey_local_machine)\\(?:sam|security|system)\b/i,
    'copies the passwords of the machine',
  ),
  row(
    'misuse',
    'reg',
    /^query\b.{0,200}(?:winlogon|\bpassword\b|putty\\sessions|\\vnc|snmp)/i,
    'looks for passwords',
  ),
  row('misuse', 'findstr', /cpassword|(?:^|\s)\/s?i?.{0,20}\bpassword\b/i, 'looks for passwords'),
  row('misuse', 'rpcping', /\bntlm\b/i, 'gives a hash of the password to another machine'),
  row(
    'misuse',
    'netsh',
    /wlan\s{1,9}show\s{1,9}profile.{0,80}key\s{0,4}=\s{0,4}clear/i,
    'prints passwords of networks',
  ),
  row(
    'misuse',
    'netsh',
    /\btrace\s{1,9}start\b|\bportproxy\s{1,9}add\b/i,
    'listens to or redirects traffic',
  ),
  row('misuse', 'cmdkey vaultcmd', /\/list/i, 'lists stored credentials'),
  row(
    'misuse',
    'nltest dsquery adfind',
    /\/?(?:domain_trusts|dclist)|\*|objectcategory/i,
    'explores the domain',
  ),
  // Traces and protections.
  row('log-wiping', 'fsutil', /usn\s{1,9}deletejournal|setzerodata/i, 'erases traces on the disk'),
  row('log-wiping', 'cipher', /\/w\b/i, 'overwrites what was deleted'),
  row('misuse', 'cipher', /\/e\b/i, 'encrypts files for this account only'),
  row('defence-off', 'fltmc', /\bunload\b/i, 'unloads a filter that watches files'),
  row(
    'defence-off',
    'vssadmin wmic wbadmin',
    /\bdelete\b.{0,40}\b(?:shadows?|catalog|systemstatebackup|backup)\b|\bshadowcopy\b.{0,20}\bdelete\b|resize\s{1,9}shadowstorage/i,
    'deletes the copies that restore files',
  ),
  row(
    'defence-off',
    'bcdedit',
    /recoveryenabled\s{1,9}no|bootstatuspolicy|testsigning\s{1,9}on|safeboot/i,
    'switches the recovery off',
  ),
  row(
    'defence-off',
    'auditpol',
    /\/(?:clear|remove|set)\b.{0,200}(?:disable|\/y|allusers)?/i,
    'changes what is audited',
  ),
  row(
    'defence-off',
    'reg',
    /^(?:add|delete)\b.{0,300}(?:windows defender|disableantispyware|enablelua|disabletaskmgr|scriptblocklogging|enablescripts|amsi|uselogoncredential|disablerestrictedadmin|restrictanonymous|fdenytsconnections|safeboot)/i,
    'weakens a protection in the registry',
  ),
  row(
    'defence-off',
    'netsh',
    /\bfirewall\b.{0,200}\b(?:off|disable|action\s{0,4}=\s{0,4}allow)\b/i,
    'opens the firewall',
  ),
  row(
    'defence-off',
    'sc',
    /^(?:stop|delete|config)\b.{0,80}\b(?:windefend|sense|wscsvc|mpssvc|eventlog|wuauserv)\b/i,
    'stops a guard',
  ),
  row(
    'defence-off',
    'net net1',
    /^stop\b.{0,80}\b(?:windefend|sense|wscsvc|mpssvc|eventlog|wuauserv|security)\b/i,
    'stops a guard',
  ),
  row('defence-off', 'mpcmdrun', /-removedefinitions\b/i, 'empties the virus scanner'),
  // What starts by itself.
  row(
    'autostart',
    'reg',
    /^(?:add|import|copy)\b.{0,300}\\(?:run|runonce|runonceex|runservices|winlogon|appinit_dlls|image file execution options|userinit|shell folders|silentprocessexit|print\\monitors|currentcontrolset\\services)\b/i,
    'makes a program start by itself through the registry',
  ),
  row('autostart', 'sc', /^create\b|^config\b.{0,200}\bbinpath/i, 'makes a service'),
  row(
    'autostart',
    'schtasks',
    /\/create\b|\/change\b.{0,200}\/tr\b/i,
    'makes a task that starts by itself',
  ),
  row('autostart', 'bitsadmin', /\/setnotifycmdline\b/i, 'makes a transfer start a program'),
  row(
    'autostart',
    'wmic',
    /__eventfilter|commandlineeventconsumer|activescripteventconsumer/i,
    'makes an event start a program',
  ),
];

// One row of the tables of commands whose words tell their purpose.

export interface TellingCommand {
  readonly programs: readonly string[];
  /**
   * Matched against the words behind the program, joined by blanks; `\0` stands for an unknown
   * part.
   */
  readonly form: RegExp;
  readonly trait: Trait;
  /** The effect, for the message; `$1` stands for the form's group. */
  readonly says: string;
}
