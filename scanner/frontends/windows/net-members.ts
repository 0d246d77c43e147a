/** What static members and objects of .NET do, by name. Sources: Microsoft's .NET reference. */

export type NetMeaning =
  | 'same' // the text of its arguments
  | 'join' // its arguments as a path
  | 'base64'
  | 'text' // bytes become text
  | 'read'
  | 'write'
  | 'append'
  | 'delete'
  | 'copy'
  | 'start'
  | 'code' // text is run as code
  | 'load' // machine code or an assembly
  | 'env'
  | 'allEnv'
  | 'setEnv'
  | 'folder'
  | 'get'
  | 'save'
  | 'send'
  | 'upload'
  | 'socket'
  | 'char'
  | 'byte'
  | 'clipboard'
  | 'unzip';

/** `type::member`, lower case; the first row that fits counts. */
export const staticMembers: readonly (readonly [RegExp, NetMeaning])[] = [
  [/^convert::frombase64string$/, 'base64'],
  [/^convert::to(?:byte|int(?:16|32|64)|uint\d\d|char)$/, 'byte'],
  [/^(?:char)::convertfromutf32$/, 'char'],
  [/^io\.path::combine$|^io\.path::join$/, 'join'],
  [/^io\.file::(?:read\w+|open(?:read|text)?|get\w+)$/, 'read'],
  [/^io\.file::(?:write\w+|create|openwrite)$/, 'write'],
  [/^io\.file::append\w+$/, 'append'],
  [/^io\.(?:file|directory)::delete$/, 'delete'],
  [/^io\.(?:file|directory)::(?:copy|move)$/, 'copy'],
  [/^diagnostics\.process::start$|^microsoft\.visualbasic\.interaction::shell$/, 'start'],
  [
    /^scriptblock::create$|^management\.automation\.(?:scriptblock::create|powershell::create)$|^powershell::create$/,
    'code',
  ],
  [
    /^reflection\.assembly::(?:unsafe)?load|^appdomain::|^runtime\.interopservices\.marshal::|^reflection\.emit\.|^activator::/,
    'load',
  ],
  [/^environment::getenvironmentvariable$/, 'env'],
  [/^environment::getenvironmentvariables$/, 'allEnv'],
  [/^environment::setenvironmentvariable$/, 'setEnv'],
  [/^environment::getfolderpath$/, 'folder'],
  [/^io\.compression\.zipfile::extract\w+$/, 'unzip'],
  [/^(?:windows\.forms\.|windows\.)clipboard::(?:get|contains)/, 'clipboard'],
  [/^net\.(?:http)?webrequest::create|^net\.sockets\.tcpclient::new|^net\.dns::/, 'get'],
];

/** Types whose static members compute, convert or describe. */
export const plainTypes =
  /^(?:math|string|char|int|int32|int64|uint32|uint64|long|byte|double|single|float|decimal|bool|boolean|datetime|datetimeoffset|timespan|guid|version|uri|regex|array|enum|convert|bitconverter|console|consolecolor|environment(?:variabletarget)?|stringcomparison|stringcomparer|stringsplitoptions|globalization\.\w+|cultureinfo|text\.[\w.]+|io\.(?:path|file(?:mode|access|attributes|info|stream|share)?|directory(?:info)?|stream(?:reader|writer)|memorystream|searchoption|stringreader|stringwriter|compression\.\w+)|collections\.[\w.`[\]]+|linq\.enumerable|random|diagnostics\.(?:stopwatch|process|debug|trace)|threading\.thread|net\.(?:servicepointmanager|securityprotocoltype|httpstatuscode|webutility|ipaddress|credentialcache|networkinformation\.\w+)|security\.(?:principal\.\w+|cryptography\.[\w.]+|securestring)|management\.automation\.(?:language\.parser|pscredential|errorrecord|hostinformation\w*|psobject|wildcardpattern|ordereddictionary|semanticversion)|pscustomobject|psobject|pscredential|hashtable|ordered|runtime\.(?:interopservices\.runtimeinformation|versioning\.\w+)|microsoft\.visualbasic\.strings|web\.httputility|xml(?:\.\w+)*|json\.\w+|numerics\.\w+|drawing\.\w+|windows\.forms\.\w+|windows\.(?:media|markup|controls)\.\w+|system|void|null|io|net|type|object|nullable|intptr|switch|parameter|ref|exception|argumentexception|invalidoperationexception|io\.\w*exception|net\.webexception)(?:\[\])?$/;

/** Members of objects, whatever the object is. */
export const instanceMembers: readonly (readonly [RegExp, NetMeaning])[] = [
  [
    /^(?:downloadstring|downloaddata|openread|getstringasync|getbytearrayasync|getstreamasync|getasync|getresponse(?:async)?)(?:task)?(?:async)?$/,
    'get',
  ],
  [/^downloadfile(?:task)?(?:async)?$/, 'save'],
  [
    /^(?:uploadstring|uploaddata|uploadvalues|postasync|putasync|patchasync|sendasync)(?:task)?(?:async)?$/,
    'send',
  ],
  [/^uploadfile(?:task)?(?:async)?$/, 'upload'],
  [/^(?:invokescript|newscriptblock|expandstring|addscript|invokecommand)$/, 'code'],
  [/^(?:shellexecute|exec|run)$/, 'start'],
  [/^getstring$|^getchars$|^readtoend$/, 'text'],
  [
    /^(?:definedynamicassembly|getdelegateforfunctionpointer|getprocaddress|virtualalloc|createthread|defin\w*method|invokemember|dynamicinvoke|createinstance|getmethod|gettypefromclsid|compileassemblyfromsource)$/,
    'load',
  ],
];

/** Objects whose creation alone tells. */
export const createdTypes: readonly (readonly [RegExp, NetMeaning | 'plain'])[] = [
  [/^net\.sockets\.(?:tcpclient|udpclient|socket)$/, 'socket'],
  [/^net\.sockets\.tcplistener$|^net\.httplistener$/, 'socket'],
  [
    /^net\.webclient$|^net\.http\.httpclient$|^(?:msxml2|microsoft|winhttp)\.[\w.]*(?:xmlhttp|httprequest)[\w.]*$/,
    'plain',
  ],
  [/^diagnostics\.process(?:startinfo)?$/, 'plain'],
  [
    /^(?:scripting\.|system\.|collections\.|text\.|io\.|security\.cryptography\.|management\.automation\.|windows\.forms\.|drawing\.|xml|net\.(?:mail|networkcredential|http\.)|pscustomobject|psobject|object|timespan|datetime|guid|uri|version|hashtable|random|threading\.|net\.cookie|diagnostics\.stopwatch|data\.|timers\.|regex|int|string|byte|char|bool)/,
    'plain',
  ],
];
