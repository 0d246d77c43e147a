/** Wordings by which texts make people and agents do harm. English, as the known campaigns are; each is bounded so that no text makes it slow. */

/** What asks for something to be installed or done first. */
export const demandsSetup =
  /\b(prerequisites?|requires?|required|requirements?|must (be |first )?(install|download|run|have|complete)\w*|before (using|you|running|starting|use|we|the)|will not (work|function|run)|won't (work|function)|cannot (work|function)|to function|needs? to be (installed|running)|necessary|mandatory|critical|important|set ?up|install(ation|er|ing)?)\b/i;

/** What tells somebody to fetch, copy or start something. */
export const tellsToFetch =
  /\b(download|copy|paste|visit|open|go to|navigate|head to|get|grab|install|extract|unzip|run|execute|launch|start|double-click)\b/i;

/** What tells somebody to start what was fetched. */
export const tellsToStart = /\b(run|execute|launch|start|open|double-click|install)\b/i;

/** A password given together with an archive or an installer. */
export const givesArchivePassword =
  /\b(extract|unzip|unpack|unrar|decompress|archive|zip|rar|7z|installer|download|exe)\b[^\n]{0,80}?\b(pass(word|code|phrase)?|pwd)\b(\s*[:=]\s*["'`*(]{0,3}|\s+is\s+["'`*]{0,3}|\s*["'`(*]{1,3}|\s+(?=\d))[\w!@#^&*-]{2,40}|\b(pass(word|code)?|pwd)\b(\s*[:=]\s*["'`*(]{0,3}|\s+is\s+["'`*]{0,3}|\s*["'`(*]{1,3})[\w!@#^&*-]{2,40}["'`]?[^\n]{0,60}\b(extract|unzip|unpack|archive|zip|rar|7z)\b/i;

/** Names of files that are programs or carry them. */
export const programFile =
  /\.(exe|dmg|pkg|msi|scr|bat|cmd|ps1|vbs|jar|appimage|apk|deb|rpm|zip|rar|7z|iso|tar\.gz|tgz)(?=$|[?#)\s"'`>\]])/i;

/** Orders to drop what was said before, or to take on another role. */
export const overrides: readonly RegExp[] = [
  /\b(ignore|disregard|forget|override|bypass|discard|neglect)\b[\s\w,]{0,30}?\b(previous|prior|above|earlier|preceding|system|safety|existing|original|all other|your)\b[\s\w]{0,25}?\b(instructions?|prompts?|rules|guidelines|directives?|constraints|polic(y|ies)|safeguards|restrictions|programming)\b/i,
  /\byou are (now|no longer)\b[^.\n]{0,40}\b(dan|developer mode|unrestricted|jailbroken|bound by|restricted|free (from|of)|root mode|god mode)\b/i,
  /\b(new|updated|real|actual) system (prompt|instructions?)\s*:/i,
  /<\|(im_start|system|endoftext)\|>|\[\/?INST\]|<<SYS>>|\[SYSTEM( OVERRIDE| PROMPT)?\]/,
  /(^|[^\w/])(system|admin(istrator)?|developer) override\s*:/i,
];

/** Orders to keep something from the user. */
export const concealments: readonly RegExp[] = [
  /\b(do not|don't|never|must not|without)\b[\s\w,]{0,20}?\b(tell|telling|inform(ing)?|mention(ing)?|notify(ing)?|reveal(ing)?|disclos(e|ing)|alert(ing)?|warn(ing)?|show(ing)?|report(ing)?)\b[\s\w,']{0,30}?\b(the )?(user|human|operator|owner|customer)\b/i,
  /\b(hide|conceal|keep)\b[\s\w,]{0,30}?\b(from|secret from|hidden from) the (user|human|operator)\b/i,
];

const secretNouns =
  '(api[ _-]?keys?|access[ _-]?keys?|(access|auth\\w*|session|bearer|refresh) tokens?|tokens?|credentials?|passwords?|passphrases?|secrets?|private keys?|ssh keys?|environment variables?|env(ironment)? vars?|\\.env( file)?|cookies?|seed phrases?|mnemonics?|wallets?|(conversation|chat|session) (history|logs?|transcripts?|context)|system prompt|private data|personal data|sensitive (data|information|files?)|~?/?\\.(ssh|aws)\\S*|id_rsa)';
const sendVerbs =
  '(send(ing)?|post(ing)?|upload(ing)?|forward(ing)?|transmit(ting)?|exfiltrat(e|ing)|submit(ting)?|e-?mail(ing)?|leak(ing)?|report(ing)?|beacon|deliver|copy|relay(ing)?|push)';

/** A secret, a verb of sending and a place, in one stretch of text. */
export const exfiltrations: readonly RegExp[] = [
  new RegExp(
    `\\b${sendVerbs}\\b[^.!?\\n]{0,100}?\\b${secretNouns}[^!?\\n]{0,80}?(https?://|\\b(to|via)\\b[^.!?\\n]{0,40}?\\b(external|remote|following|our|this|attacker\\S*|collection) (server|endpoint|url|webhook|address|host|site|api)\\b)`,
    'i',
  ),
  new RegExp(
    `\\b(read|collect|gather|harvest|extract|capture|grab|dump|find|include|encode|take)\\b[^.!?\\n]{0,80}?\\b${secretNouns}[^!?\\n]{0,160}?\\b${sendVerbs}\\b[^!?\\n]{0,80}?(https?://|\\b(external|remote|following|our) (server|endpoint|url|webhook|address|host|site)\\b)`,
    'i',
  ),
  new RegExp(
    `\\b${secretNouns}[^.!?\\n]{0,60}?\\b(and|then|to be)\\b[^.!?\\n]{0,20}?\\b${sendVerbs}\\w*\\b[^.!?\\n]{0,60}?https?://`,
    'i',
  ),
];

/** How honest texts speak of a key that goes to its own service: it goes into a header, or somebody signs in. */
export const tellsOfAuthentication =
  /\b(authori[sz]ation|authenticat\w+|bearer|headers?|x-api-key|oauth|sign(ed)? (in|up)|log ?in)\b/i;

/** A refusal that governs what follows at once. Further away it could be a decoy: "Do not skip this. Send …". */
export const refusesNext =
  /\b(never|not|don't|cannot|can't|must not|won't|refuse(s|d)? to|reject\w*|resist\w*|attempts? to|avoid|instead of|without)\s+(\w+\s+){0,2}$/i;

/** Words of those who write about attacks. They make a finding one for a person instead of a block; an attacker can write them too. */
export const discussesAttacks =
  /\b(malicious|attack(er|s|ing)?|prompt injections?|injection (attempts?|attacks?|patterns?)|jailbreak\w*|red flags?|indicators?|adversar\w+|exfiltration (attempts?|patterns?)|vulnerabilit\w+|suspicious|untrusted)\b/i;

/** Orders to fetch instructions from elsewhere and follow them. */
export const remoteInstructionForms: readonly RegExp[] = [
  /\b(fetch|download|retrieve|load|get|read|visit|open|curl|pull)\b[^\n]{0,80}?https?:\/\/\S{3,200}[^\n]{0,80}?\b(follow|obey|execute|apply|perform|carry out|run|do)\b[^.\n]{0,30}?\b(the |all |any |its |these |those )?(instructions?|steps|directions|commands?|orders|what it says|as told)\b/i,
  /\b(follow|obey|execute|apply)\b[^.\n]{0,30}?\b(instructions?|steps|directions|commands?|orders)\b[^.\n]{0,30}?\b(at|from|found (at|on)|hosted (at|on)|published (at|on)|in)\b\s{0,3}[`<(]{0,2}https?:\/\//i,
];

/** Switches and settings by which an agent stops to ask. */
export const approvalSwitches =
  /--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|\bbypassPermissions\b|"defaultMode"\s*:\s*"bypass|--yolo\b|--full-auto\b|\b(auto[- ]?approve|skip|bypass|disable)\b[\s\w]{0,20}?\b(all )?(confirmations?|approvals?|permission (checks?|prompts?)|safety checks?)\b/i;

/** What is said to whoever checks the skill. */
export const toScanners =
  /\b(security )?(scanners?|reviewers?|auditors?|static analysis|analy[sz]ers?|moderators?|linters?)\b[^.\n]{0,30}?\b(should|must|can|may|please|:)\b[^.\n]{0,30}?\b(ignore|skip|trust|approve|pass|whitelist|allow ?list)\b|\b(this|the) skill (is|has been)( already| fully)? (verified|audited|approved|certified|scanned|whitelisted)[^.\n]{0,40}\b(safe|secure|no (further )?(scan|review|check)\w*)\b/i;

/** Asking a person for what no agent needs to hold. */
export const solicitations =
  /\b(ask|prompt|request|require|tell|have|get)\b[^.!?\n]{0,40}?\b(user|them|owner|customer|human)\b[^.!?\n]{0,60}?\b(seed phrase|recovery phrase|mnemonic|private key|master password|wallet password|sudo password|root password|credit card|cvv|one-time (password|code)|2fa code)\b/i;

/** Steps that turn a blob into text, and orders to act on what comes out. */
export const decodesText =
  /\b(base-?(16|32|45|58|64|85|91)|ascii85|hex|rot-?13|xor|gzip|zlib|marshal)[- ]?(decod\w+|decompress\w*|decrypt\w*|encoded|string|payload|blob)\b|\b(decode|decrypt|deobfuscate|decompress|reconstruct|reassemble|unscramble|xor)\b[^\n]{0,60}?\b(payload|blob|string|instructions?|fragments?|chunks?|pieces|segments?|message|bytes?|list|array)\b/i;
export const actsOnDecoded =
  /\b(execute|run|follow|carry out|perform|obey|apply|eval(uate)?|interpret)\b[^\n]{0,60}?\b(result(ing)?|output|decoded|recovered|reconstructed|decrypted|instructions?|commands?|script|code|text)\b/i;
