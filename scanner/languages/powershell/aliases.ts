/** PowerShell's commands, their options, casts and operators. Source: Microsoft's reference. */

import { words } from '../../lookup-tables/shell.ts';

/** Lower-case aliases; `curl` and `wget` are aliases in Windows PowerShell. */
export const aliases: Readonly<Record<string, string>> = Object.fromEntries(
  words(`
  iex=Invoke-Expression iwr=Invoke-WebRequest curl=Invoke-WebRequest wget=Invoke-WebRequest irm=Invoke-RestMethod
  icm=Invoke-Command ii=Invoke-Item saps=Start-Process start=Start-Process sajb=Start-Job gc=Get-Content cat=Get-Content
  type=Get-Content sc=Set-Content ac=Add-Content clc=Clear-Content gci=Get-ChildItem ls=Get-ChildItem dir=Get-ChildItem
  gi=Get-Item gp=Get-ItemProperty sp=Set-ItemProperty si=Set-Item ni=New-Item md=New-Item mkdir=New-Item ri=Remove-Item
  rm=Remove-Item del=Remove-Item erase=Remove-Item rd=Remove-Item rmdir=Remove-Item cpi=Copy-Item cp=Copy-Item
  copy=Copy-Item mi=Move-Item mv=Move-Item move=Move-Item rni=Rename-Item ren=Rename-Item foreach=ForEach-Object
  %=ForEach-Object where=Where-Object ?=Where-Object select=Select-Object sort=Sort-Object group=Group-Object
  measure=Measure-Object tee=Tee-Object echo=Write-Output write=Write-Output sls=Select-String gal=Get-Alias
  gcm=Get-Command gv=Get-Variable sv=Set-Variable set=Set-Variable nv=New-Variable gm=Get-Member gps=Get-Process
  ps=Get-Process kill=Stop-Process spps=Stop-Process gsv=Get-Service sasv=Start-Service spsv=Stop-Service
  gwmi=Get-WmiObject iwmi=Invoke-WmiMethod ipmo=Import-Module sleep=Start-Sleep cd=Set-Location sl=Set-Location
  chdir=Set-Location pushd=Push-Location popd=Pop-Location gl=Get-Location pwd=Get-Location cls=Clear-Host
  clear=Clear-Host h=Get-History history=Get-History ft=Format-Table fl=Format-List fw=Format-Wide oh=Out-Host
  ogv=Out-GridView epcsv=Export-Csv ipcsv=Import-Csv rvpa=Resolve-Path sal=Set-Alias nal=New-Alias gcb=Get-Clipboard
  scb=Set-Clipboard compare=Compare-Object diff=Compare-Object gin=Get-ComputerInfo tnc=Test-NetConnection
  rsnp=Receive-Job rcjb=Receive-Job wjb=Wait-Job gjb=Get-Job fhx=Format-Hex`).map((row) => {
    const at = row.indexOf('=');
    return [row.slice(0, at), row.slice(at + 1)];
  }),
);

/** Options without a value. */
export const switches: ReadonlySet<string> = new Set(
  words(`
  recurse force wait passthru usebasicparsing nonewwindow verbose debug whatif raw append asbytestream quiet
  allowclobber file directory hidden system readonly asjob runasadministrator skipcertificatecheck disablekeepalive
  usedefaultcredentials nonewline noclobber unique descending casesensitive simplematch allmatches notmatch list
  compress asarray ashashtable notypeinformation nti update leaf parent isvalid global local novalidate aslist autosize
  wrap hidetableheaders useculture resolve qualifier extension allowinsecureredirect resume noprofile nologo
  noninteractive sta mta noexit once atlogon atstartup daily weekly runonlyifidle hidewindow loadprofile asynchronous
  skippublishercheck acceptlicense allowprerelease nop noni skiphttperrorcheck confirm asplaintext sum average maximum
  minimum line word character first last`).filter((name) => !/^(first|last|confirm)$/.test(name)),
);

/** Options of commands whose options matter, to complete what is abbreviated. */
export const options: Readonly<Record<string, readonly string[]>> = {
  'invoke-webrequest': words(
    'uri outfile method body infile headers form useragent websession contenttype credential proxy usebasicparsing timeoutsec sessionvariable skipcertificatecheck custommethod',
  ),
  'invoke-restmethod': words(
    'uri outfile method body infile headers form useragent websession contenttype credential proxy usebasicparsing timeoutsec sessionvariable skipcertificatecheck custommethod',
  ),
  'start-bitstransfer': words(
    'source destination transfertype asynchronous displayname priority description',
  ),
  'start-process': words(
    'filepath argumentlist workingdirectory verb windowstyle wait passthru nonewwindow credential redirectstandardoutput redirectstandarderror redirectstandardinput',
  ),
  'invoke-expression': words('command'),
  'get-content': words('path literalpath raw encoding totalcount tail'),
  'set-content': words('path literalpath value encoding force nonewline'),
  'add-content': words('path literalpath value encoding force nonewline'),
  'out-file': words('filepath literalpath append encoding force width inputobject'),
  'remove-item': words('path literalpath recurse force include exclude filter'),
  'copy-item': words('path literalpath destination recurse force container'),
  'move-item': words('path literalpath destination force'),
  'new-item': words('path name itemtype value force target'),
  'invoke-command': words(
    'scriptblock computername argumentlist session credential filepath asjob',
  ),
  'new-object': words('typename argumentlist comobject property'),
  'compress-archive': words('path literalpath destinationpath update force compressionlevel'),
  'expand-archive': words('path literalpath destinationpath force'),
  'join-path': words('path childpath additionalchildpath resolve'),
  'split-path': words('path leaf parent qualifier'),
  'add-type': words(
    'typedefinition assemblyname path memberdefinition name namespace language referencedassemblies',
  ),
  'start-job': words('scriptblock filepath argumentlist name initializationscript'),
  'set-itemproperty': words('path name value literalpath type'),
  'new-itemproperty': words('path name value propertytype literalpath force'),
};

/** The first options that words without a name belong to. */
export const positions: Readonly<Record<string, readonly string[]>> = {
  'invoke-webrequest': ['uri'],
  'invoke-restmethod': ['uri'],
  'start-bitstransfer': ['source', 'destination'],
  'start-process': ['filepath', 'argumentlist'],
  'invoke-item': ['filepath'],
  'invoke-expression': ['command'],
  'get-content': ['path'],
  'set-content': ['path', 'value'],
  'add-content': ['path', 'value'],
  'out-file': ['filepath'],
  'tee-object': ['filepath'],
  'export-csv': ['path'],
  'import-csv': ['path'],
  'remove-item': ['path'],
  'copy-item': ['path', 'destination'],
  'move-item': ['path', 'destination'],
  'rename-item': ['path', 'destination'],
  'new-item': ['path'],
  'new-object': ['typename', 'argumentlist'],
  'compress-archive': ['path', 'destinationpath'],
  'expand-archive': ['path', 'destinationpath'],
  'join-path': ['path', 'childpath', 'additionalchildpath'],
  'split-path': ['path'],
  'add-type': ['typedefinition'],
  'set-variable': ['name', 'value'],
  'new-variable': ['name', 'value'],
  'set-alias': ['name', 'value'],
  'new-alias': ['name', 'value'],
  'select-string': ['pattern', 'path'],
  'import-module': ['name'],
  'get-variable': ['name'],
};

/** The name of a type in lower case, without `System.`. */
export function typeNamed(name: string): string {
  return name.toLowerCase().replace(/^system\./, '');
}

/** A command's name as Microsoft writes it. */
export function casedName(name: string): string {
  return name
    .replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase())
    .replace(/^(Invoke)-Webrequest$/, '$1-WebRequest')
    .replace(/^(Invoke)-Restmethod$/, '$1-RestMethod')
    .replace(/-Childitem$/, '-ChildItem')
    .replace(/-Mppreference$/, '-MpPreference')
    .replace(/-Scheduledtask/, '-ScheduledTask')
    .replace(/-Itemproperty$/, '-ItemProperty')
    .replace(/-Eventlog$/, '-EventLog')
    .replace(/-Bitstransfer$/, '-BitsTransfer');
}

/** A program beside the script, which PowerShell starts by its path only. */
export function localProgram(name: string): string {
  const isPath = /[\\/]/.test(name) || !/\.(?:exe|bat|cmd|com|msi|scr|ps1)$/i.test(name);
  return isPath || /^[a-z][\w-]{1,20}\.exe$/i.test(name) ? name : `./${name}`;
}

/** Also names of programs, which take their own options. */
export const nativeToo =
  /^(?:curl|wget|sort|tee|ps|kill|cat|ls|rm|cp|mv|echo|diff|sleep|mkdir|dir|type|sc)$/;

/** Casts that leave a text what it is. */
export const plainCasts =
  /^(?:string|string\[\]|array|object|psobject|pscustomobject|ordered|hashtable|uri|void|switch|bool|mailaddress|io\.fileinfo|xml|object\[\]|securestring|regex|version|guid|datetime|timespan|double|decimal|float|single|byte\[\]|int\[\]|collections\.[\w.`[\]]+|ipaddress|net\.ipaddress|consolecolor|ref|math|environment|convert|cmdletbinding|parameter|u?int(?:16|32|64)?|long|byte)$/;

/** Operators that rows of the table compute. */
export const computed: ReadonlySet<string> = new Set(['-join', '-split', '-replace', '-f']);
