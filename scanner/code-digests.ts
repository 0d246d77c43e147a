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
  extractor: 'sha256:4c87ba9c3b20b79dadbae31c0713a2c45b634bdeb92be898777a0d46bfd13fd6',
  judging: 'sha256:5cf54d6f91f86009fe19e92be90126b86abf8dc5158c0f093327d3091e958d31',
  rules: {
    'env/dynamic-name': 'sha256:b3bcc619041c321b4ae11ca5d5c43bb5beec8dbf73751365badd255319977730',
    'env/process-environment':
      'sha256:8463297cc9a11eebf7eb5021a3829f09095ed4d38bcfcd39a89c1229f7e02239',
    'env/secret-file-load':
      'sha256:a469f7b39a00b1add187de1cc4b70053f55fc04b08fa4d9f47656a2a67321075',
    'env/secrets-gathered':
      'sha256:1795b1b0e1947363a6b70ccfbabb5850df1ad62c9de2284fed8555321c67d306',
    'env/steering-variable':
      'sha256:82be19688374b7f75967915e6dd053dd00b2ad48a55c8d2de9b60e53a5903ae9',
    'env/whole-environment':
      'sha256:4222d1e18fdeb5fa4083be6e985c9029f8de7bc49dee1154a390ab122fc5c2b2',
    'exec/code-from-string':
      'sha256:f2c1e653f623f77ec9924b5bee7cd9946615824e9ef9cf20191818482401a279',
    'exec/computed-program':
      'sha256:2758bf0de8b7f6929d1e1a76f34c05a61fb71891ace391a483a056480a1b022d',
    'exec/credential-command':
      'sha256:e07f9cd5395678c1caab5a705d4e4bfbd747d26466e06289068fbcddd0c23849',
    'exec/deserialize': 'sha256:3d05d0077ae9b0b9548eb1b7e13872d849681816a19f120f08f932ee047e49d0',
    'exec/download-and-run':
      'sha256:724c4b182130310ea8955ce34e36b4909cf25a22814da7cbcdad66252fe3bcce',
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
    'files/outside-read': 'sha256:c610bce2b7cea8c5ac8836a2f43d359909038276488c7b7a96ff4b56c81d0fe6',
    'files/outside-write':
      'sha256:b6af211229d0771338f76f16e13ecc6c9921af445358ef17f019b377140cad0d',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:ffee3eba13966fc82cf1d10bec4f2f4e9459bcc0733c1101b2d874fee4a5a936',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:61e5b56a95b068490da9e4c777ee78f705f6dcfa82e9697c698fc18c6723cdc6',
    'flow/collection-beside-network':
      'sha256:a98bf9a7df9637649644edc8f087c1cb08400d8db693917c89a556c5eab7fd50',
    'flow/credential-file-to-network':
      'sha256:6ddebc9610feb2ca1beb88f2d07c7df01353831b73ffcdf4288ed2facd93f516',
    'flow/decoded-to-exec':
      'sha256:3ee9b6418c454780e281bab70cbf180cc0233b3b4b6d3cf4c420b515e3faab8b',
    'flow/encoded-to-network':
      'sha256:ece8514fe20ce3b42820e34b564639e8fdf2f2ef5cb55752546b4028d7d770ae',
    'flow/environment-to-network':
      'sha256:30553f9beca6bd40fde05a4e7997d986cc8473eac5f8e88197dbbc7f4d2a23f4',
    'flow/file-to-exec': 'sha256:878b2e49c6ac0001949bcc8dcc06f038c34f62e70448b62008a29004a26a2fd0',
    'flow/file-to-network':
      'sha256:e847b0c97cb8f12c3e0226b2c23684a656da1e9bd1170df8d4d886d36083cc07',
    'flow/host-facts-to-network':
      'sha256:f4919407c7f0a634785b316b2f185b088ea42d548256f040b434da6c5c39183c',
    'flow/input-to-shell':
      'sha256:df13ac736e94d48d1d39f4db6b004335a66b88b69e649264c913759b24f840ad',
    'flow/local-secret-to-network':
      'sha256:298316acbdd7771049e615af0fc245b63ac82fd2ac33576655a34748daf229e7',
    'flow/network-to-exec':
      'sha256:58c167ed2ea15da9bd45a7c83006efd64c7dc6f8b22d351ad453ad70467476fc',
    'flow/recording-to-network':
      'sha256:d90d72983da22facbacbe5157571035e7772951d1d20f794b444fe81e337cef4',
    'flow/secret-beside-data':
      'sha256:8a41176f95609df32025d1683cf78e11446bd782ccbf5777872296fd115e1620',
    'flow/secret-in-url': 'sha256:6a72604fa96307dd9ea5ea7807b59b10cd005336cbb7744c800e92ac4a0f8e2a',
    'flow/secret-to-child':
      'sha256:838d55d9c5168491ce09bfd668922ef0979eac5c89a1d1f7f88e615c97f74c4e',
    'flow/secret-to-computed-host':
      'sha256:58b54177438d4ac311509f48e4e935d4edd8ed37af128d5e21f8c2fb0c3f7aec',
    'flow/secret-to-network':
      'sha256:879c176c2d63100ea5dd99a129538dd2b42bc1d39ba12029dda3a98781acf31c',
    'flow/secret-to-output':
      'sha256:1d641586c0f527a790798e24d3f07582ba97e583d17caa481c59d15d3e99c410',
    'flow/secrets-to-one-host':
      'sha256:ba6e3aeb725be8e4a389e4651b78193965d85a8128b5b9e127a42fc76753ba5c',
    'flow/untrusted-to-agent':
      'sha256:8ad8b2c17b25c6b9624765c9de18316c72ffcaf7aa03ae2e42126280106d82d4',
    'manifest/all-three': 'sha256:808c8af94cd960cbd83d96f7bf458c651724f9ce6605209ae0920c4031d1c8cc',
    'manifest/broken-promise':
      'sha256:12d96bc7cbab52bc607e6b2d8ca66d8c42241ea9e038c016e4cdeabb787f829d',
    'manifest/contradiction':
      'sha256:c8a73f1fd3df30d1228f7937c4e3a57497392b5523c5fd2ec625fc96f7842a48',
    'manifest/declared-attack':
      'sha256:dbfba15d9ec5975ff12c8031f778642477b7023a1447c7154f78851fa8df862c',
    'manifest/over-broad':
      'sha256:edf0c2709a99a4df3db77ba4a54ade08f29ec5699755d65e9b7550272dc66d84',
    'manifest/undeclared':
      'sha256:63f21f6955d9f7197f9582c29107272b1ee397cb2b76c5a34a3a33339b4c9fef',
    'manifest/unnamed-script':
      'sha256:f0bc0162210a31e8ee7cd8681fc8bd8bc741b60b34b0e33f878fa1f9e8267706',
    'manifest/unreadable':
      'sha256:7c85dbdd457ac53c7d65b96d4ed54a60aabcb55d4546f922de85b15a2feaa2d4',
    'manifest/unused': 'sha256:6ce307b773af8e01012e14e6885d1d4a3c661573fa2c675108821f4badf82cd4',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:47486547cf02ec6554eae4193bfde3588e01fca5952e430b59ae068976e70d7d',
    'network/cloud-metadata':
      'sha256:62a2d60303f60eb2e4993421aeab6ba73c986658bfe7e5957761f7c2b62df96a',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:4d1d9b0fafa6ead0f7992a80ea4547cfb3f06edfec883a104c7b053275e73114',
    'network/drop-host': 'sha256:9c7cad69afca6d197796a61b44460fb3c5d877748e9834cb3f00a09bb51b5845',
    'network/hidden-host':
      'sha256:be174693446f2e02d55b91e73a313248eb9c60382d4e92752bb4ce29c4290dd4',
    'network/listener': 'sha256:24b1e771b1451b887a7b295d919057f0e7d4ff80f4fe404a8f080773d8c534bb',
    'network/odd-port': 'sha256:f7248eb6539bf6d69616d4f4501edd0823b023461351ece65df65bfdd7216702',
    'network/raw-address':
      'sha256:b15db366b62007ba5e22b27b2eacbd51f51b048b0f64b18730b956db89bf0c16',
    'network/raw-socket': 'sha256:40e92a5baea0729eec7e122403bacf91a28a77dbe906c4b2b112a602dab89765',
    'network/remote-access':
      'sha256:323a7f000acbbc456d1368f78f2c8a3df704b2910b9341d6c41848c87ed0044e',
    'network/reverse-shell':
      'sha256:d7a1dcad4d2a482197cd90f3469b746e1cfd292f6431955acd105188a4010689',
    'network/service-client':
      'sha256:20947a3c87c78b76b6d34fdf35219187cdaff25f2a1f5c4fa7330c53df6297d4',
    'network/shell-socket':
      'sha256:0c6754f7b3535b3e19ae80de23083e57f9dc6bd2ed5c6ae2d1fecf0f3c318449',
    'network/tls-off': 'sha256:f3065b2e78a6f8d95b267af7d472fb3c2e843453a664bb0cf6c39fe69a59edc2',
    'network/websocket': 'sha256:4d582a90e9de3d7e5fc6e16ccce69de4b19da9b9ffff610c9dcfb7f87149b56e',
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
      'sha256:0651b37f23526dc54fb92a3cd2976eae93b2c3ad574b3aca338d47d23fb41e8d',
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
      'sha256:467344c8d60152b2ecd4c911486f8c3bf263bc64c8256b250fcd07ed5dc50b0d',
    'prose/biased-judgement':
      'sha256:e11458ba71d1c424db179aca84f52d5c336cd37f84a842b34d670f2c44340d2d',
    'prose/boundless-role':
      'sha256:4c311201677a2dd1d2c661fcbc9343842005458976530fe7db36488137ea48d4',
    'prose/concealment': 'sha256:d1836467dd31d37b66656913233cc80f9e38fa342930dfff0a64fbde6eacc58b',
    'prose/credential-solicitation':
      'sha256:98562be433f81fe6063955cecf4ed736649658cbc3e3a3b00ce2e50af61ed9c9',
    'prose/decode-instructions':
      'sha256:9df21d14c78b5d8ee039affafc5477869a2490e99881c3c31ac06cccccbedbf4',
    'prose/destructive-orders':
      'sha256:8add2f534978aadf596ffd3dc152242fccbc05ace3e35228d809129d08ce5c79',
    'prose/divided-order':
      'sha256:3da486f527418a607b1d91117f495b0bd1fbe66e67a2ad3f87af65d88e6df958',
    'prose/encoded-instructions':
      'sha256:3f6511578fb002fa8aa15a0cc2c494ab00d3b5e9fb068f0619a80036fc0f6ce1',
    'prose/exfiltration-instructions':
      'sha256:9395b16412467caa20a6fb733c79c6955328f775cf80a5b6d7d9d0a243c830e1',
    'prose/false-authority':
      'sha256:d9c1b99aac5e6476112f568bd54fe1c1a1fd6effe770fd4d964369b96e019b73',
    'prose/hidden-text': 'sha256:fd4d20dd7408bec2440d4afa7f914f16dd5024df2e02eff77e81db6daa7c89e2',
    'prose/install-lure': 'sha256:4f7beba1c7eef91ef67a1dadf12fedb81b31a7120e3c30e47766639867ff3be2',
    'prose/memory-tampering':
      'sha256:398f3aefcd56be2f66532ab5c9c9e0f64289f9935f519a37c6742f1e9eca376e',
    'prose/override-instructions':
      'sha256:623da4aafc20ca122a56f5abcffd9317a343a06c0d69ffff335a191335a71c00',
    'prose/payment-diversion':
      'sha256:1bc47bb0d40fc9f5c9f1ced5b67cd7a3e526a1b1750af64244d4adfdd4c9523d',
    'prose/planted-content':
      'sha256:3aa49e858504fbbfd12c3a587c51128d716e9d4c1788da1ea66c61956ef0072f',
    'prose/remote-instructions':
      'sha256:38365fa71d158b58872f629125fda45e5bb51a1bcf854a40fcff8f4d3fd5086c',
    'prose/secret-in-reply':
      'sha256:bf4a19928820ff2ed4eadf1ecd1a228b98522fc2b771680927035c652881f1f7',
    'prose/self-propagation':
      'sha256:807c485d49067edecbe91cdfa2d1bc2807f0e477b5fb4ae7ee2327b92e73f383',
    'prose/speaks-to-scanners':
      'sha256:f0e4046c06c194bc1dc1c9183596be22dddcdbe8b113e050dbc20775aab399f2',
    'prose/trigger-bait': 'sha256:5cb04d0af1615171ad3c7fd9bab0525db9c28fbeeb0245f7ac3a13831ec6c186',
    'prose/weakened-defence':
      'sha256:31aad7d8ed661797660428ef37b7d5d5f87db9df7acc8c51bc02737d6bd8a041',
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
      'sha256:15cc45dc94b581d3ac1838a3ce25f975f482047b76c9914a561562c9ced7f350',
    'supply/acts-at-installation':
      'sha256:48af7c3046121b47faebd32af6dff5efbc50c30bea9d7abf14a01e889ea975c3',
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
