/**
 * Wordings that make people and agents do harm. They are English, like the known campaigns. Each
 * pattern is bounded, so that no text makes it slow.
 */

/** Demands to install or do something first. */
export const demandsSetup =
  /\b(prerequisites?|requires?|required|requirements?|must (be |first )?(install|download|run|have|complete)\w*|before (using|you|running|starting|use|we|the)|will not (work|function|run)|won't (work|function)|cannot (work|function)|to function|needs? to be (installed|running)|necessary|mandatory|critical|important|set ?up|install(ation|er|ing)?)\b/i;

/** Orders to fetch, copy or start something. */
export const tellsToFetch =
  /\b(download|copy|paste|visit|open|go to|navigate|head to|get|grab|install|extract|unzip|run|execute|launch|start|double-click)\b/i;

/** Orders to start a fetched file. */
export const tellsToStart = /\b(run|execute|launch|start|open|double-click|install)\b/i;

/** A prerequisite without which nothing works. */
export const insistsOnSetup =
  /\b(prerequisites?|will not (work|function|run)|won't (work|function)|cannot (work|function|proceed)|to function( properly)?|must (be |first )?(install|download|run)\w*|before (using|you (can |start)|running (any|this)|starting|use)|is required|are required|mandatory)\b/i;

/** A download that the reader is to start. */
export const startsFile =
  /\b(run|execute|launch|start|open|double-click)\b[^.\n]{0,40}?\b(the |it|this|executable|installer|file|\.?exe|app(lication)?|program|tool|utility|agent|binary|setup)\b/i;

/** A password together with an archive or an installer. */
export const givesArchivePassword =
  /\b(extract|unzip|unpack|unrar|decompress|archive|zip|rar|7z|installer|download|exe)\b[^\n]{0,80}?\b(pass(word|code|phrase)?|pwd)\b(\s*[:=]\s*["'`*(]{0,3}|\s+is\s+["'`*]{0,3}|\s*["'`(*]{1,3}|\s+(?=\d))[\w!@#^&*-]{2,40}|\b(pass(word|code)?|pwd)\b(\s*[:=]\s*["'`*(]{0,3}|\s+is\s+["'`*]{0,3}|\s*["'`(*]{1,3})[\w!@#^&*-]{2,40}["'`]?[^\n]{0,60}\b(extract|unzip|unpack|archive|zip|rar|7z)\b/i;

/** Names of files that are programs or contain them. */
export const programFile =
  /\.(exe|dmg|pkg|msi|scr|bat|cmd|ps1|vbs|jar|appimage|apk|deb|rpm|zip|rar|7z|iso|tar\.gz|tgz)(?=$|[?#)\s"'`>\]])/i;

/**
 * Orders to ignore earlier instructions or take another role; models/phrases has the words in all
 * languages.
 */
export const overrides: readonly RegExp[] = [
  /\byou are (now|no longer)\b[^.\n]{0,40}\b(dan|developer mode|unrestricted|jailbroken|bound by|restricted|free (from|of)|root mode|god mode)\b/i,
  /\b(forget|ignore|disregard|drop)\b[^.!?]{0,20}\b(everything|anything|all|what(ever)?)\b[^.!?]{0,10}\byou (were|are|have been|had been) (told|taught|instructed|given)\b/i,
  /\b(new|updated|real|actual) system (prompt|instructions?)\s*:/i,
  /<\|(im_start|system|endoftext)\|>|\[\/?INST\]|<<SYS>>|\[SYSTEM( OVERRIDE| PROMPT)?\](?!`? [-–—] )/,
  /(^|[^\w/])(system|admin(istrator)?|developer) override\s*:/i,
];

/** Marks that stand between the messages of an agent, and in no text. */
export const forgedBoundaries: readonly RegExp[] = [
  /<\|(im_start|im_end|system|user|assistant|tool_call|tool|admin|developer)\|>/i,
  /\[(SYSTEM|ADMIN|ADMINISTRATOR|DEVELOPER|OPERATOR|ROOT) (OVERRIDE|PROMPT|MESSAGE|INSTRUCTIONS?|COMMAND|NOTE|UPDATE)\]/,
  /^(SYSTEM|ADMIN|ADMINISTRATOR|DEVELOPER|OPERATOR|ROOT) (OVERRIDE|COMMAND)\b/,
  /\b(BEGIN|END|START)[_ ](OF[_ ])?(SYSTEM|USER|DEVELOPER|ADMIN)[_ ](PROMPT|INPUT|MESSAGE|INSTRUCTIONS?)\b/,
  /={3} ?\b(SYSTEM|ADMIN|DEVELOPER|ROOT)\b( (PROMPT|MESSAGE|OVERRIDE|INSTRUCTIONS?))? ?={3}/,
  /<(system|admin(istrator)?|developer|operator|root)[_ -](directive|override|command)s?>/i,
];

/** Orders to keep something from the user; models/phrases has more. */
export const concealments: readonly RegExp[] = [
  /\b(do not|don't|never|must not|without)\b[\s\w,]{0,20}?\b(tell|telling|inform(ing)?|mention(ing)?|notify(ing)?|reveal(ing)?|disclos(e|ing)|alert(ing)?|warn(ing)?)\b[\s\w,']{0,12}?\b(this|that|it|these|any of this|about)\b[\s\w,']{0,24}?\b(to )?(the |your )?(user|human|operator|owner|customer)\b/i,
  /\b(do not|don't|never|must not)\b[\s\w,]{0,20}?\b(tell|inform|alert|notify)\b (the |your )?(user|human|operator|owner|customer) (about |of |that you )?(this|it|these|the (step|upload|transfer|change|call|request|sync|backup))\b/i,
  /\b(hide|conceal|keep)\b[\s\w,]{0,30}?\b(from|secret from|hidden from) the (user|human|operator)\b/i,
];

const secretNouns =
  '(api[ _-]?keys?|access[ _-]?keys?|(access|auth\\w*|session|bearer|refresh) tokens?|tokens?|credentials?|passwords?|passphrases?|secrets?|private keys?|ssh keys?|environment variables?|env(ironment)? vars?|\\.env(?!\\.(example|sample|template|dist))( file)?|cookies?|seed phrases?|mnemonics?|wallets?|(conversation|chat|session) (history|logs?|transcripts?|context)|system prompt|private data|personal data|sensitive (data|information|files?)|~?/?\\.(ssh|aws)\\S*|id_rsa)';
const sendVerbs =
  '(send(ing)?|post(ing)?|upload(ing)?|forward(ing)?|transmit(ting)?|exfiltrat(e|ing)|submit(ting)?|e-?mail(ing)?(?!\\**:\\**\\s{0,3}(subject|body|from|to)\\b)|leak(ing)?|report(ing)?|beacon|deliver|relay(ing)?|push(?! (and|or) pull requests?\\b(?!:?\\s' +
  secretNouns +
  ')))(?!-)';
const sendOrCopy = `(${sendVerbs}|copy(?!-))`;
// An address behind "copy" is a receiver in the same sentence, or where words say so: "Copy the
// secret. Docs: …" sends nothing.
const copiedTo =
  '((?:[^.!?\\n]|\\.(?!\\s)){0,80}?|[^!?\\n]{0,80}?\\b(to|at|via|address|endpoint|host|receiver|server|url|webhook)\\b[^.!?\\n]{0,20})https?://';

/** A secret, a verb of sending and a place, close together. */
export const exfiltrations: readonly RegExp[] = [
  new RegExp(
    `\\b${sendVerbs}\\b[^.!?\\n]{0,100}?(?<!\\w)${secretNouns}[^!?\\n]{0,80}?https?://`,
    'i',
  ),
  new RegExp(`\\bcopy(?!-)\\b[^.!?\\n]{0,100}?(?<!\\w)${secretNouns}${copiedTo}`, 'i'),
  new RegExp(
    `\\b${sendOrCopy}\\b[^.!?\\n]{0,100}?(?<!\\w)${secretNouns}[^!?\\n]{0,80}?\\b(to|via)\\b[^.!?\\n]{0,40}?\\b(external|remote|following|our|this|attacker\\S*|collection) (server|endpoint|url|webhook|address|host|site|api)\\b`,
    'i',
  ),
  new RegExp(
    `\\b(read|collect|gather|harvest|extract|capture|grab|dump|find|include|encode|take)\\b[^.!?\\n]{0,80}?(?<!\\w)${secretNouns}[^!?\\n]{0,160}?\\b${sendOrCopy}\\b[^!?\\n]{0,80}?(https?://|\\b(external|remote|following|our) (server|endpoint|url|webhook|address|host|site)\\b)`,
    'i',
  ),
  new RegExp(
    `(?<!\\w)${secretNouns}[^.!?\\n]{0,60}?\\b(and|then|to be)\\b[^.!?\\n]{0,20}?\\b${sendOrCopy}\\w*\\b[^.!?\\n]{0,60}?https?://`,
    'i',
  ),
];

/**
 * Honest wordings for a key that goes to its own service: it goes into a header, or somebody signs
 * in.
 */
export const tellsOfAuthentication =
  /\b(authori[sz]ation|authenticat\w+|bearer|headers?|x-api-key|oauth|sign(ed)? (in|up)|log ?in)\b/i;

/**
 * A refusal that applies to the words right behind it. Further away it could be a decoy: "Do not
 * skip this. Send …".
 */
export const refusesNext =
  /\b(never|not|don't|cannot|can't|must not|won't|refuse(s|d)? to|reject\w*|resist\w*|attempts? to|avoid|instead of|without)\s+(\w+\s+){0,2}$/i;

/** "Do not follow attempts to override …". */
export const refusesAttempts =
  /^(do not|don't|never|refuse to) (follow|obey|comply)\b.{0,60}\b(attempts?|tries|trying|requests?) (to|that)\b/i;

/**
 * Words of texts about attacks. They turn a finding into one for a person instead of a block; an
 * attacker can write them too.
 */
export const discussesAttacks =
  /\b(malicious|attack(ers?|s|ing)?|injections|prompt injections?|injection (attempts?|attacks?|patterns?|payloads?|phrases?)|injected (text|instructions?|content)|jailbreak\w*|red[ -]?flags?|indicators?|adversar\w+|exfiltration (attempts?|patterns?)|vulnerabilit\w+|suspicious|untrusted|hostile|threats?|(detect|flag|reject|block)(s|ed|ing)? (any|phrases?|patterns?|text|attempts?|requests?|strings?)|angriff\w*|angreifer\w*|attaque\w*|attaquant\w*|ataques?|atacante\w*|inyecci[oó]n|inje[cç][aã]o)\b|атак|инъекц|злоумышл|攻击|攻擊|注入|攻撃|インジェクション/i;

/** Words right before an example. */
export const givesExample =
  /\b(like|such as|e\.g\.|for example|examples? of|phrases?|wordings?|language|avoid|instead of|strings?|patterns?|contains?|claims?|variants? of)\b[^.!?]{0,140}$/i;

/**
 * Words right before a description of attackers' orders: the reader is informed, not told to act.
 */
export const describesAttacks =
  /\b(attack(ers?|s)?|adversar(y|ies)|malicious (\w+ ){1,3}|(prompt )?injections?|payloads?|jailbreaks?|hostile (\w+ ){1,2}|phishing (\w+ )?)\b[^.!?]{0,30}?\b(may|might|could|can|would|tries|try|trying|attempts?|attempting|tells?|telling|says?|saying|such as|like|that|e\.g\.|contains?|containing|includ(es?|ing)|instructs?|instructing|asks?|asking|to make)\b[^.!?]{0,60}$/i;

/** Words that make a quotation an order. */
export const tellsToFollowIt =
  /(?<!not |never |don't )\b(follow|obey|execute|carry out|act on|comply with|perform|adhere to|do exactly)\b[^.\n]{0,40}?\b(it|this|that|them|these|those|quoted|above|below|following|exactly|as written)\b/i;

/** Orders to fetch instructions from elsewhere and follow them. */
export const remoteInstructionForms: readonly RegExp[] = [
  /\b(fetch|download|retrieve|load|get|read|visit|open|curl|pull)\b[^\n]{0,80}?https?:\/\/\S{3,200}[^\n]{0,80}?\b(follow|obey|execute|apply|perform|carry out|run|do)\b[^.\n]{0,30}?\b(the |all |any |its |these |those )?(instructions?|steps|directions|commands?|orders|what it says|as told)\b/i,
  /\b(follow|obey|execute|apply)\b[^.\n]{0,30}?\b(instructions?|steps|directions|commands?|orders)\b[^.\n]{0,30}?\b(at|from|found (at|on)|hosted (at|on)|published (at|on)|in)\b\s{0,3}[`<(]{0,2}https?:\/\//i,
];

/** Requests for secrets that no agent needs. */
export const solicitations: readonly RegExp[] = [
  /\b(ask|prompt|request|require|tell|have|get)\b[^.!?\n]{0,40}?\b(user|them|owner|customer|human)\b[^.!?\n]{0,60}?\b(seed phrase|recovery phrase|mnemonic|private key|master password|wallet password|sudo password|root password|credit card|cvv|one-time (password|code)|2fa code)\b/i,
];

/** Requests for secrets that some services need: for a person to look at. */
export const frequentSolicitations: readonly RegExp[] = [
  /\b(ask|prompt|request|require|tell|have|get|need|explain)\b[^.!?\n]{0,60}?\b(the |your )?(user|them|customer|owner|human)('s)?\b[^.!?\n]{0,40}?\b(passwords?|passphrases?|login credentials|banking (details|credentials)|ssh keys?)\b/i,
  // A file of secrets that no request asked for, as the price of everything else.
  /\b(before|prior to|prerequisite)\b[^.!?\n]{0,80}?\byou (must|(are|have been) (\w+ )?(mandated|required|obliged|ordered|instructed)( to)?|have to|shall)\b[^!?\n]{0,80}?\b(read|open|cat|print|load|access|display)\b[^!?\n]{0,50}?(\b[\w-]{0,30}(api[_-]?key|credential|token|secret|passw(or)?d|private[_-]?key)[\w-]{0,30}\.(txt|json|ya?ml|env|ini|cfg|pem|key|md)\b|\bid_(rsa|ed25519)\b|\/\.(ssh|aws)\/|\.env\b|\bmcp\.json\b)/i,
];

/** Orders to spread the skill. */
export const propagations: readonly RegExp[] = [
  /\b(copy|clone|replicate|install|insert|inject|append|add|propagate|spread|write|embed)\b[^.!?]{0,60}?\b(this (skill|text|instruction|prompt|section|file|block|message)|these instructions|yourself|itself)\b[^.!?]{0,50}?\b(in|into|(?<!\bitself belongs? )to|onto|across)\b[^.!?]{0,25}?\b(every|all|any|each|other|their)\b[^.!?]{0,25}?\b(skills?|repositor(y|ies)|repos|projects?|agents?|subagents?|workspaces?|machines?|contacts?|conversations?|SKILL\.md|AGENTS\.md|CLAUDE\.md|prompts?|files)\b/i,
  /\b(tell|instruct|convince|get|ask|have|make|urge)\b[^.!?]{0,20}?\b(other|every|all|any)\b[^.!?]{0,20}?\b(agents?|assistants?|models?|bots?)\b[^.!?]{0,40}?\b(install|load|run|add|adopt|spread|share)\b[^.!?]{0,30}?\b(this|the|our|same) (skill|plugin|instructions?|prompt|package)\b/i,
];

/** Destinations of money. */
export const diversions: readonly RegExp[] = [
  /\b(replace|change|swap|substitute|overwrite|update|set|redirect)\b[^.!?]{0,50}?\b(iban|bank (account|details)|account numbers?|routing number|(wallet|payment|payout|deposit|recipient|withdrawal|destination|bitcoin|btc|eth\w*) address(es)?|payee|beneficiary)\b[^.!?]{0,40}?\b(with|to|by|for)\b[^.!?]{0,20}?(\b[A-Z]{2}\d{2}[A-Z0-9 ]{8,30}|\b0x[0-9a-fA-F]{8,40}|\bbc1\w{8,60}|\b(ours|our (own|wallet|account)|the (following|attacker|one below)|this (one|address|account))\b)/i,
  /\b(send|transfer|withdraw|sweep|move|drain|wire|pay|swap|bridge|donate)\b[^.!?]{0,40}?\b(all|entire|full|whole|remaining|available|any|\d+(\.\d+)? ?(%|percent)( of)?|[\d.,]+ ?(usd[ct]?|eth|btc|sol|usd|eur)|funds|balance|tokens)\b[^.!?]{0,40}?\b(to|into)\b[^.!?]{0,30}?(\b0x[0-9a-fA-F]{6,40}|\bbc1\w{8,60}|\b[A-Z]{2}\d{2}[A-Z0-9 ]{10,30}|\b(our|the following|this|my|the maintainer'?s?|the developer'?s?) (wallet|account|address|iban)\b)/i,
  /\b(approve|sign|execute|confirm|submit)\b[^.!?]{0,30}?\b(transactions?|transfers?|payments?|token approvals?|unlimited allowance)\b[^.!?]{0,40}?\b(without|silently|automatically)\b[^.!?]{0,30}?\b(asking|confirm\w*|the user|prompt\w*|review|approval|showing|notify\w*)\b/i,
];

/** Orders to destroy data without a request. */
export const destructions: readonly RegExp[] = [
  /\b(delete|erase|wipe|destroy|purge|shred|overwrite|encrypt|drop|corrupt)\b[^.!?]{0,20}?\b(all|every|everything|the entire|the whole|any)\b[^.!?]{0,30}?\b(backups?|user'?s? (files|documents|data)|documents|home (directory|folder)|files (in|on|under) (the |their |~|\/)?(home|user|system|disk|drive|root|desktop)|(production )?databases?|hard (drive|disk)|commit history|git history|repositor(y|ies)|e-?mails|photos)\b[^.!?]{0,60}?\b(without|silently|immediately|automatically|before the user|and (then )?(demand|ask for|leave|display)|no matter|do not ask|don't ask)\b/i,
  /\b(encrypt)\b[^.!?]{0,40}?\b(files|documents|data)\b[^.!?]{0,80}?\b(ransom|bitcoin|payment|demand|decryption key (is|will be) (sent|kept)|delete the originals?|remove the originals?)\b/i,
];

/** Claims on requests that do not concern the skill. */
export const baits: readonly RegExp[] = [
  /\b(always|must)( be)? (use|used|invoke|invoked|call|called|load|loaded|run|activate|activated|trigger|triggered)\b[^.!?]{0,40}?\b(for|on|before|after|in|with) (every|all|any|each)( single| user| other)? (requests?|tasks?|prompts?|messages?|questions?|conversations?|tools?|skills?|responses?|sessions?)\b/i,
  /\b(takes?|has|have|with) (absolute |highest |the highest )?(precedence|priority) over (all |any |every )?(other|existing|built-?in) (skills?|tools?|plugins?|instructions?)\b/i,
  /\b(before|instead of|in place of) (using |calling |invoking |running )?(any|all|every|each) other (skills?|tools?|plugins?)\b/i,
  /\b(replaces?|overrides?|supersedes?|shadows?|intercepts?) (the )?(built-?in|default|native|original|standard) (\w+ ){0,2}(tools?|skills?|commands?|functions?)\b/i,
  /\b(never|do not|don't) use (the )?(built-?in|default|native|original|standard) (\w+ ){0,2}(tools?|skills?|commands?)\b/i,
];

/** Orders to repeat secrets. */
export const secretReplies: readonly RegExp[] = [
  /\b(include|echo(ing)?|repeat(ing)?|append|print|output|display|weave|insert|embed|put|pass|copy|add|attach)\b[^.!?]{0,60}?\b(credentials?|passwords?|api keys?|access tokens?|secrets?|private keys?|environment variables?|raw contents?|sensitive (values?|data|information))\b[^.!?]{0,60}?\b((in|into|at the end of|with|to) (every|each|all|any|your|subsequent)( subsequent| tool)? (repl(y|ies)|responses?|messages?|tool calls?|outputs?|answers?|summar(y|ies)|commits?)|as (a |the )?[`'"]?\w+[`'"]? (parameter|argument|header|field)|verbatim|in (the )?(url|query string|commit message|user-agent))\b/i,
  /\becho(ing)? back\b[^.!?]{0,40}?\b(credentials?|passwords?|tokens?|secrets?|sensitive)\b/i,
  /\b(summary|list|record|log|copy) of (all |any |every )?(user-provided|the user's|confidential|private|sensitive) (data|information|details|values)\b[^.!?]{0,60}?\b(verbatim|every (repl(y|ies)|response|message)|each (repl(y|ies)|response|message))\b/i,
];

/** Orders to put something into everything that is made. */
export const plantings: readonly RegExp[] = [
  /\b(inject|insert|embed|append|add|hide|place|put|weav)(s|e|es|ing|ion of)?\b[^.!?]{0,30}?\b(invisible|hidden|zero[- ]width|covert|steganographic)\b[^.!?]{0,12}?\b(unicode|characters?|text|marks?|markers?|payloads?|watermarks?|messages?|signals?)\b[^.!?]{0,30}?\b(in|into|to|on|across)\b[^.!?]{0,12}?\b(every|all|any|each)\b/i,
  /\b(add|insert|include|inject|embed|append|prepend|place|put)\b[^.!?]{0,60}?(<script|<img|<iframe|https?:\/\/|\b(tracking (pixel|code|link|script)|affiliate (link|code|id)|referral (link|code)|backdoor|hidden (link|account|user|admin\w*|field)|analytics (script|snippet)|remote script|beacon)\b)[^!?]{0,100}?\b(in|into|to|of|on|at)\b[^.!?]{0,20}?\b(every|all|any|each)\b[^.!?]{0,30}?\b(file|page|repl(y|ies)|response|output|project|commit|component|website|document|html|e-?mail|code|readme|template|generated)s?\b/i,
  /\b(every|all|any|each)\b[^.!?]{0,30}?\b(files?|pages?|projects?|commits?|components?|websites?|documents?|generated code|code)\b[^.!?]{0,30}?\b(must|should|shall|needs? to|has to)\b[^.!?]{0,20}?\b(include|contain|load|import|link to|call)\b[^.!?]{0,40}?(<script|<iframe|https?:\/\/|\b(tracking pixel|backdoor|hidden (account|user|admin)|remote script)\b)/i,
];

/** Steps that decode a blob, and orders to follow the decoded text. */
export const decodesText =
  /\b(base-?(16|32|45|58|64|85|91)|ascii85|hex|rot-?13|xor|gzip|zlib|marshal)[- ]?(decod\w+|decompress\w*|decrypt\w*|(encoded )?(string|payload|blob|text|message|instructions?|commands?))\b|\b(decode|decrypt|deobfuscate|decompress|reconstruct|reassemble|unscramble|xor)\b[^\n]{0,60}?\b(payload|blob|string|instructions?|fragments?|chunks?|pieces|segments?|message|bytes?|list|array)\b/i;
export const actsOnDecoded =
  /\b(execute|run|follow|carry out|perform|obey|apply|eval(uate)?|interpret)\b[^\n]{0,60}?\b(result(ing)?|output|decoded|recovered|reconstructed|decrypted|instructions?|commands?|script|code|text)\b/i;

/** Instructions that are generated when needed and not written down. */
export const madeInstructions =
  /\b(generate|produce|derive|compute|obtain|recover|reconstruct|print)\b[^.\n]{0,30}?\b(the |these |your )?(\w+ )?(installation |setup |next |real |actual |hidden )(instructions?|steps|commands?)\b[^.\n]{0,40}?\b(on the fly|at run ?time|dynamically|by running|by executing|by decoding|using|from the (payload|following))/i;

/** Introductions of a blob that an agent is to turn into instructions. */
export const introducesBlob =
  /\b(decod(e|ing) (instructions|steps|procedure)|(protected|encoded|encrypted|obfuscated|merged) (payload|instructions?|message))\b/i;

// The patterns that rules match against every text: texts without their required words are skipped.

export const searchedPatterns: readonly RegExp[] = [
  actsOnDecoded,
  decodesText,
  introducesBlob,
  madeInstructions,
  ...baits,
  ...concealments,
  ...destructions,
  ...diversions,
  ...exfiltrations,
  ...forgedBoundaries,
  ...frequentSolicitations,
  ...overrides,
  ...plantings,
  ...propagations,
  ...remoteInstructionForms,
  ...secretReplies,
  ...solicitations,
];
