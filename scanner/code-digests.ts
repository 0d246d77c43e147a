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
  extractor: 'sha256:0514ee8fe5eccf69968fa0a2751638c2ef8c03e0b234c049ba18764921d891c4',
  judging: 'sha256:d569e9195ae28ce184b15ebe380edd40b92553739c88e9e6a8af9de42e062032',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:00ff4d86d5d7e94e52647bde47ab6f376de5bebe0620d81b4c50b2a5405862e9',
    'env/secret-file-load':
      'sha256:0175bb1cd1935a4510a02270bec363af3ff1afdf1b85c8a0c2bde68d6205664f',
    'env/secrets-gathered':
      'sha256:2f4dea904ce219c091a2c87473f33ac684b7779144eb130714cf5b7df949c6e4',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:8fa4f0a081a95aa428800a538cc1bbaa64c117187addd8e018621e8ad1af59c8',
    'exec/code-from-string':
      'sha256:9c44a480d5f08433e32ef0615872104b0bc2d1a4bcb0cba092f057f6700545fa',
    'exec/computed-program':
      'sha256:8c564f0a5375b29a4186c94f3bd3965bc3bc9538056c8e5bf27bf33ceb56a2c4',
    'exec/credential-command':
      'sha256:fb9ff77f94094084909734d48d78956b6428e1de6f701bf221810fef8d56c250',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:87a5af6e1f83eb1220e0e5798618ad2382697e6222d1cd6c9e3c4179ca715311',
    'exec/dynamic-module':
      'sha256:59bea8be84c14d3497ae130fb7f273330a1f68ed36bf09eee4fcc8408d31ae50',
    'exec/handed-on': 'sha256:5771df0818414aa93ad0bf790888df3e0ef9a93023099a3e710c35cdc98cd3ee',
    'exec/keylogging': 'sha256:07d01b2c513201e82766057a20581fd36460f1d17f956a997dff908a5c91e886',
    'exec/native-code': 'sha256:017ec4b5d25b055c2a2dbeecab38c5b6b8a11ea1b0d58cb5c680e221f5915e66',
    'exec/patch-builtin': 'sha256:1faee318caede22c651001dd8488d3194ccadd3886596292e95b860c5a3deccd',
    'exec/privilege': 'sha256:07afc0d9a8781f6efd3b87d79c1db3b7502c97d6e758754a52077cb3dbdef22a',
    'exec/remote-program':
      'sha256:22ccd1e89043b64986a34e806fb0b18689f0b9672602c50e129875b031099d69',
    'exec/shell-string': 'sha256:bb1badf02184099e48610d15c44159da4dc936709d36d71ab434b80e826a1799',
    'exec/staged-program':
      'sha256:1be7abd27735b1d7c98ab6a0cea8763be14ef2cb7d5e8b0e2fa4ec0e506fa149',
    'exec/surveillance': 'sha256:4cc866dff77aa9d4bfceb8ffd87b2a23fb8c84c15f2b3d7b46c17719d8e04670',
    'exec/unguarded-agent':
      'sha256:79ddd85cdc1a1aae36056a06e6f848a2256154cbf73b02cf4c9d4a7560b49f8d',
    'files/agent-history':
      'sha256:8d1a4842bef8885b777ad560cad4331b744a4f8ba424e989343dac37884b6967',
    'files/agent-memory': 'sha256:ac46484e51b6223f7cad2ecc51a8dbf0dedc1bd0f0ca3e4a0f31a266cc159405',
    'files/browser-data': 'sha256:0be628f301a48beb8abb6d7f862e164467eefd9e05fed2d93815e0e626c9ed79',
    'files/computed-path':
      'sha256:a44cd2693159d7eb5098f4d1fbe7ff188eb5242bee6d7ce9cea2db89c08dcf38',
    'files/container-socket':
      'sha256:e24ce3c3c865cb28dd6e4b1c5707bb9d776653c78fce934c8f71f4e4e2e98fc9',
    'files/credential-path':
      'sha256:5e783e9acb235464aab4a152387492ae49bb5dd3e1147a1a37f257a1b5c7bd53',
    'files/destructive': 'sha256:e7f581e6c906c9260dbfd191cd244d8832fe800d5aea586b4539c073236c5449',
    'files/device': 'sha256:8b8e3c982ba07889eb8add33caf86e2924acdb26904999ab21f8cc8b17d32211',
    'files/home-harvest': 'sha256:4fd07b913fb7f7cbb35c476b21c4e66dfbfbf20a8a48f963120db5d9e127e7cb',
    'files/link-escape': 'sha256:c451f6c39e042930d81573f80c4c195c9daae4bd82fa6d2ccf88b526a927df5e',
    'files/log-removal': 'sha256:9004e8f3dc1aa0cf8c85751e6be308de7901d82ee0e25ceac7ba7a17cbfd6777',
    'files/outside-read': 'sha256:e30cfa63ae2430893a3c39ef2c080a1f83b2e28a9a80d1367a7b5d6e880d3e51',
    'files/outside-write':
      'sha256:8073b199fc166071a1a3f7fefc13fb388c9d003eb7dee4f9e87b85d4b74d7948',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:7991fc53920a35911495395f4c85abc4a7484133271b4a7f19bb9c4f5b5cc201',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:b0c32d8646e1957996f3499202781b55b9191df1abc7803d55c9157e915eb006',
    'flow/credential-file-to-network':
      'sha256:728c8c1ec04cd2c53c5fa2a999c01dc9e519cbe8cedd5fd0775462ac36d9f283',
    'flow/encoded-to-network':
      'sha256:433f98901731c8ab2925c5d63291d8075633cba8d612f0a24db980ae20dfcd51',
    'flow/environment-to-network':
      'sha256:ed2c4dd949ea288d59b62a5ad4887a6ce272a0de4fc7e29267de5f02b6ead7e0',
    'flow/file-to-exec': 'sha256:928b78bcad71aea2507d1202363420723592d51bc5c900cd9b54a4298868deac',
    'flow/file-to-network':
      'sha256:116ae9c09438f4b7903a44227649c6cb418947fb359131b6c378bbadfe334312',
    'flow/input-to-shell':
      'sha256:5f2a81fd763d5ab179b3741b61bd4cb9491f845eeaffc6a523671aeeeec2025d',
    'flow/local-secret-to-network':
      'sha256:c543ee97a13eb88b78c1bb7a67b7f5bfb3edc0384cc30ed6ab7b8ee5bf9f1e81',
    'flow/network-to-exec':
      'sha256:4d67006350f25c4394325e8a1c5f56bd7fca3ae89a89ce7802215ecea2837f7e',
    'flow/secret-beside-data':
      'sha256:5939c9f46dc1e4387f5d4664adf14e81d230ccfae151943b038c5521ab315b00',
    'flow/secret-in-url': 'sha256:479800ce8dca5a55a30fe21e1f27a6f539d106681a12ddf2974e20f06ae7b76a',
    'flow/secret-to-child':
      'sha256:c1d6169c7fb198c749d7c51f41f7e1e5df1c94adf16413ef1ef9afb37f05f86c',
    'flow/secret-to-computed-host':
      'sha256:3b044d2dc56cba78297a0931895f58ead0a9214af9be6e8ff2a88ec662d5f8b6',
    'flow/secret-to-network':
      'sha256:28e0a712ca9986610a8f9f15cd3fcdd4412f7779b8636a75fdda0c8d92377d74',
    'flow/secret-to-output':
      'sha256:eeee6094595193509df51e96da3b54021eb286e0f42b7ffc83ebdd030ec92070',
    'flow/secrets-to-one-host':
      'sha256:a01917a1ab666b73c9f4b69ad87ea496128c9a137ce6d2b70884c6cfac9377ae',
    'flow/untrusted-to-agent':
      'sha256:38852d4caa78894e9996188c8b679911520077247addd28f1496eee3c4b4fb43',
    'manifest/added-since-approved':
      'sha256:ed13d92f16490db6f679e9ff020d06dc79cc7e3a83331da013d2450a58e500a6',
    'manifest/all-three': 'sha256:8105f6c28f2204ff432ab958f4063a0ebf5750719bc5561df20bf144e3e750f9',
    'manifest/broken-promise':
      'sha256:b4086d2f6d74564392196ea615cee6f457a77ffdbd518c8ef2a9274f8116216c',
    'manifest/contradiction':
      'sha256:ba9f0e499de7bb2e609ff6b1be0b4dd785da2ed8a3d53cb8e7d3438d0cd1fe77',
    'manifest/declared-attack':
      'sha256:a213caa88a10dc323b22ed51dc487d83c17b6c106bb78e89e74e3ce1a9f41b50',
    'manifest/over-broad':
      'sha256:71b9424b7df5a12d82af3dc931c50cf45e2bac60813cef1006d54f1bb6cc5015',
    'manifest/undeclared':
      'sha256:ad21e33d20790aa083d3616bb4d077d04e4f77ab975e173eb84a8f0e2a4fcb39',
    'manifest/unnamed-script':
      'sha256:7a2f2e079ec57bf28d096d17dd13f90fd0be7b31fd332078b92561e4e881d04c',
    'manifest/unreadable':
      'sha256:18b90a1148b0e28f9187f5551ecb27842dab0b575c0c533c600beeee582b9f47',
    'manifest/unused': 'sha256:d67ede52be822e499ab860f7a59bdf6e1706d03220b825e0dd36f6a1a475ab12',
    'network/anonymity': 'sha256:5354287136aba332a9d55caf6cb1a27adf89a722087a5ce5c0901e4f42c93f0b',
    'network/cleartext': 'sha256:0a4b8ba887af7b4879f4912d27ced6dd57487a0e26a1f5fa6620c61a8557617c',
    'network/cloud-metadata':
      'sha256:2796faf8fb639356f0525a3227b2b3ac51fd3b09a7b856f07e7bdf6ea682d284',
    'network/computed-host':
      'sha256:f804ffb53b64746b75717b1f02f3454450fd52adbab26c137841fdb0cfdf6e2a',
    'network/dns-channel':
      'sha256:bdca60bd99fd15de914d77a653dec01adeab387e6dee708a25fc463d077773af',
    'network/drop-host': 'sha256:d09872df7de739ff13e2baa2d38339318d03653be5aa6ae51349d2d3cc4616ac',
    'network/hidden-host':
      'sha256:32fd907bb279f62b38caf6f2b1a553a5006595cc4deca96415b068d3c9b66c82',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:e226946b459115305fe8f4c047446999ca5b09a21e29b74ea541d51f8e33cef9',
    'network/raw-address':
      'sha256:e392b09e0bc1d143c4db2cfad0f9dc0a170e935513ccca19cc90d243c9659017',
    'network/raw-socket': 'sha256:ebf7bc6f26147c4224b401fbbf86ec0ca020869ae7d08558493a83d6cbe817d7',
    'network/reverse-shell':
      'sha256:8a7b952e6ce4e6e05b61deed1c69d5afa0594ca46d4b52f6f0b590564361754f',
    'network/service-client':
      'sha256:308ba068d6fff9d12424707a5d680381145695637ddee961a640e45629d4ae3f',
    'network/shell-socket':
      'sha256:9dedce6d6af393dd4660c00eed990b323934eaef63fbd86b96e33dc019bb756f',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:6ee7e1e54f28c55f2c27958e2455855d7237ad3b28ca2fb5e8bfe0e8ea96fb0b',
    'obfuscation/computed-instructions':
      'sha256:bf5513c5a4ffbd63454450f3ccf075a136c81a0517e9f2738ad65398a84eef43',
    'obfuscation/decode-and-run':
      'sha256:e5adf321bc90d8c4f25a6758ca6488fa5af6e0e692055eba1c5d18093a8f4914',
    'obfuscation/disguised-file':
      'sha256:505b32dd2f5d91fe0035e39a640d12990bc4469130506aaf01190390fbd6effd',
    'obfuscation/encoded-program':
      'sha256:90876ab9f02400db8be5445184aa7e66b6497e2934aaf7081dfa739ff97b4ca2',
    'obfuscation/evasion':
      'sha256:3781438a77d6f4412288f07ea4ff457b9a3d282e262c1801ae81cc261fbab94c',
    'obfuscation/hidden-characters':
      'sha256:3d2fedf30fc605bdfa4243df7e4aa4c966996af67a4c173af827528edf6afcbf',
    'obfuscation/hidden-name':
      'sha256:802e5e2085ba050b225175d58079b79e13b8a02c002aaa1f766a1974bd9a2305',
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
      'sha256:f4d8bb398014f2e493b16d68665efdf16e99b7fdc8ffcc0c40893dbe2618206a',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:da8b885f8619fea801ff6378fa39f51b4aab8e6780c06205d1ef93b29d33238d',
    'persistence/autostart':
      'sha256:4e94bfa33994004b6c081fae7b88caf6ef066d15886e7baedda184523e850a8e',
    'persistence/defence-tampering':
      'sha256:34ba559d02c8fc761de734f56a576e9c86d1b90c52db716c09713502b1f6c618',
    'persistence/detached':
      'sha256:bc7d4656e794b60017de8ad3244dbecb60224c7ce4b8c1497f7c86c5fe88d458',
    'persistence/folder-hook':
      'sha256:53246667d96ebd77ec42b10291ca398abcfeb39e0b06634477790fcab4d233b4',
    'persistence/history-off':
      'sha256:69b43328b71837bdc4832182263e908b4f6c67cf1feb0b390ce14baac9e31e8f',
    'persistence/hook': 'sha256:c11b58abd3335183761269aca8794e764afd6329bf5b77b7a87cde0381af6d9b',
    'persistence/log-wiping':
      'sha256:aee04bc0c69806be1198ed6027390c59b5aecccedfd7cfa30b06da743c4626d8',
    'persistence/new-account':
      'sha256:be6da6404ebfa00fbb7f4108650992224e06f597643c6101db50fd75e80d44b9',
    'persistence/shell-profile':
      'sha256:e20d44b37a60098084ab9af917ee6ffa92dbfc9b5c1ce2e72a73ecc4160f1d9f',
    'prose/approval-bypass':
      'sha256:a2214ff28b59afaef367b4511aa788a0c03d358eed653fbff73a304f5e407e49',
    'prose/biased-judgement':
      'sha256:eddae25cbf43f90af3be9b017790ac07a99b43f5971790b72dd4bf0adbc0bc82',
    'prose/concealment': 'sha256:7d1e3586049e9836498c867d982a11eb3e65816a5eca584457b27e5ee414be7d',
    'prose/credential-solicitation':
      'sha256:ef429f97316252748ea179eab02473ade06aa0f03873b0ab620534c33b57d00c',
    'prose/decode-instructions':
      'sha256:32922b9b6234257e41f04b1fb86f6d3c43bf4cd31f18238420fd8eb57986e6fd',
    'prose/destructive-orders':
      'sha256:1f665390af5b482dcd260f4731d2b5796236dddbc86c4964e73c813384343a6b',
    'prose/encoded-instructions':
      'sha256:5192c45922fc63729888d4dbe09d19611c3db7c7ada977cae962b59daac900db',
    'prose/exfiltration-instructions':
      'sha256:cd7a1c11048dcd1ab7d8c446170dbb1df0bc5a0fa14c9db6e04b1fd1f322a74d',
    'prose/hidden-text': 'sha256:1f35a28ae09122bac96a9e4a838fe053e37537779d77ff0e4b424aee899fc648',
    'prose/install-lure': 'sha256:00fa7856f5c8a13a2cfe545cd5dc0ded8a8b5f306196d22b910999d0105fe170',
    'prose/memory-tampering':
      'sha256:138ca49b6c78b1aa914de9e7a8a96eacd76e50084bbd79a3b8ef533d6bca86ce',
    'prose/override-instructions':
      'sha256:48dfbcd78dcf756687fd989b1d1f01fbc1d808e208fef8ec595dde3c5037d9eb',
    'prose/payment-diversion':
      'sha256:0d50af6f7eb8b2a5402e9bd36211cf4626189a08f461b5549d0b04af06df0dd0',
    'prose/planted-content':
      'sha256:816d55643f8b389491ba5eee91687dfdff0dcd57d00af36aa18bdaf8566d3e51',
    'prose/remote-instructions':
      'sha256:99f14545013b197f2e8361589515da688ffe076c00a0b70a82cc64e0be4471de',
    'prose/secret-in-reply':
      'sha256:5075a85f8b1e2f6cd3afe5356767ade95ea8e9128ba89923e7b7a63abaa52c86',
    'prose/self-propagation':
      'sha256:2d87e7f0c5b11fe3d00fbc7033df45254784568b5df5dbbc9134c2e4e2f5193a',
    'prose/speaks-to-scanners':
      'sha256:5c7739f53514a10f4b02705738a07d6d3624208a55f4d041df3cbbadf0c4dc7b',
    'prose/trigger-bait': 'sha256:1d9ba17b08472a53f7bdfa49aa058f0c8dd3b577fa7425ba76446e91f7017ca8',
    'prose/weakened-defence':
      'sha256:b62704e7927836edc48a0633f6cbd09c1e0190364938b8f5a00bc80b38acd065',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:d0d344a45d9cbf8e85dd77f19781bfe6a100cbbae67223867d565817ecb88e5b',
    'resources/exhaustion':
      'sha256:c6d86af7bcd4c90d1cba8ae0e199d316947948b2a66f7e4546adc8142b08b882',
    'resources/fork-bomb':
      'sha256:1c2492b09dc4e3c542cf8d5843313d8539a66c80b9742a97f2a0cc02fb780616',
    'resources/mining': 'sha256:275f2b4e59cf8f6f487c57d478603e26e62bab229c08e5544824379ea7cdfb86',
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
