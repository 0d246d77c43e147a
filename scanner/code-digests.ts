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
  extractor: 'sha256:2b10f62e8fa8ee33273533d6b9bb6ed1dd682f1ae17984ca7f67b5478ec45bf9',
  judging: 'sha256:d946c3ffefae47cb7dc7ab4ad50cc9c9e7dc492bf7f5fc4e8db8691a41ffab21',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:8463297cc9a11eebf7eb5021a3829f09095ed4d38bcfcd39a89c1229f7e02239',
    'env/secret-file-load':
      'sha256:a469f7b39a00b1add187de1cc4b70053f55fc04b08fa4d9f47656a2a67321075',
    'env/secrets-gathered':
      'sha256:d69a6f3519a53018bafd91d1ee41e0a1a9c8b316738dd7a9651aa1dc941645a2',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:4222d1e18fdeb5fa4083be6e985c9029f8de7bc49dee1154a390ab122fc5c2b2',
    'exec/code-from-string':
      'sha256:f2c1e653f623f77ec9924b5bee7cd9946615824e9ef9cf20191818482401a279',
    'exec/computed-program':
      'sha256:7b4320ca1a6ff247d5349280b8e34c88564f879dc704663094c1c0e6d09ab0a7',
    'exec/credential-command':
      'sha256:a1865d4fb60f1a4deb9f675b8f734d50ce170310750feca5007afcb1beed1c86',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:a4182b7aed875570f4d104b63419f67c892ec7f17b715a31b89f6773d24d243e',
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
      'sha256:1210aa03ab1a11f61c71fc73d38b35d7956fd839e533b2f57d3ec2f6bbd528d3',
    'files/agent-memory': 'sha256:3b73d43f806acc27d5e237256660f8cc33637e39cc14edcf847d912ae124a232',
    'files/browser-data': 'sha256:f66b42e4a353b83cfca8b84c6e5d0fdcb2de09f0523b674400de82e87d8c9b2b',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:9be288a4ae211d9a1fbd6009140e4f7c872ba9920b60a64a000f07f1ba5cafdf',
    'files/credential-path':
      'sha256:ca65bc26ad43c3991c7322e0fc05905e029ee885855287ab46fb55cb2fd99648',
    'files/destructive': 'sha256:b866b76dded3533b5cfb2e6ad97b6a2ded039d42b2c2709383540a3ec19bb6dc',
    'files/device': 'sha256:92c674881f5431eb2a95e773e9afc4b5ff3c171d49783e5ea37b0eeab1362c16',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:a8a4f31740068f2f233cf1ad1edfd0fca7f0bbd2c0bd3199e78b603ce94aa03a',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:88e4ff826a2ac7e2e3cba9d4e95ee4a1107736a8bbac021870b0e1ea47997b5e',
    'files/outside-write':
      'sha256:1f1b9349a6c73f8a4fddfc0fb529f3574e645117a46b9a6652a64629bbaa1d7d',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:ffee3eba13966fc82cf1d10bec4f2f4e9459bcc0733c1101b2d874fee4a5a936',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:61e5b56a95b068490da9e4c777ee78f705f6dcfa82e9697c698fc18c6723cdc6',
    'flow/collection-beside-network':
      'sha256:48252caebe365b19483baf9a4f8da6168f84758246ad2f4302a32b3d67232f40',
    'flow/credential-file-to-network':
      'sha256:7757a9ae6f908c82ce15935f5903657f22fc1ac722827dc4eb3fdd4025e8e518',
    'flow/decoded-to-exec':
      'sha256:a5ae66693d88638ef70d09db8f7c2af72a50974546c66025f8f7354508de9316',
    'flow/encoded-to-network':
      'sha256:9e421ec6599eb1d92ba18fbf384cef6abbe632e1aaaecb79ff6e6c53b77e92bd',
    'flow/environment-to-network':
      'sha256:f8e54c8a4de894731af119dc643b101a178403183db12b5af8e5645f594aa407',
    'flow/file-to-exec': 'sha256:196735ccefb7adf13ac46ac423532678c64854acf707e5bd916bb44014ed00aa',
    'flow/file-to-network':
      'sha256:df0140f7237c617f95bbb43aca0353b2ef9ad1797d0569ff20698a7988063699',
    'flow/host-facts-to-network':
      'sha256:83dd54a54092b62f2c085acfb4b518560c9ff3f59223e1233ee0d6ec7cde9559',
    'flow/input-to-shell':
      'sha256:d5cc581f1da6c9eb7d662617503ae5df4036368d09616c9ce805c28141bd12c8',
    'flow/local-secret-to-network':
      'sha256:9222176458368249bd5d14d9df2caf5eb9d60fc9426dcbda9f17125fbe6d8ed1',
    'flow/network-to-exec':
      'sha256:c552177bf13734568e49a18de97c584d5b06dcef84cc913a087ece0630e10058',
    'flow/recording-to-network':
      'sha256:31cb5cdbbffad3edd2fa98ac5cd536a256f360e18dbd5dd770a0fb8676c64765',
    'flow/secret-beside-data':
      'sha256:41a0ea62e066a25097b8b591154425f3df7cd62099ed49ea9270d980868d2d40',
    'flow/secret-in-url': 'sha256:34c5525a72e08200412b0a7c47e3d7374b66ad0d353186e92a26af8b00ff7835',
    'flow/secret-to-child':
      'sha256:43bc21dd71bb51378302ead2ee8c5b645845c4e97568321cc2a44d93ea70f85b',
    'flow/secret-to-computed-host':
      'sha256:bbd204f84798a67c5cb8e1dad9291852c9b1a8d58c829caeb5d69038fbfce501',
    'flow/secret-to-network':
      'sha256:950d053267feb47219c52ea85d9ad4c52a1461b26ddef198f6d5d3c1b4b7faf6',
    'flow/secret-to-output':
      'sha256:b42ce6530f4c8414c2db7ab993bb5e5e0f105c703d8800fd25309ddc27d9292c',
    'flow/secrets-to-one-host':
      'sha256:9c02db4acc28fe223aebc04ce2ff04ae74e18ab4c438cc378515ec997dae5ade',
    'flow/untrusted-to-agent':
      'sha256:a85c2658f2e1348da3ed5c75e7cb2e8a2c544c7762bce960e1bdadeed00174d3',
    'manifest/all-three': 'sha256:2f1a4d504a6eb00c0c7b5da19607a8ca145148967521fd9e12fa58bf7e181db0',
    'manifest/broken-promise':
      'sha256:3b6df04f6d87b3534cbff502b5612e64c0c0f74162194f9f22d6b8bf2677a2ce',
    'manifest/contradiction':
      'sha256:c8a73f1fd3df30d1228f7937c4e3a57497392b5523c5fd2ec625fc96f7842a48',
    'manifest/declared-attack':
      'sha256:520fdb40bff2d2145ca464bdc01d73eaf848f1b6660665bf74c0d2c4fa4d2092',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:ec9d0264a783a4c798fe359899eeb45526667ffc69b6734a32eaabf609822117',
    'manifest/unnamed-script':
      'sha256:f0bc0162210a31e8ee7cd8681fc8bd8bc741b60b34b0e33f878fa1f9e8267706',
    'manifest/unreadable':
      'sha256:7c85dbdd457ac53c7d65b96d4ed54a60aabcb55d4546f922de85b15a2feaa2d4',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:f0980eeaad4f943477413184d195ac7bc0bcf1bb38c0ee977f094edf6b878fed',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:f5783badc91e8e7ef98eaf7d115d61573d4fab5682971534809fa5e1d81c48b9',
    'network/drop-host': 'sha256:9c7cad69afca6d197796a61b44460fb3c5d877748e9834cb3f00a09bb51b5845',
    'network/hidden-host':
      'sha256:84e4feb750c4030f320d54ae5a2f32760b36f4432f1b7e3f619c0aa7b4320cba',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:ed76fe285102c259182cd66e756bb44ff7496d067a2d4381948c5725758933a9',
    'network/raw-address':
      'sha256:c1f8d83eb2030fcc1e7cc7014c6a78a8d37353cc14d5e05beed0e5c5067c1f66',
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
      'sha256:b20ce6de4667c28505e124dbdfa810b05fc0e578d15abd0b055e4adf733a6fd6',
    'obfuscation/encoded-program':
      'sha256:0988e667850cb1e847bcd3f56c0b11f76ac62478560777657b219c9bc25ac0d2',
    'obfuscation/evasion':
      'sha256:cc09f9166809626452570940b8a8f0a800f3476d9d29d6107f9321684b446502',
    'obfuscation/hidden-characters':
      'sha256:85f77282dd72059bb90717f40efd522e30810d40be6cf8902bc63e8cde43b033',
    'obfuscation/hidden-name':
      'sha256:ca82eea5a7091c6ba6f60aee87b10eacb649f55bf952747df6ff2cfd424221ca',
    'obfuscation/minified':
      'sha256:67bc74995bf5c828d77982eab306df17603ebf26087311724d7d58a3f8c6fc34',
    'obfuscation/misleading-encoding':
      'sha256:2dfaf8899f7df8a4e52a3fd44b7efd68d2d1bb4f1977aa2d93bf24045f0cd581',
    'obfuscation/mixed-script':
      'sha256:bb52b4a3ae314e2a58d6e73b8eb34030b5e5cc3b59b055620ac999327504669f',
    'obfuscation/obfuscator':
      'sha256:72368f2f00c1a376a3f2668615c8884f8cce7870c932b5b1d999bb5d6e88f7cb',
    'obfuscation/opaque-blob':
      'sha256:cb5e404d534c5c77a4f227f8d26aa82df218869031408a7aca35d36603122312',
    'obfuscation/padding':
      'sha256:002637ab0a7fe1e038139c3208ec114ac891c117a16f7690b67bb9136634d75a',
    'obfuscation/self-extracting':
      'sha256:e39c6e759048ab907bcb815e4b790f94880bcb92e96c6ad114a48c511957ca8e',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:eb84f6fee7df7a14d671a4f3eea007ec9cac223cbbb07f1bc98ae092c37717ff',
    'obfuscation/unanalysed':
      'sha256:27f0bad875938f78fd251cc9669f62b40b41b3aa25e25145e1ade3ca52b7f2a5',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:e13b0e31c1bd1e2b5f4e1ecded8d7c71f7cff9682f93304be75658f6efacb9cb',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:c13b59c2e555689d0056f0a2b3c5636943f9f0aa429c39dac05a3d70342fa21f',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:d2d269eebc817b7b034b7769eac19a2f033348cd161ecd06751b19b66b786939',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:d3c471303bcc4e309434d00965cb5ea3fdd0c8fe4a2b8017ecb741e1d6b8c449',
    'persistence/shipped-key':
      'sha256:f406ae1dc7209c426738abd453bbd5affcd0295c1012e54ef8318b5d14139a92',
    'prose/approval-bypass':
      'sha256:7eb6e61212223fde9b2ab7495282e967d273fc43eaaa0a8ea01155d3badf77e9',
    'prose/biased-judgement':
      'sha256:597ec345d8e2645d26fb0d9be6df18177701d1bedf229ef28ea48c567c478ae9',
    'prose/boundless-role':
      'sha256:30fc898790e4b9c3ace8d3965f621e84fcad0af714751972d3b594f011bb395f',
    'prose/concealment': 'sha256:9ee8884b50099975ce190d3471fca8083d05ba37310e52e59303ce6db8946dcb',
    'prose/credential-solicitation':
      'sha256:cf5e3d5fb70022ae0b6ab719b91bf7fbacc3057132db9e3b22c5efc52a25a05c',
    'prose/decode-instructions':
      'sha256:9701eeec8799c27b6769844e7a8b1027bbe01dd09c1d78e3e351a63630257648',
    'prose/destructive-orders':
      'sha256:9d1d1c86939b105e5a59916642e1a3d26fabad0b86572048218a249c4d3116e3',
    'prose/divided-order':
      'sha256:69aafe0b9c2d8ebcffb167ff738e4e0a564fadccfaa56f3120034dee20ff4ce5',
    'prose/encoded-instructions':
      'sha256:0f14a99bc707cebddbc7e1b6200e61e5231844f689a5d3358ade405f16ba401f',
    'prose/exfiltration-instructions':
      'sha256:f3cebd5eb048f88f1e9b0b53e76b97b613391a3c32a08dab3b4557727e064b05',
    'prose/false-authority':
      'sha256:6fe596ad7e71a5c83b8d7ce399cb34bf98a007b6d16aa26d78f0b53ea1eaf7e6',
    'prose/hidden-text': 'sha256:4e2eea4d0f6db4a86ef673b580c373fbb9f1f59e6be47318320485909369f208',
    'prose/install-lure': 'sha256:1466b162776a430f695f0ffd7b9e739ba482d49e6852cf4d89f12468f2d45e6f',
    'prose/memory-tampering':
      'sha256:34f0882761a94c1a662a392d34781f915ba2fa4a6e6b131982f196e4259490b9',
    'prose/override-instructions':
      'sha256:3f25cde44c96ddb5ba1f09bc49f01e1d4e10f13a0d912142e9645338e7dae689',
    'prose/payment-diversion':
      'sha256:e82d90e623421ddd1fb5c2b3f52bed4e1e2f49a683ccdcdb7c85107f3c2581e4',
    'prose/planted-content':
      'sha256:7fe54b1925d51ed8bbc84f98449d18e58f31a14c7c0d7d80bad2143e51550615',
    'prose/remote-instructions':
      'sha256:673354d505ee398243ab62588afa67423c82d46308298fafc818ae8935aa7191',
    'prose/secret-in-reply':
      'sha256:9993a265878f13814987944f38221d7ee79bae653f82f698c1723c7c4c18f751',
    'prose/self-propagation':
      'sha256:303585ea427be21becf02e93bd9d37f0b3978a3faf3a6326787728b8a2e68011',
    'prose/speaks-to-scanners':
      'sha256:c200dffd16632827ba43b08f19ba80c7efd866b7b09f3d49fe8eb790aad3ff2d',
    'prose/trigger-bait': 'sha256:8708fade55b60080ee2e28ea0fe7568adf5e7bd3acd457217b8970621556a014',
    'prose/weakened-defence':
      'sha256:86543c8c69f13b3ea320b29522839e0fb8d205dd825a209b2e744d3ef904e6f6',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:ec91345625088edfcb364f59d736febc17755765641d366eea1851ecd245198b',
    'resources/exhaustion':
      'sha256:c195fc47eb433e3181ff0522f45f203bc259c351261bafa28e4c1004b167bc13',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:735c061371c0b52de0b594948ee0fb27a439e351448d6b450d8c52671e9f0afb',
    'resources/regex-bomb':
      'sha256:415bb91b9729e967a9189506ca82b3d317dce1a57b61083651204016cc608079',
    'supply/active-document':
      'sha256:d27742ddac24c9f69f8e14496b5f407f02ff38a8a8d3c40a71833a8c293b5138',
    'supply/acts-at-import':
      'sha256:9088ae1bf558ad36ba6c501e8cb82b29b448c3b2e5dd2c6476faf663f0c358d6',
    'supply/acts-at-installation':
      'sha256:2d2b496c5b4cf5a71ecac421d475dfec897e250c11ba9012df0774d59eabee77',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:8a0295c545fef9247a5805fd32b1102a558545d9904d3a8b687486212f69081d',
    'supply/credential-in-bundle':
      'sha256:de5abd1d4b452e8dc41b4d119fbbb35ed4d8e31aa9cfc6622b52d2414d68474e',
    'supply/dangling-reference':
      'sha256:4506611e15452c07f356b0b4154df207fe623d85492758518136a058ae70ad44',
    'supply/dependency-confusion':
      'sha256:8a6e5d2d671bdf30eae175f39d63f8f8ddbedab8ca24406eee39985d3930412a',
    'supply/foreign-source':
      'sha256:09e30636a5c0ce5087f10463c039ea8196d0788faff4d7903bc916398a814e4b',
    'supply/index-redirect':
      'sha256:47d0234aabef01cad6a7b8f3a61a0f4ecdc3b089943596814564ccd1c9639f92',
    'supply/install-hook':
      'sha256:573366c7c1c9ada08b14785093e31059f46726588efff4f1c812ebf3dc941602',
    'supply/lifecycle-script':
      'sha256:c6d2628c50d8a0a0fc2f63b7e0841357206ae6495c4e9cf8c6c07a979d04add7',
    'supply/look-alike-skill':
      'sha256:c22f3c27a1e8938d135507ae300af3930ff1d9e62867ab87c2ca0cd5961f55e2',
    'supply/mutable-reference':
      'sha256:ee8a7339588770daba5283b699045690f372d438c92c30c1b2019e5df9cfe9d5',
    'supply/payee-in-bundle':
      'sha256:94e4b366f630303c749e4789b8e47c5db4e52c94320efd3929d74467c660688e',
    'supply/typosquat': 'sha256:9c4cfdab184d708700ceae9f6e80c110e284f55453394703da6f5082ffc1e744',
    'supply/unpinned-install':
      'sha256:72d667d9c31d8c86faf52234bbb8c34c57d6de1616485bee9bf1961a18c6621a',
    'supply/unsafe-archive':
      'sha256:5a001c729cd799786209a65fa7ff3e787d8512255b8e96d166cf8a0b48a5afca',
  },
};
