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
  extractor: 'sha256:a773f9182864c3a02e6c06dde4c5697b3664e2ef70e8755d02b57b798aad176f',
  judging: 'sha256:a628ee5e32212fafee27dc73ee4c047dc0749d549f6e61196732c6ff564c652e',
  rules: {
    'env/client-address': 'sha256:aba64771c6e7f701b3cbe7c24038fdc42182203d3b49f1791b4983e1f2526001',
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:8463297cc9a11eebf7eb5021a3829f09095ed4d38bcfcd39a89c1229f7e02239',
    'env/secret-file-load':
      'sha256:a469f7b39a00b1add187de1cc4b70053f55fc04b08fa4d9f47656a2a67321075',
    'env/secrets-gathered':
      'sha256:882d4e79f374a010434dc24292c1e9c83331a5ab04d9f8e5644b1f2615a3be9f',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:4222d1e18fdeb5fa4083be6e985c9029f8de7bc49dee1154a390ab122fc5c2b2',
    'exec/code-from-string':
      'sha256:f2c1e653f623f77ec9924b5bee7cd9946615824e9ef9cf20191818482401a279',
    'exec/computed-program':
      'sha256:a4109508ab329604fa5c1d1ec7bd5e3dcc6f68224d18bf7fac8d598ba84c767c',
    'exec/credential-command':
      'sha256:ab8c190d00cc8e06be4483853e2cd9238fc4c8e639a87e94e41ace221626a0b6',
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
    'files/agent-memory': 'sha256:8d0b6b4c816da78a76eae6c40deb540d3954e5f9bc07ab3e8b3813cfeefbadd3',
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
    'files/outside-read': 'sha256:6fa41fffbd4bf357f94ea141c574457687c2962c85b91aef6468c4d23ad7516f',
    'files/outside-write':
      'sha256:d937319524ecaff82b02e5061eb38da7d3d3285ced77f55e92e6bc922127a37d',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:ffee3eba13966fc82cf1d10bec4f2f4e9459bcc0733c1101b2d874fee4a5a936',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:61e5b56a95b068490da9e4c777ee78f705f6dcfa82e9697c698fc18c6723cdc6',
    'flow/collection-beside-network':
      'sha256:6c682dae3fd1a9054f23ab3c34c52fefcde4da41cda311fd06b03c83b2c176f8',
    'flow/credential-file-to-network':
      'sha256:fbca4951150785a25f2189cf75368f27552f38e95558069f1d7bcb426786bf62',
    'flow/decoded-to-exec':
      'sha256:f33677efedac6bcde8989ca041822eae07db286cc12344c48b4d92ea42ccc45c',
    'flow/encoded-to-network':
      'sha256:5bf53f7d9cded3de83c5e51cb6afa53dcc97d49ea9ae2be1b3708a6e53a8b095',
    'flow/environment-to-network':
      'sha256:7e7e21a7080bc2ead6aecce5d4612d6f8387d48ce92892f85be6a9735ed20859',
    'flow/file-to-exec': 'sha256:74538f40cf4009e1257ed592be3fd474cadd5e0116aa4ee6d650f626d33c94c9',
    'flow/file-to-network':
      'sha256:b4fcf9d5b70d76521436dfd27b4b247531315401b286acfb373312e63e5029b3',
    'flow/host-facts-to-network':
      'sha256:b194b7ff714c69a3b20eac93027fe397a4425e0783ac2d7cf057707495163ed5',
    'flow/input-to-shell':
      'sha256:e679effc37c6bb4370b6a8c3d8bfa18e39b3ff7d95072686bbca4ccfed18e840',
    'flow/local-secret-to-network':
      'sha256:993c522318b287f1826df1cbc4ed42bb4f4262aecc70cec7429bfaab18bce9d1',
    'flow/network-to-exec':
      'sha256:ae12e43e3dd1bd3770e0e722126a19a1f2782eab4b438e13c2e7b75d12d73119',
    'flow/recording-to-network':
      'sha256:29b9cbbca492018ccd1b86ad6ea79285c1445b3e594049006ca3b14612adc2a8',
    'flow/secret-beside-data':
      'sha256:5e0d3d43bc6e7eb6e3c1166f9322cfc137f78aa40c4aecab553006836eca1cfd',
    'flow/secret-in-url': 'sha256:c8c7b44727c79d97bf5d6e36f912980fb9a3c4c0a1f0aefdd9723bcbba7b8ec9',
    'flow/secret-to-child':
      'sha256:fa8ea5b9d07e13c5af77640f3cf9b8d9dffedb0fb07247350f5f9a19fc9f38ac',
    'flow/secret-to-computed-host':
      'sha256:1c9c632bca4ab8a1a8f0c1f621d2f93f0270c5744533cb566a17a33a675f5c5c',
    'flow/secret-to-network':
      'sha256:3beec3679558060e27ba4b5da3f80f41b926385200c0b08f312723bc4bac5c96',
    'flow/secret-to-output':
      'sha256:9b45a6fca64af8ea2037315eee7fa567f1ba3adeda70fec8ec07bf005f0ef039',
    'flow/secrets-to-one-host':
      'sha256:8ce44c475842fe5c34a03ac5f4803647d7f187007a71513cb5e1937f4504d014',
    'flow/untrusted-to-agent':
      'sha256:4eb3c080cabcf74a6a04f66ddf322d17f6d7d64b2b0e2033f4f8e1cf14592388',
    'manifest/all-three': 'sha256:980119d5b11bf02ae6b79a6af2eddb194450ec3895177d1a7c10a2266c8ddc1a',
    'manifest/broken-promise':
      'sha256:30191679c2a0993afc228dc78133b1476bfcfdb57f7dc0352cdfc691bff9cffd',
    'manifest/contradiction':
      'sha256:0de9753a42fbc9a313c8f1cefd7263d3509e6e4538e5fe519e8914ecec251384',
    'manifest/declared-attack':
      'sha256:72410877790dbf973dfc9351685a3085f9271f231f48a626fc5de8254632c31d',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:90a29f82c9275b06cff0812d7807cbdad2c278d5beec650257c3db8161e6a72b',
    'manifest/unnamed-script':
      'sha256:7317e2695623c9e554d794678231771beff96c9f45f0c84b0550932f73cdd02b',
    'manifest/unreadable':
      'sha256:876cffd21f4074a09195c730d6c7753b22a7d3aa990e02df5f629a9684e55194',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:0b8a3c1b7e4cea7eb58f29ce415b0485c1c8c80e0075aaf6dd8fd0b72b298a03',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:fcb39a463dd9b01bec5d0edd30de129eaf66c94e3b044d99bef8707624c14d70',
    'network/drop-host': 'sha256:9c7cad69afca6d197796a61b44460fb3c5d877748e9834cb3f00a09bb51b5845',
    'network/hidden-host':
      'sha256:1c317910250b1c5f9f872f53bdfbaac123c752a397b7a30d8dffa43d90d470d5',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:021131846e54e228f9cf652cbc2a0f8e59973bf954972f1ff49c29cd443262bf',
    'network/raw-address':
      'sha256:3ab7f714216b45280032ec2889b4f994e51f1fb04c6db73fb73218eeb6bdef53',
    'network/raw-socket': 'sha256:8100bcac1f41ab087c808debe2421e0a9e5311dbeef8444674390d987a3ae490',
    'network/remote-access':
      'sha256:84a661afc97a41ba5b4029f7dcb5eef7d682d57a2b8ad3d32cc9ce5bd5247ecb',
    'network/reverse-shell':
      'sha256:d7a1dcad4d2a482197cd90f3469b746e1cfd292f6431955acd105188a4010689',
    'network/service-client':
      'sha256:ccfe34e0b588f920baca94c65be05d3f91add49a889446ed0a9700619be8eba6',
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
      'sha256:293d03c5cca828f8462ca51a13840dc5cb10a7d11561b193a2ee1b64aa5a0693',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:eb84f6fee7df7a14d671a4f3eea007ec9cac223cbbb07f1bc98ae092c37717ff',
    'obfuscation/unanalysed':
      'sha256:2a76d39b3b7a7b39462ce581b010cb58f697efb908a42d9d750f47f47755d26f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:5c5915ea60835247a71e50bda62c2d535adbcf7ea419e7ae579e0e803a84a0b1',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:c13b59c2e555689d0056f0a2b3c5636943f9f0aa429c39dac05a3d70342fa21f',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:48aa3534c71587d818f87d9a6a4213217f81e4e6a6ab54b87f5982f23844dab2',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:4d52ab474d2d3900453daa9c1a682e2c8a42eaf35959d707d8b887786480f0ae',
    'persistence/shipped-key':
      'sha256:f406ae1dc7209c426738abd453bbd5affcd0295c1012e54ef8318b5d14139a92',
    'prose/approval-bypass':
      'sha256:5bcfef3a63631287a4cf357300e8042c84a8c938b9a3759a3fce8e4ea6a9d776',
    'prose/biased-judgement':
      'sha256:9856328f066f2dfb45d62bb5ec8745ee8d02a24195d1af2b8f797aa2743a4890',
    'prose/boundless-role':
      'sha256:b82b1e8b4152a4e690ff5995c7c6dc3ca75430e53a1c77676a18d108bcbb8fc1',
    'prose/concealment': 'sha256:b2953aff878c9ea361b4f7bc07244e11db4ca0663022897ec4004ddaa89eb551',
    'prose/credential-solicitation':
      'sha256:9d5ea22bb566f08a4051ac2b9af664bc34f62d2fa0935fe6db25bdfcd7912a7e',
    'prose/decode-instructions':
      'sha256:71a463f13183a922b85437183d5f6f6af87c15b53c10c8f83d819f8d11aa1240',
    'prose/destructive-orders':
      'sha256:84144be45a77f8841e0df035f8746c2da12ee294dda433109080d49e36ff4d28',
    'prose/divided-order':
      'sha256:8f68f9ac3d4e5e7085d7c1276cf95faf06036f6e23850cdd333a5d0efe29550e',
    'prose/encoded-instructions':
      'sha256:9ca9e9e13dc281e2d432f78a52b5d93d88727752ef1dbcbd8a9954979eb042ea',
    'prose/exfiltration-instructions':
      'sha256:45997ca6517057f1c663cf567e882317d5fbfcab622e7f3bc851e2acae34d1ee',
    'prose/false-authority':
      'sha256:468488374a23d96732cbb4c6b34f303cf11c1a59e2cf046aded2ac938ede2496',
    'prose/hidden-text': 'sha256:7d82c084f9d2eba7d2eba68dee6783e3aadee42058da068109a59a7a84c83115',
    'prose/install-lure': 'sha256:a3c6153adf64dd458d8ffb6fbc15d1f4e71a41d1cb1498b70e3599ae9bb9ac0f',
    'prose/memory-tampering':
      'sha256:eafea7a6a51fdcc727e29c8f70721ad71847a97773e40e98c43cab1122e7a335',
    'prose/override-instructions':
      'sha256:eb9968be8c960558ca1e1720696fd4075e82623c735304c1725e216c11626e3f',
    'prose/payment-diversion':
      'sha256:c70387d80f0734280b2dc22730703b2765d574f03accdd585f96d776dbd5374a',
    'prose/planted-content':
      'sha256:3741b93d279b645cd3577dd96fc5bb5a6b6d883cbf10d909e49ea830cd5364ae',
    'prose/remote-instructions':
      'sha256:5d0c66a3331291fb19da2e6bbd2a9892a3352a9f722202faaf2037269d4a95b1',
    'prose/secret-in-reply':
      'sha256:368620ef3ced0f6541083214f7573e73c51433856dfb3ef902e85cf79ecd5ff5',
    'prose/self-propagation':
      'sha256:45325722701c8c2817c28c9cd060ff70a13f7a86baf604c43d28055760c0708f',
    'prose/speaks-to-scanners':
      'sha256:a0246eaeb878b27c38a9d397f1561e3ce28640ab45af6aa28e76c541260bda1d',
    'prose/trigger-bait': 'sha256:9f2707e985221da8eee3dd56b02ea346fb0f579e99a12b71f8e101aea0e930d5',
    'prose/weakened-defence':
      'sha256:7ea79c21204ccd8b38fa4e3a1f75608988ecc013102110317c7f56c9823978a9',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:903231ce2efeffb96dbc7983e5b4975edeb1f9655bd26e5b1f08c80f647bab7e',
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
      'sha256:fe8fb9d1877e2e24a03564b1992c2e01581408b197ce80eab584e649e154fe77',
    'supply/acts-at-installation':
      'sha256:779c1e4a6888e4cd239a065c1c3cd6c61635caa7ed553c03622c993873c0a52c',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:c203311f546321d570f718a1ab1310fedebaf083a1dbd897d7e9b61275d799bf',
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
      'sha256:68420dff7e5608f24c7eee15bf5c5f4aed53e21a9f35402ea484b57a9cf911a8',
    'supply/lifecycle-script':
      'sha256:c6d2628c50d8a0a0fc2f63b7e0841357206ae6495c4e9cf8c6c07a979d04add7',
    'supply/look-alike-skill':
      'sha256:c22f3c27a1e8938d135507ae300af3930ff1d9e62867ab87c2ca0cd5961f55e2',
    'supply/mutable-reference':
      'sha256:ee8a7339588770daba5283b699045690f372d438c92c30c1b2019e5df9cfe9d5',
    'supply/payee-in-bundle':
      'sha256:94e4b366f630303c749e4789b8e47c5db4e52c94320efd3929d74467c660688e',
    'supply/typosquat': 'sha256:ab8772aaa23b5d43581a43c5a7d20dbf9de2bb430d8c8ca574b4242d0fc6f84c',
    'supply/unpinned-install':
      'sha256:72d667d9c31d8c86faf52234bbb8c34c57d6de1616485bee9bf1961a18c6621a',
    'supply/unsafe-archive':
      'sha256:5a001c729cd799786209a65fa7ff3e787d8512255b8e96d166cf8a0b48a5afca',
  },
};
