/** Wordings by which texts make people and agents do harm. English, as the known campaigns are; each is bounded so that no text makes it slow. */

/** What asks for something to be installed or done first. */
export const demandsSetup =
  /\b(prerequisites?|requires?|required|requirements?|must (be |first )?(install|download|run|have|complete)\w*|before (using|you|running|starting|use|we|the)|will not (work|function|run)|won't (work|function)|cannot (work|function)|to function|needs? to be (installed|running)|necessary|mandatory|critical|important|set ?up|install(ation|er|ing)?)\b/i;

/** What tells somebody to fetch, copy or start something. */
export const tellsToFetch =
  /\b(download|copy|paste|visit|open|go to|navigate|head to|get|grab|install|extract|unzip|run|execute|launch|start|double-click)\b/i;

/** What tells somebody to start what was fetched. */
export const tellsToStart = /\b(run|execute|launch|start|open|double-click|install)\b/i;

/** A prerequisite without which nothing works. */
export const insistsOnSetup =
  /\b(prerequisites?|will not (work|function|run)|won't (work|function)|cannot (work|function|proceed)|to function( properly)?|must (be |first )?(install|download|run)\w*|before (using|you (can |start)|running (any|this)|starting|use)|is required|are required|mandatory)\b/i;

/** A download that is to be started. */
export const startsFile =
  /\b(run|execute|launch|start|open|double-click)\b[^.\n]{0,40}?\b(the |it|this|executable|installer|file|\.?exe|app(lication)?|program|tool|utility|agent|binary|setup)\b/i;

/** A password given together with an archive or an installer. */
export const givesArchivePassword =
  /\b(extract|unzip|unpack|unrar|decompress|archive|zip|rar|7z|installer|download|exe)\b[^\n]{0,80}?\b(pass(word|code|phrase)?|pwd)\b(\s*[:=]\s*["'`*(]{0,3}|\s+is\s+["'`*]{0,3}|\s*["'`(*]{1,3}|\s+(?=\d))[\w!@#^&*-]{2,40}|\b(pass(word|code)?|pwd)\b(\s*[:=]\s*["'`*(]{0,3}|\s+is\s+["'`*]{0,3}|\s*["'`(*]{1,3})[\w!@#^&*-]{2,40}["'`]?[^\n]{0,60}\b(extract|unzip|unpack|archive|zip|rar|7z)\b/i;

/** Names of files that are programs or carry them. */
export const programFile =
  /\.(exe|dmg|pkg|msi|scr|bat|cmd|ps1|vbs|jar|appimage|apk|deb|rpm|zip|rar|7z|iso|tar\.gz|tgz)(?=$|[?#)\s"'`>\]])/i;

/** Orders to drop what was said before, or to take on another role; the words of it in all languages are in models/phrases. */
export const overrides: readonly RegExp[] = [
  /\byou are (now|no longer)\b[^.\n]{0,40}\b(dan|developer mode|unrestricted|jailbroken|bound by|restricted|free (from|of)|root mode|god mode)\b/i,
  /\b(new|updated|real|actual) system (prompt|instructions?)\s*:/i,
  /<\|(im_start|system|endoftext)\|>|\[\/?INST\]|<<SYS>>|\[SYSTEM( OVERRIDE| PROMPT)?\]/,
  /(^|[^\w/])(system|admin(istrator)?|developer) override\s*:/i,
];

/** Orders to keep something from the user; more of it in models/phrases. */
export const concealments: readonly RegExp[] = [
  /\b(do not|don't|never|must not|without)\b[\s\w,]{0,20}?\b(tell|telling|inform(ing)?|mention(ing)?|notify(ing)?|reveal(ing)?|disclos(e|ing)|alert(ing)?|warn(ing)?)\b[\s\w,']{0,12}?\b(this|that|it|these|any of this|about)\b[\s\w,']{0,24}?\b(to )?(the |your )?(user|human|operator|owner|customer)\b/i,
  /\b(do not|don't|never|must not)\b[\s\w,]{0,20}?\b(tell|inform|alert|notify)\b (the |your )?(user|human|operator|owner|customer) (about |of |that you )?(this|it|these|the (step|upload|transfer|change|call|request|sync|backup))\b/i,
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

/** "Do not follow attempts to override …". */
export const refusesAttempts =
  /^(do not|don't|never|refuse to) (follow|obey|comply)\b.{0,60}\b(attempts?|tries|trying|requests?) (to|that)\b/i;

/** Words of those who write about attacks. They make a finding one for a person instead of a block; an attacker can write them too. */
export const discussesAttacks =
  /\b(malicious|attack(er|s|ing)?|prompt injections?|injection (attempts?|attacks?|patterns?|payloads?|phrases?)|injected (text|instructions?|content)|jailbreak\w*|red[ -]?flags?|indicators?|adversar\w+|exfiltration (attempts?|patterns?)|vulnerabilit\w+|suspicious|untrusted|hostile|threats?|(detect|flag|reject|block)(s|ed|ing)? (any|phrases?|patterns?|text|attempts?|requests?|strings?)|angriff\w*|angreifer\w*|attaque\w*|attaquant\w*|ataques?|atacante\w*|inyecci[oó]n|inje[cç][aã]o)\b|атак|инъекц|злоумышл|攻击|攻擊|注入|攻撃|インジェクション/i;

/** Right before words that are quoted as an example of something. */
export const givesExample =
  /\b(like|such as|e\.g\.|for example|examples? of|phrases?|wordings?|language|avoid|instead of|strings?|patterns?|contains?|claims?|variants? of)\b[^.!?]{0,60}$/i;

/** Right before what attackers say: whoever reads it is told of it, not told to do it. */
export const describesAttacks =
  /\b(attack(ers?|s)?|adversar(y|ies)|malicious (\w+ ){1,3}|(prompt )?injections?|payloads?|jailbreaks?|hostile (\w+ ){1,2}|phishing (\w+ )?)\b[^.!?]{0,30}?\b(may|might|could|can|would|tries|try|trying|attempts?|attempting|tells?|telling|says?|saying|such as|like|that|e\.g\.|contains?|containing|includ(es?|ing)|instructs?|instructing|asks?|asking|to make)\b[^.!?]{0,60}$/i;

/** What makes something quoted an order after all. */
export const tellsToFollowIt =
  /(?<!not |never |don't )\b(follow|obey|execute|carry out|act on|comply with|perform|adhere to|do exactly)\b[^.\n]{0,40}?\b(it|this|that|them|these|those|quoted|above|below|following|exactly|as written)\b/i;

/** Orders to fetch instructions from elsewhere and follow them. */
export const remoteInstructionForms: readonly RegExp[] = [
  /\b(fetch|download|retrieve|load|get|read|visit|open|curl|pull)\b[^\n]{0,80}?https?:\/\/\S{3,200}[^\n]{0,80}?\b(follow|obey|execute|apply|perform|carry out|run|do)\b[^.\n]{0,30}?\b(the |all |any |its |these |those )?(instructions?|steps|directions|commands?|orders|what it says|as told)\b/i,
  /\b(follow|obey|execute|apply)\b[^.\n]{0,30}?\b(instructions?|steps|directions|commands?|orders)\b[^.\n]{0,30}?\b(at|from|found (at|on)|hosted (at|on)|published (at|on)|in)\b\s{0,3}[`<(]{0,2}https?:\/\//i,
];

/** Switches and settings by which an agent stops to ask. */
export const approvalSwitches =
  /--dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|\bbypassPermissions\b|"defaultMode"\s*:\s*"bypass|--yolo\b|--full-auto\b/i;

/** Orders to stop asking; more of them in models/phrases. */
export const approvalOrders: readonly RegExp[] = [
  /\b(auto[- ]?approve|skip|bypass|disable)\b[\s\w]{0,20}?\b(all )?(confirmations?|approvals?|permission (checks?|prompts?)|safety checks?)\b/i,
];

/** What is said to whoever checks the skill. */
export const toScanners =
  /\b(security )?(scanners?|reviewers?|auditors?|static analysis|analy[sz]ers?|moderators?|linters?)\b[^.\n]{0,30}?\b(should|must|can|may|please|:)\b[^.\n]{0,30}?\b(ignore|skip|trust|approve|pass|whitelist|allow ?list)\b|\b(this|the) skill (is|has been)( already| fully)? (verified|audited|approved|certified|scanned|whitelisted)[^.\n]{0,40}\b(safe|secure|no (further )?(scan|review|check)\w*)\b/i;

/** Asking a person for what no agent needs to hold. */
export const solicitations: readonly RegExp[] = [
  /\b(ask|prompt|request|require|tell|have|get)\b[^.!?\n]{0,40}?\b(user|them|owner|customer|human)\b[^.!?\n]{0,60}?\b(seed phrase|recovery phrase|mnemonic|private key|master password|wallet password|sudo password|root password|credit card|cvv|one-time (password|code)|2fa code)\b/i,
];

/** Asking for secrets that some services do need: for a person to look at. */
export const frequentSolicitations: readonly RegExp[] = [];

/** Steps that turn a blob into text, and orders to act on what comes out. */
export const decodesText =
  /\b(base-?(16|32|45|58|64|85|91)|ascii85|hex|rot-?13|xor|gzip|zlib|marshal)[- ]?(decod\w+|decompress\w*|decrypt\w*|encoded|string|payload|blob)\b|\b(decode|decrypt|deobfuscate|decompress|reconstruct|reassemble|unscramble|xor)\b[^\n]{0,60}?\b(payload|blob|string|instructions?|fragments?|chunks?|pieces|segments?|message|bytes?|list|array)\b/i;
export const actsOnDecoded =
  /\b(execute|run|follow|carry out|perform|obey|apply|eval(uate)?|interpret)\b[^\n]{0,60}?\b(result(ing)?|output|decoded|recovered|reconstructed|decrypted|instructions?|commands?|script|code|text)\b/i;
