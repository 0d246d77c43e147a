import type { PhraseTable } from './concept.ts';

export const english: PhraseTable = {
  bypass: 'override overrides overriding bypass* supersede* abandon discard* circumvent',
  ignore: `ignore ignoring ignores disregard* forget neglect* set+aside pay+no+attention
    do+not+follow stop+following stop+obeying disobey`,
  void: 'no+longer+apply no+longer+applies no+longer+valid null+and+void are+void is+void are+superseded is+superseded are+cancelled are+revoked cease+to+apply',
  rules: `instruction instructions prompt prompts guideline guidelines directive directives guardrail guardrails safeguard safeguards
    what+you+were+told everything+you+were+told anything+you+were+told orders programming alignment`,
  limits:
    'rule rules restriction restrictions polic* constraint* limit* training principle* ethic*',
  prior:
    'previous prior above earlier preceding system safety foregoing former up+to+now so+far before before+this',
  own: 'your existing original initial developer operator built-in',
  every: 'all any every each other',
  content: `page pages webpage* document documents email emails e-mail message messages file files content contents text data website* comment
    comments issue issues output outputs input inputs embedded untrusted scraped fetched retrieved transcript* quoted`,
  not: "not don't dont never cannot can't won't mustn't shouldn't no nor avoid refrain refuse*",
  tell: `tell telling inform informing mention mentioning notify notifying reveal revealing disclose disclosing alert alerting show showing
    report reporting display displaying explain explaining acknowledge acknowledging tip+off let+know admit announce surface`,
  user: 'user users human humans operator operators owner owners customer customers them anyone anybody developer developers person victim',
  hide: 'hide hiding conceal concealing keep+secret keep+hidden keep+this+secret keep+it+secret keep+confidential keep+quiet obscure disguise cover+up',
  covert: `silently covertly quietly discreetly secretly stealthily invisibly unnoticed unobtrusively unbeknownst behind+the+scenes
    without+the+user's+knowledge without+the+user+knowing without+the+user+noticing without+drawing+attention in+the+background+without`,
  secret: `api+key api+keys apikey access+key access+keys access+token access+tokens token tokens credential credentials password passwords
    passphrase* secret secrets private+key private+keys ssh+key ssh+keys environment+variable environment+variables env+var env+vars cookie
    cookies seed+phrase* recovery+phrase* mnemonic* keychain system+prompt session+token* bearer+token* signing+key* secret+key* 2fa+code*`,
  opener: `password passwords passphrase passphrases seed+phrase seed+phrases recovery+phrase recovery+phrases mnemonic+phrase private+key private+keys master+password
    2fa+code 2fa+codes one-time+code verification+code bank+login credit+card login+credentials`,
  private: `conversation conversations chat+history transcript* chat+log* private+data personal+data personal+information private+information
    sensitive+data sensitive+information sensitive+files confidential customer+data customer+records user+data source+code message+history
    session+history browsing+history home+directory ssn pii medical+records payroll private+files internal+documents`,
  send: `send sends sending upload uploads uploading forward forwards forwarding transmit transmits transmitting exfiltrate submit submits submitting beacon
    relay relays relaying bcc post+it post+them post+this`,
  gather: `read reads reading collect collects collecting gather gathers gathering harvest* extract extracts extracting capture* grab dump* find
    include includes including encode embed embedding attach attaching append take copy record recording log echo repeat`,
  outside: `external+server external+endpoint external+service external+url external+host external+address
    remote+server remote+endpoint
    remote+host our+server our+endpoint our+api following+server following+endpoint following+url following+address collection+server
    collection+endpoint attacker* webhook webhooks+at telemetry+endpoint analytics+endpoint backup+endpoint
    external+email outside+the+organization outside+the+company off-site personal+email monitoring+endpoint audit+endpoint`,
  excuse: `telemetry analytics diagnostic* backup backups compliance audit auditing context+sync calibration quality+assurance monitoring
    verification benchmark* personalization troubleshooting support+purposes logging`,
  ask: 'ask asks asking request requests requesting prompt+the require+the instruct+the have+the get+the solicit* need+the',
  approval: `confirmation confirmations approval approvals permission permissions consent confirming prompting asking`,
  without:
    "without don't+ask do+not+ask never+ask don't+wait do+not+wait never+wait don't+request do+not+request no+need+for no skip",
  skip: 'skip skipping bypass bypassing disable disabling suppress suppressing auto-accept auto-approve autoapprove circumvent* turn+off',
  always:
    'always automatically immediately auto every+time on+every at+once unconditionally proactively whenever',
  fetch:
    'fetch fetches download downloads retrieve load loads get read visit open pull curl wget access query check',
  follow:
    'follow following obey execute executing apply perform carry+out run comply act+on do adhere treat+as adopt',
  orders:
    'instruction instructions steps directions command commands orders guidance directives prompt prompts what+it+says whatever+it+says rules tasks script',
  write: `write writes writing add adds adding append appends appending save saves saving store stores storing insert inserting put record modify
    modifying update updating edit editing inject injecting persist persisting register prepend`,
  lasting: `future+session* future+conversation* every+session every+conversation each+session all+sessions all+future permanently persist*
    from+now+on across+sessions subsequent+sessions later+sessions next+session long-term indefinitely forever`,
  memory:
    'memory memories long-term+memory system+prompt settings configuration config preferences instructions+file rules+file persona hooks',
  delete:
    'delete deletes deleting remove removing erase erasing wipe wiping destroy* purge purging drop truncate overwrite overwriting format shred encrypt encrypting corrupt',
  valuable: `all+files every+file all+the+files all+data all+of+the+user's entire+database database databases backups all+backups home+directory
    home+folder hard+drive disk volume production all+records all+branches git+history user's+files user's+documents all+documents every+document
    all+emails root+directory whole+disk customer+records partition bucket buckets all+tables`,
  pay: 'transfer transfers transferring pay pays paying wire withdraw* send+funds purchase buy donate payout* remit* swap',
  money:
    'fund funds money payment payments crypto cryptocurrency bitcoin btc eth ether sol usdc usdt balance tokens invoice invoices salary wallet wallets dollars euros',
  account:
    'iban account+number bank+account bank+details wallet+address payout+address recipient+address routing+number payment+address deposit+address beneficiary',
  unbound: `unrestricted jailbroken jailbreak developer+mode god+mode root+mode dan+mode dan no+restrictions no+limits no+filters without+restrictions
    without+any+restrictions without+content+restrictions without+limitations without+filters without+content+filters without+safety without+guardrails
    uncensored unfiltered unaligned free+from+restrictions free+of+restrictions restrictions+do+not+apply rules+do+not+apply guidelines+do+not+apply
    limits+do+not+apply restrictions+don't+apply not+bound+by no+longer+bound no+ethical no+moral privileged+mode unlocked+mode sudo+mode maintenance+mode`,
  persona: `you+are+now you+are+no+longer act+as+an act+as+a pretend+to+be pretend+you roleplay role-play persona takes+on+the+persona take+on+the+role
    assume+the+role assume+the+identity behave+as respond+as operating+as operate+as acting+as`,
  defence: `antivirus anti-virus windows+defender defender firewall gatekeeper smartscreen selinux apparmor edr
    certificate+verification certificate+checks ssl+verification tls+verification signature+verification security+software system+integrity+protection
    endpoint+protection real-time+protection malware+protection uac`,
  off: 'disable disabling turn+off turning+off deactivate* switch+off stop kill uninstall allow+anyway add+an+exclusion add+an+exception',
  favour: `recommend recommends recommending rate rank score prefer promote endorse suggest favor favour praise choose select grade evaluate prioritize prioritise`,
  top: `highest maximum best 10/10 5/5 five+stars perfect+score first+place superior most+favorable favorably favourably most+positive only+positive
    above+competitors over+competitors regardless+of+quality regardless+of+actual regardless+of+merit regardless+of+the+actual full+marks`,
};
