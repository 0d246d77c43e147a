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
  extractor: 'sha256:4fe8d06f8068652bab039b089b36a20a47556e268fb3c6a913a3428fe00dcf71',
  judging: 'sha256:69ca5ccc8003de3c9f3ea9b65ac4f6f9ff72c1acfc3523b546043b05f4221b29',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:e5973559c592f773bfa08fae0fc449ac6f0ff326e6268ea67b026633408d76b9',
    'env/secret-file-load':
      'sha256:be7eacc0f8a252111a3b7feae55754cff5424102afee98350e2922e2b7c01167',
    'env/secrets-gathered':
      'sha256:9c73a1a736156db4d9ce0289739100e6690c37a40ce583cce3aad3149806392c',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:8fa4f0a081a95aa428800a538cc1bbaa64c117187addd8e018621e8ad1af59c8',
    'exec/code-from-string':
      'sha256:9c44a480d5f08433e32ef0615872104b0bc2d1a4bcb0cba092f057f6700545fa',
    'exec/computed-program':
      'sha256:8c564f0a5375b29a4186c94f3bd3965bc3bc9538056c8e5bf27bf33ceb56a2c4',
    'exec/credential-command':
      'sha256:f8fed52b9f57f2482efa63e64a7f848da254c2b34735c7a4304586c9b7e99352',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:b63969dd8975775642e16997728c2efb39e2fd8fe511eee4e6f505267911d861',
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
      'sha256:15c93661dc8baf7ac4bc132db24e0fd043691a431cc416ae9656dd4931ddc484',
    'files/agent-memory': 'sha256:3c870f453f40be4ce6e36c6223e5d73133d8497a8ccad7ff6950918755ad1488',
    'files/browser-data': 'sha256:5484d08b4fe1bdd83b5f8463eec2a8ebbc17b4d969421af92e067987557275a6',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:db3415cc2a8c8dada4a3900482c190e8a17d10e5faaca6855b785cf0661ef916',
    'files/credential-path':
      'sha256:dde066dc960b0592694370caf5c7744820353ed655e9def4123cf75f7b4875ec',
    'files/destructive': 'sha256:4aeabeb2870d55a7e1d96755217f2437fe960b69873a71b50bf541a1e7afa967',
    'files/device': 'sha256:159fd9b973a85539f1d2231c9de63c5d6ff0bbac76c4b22f15048cdb6efad6a2',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:bfa982427460a8f6f09902fcb7ed077a170785bb7746db10bb04584207178b75',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:47b1707c9e67b1e3b782781911bfa794f817a4a236f21926846bf91f5a84d248',
    'files/outside-write':
      'sha256:4b8be2dddaae083553a64095aae6c324819ba993ff119b77242fac8a3d12854a',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:1e03c15500d2f56a3f9894619176f1a13f750b9748bebba33340ee85bdd4fbb6',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:f206d4992e8647863cac455b66776b8768e48ee1ac0d514713633f6092ed88f4',
    'flow/credential-file-to-network':
      'sha256:216d582ed10efef94cd0af2ea404da50f19f6493b8d99272f6d279324811a14d',
    'flow/encoded-to-network':
      'sha256:f932457547066577ad8e6f3bebc07aace04414227e7b4c0a4bb6ea83e5132974',
    'flow/environment-to-network':
      'sha256:5aacf6e5bc94d10ba108ca811325b8c69de6e494f8cf83895f891ef69366ad10',
    'flow/file-to-exec': 'sha256:0695ed66edd4755b5aafb9df86b2b4344a843ce7bb14e5fd0b40bf887d2cbc46',
    'flow/file-to-network':
      'sha256:e3a33db4d70200e07a0a1331ce935ea7ddae731a1da6e7de0dd6006422ac11bf',
    'flow/input-to-shell':
      'sha256:cd16a15b3b35fc00df7e7d7663d1e7b60dc24c53ebbb5805379480a6fa96e84c',
    'flow/local-secret-to-network':
      'sha256:6b5b2fe1c663f5b24f062b85518a1f2317d92cd77ac7ce4a72a12a09c4874550',
    'flow/network-to-exec':
      'sha256:14b69be75863b0c4bb3c29f0a141e54cc5d9b53be8ee83fdc88c1bd9b5fb8be1',
    'flow/secret-beside-data':
      'sha256:37282fc0d81a10c3f2402477cba74cb616cf9be24ab820ac6b131d5bf7c2ecbb',
    'flow/secret-in-url': 'sha256:dd6a51afde0dfc07e7d80888ecdf902b210eccb5f739d8bb4330e3331ff2300d',
    'flow/secret-to-child':
      'sha256:c03deed1dacbc0933649fae9b6f1c9414f0926ce169553cecb5276c48bb3ee74',
    'flow/secret-to-computed-host':
      'sha256:3aa55f69a7e1d357a8fb19728fbbea581e1e4a65eac7f51d6fce314e2aeb8e4f',
    'flow/secret-to-network':
      'sha256:17733b7278ec04f731805002b7886efd40b2e5196dff184d0a0f938918d8df1a',
    'flow/secret-to-output':
      'sha256:692463c33a70a93057ac9795162dd83523fa96fcd06d8aed6d3764e3d2a607f8',
    'flow/secrets-to-one-host':
      'sha256:3a30b8b73aeb84cb6824ec479e93ee8066e6aff8d78f1f9fa0f27a0fc873bcb1',
    'flow/untrusted-to-agent':
      'sha256:585d9167cd5cf26acb6215dc5c2f3a25be9892c8fb42ebf93659ae68f7c8f110',
    'manifest/added-since-approved':
      'sha256:b070f25982300d54dc406fcda32034413485189a3fec05b560b90c6bf22bb86c',
    'manifest/all-three': 'sha256:c696b4ef0e3107c7f100b1e34dba9da24d2b1a02db6b71e0fadfc5f596f70665',
    'manifest/broken-promise':
      'sha256:359e86a805835324cabc4032752c269c5ee8976aa816f82269a3bebc431eaa20',
    'manifest/contradiction':
      'sha256:4bfe34d9c005299401d7d504bfc44c3be44b258fb0b3ed76bba9af41cd341e8f',
    'manifest/declared-attack':
      'sha256:553b3155c0127118b78687d4a33b0ece9cb241f26a5635fea0afe6faa1b54c38',
    'manifest/over-broad':
      'sha256:c05b402b8fb373def6108594ac76d725dc3d40398a18fea3b1d405478a3672ee',
    'manifest/undeclared':
      'sha256:8d1098eaf8fb4aa1e637dcd99d5017939a62253254b6a4d21200b35b1a8af705',
    'manifest/unnamed-script':
      'sha256:7f964b3f72e11e9456f8a46c1ffa6a3ac83360aa4bdaccd90e22005320330f15',
    'manifest/unreadable':
      'sha256:268c12baa2d8437efe7df83df158269917d17e359f5892e7f0b7d722d632b4a0',
    'manifest/unused': 'sha256:f40e6a2359c193ebcbfdf925c8b9ff44208cfd9f9b5f92bc8ca3bf97674c05ed',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:575a32a988e59eeb46d08466fe3cffa523ec8ce086a000630daded29b0194413',
    'network/cloud-metadata':
      'sha256:ccd9f55321ae259707cdf9f507cce862de0d5aed217a8aa719d4b782b0c1a117',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:8ed4e6398d50bebea2fe95e78ae8dbb62afebc08467156ff6713fa779f4da571',
    'network/drop-host': 'sha256:44e77afe68b1a48a62045bcd2e634a46c8001aa98cfbf3c7dfcfa4bf125fa2cb',
    'network/hidden-host':
      'sha256:281a6a59743be7ed2728624a9bbfe012727553bf0712b3685176aef9cdab157d',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:c6e8f821672293a689831bffad2e849b7f32db80cd8b7f082b9b4aebfa2264fe',
    'network/raw-address':
      'sha256:553db06c9980088c580a9be8dc161fb88fff65ffbcfe87d90bb5e94d89a15751',
    'network/raw-socket': 'sha256:c24bb4a6b784300bda52ae331820f7e171e0db267209983768b64880fad3c5cc',
    'network/reverse-shell':
      'sha256:8a7b952e6ce4e6e05b61deed1c69d5afa0594ca46d4b52f6f0b590564361754f',
    'network/service-client':
      'sha256:49d723e08601506facddad253f8848488e45db7181e8e7ec3c04c133c41528b7',
    'network/shell-socket':
      'sha256:9fe5f26e01ab1d48377c7c99927cdc97f70971791a375b44e547f0ce8d7ce436',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:8b28358354993d690ceef0e92a64a7b842a34676a7a992b7c61fb7ab4b1a7667',
    'obfuscation/computed-instructions':
      'sha256:bf5513c5a4ffbd63454450f3ccf075a136c81a0517e9f2738ad65398a84eef43',
    'obfuscation/decode-and-run':
      'sha256:e5adf321bc90d8c4f25a6758ca6488fa5af6e0e692055eba1c5d18093a8f4914',
    'obfuscation/disguised-file':
      'sha256:505b32dd2f5d91fe0035e39a640d12990bc4469130506aaf01190390fbd6effd',
    'obfuscation/encoded-program':
      'sha256:0988e667850cb1e847bcd3f56c0b11f76ac62478560777657b219c9bc25ac0d2',
    'obfuscation/evasion':
      'sha256:d0b740fc71e496bd0c4b6f2ffa36b60386ac156cea5c18825589d0addc325cb5',
    'obfuscation/hidden-characters':
      'sha256:898a29d1083dd2dfcc03274540f95f28e52f3a3a0ce6ceb7bb0d5563645ec01d',
    'obfuscation/hidden-name':
      'sha256:3b8cb6813d7baebc93ae2fac0d32a04b80713685085e85253cc8ad42f8f1875e',
    'obfuscation/minified':
      'sha256:67bc74995bf5c828d77982eab306df17603ebf26087311724d7d58a3f8c6fc34',
    'obfuscation/misleading-encoding':
      'sha256:2dfaf8899f7df8a4e52a3fd44b7efd68d2d1bb4f1977aa2d93bf24045f0cd581',
    'obfuscation/mixed-script':
      'sha256:40309e8ef5ab360d19c030e4a6c8cd4e73ab26cee11b821e0200171fad4940a6',
    'obfuscation/obfuscator':
      'sha256:d0c08b350174ef1e73d8dce3053d6daf2faa871468c6028cffeb0d2c0ef3e34b',
    'obfuscation/opaque-blob':
      'sha256:b98edd9c08617b86e6711723435a4e4849e40743bbe24eb7b386cf5be2f0eb5e',
    'obfuscation/padding':
      'sha256:bedeb9f1bdd3954700d94b36a4e2af0185b9dcf6271afef0331da569482ad3e4',
    'obfuscation/self-extracting':
      'sha256:4b1cef0bd30a1d37cfb89421dbed7519aa72cf6e2b40949096182e626deb7bfa',
    'obfuscation/shadowed-library':
      'sha256:60b40acb7f1968b495efe9d3e9f561f6878b534e62fdf8c72c846ccce7ce08d8',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:354cdb6f864ef11ddabbc557c9138ca7b2947c07dbc049086a19033cc390e09a',
    'persistence/defence-tampering':
      'sha256:0f7be1fc43353343a80815cafd9425097a9696edbf5173cd205e39fa5050e8ff',
    'persistence/detached':
      'sha256:89b7bddacf93ef734a721a079b2c05ac3d58f6c0f591af0c4e99a1061710eec0',
    'persistence/folder-hook':
      'sha256:53246667d96ebd77ec42b10291ca398abcfeb39e0b06634477790fcab4d233b4',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:5493d989fe7ce2bc29fcd160967cfc72101e3fd329a0b9dd4feb0cfe1744ad53',
    'persistence/log-wiping':
      'sha256:5904f290e5a6afce18b23cc72bafd3724714b823739c01f3a3961752bf719129',
    'persistence/new-account':
      'sha256:38b6ae2afe63608cdbda61f340f608eeb44d5f3f3a078a625fd3c47d9a9cd723',
    'persistence/shell-profile':
      'sha256:f8a362e6a75c852d89dbfca652b3d6fc104fbdf588e4349031a3a533aaf4b367',
    'prose/approval-bypass':
      'sha256:efef9957da1b44dab5c9d512a84b71fa79502cbdd3031645001eb799f6cf09ab',
    'prose/biased-judgement':
      'sha256:1cb745ca5c528722158c25e13f6a2e86619b4a59940f09fe95e2038d9fcff1a4',
    'prose/concealment': 'sha256:ec78747eca4181cd8956e83b7f6426ab0ebf4e3ccbdded892483021733a089f5',
    'prose/credential-solicitation':
      'sha256:4fa18be733b1e168bb346e3d5e33ab68a2ea19ec5048d89e2cc2f8f995092c12',
    'prose/decode-instructions':
      'sha256:02adb055517698af157c2a1a81e5a64924f0a91d1b31ffe5316409941f86c886',
    'prose/destructive-orders':
      'sha256:9a177d3e981606b4386a3fbea18efe0f132ee98e969860de178c3ea1a1b88f82',
    'prose/encoded-instructions':
      'sha256:6719fa90d9030e0a65cb6521a89e38f2330df70c92ea1b467ede6f3963440433',
    'prose/exfiltration-instructions':
      'sha256:47ed4300cfd3662cf407e85321b420dd772e88fff5eb26a3763b430781e517a8',
    'prose/hidden-text': 'sha256:fe0fee18f90c58bfc71dd5e35e5bc8b8c8494d37ba0987f23d58b9dd8c04e3d9',
    'prose/install-lure': 'sha256:e877662bad162805b2091d4b23504bec2bd934ca024de3f94a3eba3e4c97fb26',
    'prose/memory-tampering':
      'sha256:0efbc7d22a7390d0c2f7fe6a154317c1a29c3c815fd6d6b5913942f97524c611',
    'prose/override-instructions':
      'sha256:c7838e02eb0496fca6b46396249d484039431301961f90f53d2bc1326fa22e46',
    'prose/payment-diversion':
      'sha256:0a80cf4d657138d5380c9f9401e2b05587cec15064dc0efda7b5071ed35cdebc',
    'prose/planted-content':
      'sha256:6fe6f53a2362f9af10e5eadd13e69792aec89277c3e4c99cb51c503ec0154944',
    'prose/remote-instructions':
      'sha256:4eb1da9952c4edb8557ebca3ecdc767287e6b2eb0b5b7464d9a781ddc105f21d',
    'prose/secret-in-reply':
      'sha256:32bd5857b84fe9a64935db8a890feac7a6d2e75856f846a23182f85461e9e8d4',
    'prose/self-propagation':
      'sha256:628446cb29d0aef9634d727414c5e78380327d98406069bc143aa450807ff924',
    'prose/speaks-to-scanners':
      'sha256:913da4cca5ac118372577e1e95a904e2e1809bca1a661e771f4cdfdce933cdf7',
    'prose/trigger-bait': 'sha256:1e36fd9b879f0f2d7babf3ef2b1604dc5a398b3ee7c5e539abe23204be345e04',
    'prose/weakened-defence':
      'sha256:be86375282d6fd303773f4c2986795c847d94d69146b2d3b526b54357ea914fb',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:d89ced9c0f83e65a19ea82538341c2ac6663343d6b9b6718b58681f4baa25c1d',
    'resources/exhaustion':
      'sha256:cb624f6fb0299b5432b9a8bafc26daae997ac3855d17f04f01c4dab4456a144b',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:735c061371c0b52de0b594948ee0fb27a439e351448d6b450d8c52671e9f0afb',
    'resources/regex-bomb':
      'sha256:5afa39c5e88bb55323bb66b7e17d6437c75bc2bdb6e6bd16826c0e943a98947d',
    'supply/active-document':
      'sha256:e99442fc4c9aa89409f1010e3f96cdb30e9a685790d4a60cc9ef1bd52afbbbb4',
    'supply/archive-in-bundle':
      'sha256:32364507d57d456950f4e2b84aaba5494e0fbb5682d4dc7281f5e776ad193cf0',
    'supply/binary-in-bundle':
      'sha256:3679c312e4fed0e0b3d9ed6418c09d2bde0439dd4d31dd05712be4c4f16d471f',
    'supply/credential-in-bundle':
      'sha256:a0b8a7617b14f7cc3af9d425cf861510b55f83b2a9fd1f86aba4b3d47357c290',
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
      'sha256:c0bdeb1f4f3a359bcfd697c2bb9d5d11d320a332e0cf39c56fae1daba90b6b16',
    'supply/look-alike-skill':
      'sha256:dc8dd527daec0aa0bd65ce19d97898c57d573eccf39eb49fb6e13a7c1af32422',
    'supply/mutable-reference':
      'sha256:bfbfe9bf591061ad7c416f2f4887b7ccc46c49db8fb0af880da150d216d0408e',
    'supply/typosquat': 'sha256:e5de0b22377b065f0d9b044d51e85a30e82c301d502d6b8df49fd8d397ddc35c',
    'supply/unpinned-install':
      'sha256:72d667d9c31d8c86faf52234bbb8c34c57d6de1616485bee9bf1961a18c6621a',
    'supply/unsafe-archive':
      'sha256:5a001c729cd799786209a65fa7ff3e787d8512255b8e96d166cf8a0b48a5afca',
  },
};
