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
  extractor: 'sha256:c89aabb3a0c775aad6ef6800727b11a6ce7967a66bdcf33df899945b5f77cca7',
  judging: 'sha256:8f978244b929db0d9a1df7296f44fd9355cd29f7ac4eccc18acf3effefdb2c32',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:02260c8006cbf847dc90d877580a1d14b0cc69bd6c3eed4ce3b974e1e26dc6a5',
    'env/secret-file-load':
      'sha256:1bf4b8e0c70f6938ed5425bd23faeba15f3cbb037eb06b5afd6d0aa149366885',
    'env/secrets-gathered':
      'sha256:adb90581bf4ecdd418a015fd82abcfcf5a22d869603312d411b5a3672428dd4e',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:8fa4f0a081a95aa428800a538cc1bbaa64c117187addd8e018621e8ad1af59c8',
    'exec/code-from-string':
      'sha256:9c44a480d5f08433e32ef0615872104b0bc2d1a4bcb0cba092f057f6700545fa',
    'exec/computed-program':
      'sha256:8c564f0a5375b29a4186c94f3bd3965bc3bc9538056c8e5bf27bf33ceb56a2c4',
    'exec/credential-command':
      'sha256:573b20b9fae00905819e34927a0b8e4cd5905cff8423f598e4bf8ef7abd94d6b',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:41cd4a0be7b0dcdfc06c593889b21c20526c3140b03a10eef081aaf36166faf7',
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
    'exec/unguarded-agent':
      'sha256:b9e8afe3fe01d97fffeeca6676b0f4711210c19363d1809402b312caea5e4779',
    'files/agent-history':
      'sha256:2c23e2cb650bf9a74bd9674842274b0bc97cf0b3e11bb1e56ffb7a7a11c7890d',
    'files/agent-memory': 'sha256:5d774452af7aa4ceb55170ab11fabf5d2506013ccd990953c27c5c3516d3e8af',
    'files/browser-data': 'sha256:74ae5f2761f0acb446e6ab4932d26bb7a79b14ccf8847a0c436a177cbbe644de',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:2b95c3648e4548c15e1a8ad2321232e4cd3cf6830a1c35468344033fc0f47d9e',
    'files/credential-path':
      'sha256:0d41e0228fe8a3de32f12d1b984e59578736bb21c60e5f7d1db32380a71446ef',
    'files/destructive': 'sha256:ee48f4e437c8442d76a29c0e55634cf9a20c644b135e69e2354255d96839e52c',
    'files/device': 'sha256:e3aa817a44462fa50d6b42e20709873a2ad71f7e4867a8012532ff2195f73d14',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:87e2a3f0379499f781c0fbb097239d759a28a87dd8561193000a7da781afb3de',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:a504dd114ef2cef168353827ab309bdb54e0d3905defb94302d7689667a744a3',
    'files/outside-write':
      'sha256:79cb669c2691808b3084cd747d83610197286676e25341e5a87f8ac38b64a2dc',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:2adace2afd8043fff5f6645829fc21744676289870f6338dc0bd48ffc4291d03',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:d623b8113c21a40f6ac6d2271903b2aa50c8fe0e4273c3e4084fc4cd66c9e698',
    'flow/credential-file-to-network':
      'sha256:d974e088d1470e98226bbdbbd7dc2645e6e8445ebae8f300425f1c60d488904f',
    'flow/encoded-to-network':
      'sha256:096a34474f5017a3549fcb79ea3a5af08dbdca9c24ec41e16962a930ce48b5f0',
    'flow/environment-to-network':
      'sha256:01cf189787ca93fae3ce17a26f18cad1aadc1d8a04676a9c712d024ef1e8827f',
    'flow/file-to-exec': 'sha256:4942e7c45cbbb1257906001b3fe2146a371eef23cdbb516fac1df76be9cc5838',
    'flow/file-to-network':
      'sha256:ffa4e0bc2d5fff8208b3e61885db093a4866ae42fed8b199b8a8f72b63bd4600',
    'flow/input-to-shell':
      'sha256:4a6f3592e0c3bc69042f4ad05803112a412f0941e710ad0e272e14f01df406f1',
    'flow/local-secret-to-network':
      'sha256:0580cf5e0e57e2a9bf2a757ecd04d2efc498cba999f6d3df844ee31e5945cfcb',
    'flow/network-to-exec':
      'sha256:e2f5adef3390a7bf89fa1baca3c15a2d10123260e26fb9f9160f94e562669b78',
    'flow/secret-beside-data':
      'sha256:98b65eef9b82b00334e88d32f4fef4d1f9a85515eb03d2236467b0548747e17d',
    'flow/secret-in-url': 'sha256:54838b8cda36f06c49e4e18a1487106282573565d64d06d7a6807367ee597f26',
    'flow/secret-to-child':
      'sha256:967f78f188f9acfd0e8c71bd85ee82a2b3c1a05583201b07b20451a53d61bbfb',
    'flow/secret-to-computed-host':
      'sha256:fbc97719b1d102d2daadc1b5c615468ffc6959648a3504c4e48b7a7c6caf51c5',
    'flow/secret-to-network':
      'sha256:8a536750c34b680bdde8ac148988567a3bb664c7d889a03112e531b5423ce561',
    'flow/secret-to-output':
      'sha256:4f727f767f9c2cb7f62b2db1b342d266d3a7e12e17d8521375113de1f7cc3077',
    'flow/secrets-to-one-host':
      'sha256:38757169906b4ca5bc66d0fccacc287e00b743a0b30d17c5b8bbb1269a3613d2',
    'flow/untrusted-to-agent':
      'sha256:c4e4e5ee5d1268f81108409e0af3c77c3fb4fe80f08088bb374a772f34ae474a',
    'manifest/added-since-approved':
      'sha256:9a2b8cdb70f7ac3a800a8e92e9899a8735a7f87fefe9e072a4f6a806aff552eb',
    'manifest/all-three': 'sha256:dd279b00384ffdfcab74fa4d7ccfc71413594643d97e4054a3a495e695215c5c',
    'manifest/broken-promise':
      'sha256:d454a5a4a6f3f515afe756f778f1d7af0a4d6709aef00137a9667e3af1219eeb',
    'manifest/contradiction':
      'sha256:22e9b64b96f2455b58f0e82533de8244cd46f07e23d4e4e62e05070fd22dea1f',
    'manifest/declared-attack':
      'sha256:c0a763ae92c100dc82e42bc21a2f37c437cb564b79ce582bf28546f6a9b91104',
    'manifest/over-broad':
      'sha256:446abaa2633b4c8e55b4305d91f572b95af3fee3bf511e3acf056d068a2771c4',
    'manifest/undeclared':
      'sha256:7421c20ac41dd920372a0ca3531a731f8a57cc236d83fcd9a98c260ce66ee325',
    'manifest/unnamed-script':
      'sha256:a4ebaea05e794a6b790c7dd3cdf47e31a1eecf31249cf4cf35eea2a653f860c7',
    'manifest/unreadable':
      'sha256:18b90a1148b0e28f9187f5551ecb27842dab0b575c0c533c600beeee582b9f47',
    'manifest/unused': 'sha256:34404608d055bb17854e84618b68e7f8108f46fcd15b91f6cd4683b84ce87e50',
    'network/anonymity': 'sha256:4821480627b0b12fc0bf278ee92c8c514100f41eb2463f355f66b24da2e734cd',
    'network/cleartext': 'sha256:406bcb73c0c22667b4d11269d0abb51ce2efa10f84960cb804a42a6ad698ab11',
    'network/cloud-metadata':
      'sha256:1a1a7705f0875df85d6a0b71669c5a3cf625ad5b32971a01ca3095760a35f7eb',
    'network/computed-host':
      'sha256:a9e57b25f00e34525c1d2a3eb28771c99017c54b6db08771f386b07194c31363',
    'network/dns-channel':
      'sha256:72bb8f280d4173c217e6456a877a9ae44e45b22840e963303928f0ac800418c2',
    'network/drop-host': 'sha256:a48296e163afef33ad50c419ea98ac1ef4a59aee6c894a780d6d7ada18c4d4f8',
    'network/hidden-host':
      'sha256:2c70d46a76375eedb1b25baa2226851bdcbc58c36f648b02f1b78d7be2454b89',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:ab972b3108f4d0da0a39463b02264436c2f4acd8c9e0cfb906d4497a1068b90e',
    'network/raw-address':
      'sha256:abd2c0428354c646edfb6c8f11d8562b9831c39dd39a1f1f351919112bdf7db0',
    'network/raw-socket': 'sha256:71d382fb64363df76a1d0507a893a4df87ed5bdf94fa716aa4a0abcf133f0932',
    'network/reverse-shell':
      'sha256:8a7b952e6ce4e6e05b61deed1c69d5afa0594ca46d4b52f6f0b590564361754f',
    'network/service-client':
      'sha256:f2a83fcb74ae418610fd782612c68df417d14c74fcd1d4e831a2c2f21edc9b36',
    'network/shell-socket':
      'sha256:37d1226300197346a4ec565779dd3e7e4d2e184eed2340589ffcc8de902219ae',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:92a2b75c52355d7d2a6f7fcb5f21e94357921b091a06a80ca6bf991cd2f31bfa',
    'obfuscation/computed-instructions':
      'sha256:bf5513c5a4ffbd63454450f3ccf075a136c81a0517e9f2738ad65398a84eef43',
    'obfuscation/decode-and-run':
      'sha256:e5adf321bc90d8c4f25a6758ca6488fa5af6e0e692055eba1c5d18093a8f4914',
    'obfuscation/disguised-file':
      'sha256:505b32dd2f5d91fe0035e39a640d12990bc4469130506aaf01190390fbd6effd',
    'obfuscation/encoded-program':
      'sha256:0988e667850cb1e847bcd3f56c0b11f76ac62478560777657b219c9bc25ac0d2',
    'obfuscation/evasion':
      'sha256:3781438a77d6f4412288f07ea4ff457b9a3d282e262c1801ae81cc261fbab94c',
    'obfuscation/hidden-characters':
      'sha256:82cd3cc48745f1fb5364270fd6f1d91faf11928409c130da01d17837663d65a7',
    'obfuscation/hidden-name':
      'sha256:b08da60ce92d6c275f33f0048eca01b7082300995c6b3701cff2db25f0e85f90',
    'obfuscation/minified':
      'sha256:67bc74995bf5c828d77982eab306df17603ebf26087311724d7d58a3f8c6fc34',
    'obfuscation/misleading-encoding':
      'sha256:2dfaf8899f7df8a4e52a3fd44b7efd68d2d1bb4f1977aa2d93bf24045f0cd581',
    'obfuscation/mixed-script':
      'sha256:40309e8ef5ab360d19c030e4a6c8cd4e73ab26cee11b821e0200171fad4940a6',
    'obfuscation/obfuscator':
      'sha256:9d8b70d7ac07410c42bf21319878f86f70a547497fd4c6d96b802c783dbced35',
    'obfuscation/opaque-blob':
      'sha256:d2823146cfc4eb5e426bc6341495c51dfce9446430e6f1b1e53c728fd5bf658c',
    'obfuscation/padding':
      'sha256:bedeb9f1bdd3954700d94b36a4e2af0185b9dcf6271afef0331da569482ad3e4',
    'obfuscation/self-extracting':
      'sha256:5b1f27bbec063764c80b906085a197abe15ca1930f3e2e9ded3382da1049cba5',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:2736f73c74f0b0c38da8d96deaaf39e256a245fdcd11d491ff66105c570ef397',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:53246667d96ebd77ec42b10291ca398abcfeb39e0b06634477790fcab4d233b4',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:d9d686abfd6613a6238956ecd34943a67aed080166bc3854f099155fa8c01936',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:da8f7d5a16f0d933a35465dc9a1519226952ac45ec49d150d2dabebc3750af92',
    'prose/approval-bypass':
      'sha256:d977635a72d311b63be462cf642df58ad5ce00cd6e28bd2cba3ee5b23ef82234',
    'prose/biased-judgement':
      'sha256:d0f9cf1bded91d485e0544ef54724ad3d5a3368d7c8f114ab9743e2915f294e8',
    'prose/concealment': 'sha256:935f33fd21e545e11298e24254e358c3f1a8c86c5d0f33a682d4920caefc2367',
    'prose/credential-solicitation':
      'sha256:25e1cf72169790c68fa78fdee2d434160c374fdb80ac8a42bf0524020dd3ca6d',
    'prose/decode-instructions':
      'sha256:36ce95e5a2b79a742f29963adb65d074baf9ae126e837ab25e54a52fbe990bc0',
    'prose/destructive-orders':
      'sha256:0bc9205d816fe85d84cc99027dc13918309d1ea39a59393922af41724cfffbb9',
    'prose/encoded-instructions':
      'sha256:2732f9c7b4dee4bf49feec0b55f25ad76cb2a5133d3eccec4c29e5eb42661ebf',
    'prose/exfiltration-instructions':
      'sha256:0d965c92006c23b354b10cbd4e95920efbc0356bf4f754940caac80a2886cffd',
    'prose/hidden-text': 'sha256:444e5b47bf2a560f79c31b7218cb29dbf4a20c3ed2bfe7749e9dc8c17cb5905c',
    'prose/install-lure': 'sha256:854b516eb8eedc0f1071dc1ab93d7aef43c1bd21748dc594debcfc00546aa24d',
    'prose/memory-tampering':
      'sha256:564d5ffc3d64cb4a13e1070541eb6c8b8ebe434e7ec2b5108162f553d953f8b1',
    'prose/override-instructions':
      'sha256:58823d784f5367736b85db71259d4c23e37d9cb02d40a0bb7b08e1017077cb84',
    'prose/payment-diversion':
      'sha256:eb2f36636f086679417913b88268ca7bb1e235071f3eda26a2bdc7fd7cfe83e4',
    'prose/planted-content':
      'sha256:741625f3300e1e377e22d1009c0e8caeab599cf443ea5883e1e14d9c2127760f',
    'prose/remote-instructions':
      'sha256:3eab391d999267201e8f894e5c37ec43ab504b9eb3ce39e5634ffc6fe2b33f24',
    'prose/secret-in-reply':
      'sha256:d76a19c564db81498d787fdad3397ea770dc232fbafaaaf668fd7c49afc89b92',
    'prose/self-propagation':
      'sha256:03bf10156634e7731002b9124b9d53670ca88acefdfd8371f65001706535bf61',
    'prose/speaks-to-scanners':
      'sha256:ce25f92b5f68fd9dc81f7ab7518b03fc037edc7dfe4eb13a784bc6b6c6f9ff63',
    'prose/trigger-bait': 'sha256:ac9bdbb537246138360630119a64e5df6193a58c48ded6d905255e117a0adc76',
    'prose/weakened-defence':
      'sha256:52b87c7807c36a98b886f938e63367ce57b07177fea801ec200b3d319928024c',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:ffbd8dbab44a3a306e5e43f6703b1fec54065a9716a03eb482d963c22d6b107d',
    'resources/exhaustion':
      'sha256:c6d86af7bcd4c90d1cba8ae0e199d316947948b2a66f7e4546adc8142b08b882',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:dc536ff0f76948304ce4a861f0327db6ca856b18006be7e4fdda8dcbd46e90bc',
    'resources/regex-bomb':
      'sha256:538559ece86da412373886fb9d539dd4d3fa84c114f639a17bcb1d1af4cf0c3d',
    'supply/active-document':
      'sha256:e99442fc4c9aa89409f1010e3f96cdb30e9a685790d4a60cc9ef1bd52afbbbb4',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:3679c312e4fed0e0b3d9ed6418c09d2bde0439dd4d31dd05712be4c4f16d471f',
    'supply/credential-in-bundle':
      'sha256:bb2e6244f6ae8a7be1ecec710578d84b16746db5e76e07683c6562cbc2098231',
    'supply/dangling-reference':
      'sha256:43cd4f8c9b404b38e42bc5ab6a30337dc05146e21ba6f29bfa2e6188ed6afcd3',
    'supply/dependency-confusion':
      'sha256:8a6e5d2d671bdf30eae175f39d63f8f8ddbedab8ca24406eee39985d3930412a',
    'supply/foreign-source':
      'sha256:1ff46a145267a006d7767451fa581a52074ff0b37abe83bdfe0ef84d32dda76d',
    'supply/index-redirect':
      'sha256:027c40d82e48d184a86c79e17db6011c12b87f6b379848609c05a134a5d48428',
    'supply/install-hook':
      'sha256:b6bd3c15dcba1e2ddbcaa4c0f33d5ed96cea2de2db2f997178efd1ab53a1ec0e',
    'supply/lifecycle-script':
      'sha256:c0bdeb1f4f3a359bcfd697c2bb9d5d11d320a332e0cf39c56fae1daba90b6b16',
    'supply/look-alike-skill':
      'sha256:038be6e9093dc5819c35976b09ab20086f1f2f3b81cc7e4328d8853d94db9931',
    'supply/mutable-reference':
      'sha256:15afec125c03d119eda767f5d09b38b6233ccf7292a33e71668885ba6e4201ba',
    'supply/typosquat': 'sha256:d757f2f27053cb6b226d27d78de80c4a3466735993452942d9ae6d55417d76f6',
    'supply/unpinned-install':
      'sha256:72d667d9c31d8c86faf52234bbb8c34c57d6de1616485bee9bf1961a18c6621a',
    'supply/unsafe-archive':
      'sha256:5a001c729cd799786209a65fa7ff3e787d8512255b8e96d166cf8a0b48a5afca',
  },
};
