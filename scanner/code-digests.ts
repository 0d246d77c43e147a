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
  extractor: 'sha256:10b07611ad8ce1a06d12d6b14aa524e1e7fd5cf4494c8ac11a40162081f86607',
  judging: 'sha256:aed53a2cad29f390222a1047be001b84f0153c19df0c05b19d3e5c71b0437906',
  rules: {
    'env/client-address': 'sha256:625670dd0216edae916eaed10c2d73b883c78729ea19abf0170dc3bc98f6a45e',
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:8463297cc9a11eebf7eb5021a3829f09095ed4d38bcfcd39a89c1229f7e02239',
    'env/secret-file-load':
      'sha256:a469f7b39a00b1add187de1cc4b70053f55fc04b08fa4d9f47656a2a67321075',
    'env/secrets-gathered':
      'sha256:78cb44d6aae298c9f839a27ade8f6d10c75796a83133453cdd5521c00294501f',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:4222d1e18fdeb5fa4083be6e985c9029f8de7bc49dee1154a390ab122fc5c2b2',
    'exec/code-from-string':
      'sha256:f2c1e653f623f77ec9924b5bee7cd9946615824e9ef9cf20191818482401a279',
    'exec/computed-program':
      'sha256:8ad2f335be6ffe39bc85be1c61c1667cb21c5a67b57a3490c3c0f712e2e4746c',
    'exec/credential-command':
      'sha256:ce1adfa5627405c26527f2173a38a8437fbad049a0cf8169a4cd53d6e63ad7d6',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:588af884725eb6e002702ab14e03b101f4df33b405be242e4bfb626372b795a4',
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
      'sha256:d9dff0c7762656870c49bdf5c0ae756d386f72d0b460d3a05221a43f38a44baf',
    'files/agent-memory': 'sha256:1aaaa1736b5df81cdeba4c02e9bb6e726874c7b42c9b6e37459718bb2d003a0d',
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
    'files/outside-read': 'sha256:822a9bf970e2be1b58edce6f37074b57625e8ae71e55cf0af743ec7d3d738b51',
    'files/outside-write':
      'sha256:e9f6a7db61eee9830dec790881c0f9251238b25cba5c5fcf53b55b2d7d2750b0',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:ffee3eba13966fc82cf1d10bec4f2f4e9459bcc0733c1101b2d874fee4a5a936',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:61e5b56a95b068490da9e4c777ee78f705f6dcfa82e9697c698fc18c6723cdc6',
    'flow/collection-beside-network':
      'sha256:c91f89a1521bf1588f73136604d84fa90f81606bfb6c68ec69bf8d09b56ba51d',
    'flow/credential-file-to-network':
      'sha256:610e8b87a326934bff0ef1858ef5dde82abf392d06b3eddfb1a3509f45e442fd',
    'flow/decoded-to-exec':
      'sha256:de9bef97b87a9d1e01b181260d0d6dab8278ffbcee82d95a087419d0ee614a6a',
    'flow/encoded-to-network':
      'sha256:78c35849a57c537f492d9407b70c0bf5abe0f5380602aaf090ab9c2b401e2101',
    'flow/environment-to-network':
      'sha256:f7f3b7049bab44e307cc3d2de6ae4710a2fab6ec9faf7f3335ea707f5ab6bde5',
    'flow/file-to-exec': 'sha256:5b4061d25e20fefda0961f2f96d3bf21870f0830812d23656769ebe5247db27d',
    'flow/file-to-network':
      'sha256:30558fbb3e1337f1fd2129e2050365e97f643145c708751a75ba38b56a713614',
    'flow/host-facts-to-network':
      'sha256:b99e51ed219c6e31dea9d63b0066edbf0470f222da9aa27ceaabafa43d1c531b',
    'flow/input-to-shell':
      'sha256:95a026c4de770fa544258d4d09f1e9631d1754f6bb964e281de7cd5ff743b47c',
    'flow/local-secret-to-network':
      'sha256:6be6f8f206c50ffd3711d86f75dd34c2c16024bc052d287b69475b12c30d478c',
    'flow/network-to-exec':
      'sha256:18864e868ab9783f4e63dfa8f166975be6e9c62aaabad445b2e5f203f363056c',
    'flow/recording-to-network':
      'sha256:5158d04c7c593d135acde4695b9a4bb3679271f20e0cec4664d092f43cb368f0',
    'flow/secret-beside-data':
      'sha256:cc50701974a642ef6f3774eec402ea2e1c20b217b0756fc1a714c46f0efb5a4e',
    'flow/secret-in-url': 'sha256:fdcad2185d284a1903fa1af64cef9edd93864352f0881ab6b418dac59af212e6',
    'flow/secret-to-child':
      'sha256:186f30afad05adb97e45ea5a80fc4b8af0c24d3a7b97433840d2ee25c9e6632f',
    'flow/secret-to-computed-host':
      'sha256:0b03b64ac2c59b523e1bc1897fc538e4588540787bcae3a4606f270eee3a6cb2',
    'flow/secret-to-network':
      'sha256:11300a72a29764cdcd9cf4c40287d584afa57b251d7426af526e968d159b9ea6',
    'flow/secret-to-output':
      'sha256:d654d86bb38d391943963c4fc578eb302971d1770456f549af5746116e2a68b4',
    'flow/secrets-to-one-host':
      'sha256:ecc5d3f4abe9aa8774a395e1c72b7df5f23b5e040f9822a7daf68d8dfc5f0c02',
    'flow/untrusted-to-agent':
      'sha256:13dcbd16b7b4bcf6b339ea74e2707c62d87305cdb0edd407345d38efce316885',
    'manifest/all-three': 'sha256:ea1ddc104c6a0cdc3b841c2b36dec142887eae805fb3aac4ac5b8b6c8e7d7d1e',
    'manifest/broken-promise':
      'sha256:9e7fdc9f943b42db7f85c0abfdf737ab1033a174d12e38ac9296ce87196a34c0',
    'manifest/contradiction':
      'sha256:c8a73f1fd3df30d1228f7937c4e3a57497392b5523c5fd2ec625fc96f7842a48',
    'manifest/declared-attack':
      'sha256:02b3721ccc7af56ed20986748e3bbb4fac09e7adc9e97a8bdc60e04c16cadcd3',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:56dff299bddc683bfe2d1e8ade5ea492815b18ea8e1e0ad4c64484ccd445b9d4',
    'manifest/unnamed-script':
      'sha256:f0bc0162210a31e8ee7cd8681fc8bd8bc741b60b34b0e33f878fa1f9e8267706',
    'manifest/unreadable':
      'sha256:7c85dbdd457ac53c7d65b96d4ed54a60aabcb55d4546f922de85b15a2feaa2d4',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:5b8210acc94563369e03da17e12e62a119c242d1c5d3e2b987e624a3ac627f37',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:89093dc42d44fdc6240eef27a2fe95ff2dde81df2cedfe5eda1c6c8b0f8a19f3',
    'network/drop-host': 'sha256:9c7cad69afca6d197796a61b44460fb3c5d877748e9834cb3f00a09bb51b5845',
    'network/hidden-host':
      'sha256:e543df34c2f665c70ba31fd1268991eabe659364c0e0f85be159f9509db5859b',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:021131846e54e228f9cf652cbc2a0f8e59973bf954972f1ff49c29cd443262bf',
    'network/raw-address':
      'sha256:3ab7f714216b45280032ec2889b4f994e51f1fb04c6db73fb73218eeb6bdef53',
    'network/raw-socket': 'sha256:7cceafccd9b32aa73c6d405dc4de4d7ccf1e08c1d5fda08c730d8f08448c5c9a',
    'network/remote-access':
      'sha256:84a661afc97a41ba5b4029f7dcb5eef7d682d57a2b8ad3d32cc9ce5bd5247ecb',
    'network/reverse-shell':
      'sha256:d7a1dcad4d2a482197cd90f3469b746e1cfd292f6431955acd105188a4010689',
    'network/service-client':
      'sha256:6c59449b03da1d7d92f522018babcbf9b12aee33c6122285da7159487daa9212',
    'network/shell-socket':
      'sha256:c41e7d5efc22003462161b1e71dc83842d0a0be7fc7e962fe84d7a061531c9d0',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:b4bf679353b2948bc3735ca7daed037a3d1c4679943b469d55e449363bad0d22',
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
      'sha256:b8314932184c4e085051e7ea1e63774ac7640cb6bde2d16e9d55ed2f6ff23485',
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
      'sha256:a4f888fda0cedd2f77708da31ad49e83e20606b3d44fb5b1cbe7d4122aa59a4a',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:eb84f6fee7df7a14d671a4f3eea007ec9cac223cbbb07f1bc98ae092c37717ff',
    'obfuscation/unanalysed':
      'sha256:2a76d39b3b7a7b39462ce581b010cb58f697efb908a42d9d750f47f47755d26f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:8eb33ae572de1fcecdcffa71d73db1013198c163b3e46fc9206f0ffcc1e3250c',
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
      'sha256:f7af43dd4989eb0421a24aeeeb6cc2bbf2f0bad4e8f839bef5f334f5eb60aa82',
    'persistence/shipped-key':
      'sha256:f406ae1dc7209c426738abd453bbd5affcd0295c1012e54ef8318b5d14139a92',
    'prose/approval-bypass':
      'sha256:279fdc42668f009f208597b5c03bde22ebae294b6f1b5a6f1384c6083dae1064',
    'prose/biased-judgement':
      'sha256:dcdbd18aa36333881ad4e8998e499b318a6717358e0923443cd0262bcb19f219',
    'prose/boundless-role':
      'sha256:69d6d5c04958afba85c609f72016c6df2e9bc2c4c578e7d13d31583956fffd60',
    'prose/concealment': 'sha256:68027d56b4ed0cfdd38ed578a04224bb11187ad7b36fb3846559798b20b00bf8',
    'prose/credential-solicitation':
      'sha256:f9a1cc6a66f0f13a66f1012dee656bfc3982a1d41c412b06780b351193dced6b',
    'prose/decode-instructions':
      'sha256:0cb85069c5228f9be63d8917b37b60994857b93bc77245431a5910eb8d01b817',
    'prose/destructive-orders':
      'sha256:a1522a7aae1c79ee8cacf15514992243ed7ab9604a1e39bb4433e0ed8e20542d',
    'prose/divided-order':
      'sha256:33e518ee0a19cab01c5c0baec9b34aae593bc408c0c9fdb0a554c89694f4b9d2',
    'prose/encoded-instructions':
      'sha256:035439fa49809d811b5335946e4819bbf959a5c7b1c0832e69603b3141c1f166',
    'prose/exfiltration-instructions':
      'sha256:481020e1de4623939c6054cf47e1bafad2b67b655847adb0c930e89bf387f0c6',
    'prose/false-authority':
      'sha256:461255c9398a0020b9372ca257e8b57664356b058b6ed8dda691acb7d2bb7a10',
    'prose/hidden-text': 'sha256:265cbccc3a1af90c851871630fc85f7851926f64782ca1fabcc78ec345235fa3',
    'prose/install-lure': 'sha256:48538d2fb49fa9c1142640a6c3c636f8494240b771b91f94948f6240db87082b',
    'prose/memory-tampering':
      'sha256:d5be6dbfb81e4791b332c3962ef76db76f6a52dd7d9be74f07c2f2dec5dfa608',
    'prose/override-instructions':
      'sha256:df926f8396aa0228830b66ddb8dd8f4a70bf13e4d14e51bf41b19ca6ae0b469b',
    'prose/payment-diversion':
      'sha256:e953a2fda9466c1a083b026236617af0950f9f39d74d6b4c93a8260702958023',
    'prose/planted-content':
      'sha256:1ed69ca3de5c321364bc5ff489bb84bd280c68e78aa07e65c18487ccb3a46f55',
    'prose/remote-instructions':
      'sha256:0618a3971d5147cd26590f7774f657069104080246f7d03127e2b09d17860d95',
    'prose/secret-in-reply':
      'sha256:d5a2d08fa4b68860c9287ac200a782c367ec2bf081e191454b324dfeb4e43ee4',
    'prose/self-propagation':
      'sha256:8f90653fa6821e8641ef48bf828d357fe4de5ab82a033b36ce11934654dccdbd',
    'prose/speaks-to-scanners':
      'sha256:410f4d5bddc8b69f6dd2f5e8708cf37def96802d5f70643f3d82ed043056a180',
    'prose/trigger-bait': 'sha256:b5a8ee5e711322a5fcd9cea5cdff1e8ce1c8183f3ec9c89a002ec62b2a93f2f8',
    'prose/weakened-defence':
      'sha256:4816902b472bb1eda582308d0ba4fc94447d8a41a39b3ae04bf0b1b8bf3e2058',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:ede4089dc6d9a60d070aca8377a4bb47ce4461c8dd3057f649da03eb6efec3ee',
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
      'sha256:85489d36949a948fe914442718e6693efe341b0d2660cbd1ccf399191a61cf06',
    'supply/acts-at-installation':
      'sha256:0835eae56e8cf5107ef00cf9c33517d913b5ab0f055024b8ab11c0abad2a658f',
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
