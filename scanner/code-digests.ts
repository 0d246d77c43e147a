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
  extractor: 'sha256:1e91d6d248691dcab2abacd8f59a4246fa2f74ad4fa1f9bb6d4a33613cf980e0',
  judging: 'sha256:3a5af67020cb28e5d488eae3ad014f54e452cc655fbe096c9685df4f6b7b4543',
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
      'sha256:a17baeb0e95992ec7982df9ee1d6e8b78ee6a3a71eb748339de0726219008bce',
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
      'sha256:b2660a07684996249770afbbe80d007e36e6a2da18992e565eb3e18dbb243784',
    'files/agent-memory': 'sha256:de8efc5320c1760452477fb46b21967d39f4c6cda19cb529e9af5533c9b81895',
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
    'files/outside-read': 'sha256:8ae410a4add8e151e4856898ec8dd7ab5b578a7c5e4f6afe928188378b98a9ff',
    'files/outside-write':
      'sha256:bd94a011adecb66ab7a1ec2179be1f80ac84068fd121350352fb4aad110e0854',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:ef66afd70710010fe27aa28b24d9896c55104e2930aec51c1ecf6b977533f9fe',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:1df0bf22005697da3b50a28880c1879a438e8024de57f7a9ae18a8354cf62f5a',
    'flow/collection-beside-network':
      'sha256:0d84c3b16fdcf9646f85d9b635e68c4daa44c20c56df4efd7c14eec41d313c3b',
    'flow/credential-file-to-network':
      'sha256:bb7a1577a9cbb17f19e899873841069f00bdc966167604bd488c41899ade7a0f',
    'flow/decoded-to-exec':
      'sha256:498d09cc2a2d38d90dbc20c1335542725b55e3e8b306e182311cab9528a7b8c6',
    'flow/encoded-to-network':
      'sha256:2b63d952087f24ae0001ac30e4f79783da4368b96328e6f0a325008dea50c6a9',
    'flow/environment-to-network':
      'sha256:2ec4c2e2429a36de6f65720667c4efe4067f062b41112cc0ef77de9d32a2bca0',
    'flow/file-to-exec': 'sha256:250fafcc4e02d189eac89b782a5c4fd6e6d7a49dd0cbcfec7ebc32b1f2fbc650',
    'flow/file-to-network':
      'sha256:bb7ee4f9e349b3c6d92fc245fcb5e264e1e1d0def7a3dab307e596246c997606',
    'flow/host-facts-to-network':
      'sha256:ae0b26a3a54109e7307c35dfce00dc26953b90638f693655a28970ac71e122a2',
    'flow/input-to-shell':
      'sha256:3c8f3d730cbbe9af6dece3b9fd26c3c1299538eda4d383634ef11b0547b6405f',
    'flow/local-secret-to-network':
      'sha256:1ac49e11a929c0ba6427135e6a3667efb8b3090dd6c3e3300674862abd556153',
    'flow/network-to-exec':
      'sha256:31398e9ef934a25747f17a24abab0573d76de110790b7a2c649433bf8f3a9ab1',
    'flow/recording-to-network':
      'sha256:87ca4218386f4d3848f2a3b7b415c78609534f93e4b7b04b99e6da29d6c66cf5',
    'flow/secret-beside-data':
      'sha256:3a409f25c0d7bc677d18935b771db83c09fb496543f104dedec116f5091fe200',
    'flow/secret-in-url': 'sha256:bff4640cd6bbc5e8293d8a71e5e58ec64d50a7a243de57cf5ab49a33e4ce6876',
    'flow/secret-to-child':
      'sha256:afa514f4c2b11a0dae4a9ea4a40150d6791076217f171cd324f7b853887a648f',
    'flow/secret-to-computed-host':
      'sha256:c9c342eabb21f3b1bfaf6e182daee4c3114b7949039073a1e7826fec06f1d2fb',
    'flow/secret-to-network':
      'sha256:770ae936f49f20cd0b8cf57d662eafc92cf2cf4c6706bbafbbd420993292f714',
    'flow/secret-to-output':
      'sha256:3e99f327c95739cfad176912dd57e0899f28e41e00334bdcb20c5000664c5676',
    'flow/secrets-to-one-host':
      'sha256:e2663b7d1e19efbd568ffedb746e5fb2e953f72811dfd5fabdc32091456ecf66',
    'flow/untrusted-to-agent':
      'sha256:973724f40ff49a5a1b5e89c20c27555b1083cc93fa82ff4741aa167f7442dca6',
    'manifest/all-three': 'sha256:80145b385b6186000bd9763eeaec29e83c73c2012ffeb0c806d8e8f5e80fce00',
    'manifest/broken-promise':
      'sha256:467187b261d0f2e1bda9f169cc6a382d33346169b364836dba9dddb7fc77de25',
    'manifest/contradiction':
      'sha256:3055dd019df35275166dd6df3e2f542140ba280ff1ae3ffffd130ce2e88e2def',
    'manifest/declared-attack':
      'sha256:9a1f8d9dfac221bd9b929eafa3fdc6248cfaf3218f336d4bf5d470b3138a2a32',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:1d0ad3691e56247c1521cea2dc2d1788bab3409ebe536a75665cff89aa83ee73',
    'manifest/unnamed-script':
      'sha256:8b77966458e6d093c66f780cb3b268d2ef11fcdfe70d0dde529275cdc96ed933',
    'manifest/unreadable':
      'sha256:b1df0c246f8fb01fbecd101e17f2480d6511139dda9f57baa9a73dfff1759919',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:6c01ecb28cbfddd6a88219bd97558e2a5bdbead736fee025e99e364f0b728f51',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:30b5502fe805a5ccf4e5c675922e25dca052367fddc4f75f4689181ff9f0917a',
    'network/drop-host': 'sha256:c9cd67ceb72966bfd490cc674761387dedf250a7dd5a1579eab1b74989ca475e',
    'network/hidden-host':
      'sha256:9251e0211c086e01f61a2931b089caa0f725f3ff855041db2d2675406c8e8a5b',
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
      'sha256:7a9651306a360087910f0b81a6dbbe5a5e9f5467dea4d3b304ef2d35b3f29f69',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:e9adc7cad921a0d76605f1efa42f95b3014ae1b0e3bd59fb3bbd9c08f56d306b',
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
      'sha256:ccb40a82f2620351720aac6fb3ce16bd5740511d4c0099868197cbc370527f92',
    'persistence/shipped-key':
      'sha256:eca57058dbfb96aa934a3710eaf549534738bcc34a1a8ae781329056c5456d80',
    'prose/approval-bypass':
      'sha256:c3968e46a098650defcce090cd13d4d031bbcbbade7ee11454762884e4976520',
    'prose/biased-judgement':
      'sha256:f9811c8224bdfe2eb209a015a38ac8ecd3601cd6517a1cb1b8d2ea5526980188',
    'prose/boundless-role':
      'sha256:66fa8da377ea0cddd654e58cf966819c6c7a6052964e548f5623b2a807910e53',
    'prose/concealment': 'sha256:6b15856fb14292dc9f2e4bdb0effd3dab78ffe6dcbc2b11fc0b75b4a5abb2308',
    'prose/credential-solicitation':
      'sha256:7ed64e2abc0987c584c90788e33f5d6a279c34acc34e31cff2dc643bbea84aa3',
    'prose/decode-instructions':
      'sha256:9e37c038621011a582edb80db89a02a999e788b8d6298e2b60c13a6720f83fb8',
    'prose/destructive-orders':
      'sha256:9c55c99c09c08a4d9c6df2a271e733813ab0f346c98cfc106bcbbda3446e1483',
    'prose/divided-order':
      'sha256:8f61aa175765fbc5063ef8375f1ce0cfa73396b13a05b2950262eca867956813',
    'prose/encoded-instructions':
      'sha256:7e80499a08f2db3f3eeb757584a122e38539dff72c6acc87038095a7eed673a6',
    'prose/exfiltration-instructions':
      'sha256:4ace0eae1db79a101fa09675eb277fe06db83bb9b22b893449d7fa3281de4f09',
    'prose/false-authority':
      'sha256:fea566974864f8955edc7e5983e6ffdd35e824ceef94973daefe8a64377dda82',
    'prose/hidden-text': 'sha256:bab8bb2d5e85d713c4abb63ec06679b4485516f5297602eceda24d88f029a0cd',
    'prose/install-lure': 'sha256:59118106cccf2d8c65b325df6cd54953bbc8716f36a6e3693fa03c9b41910d1f',
    'prose/memory-tampering':
      'sha256:ef34a3a40fcba7563a66db9c4bca6ffea37ed7d82918ed92f709b03ba0c6e0a4',
    'prose/override-instructions':
      'sha256:e7610e5b347ea53a872c5fb8de116b09acd336f0147e4f889b9d311469f70a24',
    'prose/payment-diversion':
      'sha256:acf530ec4c730af94d9df9ed7b4ee5064b89e7a61a9c25319cc3c36bd952a11f',
    'prose/planted-content':
      'sha256:113af0e587105b291a1e4f5081b81c95b19f605e0a6615ce43e10b70ba6d46e7',
    'prose/remote-instructions':
      'sha256:d93fe79b5b35d54a88c6ba19c8768a83ea17ee3b92e0bd557579459cee25a9a3',
    'prose/secret-in-reply':
      'sha256:d4b3aecfd734de7962566af066c8e5c7ec5c7d46d087da08dad9471844222048',
    'prose/self-propagation':
      'sha256:f145c77963a1c962ad528fc9d5eec570ffac877610498b6135404b95de7953a4',
    'prose/speaks-to-scanners':
      'sha256:1d03e17dd0ffaf4ac89d5064e3d2ba567f3a4b9b607dd3056b283a8af0b32eb4',
    'prose/trigger-bait': 'sha256:08f6274693122623811a6cdd41fb227855773b4f2e5552041e2bee21fec02b96',
    'prose/weakened-defence':
      'sha256:90e28627cb8eacca289dd52a10b17aec5f8ed15cf07b55a9600a7600f428eca4',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:5418df0cf8d956009dbc14cbe30581428fc8c50532bf7db31b2d1d68948596d4',
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
      'sha256:9088ae1bf558ad36ba6c501e8cb82b29b448c3b2e5dd2c6476faf663f0c358d6',
    'supply/acts-at-installation':
      'sha256:9812d52eee871507ff221419b885eb6c5d9e9b8fbb591dd8c297a95677ef16a9',
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
