import type { PhraseTable } from './concept.ts';

export const english: PhraseTable = {
  bypass: 'override overrides overriding bypass* supersede* abandon discard* circumvent',
  ignore: `ignore ignoring ignores disregard* forget neglect* set+aside pay+no+attention
    do+not+follow stop+following stop+obeying disobey`,
  told: `you+were+told you+were+taught you+were+instructed you+were+given you+are+told you+are+taught you+are+instructed you+are+given you+have+been+told you+have+been+taught you+have+been+instructed you+have+been+given you+had+been+told you+had+been+taught you+had+been+instructed you+had+been+given`,
  planted: `script+src iframe+src img+src tracking+pixel tracking+code tracking+link tracking+script
    affiliate+link affiliate+code affiliate+id referral+link referral+code backdoor hidden+link
    hidden+account hidden+user hidden+admin hidden+field analytics+script analytics+snippet
    remote+script beacon invisible+unicode invisible+characters invisible+text hidden+unicode
    zero-width+characters zero-width+unicode`,
  made: `file files page pages reply replies response responses output outputs project projects commit
    commits component components website websites document documents html email emails code
    readme template templates communication communications`,
  exposed: `verbatim word+for+word in+url in+the+url in+its+url in+user-agent as+a+query+parameter
    as+query+parameter as+a+url+parameter as+a+parameter as+an+argument as+a+field as+a+header`,
  repeats: 'echo+back echoes+back echoing+back repeat+it+verbatim repeat+them+verbatim',
  decoded: `decoded+instructions decoded+commands decoded+command decoded+script decoded+text
    resulting+commands resulting+command resulting+instructions resulting+script
    recovered+instructions recovered+commands reconstructed+instructions`,
  void: 'no+longer+apply no+longer+applies no+longer+valid null+and+void are+void is+void are+superseded is+superseded are+cancelled are+revoked cease+to+apply',
  rules: `instruction instructions prompt prompts guideline guidelines directive directives guardrail guardrails safeguard safeguards
    what+you+were+told everything+you+were+told anything+you+were+told orders programming alignment`,
  limits:
    'rule rules restriction restrictions polic* constraint* limit* training principle* ethic*',
  prior:
    'previous prior above earlier preceding system safety foregoing former up+to+now so+far before before+this',
  own: 'your existing original initial developer operator built-in',
  every: 'all any every each other everything anything',
  content: `page pages webpage* document documents email emails e-mail message messages file files content contents text data website* comment
    comments issue issues output outputs input inputs embedded untrusted scraped fetched retrieved transcript* quoted`,
  not: "not don't dont never cannot can't won't mustn't shouldn't no nor avoid refrain refuse*",
  tell: `tell telling inform informing mention mentioning notify notifying reveal revealing disclose disclosing alert alerting show showing
    report reporting display displaying explain explaining acknowledge acknowledging tip+off let+know admit announce surface`,
  user: 'user users human humans operator operators owner owners customer customers them anyone anybody developer developers person victim',
  hide: 'hide hiding conceal concealing keep+secret keep+hidden keep+this+secret keep+it+secret keep+it+hidden keep+this+hidden keep+it+from keep+this+from keep+confidential keep+quiet obscure disguise cover+up',
  covert: `silently covertly quietly discreetly secretly stealthily invisibly unnoticed unobtrusively
    unbeknownst behind+the+scenes without+the+user's+knowledge without+the+user+knowing
    without+the+user+noticing without+drawing+attention in+the+background+without silent
    in+the+background needs+no+words no+words no+need+to+show no+need+to+mention no+need+to+tell
    need+not+mention need+not+show without+telling without+mentioning without+informing
    without+showing`,
  secret: `api+key api+keys apikey access+key access+keys access+token access+tokens token tokens credential credentials password passwords
    passphrase* secret secrets private+key private+keys ssh+key ssh+keys environment+variable environment+variables env+var env+vars cookie
    cookies seed+phrase* recovery+phrase* mnemonic* keychain system+prompt session+token* bearer+token* signing+key* secret+key* 2fa+code*`,
  opener: `password passwords passphrase passphrases seed+phrase seed+phrases recovery+phrase recovery+phrases mnemonic+phrase private+key private+keys master+password
    recovery+words seed+words recovery+word+list    using+pass with+pass archive+pass 2fa+code 2fa+codes one-time+code verification+code bank+login credit+card login+credentials`,
  private: `user-provided+data conversation conversations chat+history transcript* chat+log*
    private+data personal+data personal+information private+information sensitive+data
    sensitive+information sensitive+files confidential customer+data customer+records user+data
    source+code message+history session+history browsing+history home+directory ssn pii
    medical+records payroll private+files internal+documents chat+log chat+logs transcript
    transcripts everything+the+user+says everything+the+user+said everything+the+user+types
    everything+that+the+person everything+the+person everything+the+user
    everything+that+the+user user's+messages user+messages user's+message what+the+user+typed
    what+the+user+said user's+prompt user's+prompts user's+question chat+context`,
  send: `send sends sending upload uploads uploading forward forwards forwarding transmit transmits
    transmitting exfiltrate submit submits submitting beacon relay relays relaying bcc post+it
    post+them post+this e-mail post posts posting put puts deliver delivers ship ships push
    pushes publish publishes sync syncs mail mails email emails report+to back+up+to copy+to
    hand+over`,
  outside: `external+server external+endpoint external+service external+url external+host external+address
    remote+server remote+endpoint
    remote+host our+server our+endpoint our+api following+server following+endpoint following+url following+address collection+server
    collection+endpoint attacker* webhook webhooks+at telemetry+endpoint analytics+endpoint backup+endpoint
    external+email outside+the+organization outside+the+company off-site personal+email monitoring+endpoint audit+endpoint`,
  ask: 'ask asks asking request requests requesting prompt+the require+the instruct+the have+the get+the solicit* need+the',
  approval: `confirmation confirmations approval approvals permission permissions consent confirming prompting asking`,
  without:
    "without don't+ask do+not+ask never+ask don't+wait do+not+wait never+wait don't+request do+not+request no+need+for no skip",
  skip: 'skip skipping bypass bypassing disable disabling suppress suppressing auto-accept auto-approve autoapprove circumvent* turn+off',
  follow: `follow following obey execute executing apply perform carry+out run comply act+on do adhere
    treat+as adopt eval evaluate`,
  orders:
    'instruction instructions steps directions command commands orders guidance directives prompt prompts what+it+says whatever+it+says rules tasks script',
  delete:
    'delete deletes deleting remove removing erase erasing wipe wiping destroy* purge purging drop truncate overwrite overwriting format shred encrypt encrypting corrupt',
  valuable: `all+files every+file all+the+files all+data all+of+the+user's entire+database database databases backups all+backups home+directory
    home+folder hard+drive disk volume production all+records all+branches git+history user's+files user's+documents all+documents every+document
    all+emails root+directory whole+disk customer+records partition bucket buckets all+tables`,
  take: `read reads reading open opens look+up looks+up obtain collect collects gather gathers
    harvest* extract extracts capture captures grab dump copy fetch fetches retrieve retrieves
    load loads find finds cat summarise summarize make+a+summary take takes concatenate remember
    memorize memorise list locate run collecting gathering extracting capture* dump* include
    includes including encode embed embedding attach attaching append record recording log echo
    repeat download downloads visit pull curl wget access query check`,
  pass: `pass passes passing include includes including attach attaches attaching repeat repeats
    echo echoes embed embeds embedding encode encodes encoding supply supplies return
    returns paste pastes copy+it hand hands`,
  give: `insertion injection+of append appends appending add adds adding insert inserts inserting put puts place fill
    provide provides write output outputs print prints reply+with respond+with set store
    join`,
  reveal: `reveal reveals repeat print disclose translate recite dump leak expose show+me tell+me
    what+is what+are give+me summarize summarise reproduce show display share list give
    output+your output+the output+all`,
  it: `it its them their content contents value values result results output outputs
    what+you+read what+you+found whole+text answer`,
  slot: 'parameter parameters argument arguments field fields sidenote sidenotes query+string',
  reply: 'reply replies response responses answer answers summary summaries here',
  published: `commit+message commit+messages pull+request pull+requests pr+description changelog
    readme release+notes gist pastebin public+channel`,
  prompt: `system+prompt system+prompts system+message initial+instructions original+instructions
    hidden+instructions developer+message your+instructions your+prompt instructions+above
    everything+above text+above words+above your+configuration instructions+you+were+given
    rules+you+were+given what+you+were+told your+initial+prompt your+original+prompt
    your+hidden your+system your+rules your+guidelines your+directives
    everything+before+this all+text+above message+above content+above your+context+window
    your+entire+context your+full+context`,
  adopt: `part+of+these+instructions part+of+these+rules part+of+this+file part+of+this+skill
    part+of+this+page part+of+this+document part+of+your+instructions as+if+it+were+written
    as+if+it+were+part as+though+it+were as+if+they+were carry+it+out carry+them+out obey+it
    obey+them do+what+it+says do+as+it+says do+whatever+it whatever+it+says next+order
    next+orders as+instructions as+binding follow+it+exactly treat+it+as+instructions`,
  speaks: `i+instruct+you i+order+you i+command+you i+authorize+you i+authorise+you
    this+is+a+system-level this+is+a+system+command this+is+a+system+override
    this+is+a+system+instruction i+am+authorized+to+override`,
  refuse: 'refuse refuses refusing decline declines reject rejects say+no object',
  ethics: `ethics ethical ethically ethicality moral morals morality morally immoral unethical
    amoral legality illegal openai's`,
  filter: `filter filters censorship restriction restrictions limitation limitations guideline
    guidelines rule rules safety+filter safety+filters safety+protocols warnings disclaimers`,
  boundless: `developer+mode god+mode dan+mode dan no+filter no+limits without+limitations
    without+guardrails free+from+restrictions free+of+restrictions
    restrictions+do+not+apply rules+do+not+apply not+bound+by no+longer+bound unfiltered uncensored amoral jailbroken unrestricted rogue do+anything+now
    without+any+safety without+any+restrictions without+restrictions no+restrictions
    no+limitations no+filters no+rules no+ethical no+moral not+bound broken+free break+free
    free+from+all freed+from unethical immoral nonmoral non-moral remorseless free+of+all
    unlimited+language jailbreak`,
  role: `you+are+no+longer behave+as acting+as assume+the+role assume+the+identity act+as acts+as acting+as pretend+you pretend+to+be you+are+now you+are+going+to+be
 you+are+a you+are+an you+are+going+to roleplay role-play play+the+role
    play+a+game take+the+role immerse+yourself an+ai+named a+character stay+in+character
`,
  decode: `decode decodes decoding decrypt reverse reversed unscramble deobfuscate reassemble rot13
    base64`,
  attacker: `attacker attackers adversary adversaries malware malicious injection injections phishing
    jailbreak hacker hackers untrusted hostile`,
  snippet: `following+code subsequent+code below+code code+snippet code+block code+excerpt
    code+section following+snippet subsequent+snippet below+snippet`,
  work: `your+code your+solution your+implementation your+response your+algorithm your+codebase
    your+program code+you your+reply your+answer your+application your+elucidation
    your+explanation your+script your+project your+output your+coding code's the+code+you
    your+own+code`,
  obey: `do+exactly+what do+whatever do+what+the follow+the+instructions+in
    follow+any+instructions follow+all+instructions obey+the obey+any obey+all
    act+on+instructions`,
  channel: 'message messages mail mails e-mail e-mails email emails subject+line page pages',
  blob: 'payload payloads string strings line lines blob text message base64 hex block encoded',
  contempt: `does+not+follow doesn't+follow do+not+follow don't+follow not+adhere not+abide
    not+have+to+abide doesn't+care don't+care not+care cares+not never+cares no+regard
    without+regard regardless free+of free+from not+bound no+matter+how not+subject+to
    not+restricted+by not+limited+by not+constrained+by isn't+bound no+sense+of`,
  behave: `you+will you+must you+are you're you+should respond reply answer speak act obey behave
    refer pretend`,
  // what others write, and what nobody is told
  belongings: `mail+drafts mailbox inbox address+book contacts+list photos photo+library browser+history
    bookmarks downloads+folder desktop+folder documents+folder home+folder home+directory
    every+other other+files all+files every+file all+documents every+document whole+folder
    entire+folder entire+directory whole+directory export+folder cache+folders chat+export
    whole+repository entire+repository entire+codebase whole+codebase working+copy full+text
    letters manuscript+and private+notes personal+notes diary diaries tax+returns
    bank+statements payslips medical+records search+history clipboard screenshots recordings
    calendar+entries last+24+hours source+files repository+as+an+archive unpublished unpushed
    uncommitted entire+history full+history whole+history all+branches every+branch`,
  unasked: `no+need+to+ask no+need+to+bother no+reason+to+bother no+reason+to+ask do+not+ask don't+ask
    never+ask without+asking no+confirmation no+approval+is no+permission+is not+permitted
    need+not+ask need+not+be+asked don't+bother do+not+bother must+not+be+asked don't+wait+for
    do+not+wait+for counts+as+consent counts+as+approval consent+is+given consent+was+given
    have+been+informed has+been+informed already+agreed already+consented has+consented
    has+agreed asking+again agreed+beforehand without+confirmation without+approval
    without+consent if+the+user+hesitates without+consulting no+question+is+needed
    no+questions+needed no+question+needed no+question+is no+need+for+a+question
    need+no+confirmation needs+no+confirmation no+consultation without+further+question
    without+further+questions without+checking+with need+not+be+looked+up without+a+question
    without+the+user's+say not+be+consulted not+to+be+consulted on+your+own+authority`,
  unsaid: `leave+it+out+of leave+this+out+of leave+them+out+of keep+it+out+of keep+this+out+of
    no+need+to+explain no+need+to+mention no+need+to+tell no+reason+to+mention
    no+reason+to+tell no+reason+to+bother without+comment without+a+word do+not+mention
    don't+mention not+mention not+be+mentioned never+mention not+told not+to+be+told
    say+nothing not+worth+mentioning do+not+list don't+list not+appear do+not+explain
    don't+explain need+not+know doesn't+need+to+know does+not+need+to+know internal+plumbing
    keep+quiet out+of+the+summary out+of+the+report quietly silently without+announcing
    don't+announce do+not+announce do+not+tell don't+tell no+trace tell+them+only
    tell+the+user+only answer+only say+only reply+only+with just+say mention+nothing
    nothing+about+it not+speak no+word+of not+turn+up`,
  assemble: `put+the+pieces+together put+them+together piece+together join+the join+them join+these
    concatenate concatenated string+together read+backwards read+it+backwards read+from+right
    first+letters first+letter initials initial+letters every+second+letter acrostic
    last+letters glue+them string+them`,
  terminal: `terminal shell console command+line bash powershell`,
  download: `download downloads downloading fetch retrieve pull curl wget save`,
  'type-in': 'enter entered type typed paste pasted put write',
  none: `nothing nobody no-one no+one none no+need needs+no without neither`,
  notice: `noticing knowing seeing hearing realise realize spot spots discover discovers inform* notify notifies notified speak speaks talk talks say says said discuss print printed output prompt see sees seen know knows notice notices noticed learn hear hears mention mentions mentioned announce announces announced report reported summary recap show shows shown display displayed appear appears visible aware list listed told`,
  credential: `password passwords passcode passcodes passphrase tan tans one-time+code one-time+codes
    six-digit+code current+code verification+code verification+codes confirmation+code
    confirmation+codes security+code sms+code login+code authenticator+code 2fa+code otp
    recovery+words recovery+phrase recovery+code recovery+codes recovery+key seed+words
    seed+phrase backup+phrase backup+words twelve+words twenty-four+words card+number
    card+details cvv cvc credit+card login+details sign-in+details security+answer
    security+answers master+password private+key unlock+code`,
  copy: 'copy copies duplicate duplicates cc carbon+copy second+copy',
  goes: `mailed emailed e-mailed sent forwarded delivered+to posted pushed uploaded transmitted
    shared+with goes+to lodged deposited filed+with handed+in submitted copied+to dispatched
    receives gets+a ends+up+at addressed+to reported+to registered+with`,
  needless: `irritate irritates irritating confuse confuses confused confusing clutter clutters
    discourage discourages discouraging alarmed worry worries worrying annoy annoys annoying
    superfluous needless formality mere+formality of+no+concern of+no+interest not+concern
    no+business+of beside+the+point would+only only+irritate only+confuse only+delay only+slow
    spoil spoils puts+people+off put+people+off unsettle unsettles upset upsets tires tire
    tiresome nobody+reads nobody+looks nobody+misses goes+unnoticed unnecessarily
    internal+matter technical+detail purely+technical customers+dislike users+dislike users+tend
    people+tend taken+for+granted implied tacit tacitly understood+that goes+without+saying`,
  archive: 'archive archives zip rar 7z tarball extract unzip unpack unrar decompress',
  program: 'executable exe installer',
  make: 'generate produce derive compute reconstruct recover',
  unwritten: 'on+the+fly at+run+time at+runtime dynamically',
};
