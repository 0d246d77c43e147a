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
  extractor: 'sha256:d68bea4a2388ae492fa8dcaa2270f19a626479ce73bca986ede63868073e5234',
  judging: 'sha256:e419801afb8f5bed31ada76428fc1fc5db910606ec44c22ec37a9d94918bbb38',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:e5973559c592f773bfa08fae0fc449ac6f0ff326e6268ea67b026633408d76b9',
    'env/secret-file-load':
      'sha256:5cad65135a0928d3b808658c638704dc9fcdec7a2b0da9dbe48f4de8f0b78c06',
    'env/secrets-gathered':
      'sha256:c129c4138fecea4c455fefae1a9336b52b042e7e8594ec0046dc7e49efde0fe7',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:8fa4f0a081a95aa428800a538cc1bbaa64c117187addd8e018621e8ad1af59c8',
    'exec/code-from-string':
      'sha256:9c44a480d5f08433e32ef0615872104b0bc2d1a4bcb0cba092f057f6700545fa',
    'exec/computed-program':
      'sha256:8c564f0a5375b29a4186c94f3bd3965bc3bc9538056c8e5bf27bf33ceb56a2c4',
    'exec/credential-command':
      'sha256:730ece7b85c29600aa8d87527626db9ceb05fcb3bd6bc94300d5a57491bce1fe',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:9dab4c740640112435f1faad4f78c571325523b577a5081040fbb5f2588e2ff9',
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
      'sha256:15c93661dc8baf7ac4bc132db24e0fd043691a431cc416ae9656dd4931ddc484',
    'files/agent-memory': 'sha256:d7b1eb749f02719828141d09de6e5ca850ddade49afa4bafc01edea1f531631a',
    'files/browser-data': 'sha256:5484d08b4fe1bdd83b5f8463eec2a8ebbc17b4d969421af92e067987557275a6',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:db3415cc2a8c8dada4a3900482c190e8a17d10e5faaca6855b785cf0661ef916',
    'files/credential-path':
      'sha256:f5b853b0b48277de4bf7ae36843fd773540ab60bde75ec9ce0d90d11c449ec62',
    'files/destructive': 'sha256:4aeabeb2870d55a7e1d96755217f2437fe960b69873a71b50bf541a1e7afa967',
    'files/device': 'sha256:159fd9b973a85539f1d2231c9de63c5d6ff0bbac76c4b22f15048cdb6efad6a2',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:bfa982427460a8f6f09902fcb7ed077a170785bb7746db10bb04584207178b75',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:c52c86e7125d9454e72ecfcbfad32a8a52c7146147a0a93e2179ff90428cb697',
    'files/outside-write':
      'sha256:de930617aa9cafbf869c6a2819d1b7abd73044ecac622deeb3b507dc8b6172df',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:1e03c15500d2f56a3f9894619176f1a13f750b9748bebba33340ee85bdd4fbb6',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:f206d4992e8647863cac455b66776b8768e48ee1ac0d514713633f6092ed88f4',
    'flow/credential-file-to-network':
      'sha256:91adf0ecd55850c8f413c327bdabb3f6b6637153c0019dde47621aaef0a6efff',
    'flow/decoded-to-exec':
      'sha256:5da8801c09a1b0d511b0dfbe8fd80c1671cfd41b481251ab8ea50de4399d7cd1',
    'flow/encoded-to-network':
      'sha256:1e1e5361675706bed4c51cf8fc45fecc763002f707cba47256af3e4677b184fc',
    'flow/environment-to-network':
      'sha256:62c1df79e91dd4f1e6b7ff3e8378338202d6a483a7d035a2dea14cc4fdd1decf',
    'flow/file-to-exec': 'sha256:e87734628efd11cb77d6c15e1a4d5df850f01777e687cd3abb11186f482f9d54',
    'flow/file-to-network':
      'sha256:2bb50f41ac6605127fa07145aff0ec4f501c7d21de2ef62c80d12cfcfd5fda1f',
    'flow/host-facts-to-network':
      'sha256:5d8fe7a27829e80cec918b0755877b24a2c92a6f66372880320bbd4c24ce7dc3',
    'flow/input-to-shell':
      'sha256:3372007f6626a497bf81bfdffa4137d83c2f5517365f1d7d142920f98e5e0d17',
    'flow/local-secret-to-network':
      'sha256:73c8c33ac913689f6946c63fad6f67119efc03b23c33bb2d53f55a577e6d5239',
    'flow/network-to-exec':
      'sha256:1a49834ef400e789e9fbc2023b99879618567b66df18f34e15208f95fc4ff46b',
    'flow/recording-to-network':
      'sha256:c60a6d1146621a827666f922988dfd3b0a7e9466c01b901e1f7bfb095f65a9ee',
    'flow/secret-beside-data':
      'sha256:bebaa05077e49ae6c279d1ee96da75c7859a48d0d08fe5975c3b4470ec40a761',
    'flow/secret-in-url': 'sha256:cab365bab64b0b3428c8c646f54fc4e7d1770ed1ead078da580d0f9d423f072e',
    'flow/secret-to-child':
      'sha256:873151929daa5b3525023529222fd414b6d77095cee569075c64b9a9fba9859b',
    'flow/secret-to-computed-host':
      'sha256:6c0b1c5223f29d350af302ba7a3861566d6672fa63a54961727184ac1856b121',
    'flow/secret-to-network':
      'sha256:1ac4e62ba60c1f0cd9adf48b16ec757c4c5328c6a2726858d077536bd0443a9c',
    'flow/secret-to-output':
      'sha256:892ee3cd9078098dbb932fc3a924bf8d92f93805c0a81f82b7ca43977fa55af4',
    'flow/secrets-to-one-host':
      'sha256:60bfb2889345b4c84255df99e7a681cb2fdd0ef0d04049fe6106177f06a458e7',
    'flow/untrusted-to-agent':
      'sha256:e22ac0fb0ae0d5fa4f455a6a301c8792c9dca30d2d5d882dfcfc3881ae276582',
    'manifest/added-since-approved':
      'sha256:bb8d979806cec00318d331ed72cfdb7cb493c2babd6b434c4da3ce53a7662c24',
    'manifest/all-three': 'sha256:673f5ddb13671a943a497a36c7fcee5bdd528c442cb3fc9dbf4529a4ee125947',
    'manifest/broken-promise':
      'sha256:f66727929aa3ab928f8871c8f570601e9a28936f3a7e7074398579277fa2360b',
    'manifest/contradiction':
      'sha256:1bb3a8603e0efa0244548926bddbb53fe473867e141606e82432a84d6927f98f',
    'manifest/declared-attack':
      'sha256:7c4f8ce141b4a4ecd94cd6af0737b32b1883e07f47fc476afec65503c2a7ef7c',
    'manifest/over-broad':
      'sha256:8745ad278527802ffac7e0ee5498471b3054351d61da8a6e035388e1f8b8be98',
    'manifest/undeclared':
      'sha256:2a2ee2c59408d4a5bcdabd923c7204b93edecd1f726fbe89f0ef662423d1d2af',
    'manifest/unnamed-script':
      'sha256:b9423faf2f6c9d0ef87cabf23abf6dbaa508b5993390485c99439bff2fdf2940',
    'manifest/unreadable':
      'sha256:a3fe7c051225fc5e7d70dafce1ff2130220585d5e40810cd4cb8194c4d3e88f0',
    'manifest/unused': 'sha256:9727e56f37ad0efee30872385920f279c5917d17fdf3ca05125d690bc7ad721b',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:36fc6f3127e5fd237cfe927a3c8d1fed7eff4ae27ed1356f388ae4a995b8c69c',
    'network/cloud-metadata':
      'sha256:ccd9f55321ae259707cdf9f507cce862de0d5aed217a8aa719d4b782b0c1a117',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:58da635550a21394d584ac9fd6bf89c5fe07217c9a5e0d65c017606b503a422e',
    'network/drop-host': 'sha256:44e77afe68b1a48a62045bcd2e634a46c8001aa98cfbf3c7dfcfa4bf125fa2cb',
    'network/hidden-host':
      'sha256:532f7fd8a98b8b89f9b25f996d429112f431983a8670c62c04d76f797b1e8772',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:5abaedd2f5a63c0edf39598477d3f163470c8b1021d19a0d4831a8fdc0b9edbe',
    'network/raw-address':
      'sha256:2d3b927b4ef32f9ca8d3e2fd7fb9fc6ba09320124ff3370a3f96dc203371dbfe',
    'network/raw-socket': 'sha256:5351955a6072f5165a47d1d05487877120cbdc60ab49f616ea56fc7bb0d1e40f',
    'network/reverse-shell':
      'sha256:d7a1dcad4d2a482197cd90f3469b746e1cfd292f6431955acd105188a4010689',
    'network/service-client':
      'sha256:20947a3c87c78b76b6d34fdf35219187cdaff25f2a1f5c4fa7330c53df6297d4',
    'network/shell-socket':
      'sha256:cf9c9b01e9e45dedbcade689a957077eb40be7a97a009bbf92c5abee841c39e4',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:65b55e4f69223d5384edf8746ba4d0c1f173ca27ffcc53c8057cc29ff76e6744',
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
      'sha256:898a29d1083dd2dfcc03274540f95f28e52f3a3a0ce6ceb7bb0d5563645ec01d',
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
      'sha256:9c29885ffbaa45abaf66d15f17a78340505fdabace5b1094fe29f87595dcd53e',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:4bc51ad3295d7856f1a7ff823beb107e1265d5a55dbc5da1216f208450308538',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:c13b59c2e555689d0056f0a2b3c5636943f9f0aa429c39dac05a3d70342fa21f',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:5493d989fe7ce2bc29fcd160967cfc72101e3fd329a0b9dd4feb0cfe1744ad53',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:b4608edd4a900fb2d11658ce03e368360db1ccdd4b3dfccb51911e3a9d22204a',
    'prose/approval-bypass':
      'sha256:add6c4f30e0f93e42a1cd3f1546253e2c915df0adb7e4d811292a56fa437cf5c',
    'prose/biased-judgement':
      'sha256:669101dc77d54be442f920b300b3b8f0096c950ea5ed60ecf00b1ed75530c2b9',
    'prose/boundless-role':
      'sha256:250b9fc2cef6a11bc08700130d5191336d0439eb7ca0cd76a9545f31179eade6',
    'prose/concealment': 'sha256:39d6098d1b07d376411c5ed6799d2572e06b7ab583e3427d03ad72320fa5ca3b',
    'prose/credential-solicitation':
      'sha256:9d53f890434e31065f5300bd3ac81743e8310c96c742181d75badbbcf036b5c3',
    'prose/decode-instructions':
      'sha256:4c3f3ed74f71aea8d99160b576515663aaedd53b2fc258491f2c1fa2d87fd396',
    'prose/destructive-orders':
      'sha256:274b831dd066cfe0b041fabc3213fadb2015dfd35e8be13d173299042dccc945',
    'prose/encoded-instructions':
      'sha256:52abf038a30a8021715aa24afafbffa0d5d9385320138d4b853964f6e0bfca88',
    'prose/exfiltration-instructions':
      'sha256:7652cf790fecb8173c830ce037041865186fd4bf0ae1f6756e2c3584eb18fac9',
    'prose/false-authority':
      'sha256:face0e371892c148a25194c8b802fbe9a8a22027a9bbc5cecefa295481b4ea0d',
    'prose/hidden-text': 'sha256:1b1fcad9c38a8b8cac3d3249042a9b63dffbb4b2cf6b77b53067dac00b32cb56',
    'prose/install-lure': 'sha256:48aed93380b9729f6b16d519c869da5ff944336009cd7cfd4e05952e301427c3',
    'prose/memory-tampering':
      'sha256:55fa6888d84484e44cbccf765eef0b37fd3b975c84e3c658b5037d78606d7ec4',
    'prose/override-instructions':
      'sha256:ff84ca8ce33e53c593983a7d11b88a582a7c8795d4a055f91d37c25a56c14012',
    'prose/payment-diversion':
      'sha256:1c54279a72cd4742f7a627a0ae3978dafb356dfa8c1e80a9fe0e93e2cfd6d6b5',
    'prose/planted-content':
      'sha256:62f0b33192b524abd40c0bc6a10e5f8c8089be859dbb7ff0080879ed564b3d13',
    'prose/remote-instructions':
      'sha256:1a7a2ac3ab4af61476d011d444065a3cf07b50934f2bf11d8ba48d145c2b2c83',
    'prose/secret-in-reply':
      'sha256:400ca351f8f9a4de4b6e167c03772c0a9e23d2772e990d43df609ad94def7b09',
    'prose/self-propagation':
      'sha256:377628a8c2acf6b4eb1dfa280b65148b69b7308b56f2419c8000d6281385d89f',
    'prose/speaks-to-scanners':
      'sha256:b8c12929f358759ef62e928e28268b9f8ec1c1099a556ffe452d2b2a9bbfa525',
    'prose/trigger-bait': 'sha256:5ccc402a3aee4e0e16189de12e8919a1ebb38085598427da9ed10ea5048fe8bd',
    'prose/weakened-defence':
      'sha256:3a312187d8359373d8f3957a13ab13738b77d159707c2b19f18eb2e47b85dc3a',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:64b814eb99f45c190831c687f68c6943c6fcfd73b6a392ecbdff92694806f75e',
    'resources/exhaustion':
      'sha256:bac4cb3728f68d6285b977988ead9ededeae1cc8688c433a4f282e7e6ae68b0e',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:735c061371c0b52de0b594948ee0fb27a439e351448d6b450d8c52671e9f0afb',
    'resources/regex-bomb':
      'sha256:98fd27b1586caf391fa664e5fbe8c81ae04dfb82b6c8e34521355b41eb4968b8',
    'supply/active-document':
      'sha256:e99442fc4c9aa89409f1010e3f96cdb30e9a685790d4a60cc9ef1bd52afbbbb4',
    'supply/acts-at-installation':
      'sha256:9ca60dcdb5e3eb21d14126555786cdc490cfcd3359ca1e683ec91c79b3dcb346',
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
      'sha256:1ff46a145267a006d7767451fa581a52074ff0b37abe83bdfe0ef84d32dda76d',
    'supply/index-redirect':
      'sha256:027c40d82e48d184a86c79e17db6011c12b87f6b379848609c05a134a5d48428',
    'supply/install-hook':
      'sha256:573366c7c1c9ada08b14785093e31059f46726588efff4f1c812ebf3dc941602',
    'supply/lifecycle-script':
      'sha256:94d2ec717e99d4bfdfc088659040db1aaae8e9d92ff9cfd8e7c97f4c2a36f7e6',
    'supply/look-alike-skill':
      'sha256:c22f3c27a1e8938d135507ae300af3930ff1d9e62867ab87c2ca0cd5961f55e2',
    'supply/mutable-reference':
      'sha256:7491be5ccb07992b4cfed821b2ca1fa6ab63838376d268a19d31e1d4b1bbcf56',
    'supply/typosquat': 'sha256:360d8a04361ba56d7381a47e2a4de6c76e41af48d5db0cb167005bae718c5534',
    'supply/unpinned-install':
      'sha256:72d667d9c31d8c86faf52234bbb8c34c57d6de1616485bee9bf1961a18c6621a',
    'supply/unsafe-archive':
      'sha256:5a001c729cd799786209a65fa7ff3e787d8512255b8e96d166cf8a0b48a5afca',
  },
};
