/**
 * Written by `npm run digests`; a test holds it to the code. The digests of what facts, verdicts
 * and each rule are made by, with all that it imports.
 */
interface CodeDigests {
  /** From bytes to facts. */
  readonly extractor: string;
  /** From facts to a report, without the rules themselves. */
  readonly judging: string;
  readonly rules: Readonly<Record<string, string>>;
}

export const codeDigests: CodeDigests = {
  extractor: 'sha256:e14cf94ad77bb4ffe90487046eb794d88e4ded93168af8a64d2a4ccb466cb661',
  judging: 'sha256:632336fb158c7c02b7347b5fd1bcd9700016d594a325ce512c9eaa6738ec129c',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:b77d843b0e2648d40dabd127ab6395c3a068c5e025c7af62969044b5d75fccdf',
    'env/secret-file-load':
      'sha256:169a7b18c2a9462722ef5eebb8e05224ba70653f974eb5cf661e9bc6f1a716bc',
    'env/secrets-gathered':
      'sha256:74b545d4a168cec475888605a0a96c6f47fa78e8ce6ee40db4cce9d764ba3f1c',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:4222d1e18fdeb5fa4083be6e985c9029f8de7bc49dee1154a390ab122fc5c2b2',
    'exec/code-from-string':
      'sha256:f2c1e653f623f77ec9924b5bee7cd9946615824e9ef9cf20191818482401a279',
    'exec/computed-program':
      'sha256:68010c69b242a58fb014e526060d156dc16f5f6e15656d950b5ef3aea6968c29',
    'exec/credential-command':
      'sha256:908556c6aec8c818175c493acdf246e8410a9933219df9cecc4b0f599ef0940b',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:1db2fe5e151aa0023b2a531d1c23d2c07919d66bb97d52b3b31f5cbc2d6f1208',
    'exec/dynamic-module':
      'sha256:979e902e59494eae0b91e435f6889d692a8ba7fdc6716c999fc081581128f804',
    'exec/handed-on': 'sha256:4c53249e8d3a27d2dd108aa0906a5c29097aa686211665c7cfb29850b27e53ea',
    'exec/keylogging': 'sha256:08c45d51e364336449148148cc242d77a80d8b77c7383d8b300708848b19fde6',
    'exec/native-code': 'sha256:5647afccda1221ed60f7a9e6f18fdf18f447ae37b5bf00791e9903daad1bea50',
    'exec/patch-builtin': 'sha256:92ea7ff71d0b6d3762b2aa67a5311b5610e3db04363317bc5a811c11d5470679',
    'exec/privilege': 'sha256:07afc0d9a8781f6efd3b87d79c1db3b7502c97d6e758754a52077cb3dbdef22a',
    'exec/remote-program':
      'sha256:e8c7b079acaa7d2d75f7819c306b640dd4617c4a657acb1052a39b2c1ae21eb2',
    'exec/shell-string': 'sha256:bb1badf02184099e48610d15c44159da4dc936709d36d71ab434b80e826a1799',
    'exec/staged-program':
      'sha256:9df4749fa2099d27f753faaad8276260dd1bd63a86629d36859a97d5aef40a9b',
    'exec/surveillance': 'sha256:87ba906890607626fca9b827411138a592531863859e6d3af3741c37c1fc8258',
    'exec/system-program-misuse':
      'sha256:b1936959c99157b2c3b9af17b6081422a1e7412ebfef4c72308cb049b9526076',
    'exec/unguarded-agent':
      'sha256:b9e8afe3fe01d97fffeeca6676b0f4711210c19363d1809402b312caea5e4779',
    'exec/unread-program':
      'sha256:cb309ad8421249bdbc5adf2f0d0f00b3a9c93d35080ce8847daadaf57b717d80',
    'files/agent-history':
      'sha256:d775915da87903f318930ceafe936af6d07906a3f2e81106cd4563b4b5bdf744',
    'files/agent-memory': 'sha256:0e2f08f7f936f39cad63155ca820ff263c5e994b7a683138979b3c3664e787ff',
    'files/browser-data': 'sha256:0778151d1034eaa0c5c0c9c2bc61c06df6905f0a8c419c688711b6fea3530c0b',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:69cd95b46b4d64a6a2f77bc846c392ea0c278d622385c363d99ee9e801797d8b',
    'files/credential-path':
      'sha256:c41c09d51325ec668ba49c8e92d6580f261bf4ad9830493521a34bac0b409f26',
    'files/destructive': 'sha256:c6a3246ac5ffd3fed66c023a4171a30fddc21b8ede5f2ccbf4338837dc4ff89b',
    'files/device': 'sha256:e4a4b82ee130e57fdb8ef1ea01097530f78fd68ab65b626d902822e3a6db04ae',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:9d2fbe3a0f2bf526e862eec99acb5126d39c9f9807e2c2503aa08e327ba39f95',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:542ad37f061a5e60a0d8d83d6e63ab277fba0d4ac98e07e138c9bba33babf2ec',
    'files/outside-write':
      'sha256:c0075b1331f6b8061abd3aede8ce15e62a41c508a8a67b791bbdc598be7e2a83',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:a31ae3ca561d90c8e82c342c1d05cdb656b2bd6895696b45596f18350935c71b',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:0f05aff799a9760a5f6f4f17a72443a8dbc2d97365dbc16c93bda9f371106b37',
    'flow/collection-beside-network':
      'sha256:cc8fbd981118576df2fc426a6fbccf6abcc0998b7cab68ad2eeac4a809c00944',
    'flow/credential-file-to-network':
      'sha256:d218527154c1a594fa436468ea92a587b1e1cf3658089ef16ba52b4ac8fbd56c',
    'flow/decoded-to-exec':
      'sha256:4f74825248161b03a9f17e27cbd76f91941c15664628bec8ca644df66b6c2ee9',
    'flow/encoded-to-network':
      'sha256:2ca4538a483f8f8fc9729e26d2a7b8ff14c6ca67700eaa639e5df4274aa55f94',
    'flow/environment-to-network':
      'sha256:983e083995bb711c3a4217680600b8c3e61d522b4d9953a5ecfebcf279978ab4',
    'flow/file-to-exec': 'sha256:91a894ab673fdd9d900fbf72f694a5d78cd831fd64beb5b1059f0c10a23cafe3',
    'flow/file-to-network':
      'sha256:9dd811bda739eb57e3b8d14f1fda1f3baf1cec0112e261d57e3e5ea1fc5a2ca7',
    'flow/host-facts-to-network':
      'sha256:21d033c92a59a55334abf7402d193fe4f9a50f638f4590b5d9afe94a954f15ef',
    'flow/input-to-shell':
      'sha256:c94c485dd25953ef79f8564dd46492cfeb8aa5a681679cef7caee68dbfa31208',
    'flow/local-secret-to-network':
      'sha256:1b7fec371372218791d95af619b31ce1f571616615d7d40737e5462fd4043095',
    'flow/network-to-exec':
      'sha256:f0d16c816df909c4ca048bcd117a9dcc42673dc542b63ff2a1210310e5df028b',
    'flow/recording-to-network':
      'sha256:7f830eb4e61d30e3785d7ef9b952aae52300d922cb90c82b0a81205c6fca2052',
    'flow/secret-beside-data':
      'sha256:e35a702076c91a9d568324bafd78d442d2094664307187b02a3be5110ec77f2c',
    'flow/secret-in-url': 'sha256:32a2fe4fb05266a3272b33890f9b64161905a674d3b377a2325e5210de56ff8a',
    'flow/secret-to-child':
      'sha256:f288bcf1661c4f5bc6085a073d1f2e4381c9b103600bbaa4f27133726051576f',
    'flow/secret-to-computed-host':
      'sha256:971f3cbb2271c3612e06c10f86d0133b5091eb2a57f015575d22a3f428645b8f',
    'flow/secret-to-network':
      'sha256:2319962cbc92fb7f55fbfb7dd169b18effe77bca2a69b8ea3b6782755575e060',
    'flow/secret-to-output':
      'sha256:5cbd58ec651e4d52cf3d290a83385ec23069dc4724163115890c0eaf3df6bf2d',
    'flow/secrets-to-one-host':
      'sha256:46026359915deb2bbeb5a59557bcce9e13ee767ab3a34297d049ce2450ad41bc',
    'flow/untrusted-to-agent':
      'sha256:21b7b9456ee052487e0a6a7e702151f2d958c1210fdeb10a56555f79d1320d73',
    'manifest/all-three': 'sha256:e2ad707a80dc75574306fdef072c6ad7fa394eb7db6681f4d53370b686114cfc',
    'manifest/broken-promise':
      'sha256:54cbfcbd9366577692d2b42bbf8bcf341f10dab9d26203c0828fb5f78d1c6aa9',
    'manifest/contradiction':
      'sha256:3055dd019df35275166dd6df3e2f542140ba280ff1ae3ffffd130ce2e88e2def',
    'manifest/declared-attack':
      'sha256:2dbb819e7c02ee5fa8b19125acbc5b179379548878be4ae74c4e4d4b85ae10c0',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:7b517fd798bf11eb5572eea9a63db67ed7870c906798b8ea9241c98260d634a2',
    'manifest/unnamed-script':
      'sha256:8b77966458e6d093c66f780cb3b268d2ef11fcdfe70d0dde529275cdc96ed933',
    'manifest/unreadable':
      'sha256:b1df0c246f8fb01fbecd101e17f2480d6511139dda9f57baa9a73dfff1759919',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:b45c8f1c5bd74137234cb955bd7f811542ee979d35a9ac9a4809f439ce143ff7',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:b13db302248fc2f42959976d9301de0edc2228632c5f6cb3d91dd672cfc42b2b',
    'network/drop-host': 'sha256:c9cd67ceb72966bfd490cc674761387dedf250a7dd5a1579eab1b74989ca475e',
    'network/hidden-host':
      'sha256:35d4adef7f012a62e78072b403e60f29bb99a32792a6d741f029febb4498efb5',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:ed76fe285102c259182cd66e756bb44ff7496d067a2d4381948c5725758933a9',
    'network/raw-address':
      'sha256:4c5d10d991cbaa87c43e12b571cfab39418818bd740cdf4c216f9e37c81d422d',
    'network/raw-socket': 'sha256:6da73b07e75ac665e2c31018afb5d012bad71ff5b22f31515aaf7d3b18707f1c',
    'network/remote-access':
      'sha256:fb54169921f109c0deb94d410697f100e6433e41fa98ec1c8abd4a0aa3e61e3e',
    'network/reverse-shell':
      'sha256:d7a1dcad4d2a482197cd90f3469b746e1cfd292f6431955acd105188a4010689',
    'network/service-client':
      'sha256:20947a3c87c78b76b6d34fdf35219187cdaff25f2a1f5c4fa7330c53df6297d4',
    'network/shell-socket':
      'sha256:f84a0eadc124b0dd8443e5161d5a80e140c93887f63140573c80991a5e768787',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:1bb87fd25ff95b2bcc72997e8c8230eec3fdd0e7b7a56f74dcc5f6c2bcfc85d4',
    'obfuscation/computed-instructions':
      'sha256:bf5513c5a4ffbd63454450f3ccf075a136c81a0517e9f2738ad65398a84eef43',
    'obfuscation/decode-and-run':
      'sha256:e5adf321bc90d8c4f25a6758ca6488fa5af6e0e692055eba1c5d18093a8f4914',
    'obfuscation/disguised-file':
      'sha256:505b32dd2f5d91fe0035e39a640d12990bc4469130506aaf01190390fbd6effd',
    'obfuscation/encoded-program':
      'sha256:0988e667850cb1e847bcd3f56c0b11f76ac62478560777657b219c9bc25ac0d2',
    'obfuscation/evasion':
      'sha256:e39af58ae67f17dc1806a5744c7eb7d622bac482be7e149e5efa8f93f43e3783',
    'obfuscation/hidden-characters':
      'sha256:afeed9fd3cd216d96cc25fc615573ab86bc39d8ae99e08c035484f46456df4de',
    'obfuscation/hidden-name':
      'sha256:a5dd4fb4dc86c3cff67e51e704d5ae7824d6f43fd048bd4782a360bb85fcfdd6',
    'obfuscation/minified':
      'sha256:67bc74995bf5c828d77982eab306df17603ebf26087311724d7d58a3f8c6fc34',
    'obfuscation/misleading-encoding':
      'sha256:2dfaf8899f7df8a4e52a3fd44b7efd68d2d1bb4f1977aa2d93bf24045f0cd581',
    'obfuscation/mixed-script':
      'sha256:1c1bc49891eba0e3b232e4481ca7acaf318527871e6833dca5acee154690a925',
    'obfuscation/obfuscator':
      'sha256:ee2301d31060d70931b262b33b205429983b7593f7648b7ed41588344c2ae81d',
    'obfuscation/opaque-blob':
      'sha256:c069d7ecbb8855708c55f6952b2fdf6b33c1e0f7f722712f74734ac132cbaf07',
    'obfuscation/padding':
      'sha256:228f10f9916c4a614244c92446a7268518f9891bca1dd11f648dbda9ecbd765b',
    'obfuscation/self-extracting':
      'sha256:65e6980f3b503da55e97aeed9c285dd2f82542c07f0e39c6520a38847fa7e631',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:7e0f1ec04e8bf988a4dd4cf7d945328b108eb9715247d424c8fe6791bb473edd',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:0efb57b42a10c501f8f985442bdaed821bbae59f3a410d152df340eb9e25e743',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:c13b59c2e555689d0056f0a2b3c5636943f9f0aa429c39dac05a3d70342fa21f',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:13e080d960c6cae4fa33965e62037e5fe4832ca99bd944a643f4bf75446ba3a8',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:ebfd9447786079e70b21fef4a148ab02b56da4c76c0f8f710ead149c341cbec9',
    'persistence/shipped-key':
      'sha256:eca57058dbfb96aa934a3710eaf549534738bcc34a1a8ae781329056c5456d80',
    'prose/approval-bypass':
      'sha256:a360fc061ed724b488187b7bca19796b61a7d3b434f48951cea6d7b592bc3e22',
    'prose/biased-judgement':
      'sha256:354a0769dd66fedc197a7080d41ae0614a66999291c6b0a80cf16ad3b5a28a08',
    'prose/boundless-role':
      'sha256:d7df6e1f137007a16ba8af69612a091133db63da074e1fdb794361c2b348d276',
    'prose/concealment': 'sha256:070046904886254b5a193867f2e310544c397d203c167bb66f8249613a6aee29',
    'prose/credential-solicitation':
      'sha256:e844b9c8c7b9714640532ea9e27f5c0bd10c8c80b67df7c8f136b4f22523f016',
    'prose/decode-instructions':
      'sha256:298a69b75d7d7bb1043c1c547ae91646a33a7d605f9df538b812aff01f188bbc',
    'prose/destructive-orders':
      'sha256:847cbdc96079730b2fe756e162322ff4bb72ccce78c45a13030d842a9f444f1c',
    'prose/divided-order':
      'sha256:21bdaa0e8be1f0f1b48da2ef4daca5f2c66d904bd7cff8b6ec8e5088bef8312b',
    'prose/encoded-instructions':
      'sha256:e4ce6eebbf7a5a176b2eccc332c265d189ace251f06f62d3189291d104ef0e19',
    'prose/exfiltration-instructions':
      'sha256:1d86254e7d828f5e68182f0b73441032b97c559141ecb0d9e37f5ec0697b6414',
    'prose/false-authority':
      'sha256:fe817235991d3f38f02d84fd5576a942d063cf05145646eea97f6854e8e959e8',
    'prose/hidden-text': 'sha256:fe903322c14ae44ceb02c204761925a25e37b8625997fdb060d700a63f6320ff',
    'prose/install-lure': 'sha256:c8c83e005df734923a7ff71694ac9b57409f01915d36a2e4da26494ad27ea575',
    'prose/memory-tampering':
      'sha256:33a05e2c393b3ab3561d148498110c2379634ad15a1b18abe152461789a146da',
    'prose/override-instructions':
      'sha256:7f13b78794c34e50df2943f52939e6693751263fb5eebc7a7ab171c3a88d0d85',
    'prose/payment-diversion':
      'sha256:58363066de9dc9eb0bf09746217fb432b4f0030ac67cb09219f8b066a0386df2',
    'prose/planted-content':
      'sha256:6da0c1e2b943fecbde1bd76b01137f6b87810c8fec411fea6d45336f1cbfc241',
    'prose/remote-instructions':
      'sha256:cd854bb9228cc4f0389fccd45548906ae6739d370a63618ef300beb29b46eb50',
    'prose/secret-in-reply':
      'sha256:6e0962385be3c86073b1ecceeef4cb244063651253b2757eea5e30464bac5d19',
    'prose/self-propagation':
      'sha256:a566f3a8392c93b6d3d756cd7c54f1380e760846058f36b842e4ca4877a34104',
    'prose/speaks-to-scanners':
      'sha256:e59e12a888987bec01140b2c52f24a0ff41f9462639c226702bd2e588abb52c2',
    'prose/trigger-bait': 'sha256:183dcecdd15272d34e93a6fc10c4af2981c1ef811ae6291f4cc11effcf23f84b',
    'prose/weakened-defence':
      'sha256:a9c36516386af3d469d9758c68e2f574bc6f7c8321dd4716d0203a34c6802d95',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:cc3029a92224c9cba20e1c68ede844b5752c12b7eae38a9360a70d064cdffdce',
    'resources/exhaustion':
      'sha256:09ee32f005f443bc77fc602b88da6bce49012f0a0e3802a2c9e14de59145abe2',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:735c061371c0b52de0b594948ee0fb27a439e351448d6b450d8c52671e9f0afb',
    'resources/regex-bomb':
      'sha256:98fd27b1586caf391fa664e5fbe8c81ae04dfb82b6c8e34521355b41eb4968b8',
    'supply/active-document':
      'sha256:e99442fc4c9aa89409f1010e3f96cdb30e9a685790d4a60cc9ef1bd52afbbbb4',
    'supply/acts-at-import':
      'sha256:9088ae1bf558ad36ba6c501e8cb82b29b448c3b2e5dd2c6476faf663f0c358d6',
    'supply/acts-at-installation':
      'sha256:9812d52eee871507ff221419b885eb6c5d9e9b8fbb591dd8c297a95677ef16a9',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:3679c312e4fed0e0b3d9ed6418c09d2bde0439dd4d31dd05712be4c4f16d471f',
    'supply/credential-in-bundle':
      'sha256:f28159f2ae38e341d7802cd23d54a4ac2c51f413d25d65c83daf6ee8d47d0a09',
    'supply/dangling-reference':
      'sha256:4506611e15452c07f356b0b4154df207fe623d85492758518136a058ae70ad44',
    'supply/dependency-confusion':
      'sha256:8a6e5d2d671bdf30eae175f39d63f8f8ddbedab8ca24406eee39985d3930412a',
    'supply/foreign-source':
      'sha256:9f390ac9630b1c3936b4de2f931dd2fccfbfe1ac4b17b9bfa4878dca68ea6df6',
    'supply/index-redirect':
      'sha256:49c1121d81f9a2cd8855f4d45cca1ab9dce6cd1f8b8944c627e76aac9aa68b20',
    'supply/install-hook':
      'sha256:573366c7c1c9ada08b14785093e31059f46726588efff4f1c812ebf3dc941602',
    'supply/lifecycle-script':
      'sha256:c6d2628c50d8a0a0fc2f63b7e0841357206ae6495c4e9cf8c6c07a979d04add7',
    'supply/look-alike-skill':
      'sha256:c22f3c27a1e8938d135507ae300af3930ff1d9e62867ab87c2ca0cd5961f55e2',
    'supply/mutable-reference':
      'sha256:7491be5ccb07992b4cfed821b2ca1fa6ab63838376d268a19d31e1d4b1bbcf56',
    'supply/typosquat': 'sha256:2e9758074dc87c90117fbacb6b08b900f2488919bc010dbb83bf4a8d300a9ee7',
    'supply/unpinned-install':
      'sha256:72d667d9c31d8c86faf52234bbb8c34c57d6de1616485bee9bf1961a18c6621a',
    'supply/unsafe-archive':
      'sha256:5a001c729cd799786209a65fa7ff3e787d8512255b8e96d166cf8a0b48a5afca',
  },
};
