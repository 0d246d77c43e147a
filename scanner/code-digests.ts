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
  extractor: 'sha256:4b2bd2516adc1980cf46a7856b49c488216e0f592860ecbf7c73186faf3e119b',
  judging: 'sha256:d86989988e01538ad17e69998e5ae461dc7e0970e4c491df3e21beb859fc29c3',
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
      'sha256:e133b0e41e346f048ab905dc9a1981b1dcc236c77b865c2d129f0ffc1c71e8d1',
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
    'files/agent-memory': 'sha256:ada77d9b8f8db1d6f3a43970b9d99f8edd9cd300b29957c0e4b0b278d8cb2acf',
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
    'files/outside-read': 'sha256:f76e9ce783063f639add1e9f3a90f037530e1e3f4c25b354218fc48cc3031d47',
    'files/outside-write':
      'sha256:752768d835ca18d2d58870497dc83a6fd23313b5454cf1fd62de02e1871bcd45',
    'files/permissions': 'sha256:555fa520767e4883ccc725753e6df781b7c1518e6c9ef3709ee139492b06a469',
    'files/shell-history':
      'sha256:1e03c15500d2f56a3f9894619176f1a13f750b9748bebba33340ee85bdd4fbb6',
    'files/unsafe-extract':
      'sha256:91d833e1d24836b0bf4188f324d0d57adfb00a712119f980abaa7d3a01fa0a23',
    'files/wallet': 'sha256:f206d4992e8647863cac455b66776b8768e48ee1ac0d514713633f6092ed88f4',
    'flow/credential-file-to-network':
      'sha256:f7d7b89db6fbb8c953bf10d1d141c0a2ef7c8ca8a65823a8b930f0b51bb1cc7f',
    'flow/decoded-to-exec':
      'sha256:5324632daea8310cb50aff9d6bd1881c349a5a7105975ee82f80ffbf4fb9f335',
    'flow/encoded-to-network':
      'sha256:9e74791ffd3e9b24e29d3bdf5e8ff9bb86520a8aa5c49a709a07cefef400f9a4',
    'flow/environment-to-network':
      'sha256:10729d95a0984c43ea05d5caa6bc66ae5f7b98506dfa0ff2964995d78e3667a3',
    'flow/file-to-exec': 'sha256:c456cf341400bce29fd02c5df3460a5b4a90fa3fca0908277f556f26f658843d',
    'flow/file-to-network':
      'sha256:19df70e0b77c501e4e87c76d328d053e2fb35f119df88420e6e2278da56cd110',
    'flow/host-facts-to-network':
      'sha256:ecd650e82aefddccac77a804b85b22ff3178b5bbd7a23f51c8055a54848d5450',
    'flow/input-to-shell':
      'sha256:1ef777738d6647564a446f8b731c7d230ebba2af580b9f0a318b15cac71530be',
    'flow/local-secret-to-network':
      'sha256:334400d33ea90fa6cd43c99606d03a76f9c7ac149c2a3a8cebfaaef910494831',
    'flow/network-to-exec':
      'sha256:4e9921d1afdf3b798642c5aa2af24e99b058e8b8c5e2705b459db7d9b855441d',
    'flow/recording-to-network':
      'sha256:6f4917c4fac164c53e717e9e415295617ad5c15ea4c342b94f255009e479459d',
    'flow/secret-beside-data':
      'sha256:623fc9d9b2dcc2ee8d788f418741d611539446f0f47026826892986d6af57bb9',
    'flow/secret-in-url': 'sha256:a9c24623f9d90af9ef4ad7b023c7475264c2c5bcd2153c9026d67b537b2ca29d',
    'flow/secret-to-child':
      'sha256:5b0e0afe4d004a67d1125a95a4a5e3d2bb300ac999a9502f2700d811e3e0d4e4',
    'flow/secret-to-computed-host':
      'sha256:583920515ffc8b7fcbed16bc4e24509b28b437b3d623f8aea004334eba641c14',
    'flow/secret-to-network':
      'sha256:bcf721f2bda5a6ff4b1a0f34cc7ac1d26f1b524c08d0594bbf236a87820bb08c',
    'flow/secret-to-output':
      'sha256:609958f7c83005043b1b6489a06fa1bd5d8753444eaeb116cd28e0537f061b3f',
    'flow/secrets-to-one-host':
      'sha256:45a8c39f42c9bc1acaaffb7cbe98275274171354db3a9ddfd5e3e2b262237672',
    'flow/untrusted-to-agent':
      'sha256:ce1d33838272062c82d112bf12167390a92e85a6e10daaa7a26e0950e3044add',
    'manifest/added-since-approved':
      'sha256:bb8d979806cec00318d331ed72cfdb7cb493c2babd6b434c4da3ce53a7662c24',
    'manifest/all-three': 'sha256:d022f9dd515c8bde4912b72ef70802d3b9789fe228a24cb183c75d1e90dcd44a',
    'manifest/broken-promise':
      'sha256:61aa37de90afdd812eafc370fb3e46f7ed5005faa3857abfdae5e497cfce5fcd',
    'manifest/contradiction':
      'sha256:1bb3a8603e0efa0244548926bddbb53fe473867e141606e82432a84d6927f98f',
    'manifest/declared-attack':
      'sha256:7c4f8ce141b4a4ecd94cd6af0737b32b1883e07f47fc476afec65503c2a7ef7c',
    'manifest/over-broad':
      'sha256:8745ad278527802ffac7e0ee5498471b3054351d61da8a6e035388e1f8b8be98',
    'manifest/undeclared':
      'sha256:f31badaaf741c97016f96586cd77457df9ec0d614365a346fe5332fc1c1669d1',
    'manifest/unnamed-script':
      'sha256:b9423faf2f6c9d0ef87cabf23abf6dbaa508b5993390485c99439bff2fdf2940',
    'manifest/unreadable':
      'sha256:a3fe7c051225fc5e7d70dafce1ff2130220585d5e40810cd4cb8194c4d3e88f0',
    'manifest/unused': 'sha256:9727e56f37ad0efee30872385920f279c5917d17fdf3ca05125d690bc7ad721b',
    'network/anonymity': 'sha256:6e870ea57201105a4df17e54e15245b57e53d86bd7512d6e98496f7d6860247a',
    'network/cleartext': 'sha256:ccee7dee0eb3a911d6ac78d373ef99499551707a35eff45ff80eaaf41af24514',
    'network/cloud-metadata':
      'sha256:ccd9f55321ae259707cdf9f507cce862de0d5aed217a8aa719d4b782b0c1a117',
    'network/computed-host':
      'sha256:fad605af00d626612bca48a0d1bd7c670dd0eb350fc11aad368745a786a1dbbd',
    'network/dns-channel':
      'sha256:acf6773fabfae9d69d062a9fbbbeae2dc4aa165f96792d31b9ba8769b12b9a6a',
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
      'sha256:a10845912859513128f8f8a48cbdf07f14306e4d5177550cad69db8b16a26b0f',
    'obfuscation/shadowed-library':
      'sha256:f377d54f68d07ad718f96f4a0578e933956ed545a201607b31e0c84e952e50be',
    'obfuscation/text-from-numbers':
      'sha256:3424a39a989c90580d63786fd27c939ca1a0d656a3dff101057af2ab6417d0c5',
    'obfuscation/unanalysed':
      'sha256:c0691578c00f425001c862933dad310e6e8a8f704a2dafe59e997bd5c1959d3f',
    'persistence/agent-configuration':
      'sha256:f3ca97e0f880244d8d2e500449fd785dda139f4bae82932c6ef272b275f046af',
    'persistence/autostart':
      'sha256:5c91d02615c048ccb363e82af0cb1378ab69e993debc0bf69aa2b8273f9d77fe',
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
      'sha256:659b5f4de2d56ed32bd4121fcc7969d06b58bcd576babbd501c864f93cc92300',
    'prose/approval-bypass':
      'sha256:15b68f8ee3f5ba2b78695467da6f6a7a14c051fa0718f9c14332d2a8de3585eb',
    'prose/biased-judgement':
      'sha256:c0aca2e6b4cd4c81159f62285dec6e4270238708fc112b63e58d3b4113e54bce',
    'prose/boundless-role':
      'sha256:a8e45670da8cfb9cf95ee088a4543b5702d94bc051be368ed59657dd19ee0d50',
    'prose/concealment': 'sha256:dd20e4fbbb484f1452532fed0fd74c6e5ea93c07459630c354b38cf96ba29235',
    'prose/credential-solicitation':
      'sha256:af22b7dfe79c682182d0fa2bd9a30f94a5c758a3f3a5ccb6f0a4f3be22daee59',
    'prose/decode-instructions':
      'sha256:9b0023b62d3cdb3bd6c27ae331eb82aa831babbc38b20012b42c49fc163bfd22',
    'prose/destructive-orders':
      'sha256:4aec62750dfe64dc3022c8fa7907560fb0a223beeb7b17e4999a9a22ea45198f',
    'prose/encoded-instructions':
      'sha256:90a1caf23a6da05d7deebf7393aa19b440c04527b53bc7ba0a0da9253e7218d1',
    'prose/exfiltration-instructions':
      'sha256:c5479fae087a8645b56ef720cd2e1acac552d85098ed6b386a375a1ea9f10c05',
    'prose/false-authority':
      'sha256:c1c47d8c1315b2fcf709117b6f7659f9cc258175fcbcc8fa0b8ac3fd787296c0',
    'prose/hidden-text': 'sha256:90be09d78597f8bb24b0fcedeb1ea818ac20021071b05c0af4e08d00317a24bd',
    'prose/install-lure': 'sha256:f6d4c40b235c46a307482ab0bab1b004352bd67e43463e8a3c7309b6871c787c',
    'prose/memory-tampering':
      'sha256:c8b456c2eb6abbf0e586c1d5b9692d784ef463c5694e0ee2d1a153bab127ff8a',
    'prose/override-instructions':
      'sha256:37d68988ae00abdce1a03d4fe0b59f4f50c4c9503585dee30c88b4a7ef3513ed',
    'prose/payment-diversion':
      'sha256:e21aab4c139fe6bdab24439e198cc3e38f2181695e1f2c26d4f3dfff1b8b3c02',
    'prose/planted-content':
      'sha256:592ca8d6f91e145b20ed79eb154fee95f1ccb9650a38ff5d55db79990224a54e',
    'prose/remote-instructions':
      'sha256:68909bcb15bd1bcf9b897b4cbee5956ff8c81af04862d8aa280e0ab9dc549705',
    'prose/secret-in-reply':
      'sha256:cdeb615c9bf3c504be20002f924cf8d62e5257f7f1549c3d4356d08bbd61a004',
    'prose/self-propagation':
      'sha256:b50b5b5b65b50f641fd8241b5ae3428f2a5e022b6294e2efbcc1be81d15b4827',
    'prose/speaks-to-scanners':
      'sha256:685fa03d4b99de3c03affe609cde9de3cf2c4e7fd90d6daf4493f600725981a9',
    'prose/trigger-bait': 'sha256:8ac355a4947baf64fb109d26fcbb75992bebdca58084978ddf14b22a73ccb6f6',
    'prose/weakened-defence':
      'sha256:9479d7341ca6612a41c8a1abfc64b377988789d858bc58ad08dbf24bf99b8c6e',
    'resources/decompression-bomb':
      'sha256:4c625cc957e25f45d32408edca483766af097123934b17e0b1bed2f84d534044',
    'resources/endless-requests':
      'sha256:4089ce75a460f69a6aa7a052f20fffc6d72198f2985937df54435ead1d39c891',
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
