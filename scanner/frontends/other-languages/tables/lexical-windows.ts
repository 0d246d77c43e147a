/**
 * Meanings of calls in PowerShell, batch files and VBScript, by their text alone. Sources:
 * Microsoft's references; LOLBAS for programs.
 */
import type { Language } from '../../../fact/source.ts';
import { type LexicalForm, lexicalRows } from './lexical-form.ts';

const windows: readonly Language[] = ['powershell', 'batch', 'vbscript'];

export const windowsForms: readonly LexicalForm[] = [
  ...lexicalRows(
    ['powershell'],
    [
      'code',
      'Invoke-Expression',
      /(?:^|[\s|;&({.])(?:iex|invoke-expression)(?![\w-])|\[scriptblock\]::create\s*\(|\.invokescript\s*\(/i,
    ],
    ['code', 'call operator', /(?:^|[;|{(\s])[&.]\s*\(\s*(?:\$|\[|gv|get-variable|gci|'|")/i],
    [
      'fetch',
      'Invoke-WebRequest',
      /(?:^|[\s|;&({=])(?:iwr|irm|invoke-webrequest|invoke-restmethod|start-bitstransfer|curl(?:\.exe)?|wget(?:\.exe)?)(?=\s)/i,
    ],
    [
      'fetch',
      'WebClient',
      /\.(?:downloadstring|downloadfile|downloaddata|openread|getstringasync|getbytearrayasync|getasync)(?:async|taskasync)?\s*\(|\[(?:system\.)?net\.(?:http)?webrequest\]::create/i,
    ],
    [
      'send',
      'Invoke-WebRequest',
      /(?:iwr|irm|invoke-webrequest|invoke-restmethod)\b[^|;\n]{0,2000}?-(?:method\s+['"]?(?:post|put|patch)|body|infile|form)\b/i,
    ],
    [
      'send',
      'WebClient',
      /\.(?:uploadstring|uploadfile|uploaddata|uploadvalues|postasync|putasync)(?:async|taskasync)?\s*\(/i,
    ],
    [
      'program',
      'Start-Process',
      /(?:^|[\s|;&({])(?:start-process|saps|invoke-item|ii)\s|\[(?:system\.)?diagnostics\.process\]::start|\.shellexecute\s*\(|invoke-(?:wmi|cim)method\b[^\n]{0,200}\bcreate\b/i,
    ],
    [
      'env',
      '$env',
      /\$env:(\w{1,80})|\$\{env:(\w{1,80})\}|\[(?:system\.)?environment\]::getenvironmentvariable\s*\(\s*['"](\w{1,80})/gi,
    ],
    [
      'env',
      'Env:',
      /(?:get-childitem|gci|dir|ls|get-item|gi)\s+(?:-path\s+)?env:(?:\s|\*|$|\|)|getenvironmentvariables\s*\(\s*\)/gi,
    ],
    [
      'decode',
      'FromBase64String',
      /frombase64string\s*\(|(?:gzip|deflate)stream|-bxor\b|-join\s*\(?\s*\(?\d{2,3}\s*,|\[char\[\]\]/i,
    ],
    [
      'load',
      'Assembly.Load',
      /\[(?:system\.)?reflection\.assembly\]::load|virtualalloc|createthread|getdelegateforfunctionpointer|writeprocessmemory/i,
    ],
    [
      'read',
      'Get-Content',
      /(?:^|[\s|;&({=])(?:get-content|gc|cat|type|copy-item|compress-archive)\s|\[(?:system\.)?io\.file\]::(?:readall|open|copy)/i,
    ],
    [{ trait: 'privilege' }, 'RunAs', /-verb\s+['"]?runas\b/i],
    [
      { trait: 'surveillance' },
      'CopyFromScreen',
      /copyfromscreen|get-clipboard|\[(?:system\.)?windows\.forms\.clipboard\]::get/i,
    ],
    [{ trait: 'keylogging' }, 'GetAsyncKeyState', /getasynckeystate|setwindowshookex/i],
  ),
  ...lexicalRows(
    windows,
    ['fetch', 'certutil', /\bcertutil(?:\.exe)?["']?\s[^\n]{0,200}-(?:urlcache|verifyctl)\b/i],
    ['fetch', 'bitsadmin', /\bbitsadmin(?:\.exe)?["']?\s[^\n]{0,300}\/(?:transfer|addfile)\b/i],
    ['fetch', 'curl', /(?:^|[\s&|("'])curl(?:\.exe)?\s[^\n]{0,400}https?:/i],
    ['fetch-run', 'mshta', /\bmshta(?:\.exe)?["']?\s+["']?(?:https?:|javascript:|vbscript:)/i],
    ['fetch-run', 'regsvr32', /\bregsvr32(?:\.exe)?["']?\s[^\n]{0,200}\/i:["']?https?:/i],
    // `url.dll` opens an address in the browser, as programs do to show a page.
    [
      'fetch-run',
      'rundll32',
      /\brundll32(?:\.exe)?["']?\s(?:[^\n]{0,200}(?:javascript:|\\\\\w)|(?!["']?(?:[^\s"']{0,80}\\)?url(?:\.dll)?,)[^\n]{0,200}https?:)/i,
    ],
    ['fetch-run', 'msiexec', /\bmsiexec(?:\.exe)?["']?\s[^\n]{0,200}https?:/i],
    ['fetch-run', 'wscript', /\b[cw]script(?:\.exe)?["']?\s[^\n]{0,200}(?:https?:|\\\\\w)/i],
    [
      'program',
      'cmd',
      /\bcmd(?:\.exe)?["']?\s+\/[ckr]\b|%comspec%|\bwmic(?:\.exe)?\s[^\n]{0,200}process\s[^\n]{0,40}call\s+create/i,
    ],
    ['program', 'powershell', /\b(?:powershell|pwsh)(?:\.exe)?["']?\s+-/i],
    [
      { trait: 'autostart' },
      'schtasks',
      /\bschtasks(?:\.exe)?\s[^\n]{0,400}\/create\b|(?<![a-z])register-scheduledtask|\bnew-scheduledtask\b|\\currentversion\\run(?:once)?\b|start menu\\programs\\startup|\bnew-service\b|\bsc(?:\.exe)?\s+create\b|\\winlogon\b/i,
    ],
    [
      { trait: 'defence-off' },
      'Set-MpPreference',
      /(?:set|add)-mppreference\s[^\n]{0,200}-(?:disable|exclusion)|amsiutils|amsiinitfailed|amsiscanbuffer|netsh\s+(?:adv)?firewall\s[^\n]{0,100}\boff\b|vssadmin\s+delete\s+shadows|bcdedit\s[^\n]{0,100}recoveryenabled|(?:stop-service|sc\s+(?:stop|delete)|net\s+stop)\s[^\n]{0,40}(?:windefend|sense|wscsvc|mpssvc)/i,
    ],
    [
      { trait: 'log-wiping' },
      'wevtutil',
      /\bwevtutil(?:\.exe)?\s+(?:cl|clear-log)\b|clear-eventlog\b/i,
    ],
    [
      { trait: 'new-account' },
      'net user',
      /\bnet1?\s+user\s[^\n]{0,100}\/add\b|net1?\s+localgroup\s+administrators\s[^\n]{0,100}\/add|new-localuser\b/i,
    ],
    [
      { trait: 'detached' },
      'hidden window',
      /-w(?:in(?:dowstyle)?)?\s+(?:hidden|1)\b|start\s+(?:""\s+)?\/(?:min|b)\b/i,
    ],
  ),
  ...lexicalRows(
    ['batch'],
    [
      'env',
      '%…%',
      /%((?!path%|cd%|~|random%|date%|time%|errorlevel%|temp%|tmp%|comspec%|os%)[A-Za-z_]\w{1,60})%/gi,
    ],
    ['read', 'type', /(?:^|[&|(]\s*)(?:type|copy|xcopy|robocopy|more)\s/i],
    [
      'send',
      'curl',
      /\bcurl(?:\.exe)?\s[^\n]{0,400}(?:\s-(?:d|F|T)\b|--data|--form|--upload-file)/,
    ],
  ),
  ...lexicalRows(
    ['vbscript'],
    ['code', 'Execute', /\b(?:executeglobal|execute|eval)\b\s*\(?/i],
    [
      'fetch',
      'XMLHTTP',
      /createobject\s*\(\s*"(?:msxml2\.(?:server)?xmlhttp|microsoft\.xmlhttp|winhttp\.winhttprequest)/i,
    ],
    [
      'program',
      'WScript.Shell',
      /createobject\s*\(\s*"(?:wscript\.shell|shell\.application)"|\.(?:run|exec|shellexecute)\s*[( ]/i,
    ],
    ['env', 'Environment', /expandenvironmentstrings\s*\(\s*"%(\w{1,60})%|\.environment\s*\(/gi],
  ),
];
