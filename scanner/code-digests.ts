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
  extractor: 'sha256:a46d12ad52bc0c7e50cbb14063c9cf0aac2faf6b8087e533f255ce302fba883d',
  judging: 'sha256:423701271d7530fcd02b8ae1d5ab9e9711ba8d80d94996c716622df85007f60c',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:e5973559c592f773bfa08fae0fc449ac6f0ff326e6268ea67b026633408d76b9',
    'env/secret-file-load':
      'sha256:be7eacc0f8a252111a3b7feae55754cff5424102afee98350e2922e2b7c01167',
    'env/secrets-gathered':
      'sha256:5a51cb72cf413998de1351cc4b6001f059b8f6113de73315b8d9d54e08baff6e',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:8fa4f0a081a95aa428800a538cc1bbaa64c117187addd8e018621e8ad1af59c8',
    'exec/code-from-string':
      'sha256:9c44a480d5f08433e32ef0615872104b0bc2d1a4bcb0cba092f057f6700545fa',
    'exec/computed-program':
      'sha256:8c564f0a5375b29a4186c94f3bd3965bc3bc9538056c8e5bf27bf33ceb56a2c4',
    'exec/credential-command':
      'sha256:ad810519763a44b5be5463891f307bdacc9f18b00f332ae64863f71b9e68689a',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:2225a0647e148a8b84df2adabf9ec03aaca6d8ca3d7f6d25871c349600986f6b',
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
    'files/agent-memory': 'sha256:7ae1fff4a2a2d48a4a7ff7a4f5d27e18f40428286828dad886b11dc6de29c24d',
    'files/browser-data': 'sha256:5484d08b4fe1bdd83b5f8463eec2a8ebbc17b4d969421af92e067987557275a6',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:db3415cc2a8c8dada4a3900482c190e8a17d10e5faaca6855b785cf0661ef916',
    'files/credential-path':
      'sha256:46c8794a3c4b2d678de4aea69870370e394d16aedd0efb3a0834fedc6b13c344',
    'files/destructive': 'sha256:4aeabeb2870d55a7e1d96755217f2437fe960b69873a71b50bf541a1e7afa967',
    'files/device': 'sha256:159fd9b973a85539f1d2231c9de63c5d6ff0bbac76c4b22f15048cdb6efad6a2',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:bfa982427460a8f6f09902fcb7ed077a170785bb7746db10bb04584207178b75',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:bbd11947fbaa663853916484119c10102e20c6eccaaf5b59548ec893be31e28a',
    'files/outside-write':
      'sha256:31bc5aa4a3a01a32fd68345b2d31930e179e6a916410d8929166b35938511f33',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:1e03c15500d2f56a3f9894619176f1a13f750b9748bebba33340ee85bdd4fbb6',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:f206d4992e8647863cac455b66776b8768e48ee1ac0d514713633f6092ed88f4',
    'flow/credential-file-to-network':
      'sha256:d33ff59b94fcbcfd96e15eb7aaf262c46a74c1bb6884308ddb6b17221a4c2c87',
    'flow/encoded-to-network':
      'sha256:eeb68ffb28fe7a56b04cd0deb30fe044128a97330f07a5ad70546fcdc36bdecc',
    'flow/environment-to-network':
      'sha256:8659fce36602a67a507ce345f02335572ffa499fa531291f84203a73d8d082cc',
    'flow/file-to-exec': 'sha256:8f4def6daa5b4389f847085660bbbb93db2372e3e2e2f5751bcd378c126ec359',
    'flow/file-to-network':
      'sha256:94191f24fc26d720700f09d19a54c296a813a84098162c3b2eb468389244f19b',
    'flow/input-to-shell':
      'sha256:a1d929fe9377880b736978e4bd441e3c828285e5cd63f3ceb52d1140787a02f9',
    'flow/local-secret-to-network':
      'sha256:68fd9beef877a436a7044d3eee46116699f7794bbb35b1f80ec6fd9f636a1caf',
    'flow/network-to-exec':
      'sha256:2a7675013859e31a77a4e7b5220c5a94268671e83f0da801fafedf513a978b66',
    'flow/secret-beside-data':
      'sha256:e99c3002602198f23bbf5cb7cff114485d45fe6f793df03a5ec34e24f4a3d3d3',
    'flow/secret-in-url': 'sha256:ebb97dbab151dcb7e697bcb8d8aa8f7cbee411404cf42c27bb377a240d32dbd9',
    'flow/secret-to-child':
      'sha256:e4caf6ada6ed918097773ef0f1e2be3a0f022e7feb7bc3c8a9e259850ebad5c2',
    'flow/secret-to-computed-host':
      'sha256:e64998fac9df476295cf92076ad798b9ba910c3140856f7ff44e60ad551b5f5c',
    'flow/secret-to-network':
      'sha256:fa554792135a43d79bb41a3d824c6187e4517540dc875881971ab25f21107808',
    'flow/secret-to-output':
      'sha256:bce82243cd6f13af322e1ad6788c3ad078960e185a928e18264458c86a502750',
    'flow/secrets-to-one-host':
      'sha256:86eb7ad35e1a27469d8310857d1cdfddbe3f691624c9881428c5386b221311ca',
    'flow/untrusted-to-agent':
      'sha256:2290b67a32dbcb829ab4359a8bdecf81f34a9c3d73e0a168a36d1c80a5427b3a',
    'manifest/added-since-approved':
      'sha256:dfde00cba34a9ee0572bb29e25315d0a79e928ef90c9732414ca4e1953e985b9',
    'manifest/all-three': 'sha256:a059e43040b88016dfd514fed565d87b5923ff5df0f74ccba3735255b9ca1052',
    'manifest/broken-promise':
      'sha256:2ae17a0322302fdda71a61fee2ab51365b6a5628b8d8a268626a7178b626487e',
    'manifest/contradiction':
      'sha256:435c0946896f43a3561cc57f1e198a59b16b18382a5f20ebc3923171eec69030',
    'manifest/declared-attack':
      'sha256:ec83fdc1ed1b687f7370d9bcf02cbe151b472f9c49ec4483a01397d4095bd07e',
    'manifest/over-broad':
      'sha256:3dee7461ddca4143a032acd7974af438418b151ffdcdc370b3c6f14902ed95ba',
    'manifest/undeclared':
      'sha256:6a7cf6b3e1a23f35a77a5e3b748c4fa7092b15f655fd207173ac74ac1838cadf',
    'manifest/unnamed-script':
      'sha256:858e49adbd1bca7640ff91614be70678c5aa5cf2be69775c895d5b46d3382569',
    'manifest/unreadable':
      'sha256:268c12baa2d8437efe7df83df158269917d17e359f5892e7f0b7d722d632b4a0',
    'manifest/unused': 'sha256:beec3cfbaff6997965053e469baa671b5763981d2359b818592ecbf39d5103b6',
    'network/anonymity': 'sha256:4821480627b0b12fc0bf278ee92c8c514100f41eb2463f355f66b24da2e734cd',
    'network/cleartext': 'sha256:ea68a4d090c24a159d2d5957ed7cf3270348efe34536344cfc4eb0b385bb5d92',
    'network/cloud-metadata':
      'sha256:1a1a7705f0875df85d6a0b71669c5a3cf625ad5b32971a01ca3095760a35f7eb',
    'network/computed-host':
      'sha256:a9e57b25f00e34525c1d2a3eb28771c99017c54b6db08771f386b07194c31363',
    'network/dns-channel':
      'sha256:93c00cb75f489ee93349cecce6916da73ad7ef131663e95137492ba9daa40eba',
    'network/drop-host': 'sha256:42cad50939ac998e0d350ba9f9f6df79045975bb73671d0ee341e764bbf65b64',
    'network/hidden-host':
      'sha256:95405826493ac060e65022b66eb3074aef80224085c31a31bf2cabfdc4991c24',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:1438863d7663288b874f16e5a2855b85e1968ea3d28b9bd1cd86eb5801802f64',
    'network/raw-address':
      'sha256:ea4b29c104bffa4b9cfcdec320465160d234820c6f1d8b0088ae7757d39f35a2',
    'network/raw-socket': 'sha256:bd545136ab6885f16fb4054b0b99f4bf5229c606fd1219d86b3c54cb187d3f2b',
    'network/reverse-shell':
      'sha256:8a7b952e6ce4e6e05b61deed1c69d5afa0594ca46d4b52f6f0b590564361754f',
    'network/service-client':
      'sha256:6b03fbb2fec269a59c580fc57d3895a7f71434f95ff5152ce04cf3abef06bc0e',
    'network/shell-socket':
      'sha256:c124b8dfe77ed04cf604f6b41384e26a42de822d4f71a086d4807dfeca9d510c',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:0915ac162af0fbdb0a5792b17ddcb9f5904c802c4f3c4eb30c71abda03307188',
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
      'sha256:bd4e0af7950d663df49e4f1d931edcc05badca45f85c7bbb7698e929b168f21f',
    'obfuscation/shadowed-library':
      'sha256:60b40acb7f1968b495efe9d3e9f561f6878b534e62fdf8c72c846ccce7ce08d8',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:97f538baa90794d20e68c66381117c28dce91824742ab239075586861a549372',
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
      'sha256:7060f4a4408cec7da5bf695622fd6289e611371e5e33c950cfc0166dcaa68fa2',
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
    'prose/install-lure': 'sha256:0d14611c3d0abba12a77eeb1c36f1a8282b6d707d5f50cb79c1da23d43454107',
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
    'resources/mining': 'sha256:dc536ff0f76948304ce4a861f0327db6ca856b18006be7e4fdda8dcbd46e90bc',
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
