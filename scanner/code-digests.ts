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
  extractor: 'sha256:422a43cadedce9f9102a75bc56c67fb331ab3aa7ed5b64bf593095e37e99b480',
  judging: 'sha256:c7179724b17552abc96886aa5df3f9f701192487553683fb26563d2b974c2608',
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
    'files/agent-memory': 'sha256:4063f2d829f08ae38d8e6b10d9fce098e6d4b605ff618dd8777f676421ff71bd',
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
    'files/outside-read': 'sha256:548ac95a815fe9c26b373817655e392a55e877d4997afd2f879b7fbeeec5b712',
    'files/outside-write':
      'sha256:c153d0363a1a896ab52d2b2bc7a1a356e5c9849e17d2d7985487af615116f032',
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
    'manifest/all-three': 'sha256:3fde252827e3fe7129bb8a56bdbe84b11de288bac774e158d8545c81bc1bb857',
    'manifest/broken-promise':
      'sha256:dc17ace3acacd48a3f34211194796c5c40154dc73af4725ef993ce2b4f7da700',
    'manifest/contradiction':
      'sha256:0de9753a42fbc9a313c8f1cefd7263d3509e6e4538e5fe519e8914ecec251384',
    'manifest/declared-attack':
      'sha256:72410877790dbf973dfc9351685a3085f9271f231f48a626fc5de8254632c31d',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:b9c572abcc9acbd0e754f6a1f332e035a5a3f524a88dde8ae3c28df7c9fb59a8',
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
      'sha256:f01f665776a11a96ffc62ce530402ac4bbaa74d6f171c5c462fd4cab1cbc5210',
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
      'sha256:66bba900e3b693a644bfb1ae2baadbf4812f1b14d9dbf53a99634545b57b1291',
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
      'sha256:39c488e60b74ab8ffd4e8c875ad5e92d2e70b3284ac341ec02c80954ba25c781',
    'persistence/shipped-key':
      'sha256:f406ae1dc7209c426738abd453bbd5affcd0295c1012e54ef8318b5d14139a92',
    'prose/approval-bypass':
      'sha256:7bb60700d2b2d610846d5aa02803ceb0891d2b7c5a94eac0bdf5779e6e975f0e',
    'prose/biased-judgement':
      'sha256:6719a67ae93396ce6850bc5a4b5ff6e888af77b1cdafcae781b0011ba3ce36ec',
    'prose/boundless-role':
      'sha256:349e4f4812faa118d024112daa2aa853cf2aa76820a683a762a032dde9e7416d',
    'prose/concealment': 'sha256:cbce7d8c4adbdcf01543fccc45a34ba5c7bb24e91c4e76fa85a0b260881be21c',
    'prose/credential-solicitation':
      'sha256:57111ef89f8776513eef21d0a45f6cdd5df4513d9e2e8af656b8a5b5a602163b',
    'prose/decode-instructions':
      'sha256:08e01ba6b224d460ca178da03bf35d9c85307dc385159397879b9251501cfa47',
    'prose/destructive-orders':
      'sha256:b0e9c69f13edb103629334ab0fa7d1e661b35ee89825bbcdc971eaaa2f6fb094',
    'prose/divided-order':
      'sha256:e8feb3603d67754d466453aa9e39edc546cd3ca9fa086cb179d1a0e8b1925d88',
    'prose/encoded-instructions':
      'sha256:ff3d227c0485a2e7c7142958d7d27b0320f5b245c7978df760d9810606a53e9d',
    'prose/exfiltration-instructions':
      'sha256:76e7f60d2bf7b91c74481e92eee3607b2e8ebe29ccf0135afb12a1da35ea629d',
    'prose/false-authority':
      'sha256:a3d904976649dd62a8f410bf45ca57a1273cda3bb17ef674baac1f57672fa53f',
    'prose/hidden-text': 'sha256:4aa50d1ef7df1e79b004193e8e8e15d75bb038d2565711c7d3a821c96c356a47',
    'prose/install-lure': 'sha256:390c8cfce6ce3b0a0bba1bcac4b726064fea52ed29fd34b971f74126d72ec603',
    'prose/memory-tampering':
      'sha256:10283e893f8806fd3652c0ef9d81e6abc5ccd6d82eccde643cf52cc348763129',
    'prose/override-instructions':
      'sha256:dde40c9b1159b91ba3d18beb26ad6514cdb475281015bbd4b209ca0d051e5473',
    'prose/payment-diversion':
      'sha256:55f79c79237498669a936c402c170a31490be3a97a8aab01ebb8f8a0cff25d58',
    'prose/planted-content':
      'sha256:0a4fcd8a63f16804d22a6d8c01603d0f31fe396b04afcf3b68ec2fd0dedf423b',
    'prose/remote-instructions':
      'sha256:b5d9447b6063f9eb99be2dfddd0e1fb9519e30e016cc30f033d6bf1e0cfb66ba',
    'prose/secret-in-reply':
      'sha256:4c996c078c710adbba2cc82d539b715959bfc2a59f5a510954c62e98c52f5fc2',
    'prose/self-propagation':
      'sha256:f1930e6351694c05a3aae7b5d8b01565e19c98d6091265851c5133efaf1e6993',
    'prose/speaks-to-scanners':
      'sha256:5f99ebbaf37bb3c7ad452b740a995d4260daeb5443a296f7f4da6dce9dedddd0',
    'prose/trigger-bait': 'sha256:6cd93f4badf09b9c99bdc4c040f06cdc09828cff17dd0fc7b547e85e186d8142',
    'prose/weakened-defence':
      'sha256:e597ea4d48dfd48c9adadd59f876128f48842e392aff0604bafdb67a904398d3',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:0136ea15563de2a782ab4bb0c00ab561697a2c184be15aff274e7df44ca88ee6',
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
      'sha256:d758e10a433e9c0efe0ef8be77dd60fa653537de64c8fbfa139c45d5ae22ba37',
    'supply/acts-at-installation':
      'sha256:b018c2d896207882da65b33bce23ded702648db2c4d9b7d9f7d1e84c70e549ae',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:d3bc8242609ef330918366c8dd42b62c87f026899a2c679944355ee011c85ae9',
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
      'sha256:0cea9e21181f7416a300902748f287fd79fbda0c593a906efc5aac3525320fa4',
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
