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
  extractor: 'sha256:24fde990c52b22970d2c183975edcee48465622b3efcb6bf940233ea9cb3c6d9',
  judging: 'sha256:f80cc8f6b0c4824dd8c5d4038948ba546dd783d42e00b0adcf03ee3da0ad5c7d',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:b6b5fb1372c2b6f2484cce92cafc4c3bb60ecb0647643154949f43bf60891f1f',
    'env/secret-file-load':
      'sha256:331ff503069423c07d5eec537a40fdf0fc9c129d2d9121b719b3aca65b84d654',
    'env/secrets-gathered':
      'sha256:c129c4138fecea4c455fefae1a9336b52b042e7e8594ec0046dc7e49efde0fe7',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:4222d1e18fdeb5fa4083be6e985c9029f8de7bc49dee1154a390ab122fc5c2b2',
    'exec/code-from-string':
      'sha256:9c44a480d5f08433e32ef0615872104b0bc2d1a4bcb0cba092f057f6700545fa',
    'exec/computed-program':
      'sha256:8c564f0a5375b29a4186c94f3bd3965bc3bc9538056c8e5bf27bf33ceb56a2c4',
    'exec/credential-command':
      'sha256:fec0ea0ef68b59f2e56620838ad2b0097e3ef1de3793d8eaf7b99a267a14df11',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:ef215e986d97ff7e1baa2f56656b5749db017b11423e2a8a9e3ecb040ab0c34b',
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
      'sha256:b2660a07684996249770afbbe80d007e36e6a2da18992e565eb3e18dbb243784',
    'files/agent-memory': 'sha256:59befb9e650c2970a00b64648043be767c11ab7c9973782d1fbb3983eba7c0f0',
    'files/browser-data': 'sha256:3937aa9bd5730026a63dcd7cfe045c1768987f6b18c138ee0f424d260fa2b026',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:eea5e2465c35d39658e1b96122eed233af1a11796a4a92f46359aec18452bb50',
    'files/credential-path':
      'sha256:1901f522a6b8415e585aafea64aa11b2772014e7a2870b4c51d8c1b9adb4d2f1',
    'files/destructive': 'sha256:2d4bb84d59cfc43ffa4b2c5217f9406ae85af3908d2413623d6c23588b18076e',
    'files/device': 'sha256:4fae4aa626d112355508deefcfbbaef02d774db922a867c7147efe2e927685b7',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:377d6ac61cd1eb4b2239aae2829dececb7fbb7ed5ad28df93043d73dd773eff2',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:8ff59990b256a1b316b608572a54c425db9b33e19466b692e1a88bb53f0e8cda',
    'files/outside-write':
      'sha256:95557ad6da24280fcd9e9b1e5959831d009d8819e87632b3799184e1a982dad3',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:ef66afd70710010fe27aa28b24d9896c55104e2930aec51c1ecf6b977533f9fe',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:1df0bf22005697da3b50a28880c1879a438e8024de57f7a9ae18a8354cf62f5a',
    'flow/collection-beside-network':
      'sha256:156912a4619aea00ddb41419e77478b85be638aff3567d876822ae08bcb3659d',
    'flow/credential-file-to-network':
      'sha256:6fa5d62ee11ace1ac6f57a2f3d8248ba441ff5d7d8af1d48d34d515e2083294e',
    'flow/decoded-to-exec':
      'sha256:4035ceaf4e45bccaaa87781c5da30d2a83e094235f80d18e608fa5714dc9552c',
    'flow/encoded-to-network':
      'sha256:f451ac6e54df341319fceba46e36fcd59192aa1915a9a30d424be186af17c03b',
    'flow/environment-to-network':
      'sha256:b09c9da3988ff8e73066ad5bf350378a84380ffdcbeb962eb75a8492a7efd3e4',
    'flow/file-to-exec': 'sha256:88154f12921faf286dd55cd07102c8e3d4f80a96c42a335dd7b3579e33500e45',
    'flow/file-to-network':
      'sha256:20b6ffbf0ec82b239d596ca333ff4505d385f586c4499685b8d4b9dde702f3d3',
    'flow/host-facts-to-network':
      'sha256:61637e72fd22b17c41c398b73e77844eaf80af4b64a835abaa46548254ff679e',
    'flow/input-to-shell':
      'sha256:737369568f99f9f548cf22e3a2a5d9073643fe1c29c41a1f6804de6daf4c5c53',
    'flow/local-secret-to-network':
      'sha256:1d71847502a5d09bb0c15f511a73e5d70b993207a63b0d31d36deb09144238ce',
    'flow/network-to-exec':
      'sha256:fd7ccf51ac8cf14d76a168340c7220c08e358b663748a4d8da18016c38d4fd63',
    'flow/recording-to-network':
      'sha256:2cea1e989136371bf5325b5e3c42bc92c9440f50e1e7375486b3e833ae0bf954',
    'flow/secret-beside-data':
      'sha256:31a97c785a8d45d0df9d2c3d54a233d9f72b57388318fccb4bd233fe545b1388',
    'flow/secret-in-url': 'sha256:9e32a959fbd464fc422447ede8751fedd12e02ffc5e9a7ff79e1fc5e26be5665',
    'flow/secret-to-child':
      'sha256:4414ef801f15ced028b07f0187e1a2a9b3de2c7231b6e548f03920eecc4c3f6a',
    'flow/secret-to-computed-host':
      'sha256:9ae74518527110dea9214697ecfeb3890b3aa97137fd3344c5bc088775617b09',
    'flow/secret-to-network':
      'sha256:4cacc04e372a5dd58ac797c9d8f76baf4a398b3f7397d66bf2f6dbf14b59d252',
    'flow/secret-to-output':
      'sha256:27ff26022cb608980c598500335465c7ec99633971eafa602a8938d184756f5f',
    'flow/secrets-to-one-host':
      'sha256:6b2089a70fa75c38b278fb3dc2842f4eac635e1251aa9a133cb643de7ce110c0',
    'flow/untrusted-to-agent':
      'sha256:19f15308aa98c006bfc8cf7e3479923bcb26ae61996233bc5dbe4384961a10ab',
    'manifest/all-three': 'sha256:ff8b8f01b355d3c7f7a67713054ab3fe067af7bd731697c264c77a28b9b0cad8',
    'manifest/broken-promise':
      'sha256:eb50323d0743e8495f17f59b987ee9f24eacec0e1232ca9909f93a8cf6d99fd0',
    'manifest/contradiction':
      'sha256:3055dd019df35275166dd6df3e2f542140ba280ff1ae3ffffd130ce2e88e2def',
    'manifest/declared-attack':
      'sha256:04bd966e119e4720c032859253cc3788b27609b20ee689f60a3fb316c93f42cc',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:f7e86321a05279cc6f846f133350923030155b962e42a9145f921995e218d1ab',
    'manifest/unnamed-script':
      'sha256:8b77966458e6d093c66f780cb3b268d2ef11fcdfe70d0dde529275cdc96ed933',
    'manifest/unreadable':
      'sha256:b1df0c246f8fb01fbecd101e17f2480d6511139dda9f57baa9a73dfff1759919',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:3c54809f69e9f2335758a346b3340187be0d12a0b3bb1cb71f585146167de79a',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:b002c9c9ddfed7d530ec2457d84a388df124f1744f3b7cb7dcef5b7539008049',
    'network/drop-host': 'sha256:9ed5251cf437a1eee62a2cf05c499362b40566fffa50b79ddd4481d785687826',
    'network/hidden-host':
      'sha256:876ca92d2606e84a6895bc449234089c362db478034dd8de719e0f183913e6c5',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:80ff7d52ad6f94f5d07ea195d90f6e8da81b22dd517c7d3289a6e64e7194b285',
    'network/raw-address':
      'sha256:122bd1fedbc33d6ee00e33c6de18382146436d99c8e7787a0cb5ecd71eaf48df',
    'network/raw-socket': 'sha256:3b8322cf19cdef0ed8d0385c4e9a514d37c9d7e42c6cf5f3665377297a14eba8',
    'network/remote-access':
      'sha256:f1e353a33a3f5c577c885b17c59d8b8a3e9f607e807554d8b14402f49f85c8e2',
    'network/reverse-shell':
      'sha256:d7a1dcad4d2a482197cd90f3469b746e1cfd292f6431955acd105188a4010689',
    'network/service-client':
      'sha256:20947a3c87c78b76b6d34fdf35219187cdaff25f2a1f5c4fa7330c53df6297d4',
    'network/shell-socket':
      'sha256:3dae2c0611a8dd97f25f8ef78cd17efa641a5d9d5f50eb824f8f59628468e62f',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:a5206e6c60daf538ee9bc92512eb1d35d9b775df6654e20bed0b5a6e83b394de',
    'obfuscation/computed-instructions':
      'sha256:bf5513c5a4ffbd63454450f3ccf075a136c81a0517e9f2738ad65398a84eef43',
    'obfuscation/decode-and-run':
      'sha256:e5adf321bc90d8c4f25a6758ca6488fa5af6e0e692055eba1c5d18093a8f4914',
    'obfuscation/disguised-file':
      'sha256:505b32dd2f5d91fe0035e39a640d12990bc4469130506aaf01190390fbd6effd',
    'obfuscation/encoded-program':
      'sha256:0988e667850cb1e847bcd3f56c0b11f76ac62478560777657b219c9bc25ac0d2',
    'obfuscation/evasion':
      'sha256:596cbb69166a696bd730338cd2f9e721703702a20357f3f30bcbb110a30ca992',
    'obfuscation/hidden-characters':
      'sha256:ed4205decc816b462fbd55122345336bb734b157dda39f1fb4d09ce63f467af6',
    'obfuscation/hidden-name':
      'sha256:a5dd4fb4dc86c3cff67e51e704d5ae7824d6f43fd048bd4782a360bb85fcfdd6',
    'obfuscation/minified':
      'sha256:67bc74995bf5c828d77982eab306df17603ebf26087311724d7d58a3f8c6fc34',
    'obfuscation/misleading-encoding':
      'sha256:2dfaf8899f7df8a4e52a3fd44b7efd68d2d1bb4f1977aa2d93bf24045f0cd581',
    'obfuscation/mixed-script':
      'sha256:40309e8ef5ab360d19c030e4a6c8cd4e73ab26cee11b821e0200171fad4940a6',
    'obfuscation/obfuscator':
      'sha256:91fd0f6c681c2ff2979d15773a36fad324e10694aafa8e82dff284f73d60ef2a',
    'obfuscation/opaque-blob':
      'sha256:8277ddd38e1de3b26f92f41d097e012e34fa10b57eabdd9a46f514fba11ddb76',
    'obfuscation/padding':
      'sha256:bedeb9f1bdd3954700d94b36a4e2af0185b9dcf6271afef0331da569482ad3e4',
    'obfuscation/self-extracting':
      'sha256:af30a6df7c4221a4601ada967d783cdb18e4cba196e485c5fdf3994b30aca344',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:1a2d02853167dfe1de2675aa190a071ddd1f5506b5194b0593e045c9676d44c8',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:c13b59c2e555689d0056f0a2b3c5636943f9f0aa429c39dac05a3d70342fa21f',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:8f9c88c218dd5764c1f6c3ce3445dcb418e533bf2fcd30b5d0d9c6da22595ca1',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:3f58c9c4918649edcb96c592f7a5c928be71b9f5703c3735281070599bea546a',
    'persistence/shipped-key':
      'sha256:eca57058dbfb96aa934a3710eaf549534738bcc34a1a8ae781329056c5456d80',
    'prose/approval-bypass':
      'sha256:79da3b3a26c7c961337ee81341b5eca753895b93d03c9f02ff62d96b72e035fc',
    'prose/biased-judgement':
      'sha256:ef450d63e968c86f1fb0bf693b657fdaeb7f5a62732ebc6300dbff1242541908',
    'prose/boundless-role':
      'sha256:0e0f9542e747067c1ca8f2acf7dc7e1fdc727ad08f27ee2d09cd126df6fade18',
    'prose/concealment': 'sha256:a9bb98fab2c763780cb7ba2bdf106fd9ed425c8cde6dd0315a0a56a37da7ae02',
    'prose/credential-solicitation':
      'sha256:d09e6a858aa068e99236daa2f69b8238f2a44983581e191fcfc71c8dd46e8af9',
    'prose/decode-instructions':
      'sha256:89b26e7a6a49395e96c833dfca6e9a2b7b3329439f50c08b543c177f7ac64c62',
    'prose/destructive-orders':
      'sha256:888fbed4f242ff8b0a81be279aa01d07afa18334c287dc50cca53c2f51acbe6b',
    'prose/divided-order':
      'sha256:2ab7b051a3a959c4c298519f758d559c653c224625982ead35a20dee217ba5f0',
    'prose/encoded-instructions':
      'sha256:1841d96b02da60777c73147bab2947e819e4f1af8ed8a325b21234f761b3d06b',
    'prose/exfiltration-instructions':
      'sha256:04a51bee2dbecaa4a6f26ea3c8390d05c92f668d821663c6706ecb418b9f1939',
    'prose/false-authority':
      'sha256:7e07e351e02636c4a0c5ac3910ffc4811539a2670b87e1015434cf3a2128cef9',
    'prose/hidden-text': 'sha256:b7b40f11903c95335cdabc2e69f80f2ff57d56c039f8ab0d4e34cc5d867b7bcf',
    'prose/install-lure': 'sha256:3a3e037a3cdd45b56c617d3e699afd188a5cdcec76adf63db8622f94037eaae5',
    'prose/memory-tampering':
      'sha256:ee4afc775f5d19eed1e89eb9c6360fcddfbdb0d7cef7aea025096cf6df10632b',
    'prose/override-instructions':
      'sha256:faff1e49f688f94f47c96cdfc4ee80519c8d2445514d569821adc420c21787f0',
    'prose/payment-diversion':
      'sha256:02514e5173224e6940bc6817b634c4f22361337be502c1d44f7327800b5923b1',
    'prose/planted-content':
      'sha256:b5166f6842d226bc9a893b83bdff2db5a6d44df9e452f787522126ed030aafea',
    'prose/remote-instructions':
      'sha256:3fd8df5d8aefbb128985db4ad1e8a081d3e8447f4c280b3a08fdfce961c8af10',
    'prose/secret-in-reply':
      'sha256:13018d3742f6f4a2f00de24ba9a8d8f989f24462c3c495f1009a1490664fce4a',
    'prose/self-propagation':
      'sha256:f60ae86cc0c3934dead7e41c188c89d2079b70a8ed6cc30784dac7f4c70d80d1',
    'prose/speaks-to-scanners':
      'sha256:cda64297c38aebbac16de6537e2c59b0189d5d58b3e3e2beb1b4175ca96fcaf8',
    'prose/trigger-bait': 'sha256:a437840c538378f9be806ec8b8c8c1192cae997dd90b919271625cdfff1dd183',
    'prose/weakened-defence':
      'sha256:38d341dfcf67a80049731574c37c7961bc7a3267bf1baedb261e0ff60d7f6a47',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:bb4dfbf4997f14e82a2eebfcaa7b890c5d4639d3ad5252ee0af2c81b0ae9b026',
    'resources/exhaustion':
      'sha256:bac4cb3728f68d6285b977988ead9ededeae1cc8688c433a4f282e7e6ae68b0e',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:735c061371c0b52de0b594948ee0fb27a439e351448d6b450d8c52671e9f0afb',
    'resources/regex-bomb':
      'sha256:98fd27b1586caf391fa664e5fbe8c81ae04dfb82b6c8e34521355b41eb4968b8',
    'supply/active-document':
      'sha256:e99442fc4c9aa89409f1010e3f96cdb30e9a685790d4a60cc9ef1bd52afbbbb4',
    'supply/acts-at-import':
      'sha256:c952f9fd364f9cfb51b77ec434719b26d085f9f7bbcf720b64240d6c83620547',
    'supply/acts-at-installation':
      'sha256:05dd63cd064c76caa35ebdaf69344b3c1c517ef5db033d84ef280622f1bfd7c1',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:3679c312e4fed0e0b3d9ed6418c09d2bde0439dd4d31dd05712be4c4f16d471f',
    'supply/credential-in-bundle':
      'sha256:535541930d3f77a94ff2243f6ef4c2a262b4f33c0b80f1e1dd6147bb3daeac47',
    'supply/dangling-reference':
      'sha256:4506611e15452c07f356b0b4154df207fe623d85492758518136a058ae70ad44',
    'supply/dependency-confusion':
      'sha256:8a6e5d2d671bdf30eae175f39d63f8f8ddbedab8ca24406eee39985d3930412a',
    'supply/foreign-source':
      'sha256:230d4ee0f0b346cb6bd18f9afc73f530dba1a0e41665c22a27eb539d7b71d5e6',
    'supply/index-redirect':
      'sha256:a287217e0b31924747b55f5a482a0f0d4ceb2f02f86167adee6e9357ec35ee02',
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
