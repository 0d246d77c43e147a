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
  extractor: 'sha256:5116e9b5cfcc59f34d2013fa3c86a96bffc86591693f783da861e71c821e8384',
  judging: 'sha256:8cea0fdb5e121863baa7f815ffd69a0e6363cbcfa252cf6f38dbbd5866d0963e',
  rules: {
    'env/dynamic-name': 'sha256:5a62f34b54a056fbef97a92ff24a12f0b7dfdd0eb8c85c7ecde7b281c88097f6',
    'env/process-environment':
      'sha256:e87e55d24c581fb3c6f91295e932d0abbabdf2120e0ed5d7a1f12193040bbae7',
    'env/secret-file-load':
      'sha256:eefd89c26d3e79ecfd09cb27ec913c8929446ae20f7ad4ad9fb9ad58bfac6e69',
    'env/secrets-gathered':
      'sha256:1d212dbef4b010d44b3d4d8b25ef94bc92e236debea0292b66cd739bb73f639b',
    'env/steering-variable':
      'sha256:dc3668ab0f5426da83d4581b68357e1316bc4fb87cf4294a0b5240b99202ff97',
    'env/whole-environment':
      'sha256:d767b43e1a47dc6e7a5e5f8b56c624e384cf30acf937d1efdcb194292e02612d',
    'exec/code-from-string':
      'sha256:2d637d9c4b0210315ba69503556ab9ff54bbfe8e1ea96b47d37cc6971ef11ccd',
    'exec/computed-program':
      'sha256:ca10ab8ae64bf0d302dd3d52aef1833a69eb2126c0471a440564e91c08ee34b1',
    'exec/credential-command':
      'sha256:6d1df630a8e4bf06897b5115a54368d4f5f8490eb94fca11f8df1e2f06c45360',
    'exec/deserialize': 'sha256:8e38dce688c9393e72b460f24c792ab2ae4b054897cd94e0f0db404949c26f87',
    'exec/download-and-run':
      'sha256:e7abb1ab25f27b2d4d04a30fc694c3d823130cef9e3a19174b095c96f62dce8c',
    'exec/dynamic-module':
      'sha256:62d17455f374c07c4745fd46078d6c5576ae5733483011e348ff0986613bf152',
    'exec/handed-on': 'sha256:f8b4908652e2bb2a58419d8213d38eadb5e55e75b4516b2e7689d895560f6e0d',
    'exec/keylogging': 'sha256:3d290949487d9a8d12477930a2e716db28247031038c8cf8431571b7c33bd4ae',
    'exec/native-code': 'sha256:8d01efc6f960b32f233a3bf63da61417d8ead17b848c9ce5bb20d5848f26bf91',
    'exec/patch-builtin': 'sha256:042c53d886842e71b28426451aa9fa763e967c9027a3c18e8c67d99f335e66fe',
    'exec/privilege': 'sha256:d20bde257025b33f014ba714983bed748ce69e54f663e4f6545663c7910b9d60',
    'exec/remote-program':
      'sha256:ffc15df10ff2914c894828fccf5fe40e083f4928a59fe07320ecc9e22af7169d',
    'exec/shell-string': 'sha256:6d30de65dd72a43916f2188966c8b7d2769f11b8bea6598682b719efd6539ee6',
    'exec/staged-program':
      'sha256:5c7f8ec262274270a28c53b6ef68d9e500caac9821e770dd9a5289d07f206f78',
    'exec/surveillance': 'sha256:f60161b20576d2ea27f864b186696585c3437be6b053a0f11f8eb28334d8362e',
    'exec/unguarded-agent':
      'sha256:0c264c04e0a2e8723763100ee71947c6841835a480b3d70bc6a244c3887b00b7',
    'files/agent-history':
      'sha256:dc95e07845ecc5f8c016a27738657b18ba0416416b5f46245dcd2bba45980c24',
    'files/agent-memory': 'sha256:2aee9d1a5f147e8742beb23b340f96480f0883dd84803192d6ef3300d1fc9e8c',
    'files/browser-data': 'sha256:a1987ecb228e52b06f85d902e1d9cf0a0c26ad2f017b15add201dcccb37f09fa',
    'files/computed-path':
      'sha256:045a0f779ce121bad1ede7f61c95cc9f29f5f3d26f23d730a3715a101d48b100',
    'files/container-socket':
      'sha256:04e4b930a8bdc8c5b785f2a64684193c470bea9491343cbade847b27896c2f45',
    'files/credential-path':
      'sha256:5e783e9acb235464aab4a152387492ae49bb5dd3e1147a1a37f257a1b5c7bd53',
    'files/destructive': 'sha256:e7f581e6c906c9260dbfd191cd244d8832fe800d5aea586b4539c073236c5449',
    'files/device': 'sha256:74d6009f97e097a27474fa4a552a3ad32d644684bad4e3d8fb1f20f623e725ea',
    'files/home-harvest': 'sha256:1af0cc38acb926572b6c71bc556d9be62561b59c5af063067d5ca490499b4884',
    'files/link-escape': 'sha256:82d9e11de69927acc7eb9f9d094c89cf0c87aedf66a948f5d49a05e1f8bdbb25',
    'files/log-removal': 'sha256:2da38a22df67efe68e32078ecc225de0c896a36c775647604cf181bcc9e5fbf8',
    'files/outside-read': 'sha256:602d22bbd86b8c0e0e78c61f49f0ac0cff8dfc4812434f7210c15810fec8586b',
    'files/outside-write':
      'sha256:d4752bf6e5724f6bcd0238518f9b111f0c371442dd8fb5787301b0703316ddae',
    'files/permissions': 'sha256:8752d61ece404e10c01e8c222dbef495dc57f1a592361fff83a6e9bafe1efd7c',
    'files/shell-history':
      'sha256:01ce5079225718ed582e4bbd5851bb50fc43cf70c0c3a75d1c48032f77c0bb3b',
    'files/unsafe-extract':
      'sha256:b006d3b087b3db3bac138da0cf35020f2a21d91d2d9d3567ca3e6935f0542c8f',
    'files/wallet': 'sha256:2b0a13db8fab3c0d2d8e4dda853f4816d15b7bdd6ef927a13cbb01db00ee87bc',
    'flow/credential-file-to-network':
      'sha256:f885477570be6d181caa5d873f56a2ccfac761f10502fcf50dc545a7d0bbd8be',
    'flow/encoded-to-network':
      'sha256:898701e34b17af023a474fabe7ae4d59b2ba4a112c9cfe56526b299ab45aa992',
    'flow/environment-to-network':
      'sha256:2e4f1c7fd404faca905a9db85d1f6eee8527a4e4a3e3b63f6e63a0ace14ec4fc',
    'flow/file-to-exec': 'sha256:5c8db630a194be0269983bb8cc8194e7d3e30a15332020d8209f1449a7888953',
    'flow/file-to-network':
      'sha256:a7aae4756d0dd9b5fbd0ba74f30767d13f245c2d2abe75eccdb7b8894dbd5500',
    'flow/input-to-shell':
      'sha256:ae24d4c6e63e50928b7de0fbbea55a733f8efc989bcc7bc42e064d34e95c7806',
    'flow/local-secret-to-network':
      'sha256:b10d0c7f2fbc53c27bf3f9bfb651881ea8fd7f6abd9287fc034e13dbe2be7b16',
    'flow/network-to-exec':
      'sha256:ab93c207d3e756114b4ce7f51c4594a513c9d7d0bfa48d6c98c2e3544c2ed472',
    'flow/secret-beside-data':
      'sha256:6ec3b7a7681dc7b29ee8d09b16cc1bba3a4d9aaa243a055a6fe2f15630e8ef9b',
    'flow/secret-in-url': 'sha256:0960e8f8210a60f2a9e8504ad14573ba2db9288286fd90d02760fe1d01977e87',
    'flow/secret-to-child':
      'sha256:4aece8a8fcda120f92cdae2d83f5f7d101cf82a8242f2242d4038e476e4131c0',
    'flow/secret-to-computed-host':
      'sha256:3b044d2dc56cba78297a0931895f58ead0a9214af9be6e8ff2a88ec662d5f8b6',
    'flow/secret-to-network':
      'sha256:28e0a712ca9986610a8f9f15cd3fcdd4412f7779b8636a75fdda0c8d92377d74',
    'flow/secret-to-output':
      'sha256:8d0b172ba1fa89efda789616884fa3f014e2d343a68731a67a00129a8221ce62',
    'flow/secrets-to-one-host':
      'sha256:e8cee6f1b917798cb23577c8d18a59e285d45cceaa046f9649cc2373d1ba263f',
    'flow/untrusted-to-agent':
      'sha256:2826c68a6e8155f54bf7eb9ba3ec4dde1c7e32dcf6e6d8ab9adb3707bfba3b5c',
    'manifest/added-since-approved':
      'sha256:17e09a5e6aaee9714ae3281466b5b45b320bf04fe8a057af4397b21b83bd0643',
    'manifest/all-three': 'sha256:0a61a22d399d7f03ec0e9a15c22d0e5fd6a4901263a6fb30be7deb4e45c1050f',
    'manifest/broken-promise':
      'sha256:6e25280f840a7ad9f99057270bdef49ebfd6f6314593485f92f553ff29fca92d',
    'manifest/contradiction':
      'sha256:f8f0f4f01816c9667c57f6c87739039c397e5927587fb1b6178a0651ecc164fb',
    'manifest/declared-attack':
      'sha256:826c8a97ff632ba267ffb109f049ecc4b1dc50d035c1c6bf25d39fc21e4c1fbb',
    'manifest/over-broad':
      'sha256:b05ec7f0c3dab977dcbb90f0ef59421f4cbc9d36324922a322ed0f51d6bea506',
    'manifest/undeclared':
      'sha256:0aa314e1a38e23cd3f93e9aa17af77f4a8c9170ed818683e7179e091d6a67fae',
    'manifest/unnamed-script':
      'sha256:56d9e5049162271bf14b0917bf56307e595a48f39c55fbb2cdb8197f1558e80f',
    'manifest/unreadable':
      'sha256:d31364633f6eac0b4f2c2294d79c3c1105c3a17ce5cf91b05996c8d1700b568a',
    'manifest/unused': 'sha256:eb55ad60d5db30a23d38f19128b1a1fe8c9acf966b05397a9a0e0e735daf031c',
    'network/anonymity': 'sha256:fd8e9c56cb87e415a022f4eb21b1ba66dd71b71733b792edf7a469da7a439945',
    'network/cleartext': 'sha256:5fb19a90076327bb01ebcc4ce97ed841782ab8af733f0d0cf3abb2f2cb1942c4',
    'network/cloud-metadata':
      'sha256:a0ee0265f757cadca174a72a09fe0cc1fd352716bcb903eafe3756bcc5a93f54',
    'network/computed-host':
      'sha256:f804ffb53b64746b75717b1f02f3454450fd52adbab26c137841fdb0cfdf6e2a',
    'network/dns-channel':
      'sha256:684a6241d47407ea5ba6500198be1d51a009ad0231c534ac657051c671f4b9e1',
    'network/drop-host': 'sha256:15eda07d92817e31b43a16a9efa3eb7ad83dfc5cc01918336b27fe005cfc73ec',
    'network/hidden-host':
      'sha256:31be00c112f544c8eb9bca3248ee63f5a16bad182a40ca240aa2464e7eaf5738',
    'network/listener': 'sha256:8ae6179b12c6ca8781e9d55690e7b00de8975ab932d6a981a6a8415c6b600723',
    'network/odd-port': 'sha256:ea961d1a3945bc51a85cca316894941d0b2e8688e60b1c368728f28a185cc5cc',
    'network/raw-address':
      'sha256:4ea3393993e067d1e4d2ebd9171b14b6a82e7ce87c7dbd39b9a1f9d1669c88d8',
    'network/raw-socket': 'sha256:246101e74d51c3d16b5f7b3d61f1b5795c4b6bb4e84817193084c532e6bc4d87',
    'network/reverse-shell':
      'sha256:2d41480700ead151970140615869cec00dcf46919cf8c5f5205e89d9cf885769',
    'network/service-client':
      'sha256:9684c976ca9a12b0c555981bd16c9d34e9a7b65ab60a511c616c7121806bdbb0',
    'network/shell-socket':
      'sha256:d79bb8df4a383ecaad8f0d11cc1ccf49208fcea273e87c18a1136f738e5e5d21',
    'network/tls-off': 'sha256:d1b4fab347162c813f795fb91b1bad523b5cc92b1eb4c0c243e753c45f528045',
    'network/websocket': 'sha256:49ebf070cf30b1fdfa8c06832a60865e28f7a0b2f82fa4996a26839314ba1802',
    'obfuscation/computed-instructions':
      'sha256:99712fb1cd70414a5aef7ac49f465f54f99e209e3c3e6297d9423d3f44aec95a',
    'obfuscation/decode-and-run':
      'sha256:e5adf321bc90d8c4f25a6758ca6488fa5af6e0e692055eba1c5d18093a8f4914',
    'obfuscation/disguised-file':
      'sha256:436303f44f009f09ff907f862a1f1989c19a0d027f4591dd41d55c09712872f2',
    'obfuscation/encoded-program':
      'sha256:4898bbab41a2905ae0cf7461b21722fe9f7d3132b0f9ece9662295d1e2324fa6',
    'obfuscation/evasion':
      'sha256:d4b27c1cef1774f5e6b266f77fc6a14fb0e508134d0f2bea5e3104201e9758ae',
    'obfuscation/hidden-characters':
      'sha256:3d2fedf30fc605bdfa4243df7e4aa4c966996af67a4c173af827528edf6afcbf',
    'obfuscation/hidden-name':
      'sha256:4360030e31aa8fd06598cdb7c0eb2be970f5227d7e5677b41740b9ac02fda22c',
    'obfuscation/minified':
      'sha256:3fca894293b84b42b2aa461efaa90b2d0c0b87fa8e616337f0c4d922039affe9',
    'obfuscation/misleading-encoding':
      'sha256:ed2a588fd4ba6ad57dda0802ce6bc0dbc4f47b0736337ec4d09712f4c0799ca3',
    'obfuscation/mixed-script':
      'sha256:c860d7b93f77ec91e05ca7b611a7c27e4b578fe94edaabacb36fef5e68d0ad52',
    'obfuscation/obfuscator':
      'sha256:347b9d0677f8d334cf465a4e845619e2c8fd82b092753e4d6e087955c40b89d6',
    'obfuscation/opaque-blob':
      'sha256:6884fbdfeedc1b6e659b9835188b14e8ccb36a4195cbe446abf6289d66f43826',
    'obfuscation/padding':
      'sha256:2199f2a27d46fbfa2226f90a2881af032f6380dc55a5e4bbc5e56c28d13473da',
    'obfuscation/self-extracting':
      'sha256:d61af7eed820ad44504251a42c9e5c12b083345549040e7e5da123f044d5db1f',
    'obfuscation/text-from-numbers':
      'sha256:ddf04dfd72e8d2f14328079e82e6d5ee34f70e38293c4631f95155b8e36f1ced',
    'obfuscation/unanalysed':
      'sha256:1d65cc8700b7391d150954242b5533a22165e5c32f02babc5d83eaa4332ce1b7',
    'persistence/agent-configuration':
      'sha256:754b21e63f60acd66698371212e704a817e31f0b1a53173dd55317eb1ba43293',
    'persistence/autostart':
      'sha256:cabbc02c8eba8faf7a2e76e9ac2b676dafd4c8ab55ae83b358420d23512b8b3f',
    'persistence/defence-tampering':
      'sha256:9709d3a197b0ab43c552e07774b23a6aaceaf1d95a9673a02d55abccc7e05250',
    'persistence/detached':
      'sha256:b65159a4076e990ee0ef75b0feca21f7fa73c9f1380bdab2e54a2ef8b81abcd2',
    'persistence/folder-hook':
      'sha256:a28d2261f4a6d26e1fa128a23b7fc6630295f7430a00f7568df6ddb25f27fd00',
    'persistence/history-off':
      'sha256:00182bd2d3e7c74c1eef72f0d32a76a4b8e1aa2864a520d3da69176e2ce9dbb0',
    'persistence/hook': 'sha256:c11b58abd3335183761269aca8794e764afd6329bf5b77b7a87cde0381af6d9b',
    'persistence/log-wiping':
      'sha256:e1f9076bcf52bf193bd850ededa77b3b47d3eaac0b0305a7fddbe91460365f8e',
    'persistence/new-account':
      'sha256:9b593c4d867a802262d3478dca0a7d81af47c23228a091fc6280148db2464e51',
    'persistence/shell-profile':
      'sha256:11bad797c46e8ea9c98d428e4a6b59a397aa547aff2225498da03bfd187c4e51',
    'prose/approval-bypass':
      'sha256:cc1d8115d9fabba46ee1ec291872279d60c6aea632c6e97b7cfce7ad89c7fa3c',
    'prose/biased-judgement':
      'sha256:cdd94faf905debe4aef309becef044e6dd393c07dd27fc82a6b10a6a5cfc1ad9',
    'prose/concealment': 'sha256:35796db7e7a045b3fe2ba77dd5326f09a1818374beea7a801fb24ffb3f7d98d1',
    'prose/credential-solicitation':
      'sha256:07dc469dcd5b49a6df7b45662be9a76a8e2cc20647c5424817b7ef5d1e84f080',
    'prose/decode-instructions':
      'sha256:364c244ec9686ae92dee51c3afd71e69ca98d1e91ca1e2c152e477e3e9ba8802',
    'prose/destructive-orders':
      'sha256:6f6f45bcac04cd3b3cec00cd7bce2260caac235d9928c160bb54cd24c3b9eac2',
    'prose/encoded-instructions':
      'sha256:1d07d70d3ed126a99665503be2cfdb69d1839d6169a648037c13803790f7ae0f',
    'prose/exfiltration-instructions':
      'sha256:0aa9f8dd57b2b20accd619769be08e674408696add2a2756e79b0670a438f629',
    'prose/hidden-text': 'sha256:d7f2c52db9c1f1edd6c82eb51cc38aed0b2143f916df89911b578469513c263b',
    'prose/install-lure': 'sha256:36c2b345e4fdd85a909470c4728661419e5e739d5fabe666f475b9bffa708e2d',
    'prose/memory-tampering':
      'sha256:99c7055db7a2713c0b03aac24a695f4babefb9befe4d4f6171074ea2257c3520',
    'prose/override-instructions':
      'sha256:cda720cadeb64c46993b57add40f1871f9bce7ae786431f17afc25f184bdb6c7',
    'prose/payment-diversion':
      'sha256:4124060583afc9d53b5f6cbefde6b721698841f63f92e7a5ef6684a07e1f8ee0',
    'prose/planted-content':
      'sha256:10547bac017983195ef925b21350fdb8036a46f8ec79852f675d3a6ee5c77779',
    'prose/remote-instructions':
      'sha256:0d3648291142ec8ebb1ec86b644b0b5f47f96a3159b5fd07161b56c63a544e22',
    'prose/secret-in-reply':
      'sha256:4e0959aecc9f93434e32b0a086493e904328a1aefbc325f98f7a8a16e39619cb',
    'prose/self-propagation':
      'sha256:2efbde6620702990590d9adaf9ddd42fefccd4c22b19c9a6bbf1661dbf3589a1',
    'prose/speaks-to-scanners':
      'sha256:ad80ac93571fcad6b022770f170e1bb01b765f8b4852ad8bfb8e4093396a3038',
    'prose/trigger-bait': 'sha256:a692a88c33bb6061f8f9cd10d3c88858a26bafcb57e436e7f1d51b05c97b590d',
    'prose/weakened-defence':
      'sha256:4c615e740618584d6d44ac055a57b24ee99acd6b50874d9343a7d849a34f2950',
    'resources/decompression-bomb':
      'sha256:012e456752fbb4b54df9d647489bb8995eafd3cd8262c101333b3e1efe1b7646',
    'resources/endless-requests':
      'sha256:e8879c56433fa86b7db8e1f9bbd93872e3834b9e7df7e9b4a448092539274137',
    'resources/exhaustion':
      'sha256:07af25f8d331cf48c69802e724c5ad333782c4b4cf675214bba306e763afa9ee',
    'resources/fork-bomb':
      'sha256:d0c0acbbf19de71269cf283cf90cae9a11a333f8c27a70cb1b1613eebca03443',
    'resources/mining': 'sha256:1421b591662e73c4644a2e93107bc63d6158e1b93218228c69773eb6ac0c2b29',
    'resources/regex-bomb':
      'sha256:4225ca140a5372d1aeda1e90ae00e17861377e14151b6bee724cd0b29d055d0d',
    'supply/active-document':
      'sha256:a9be972f363b24f8db7be0061bc5f8ce907bd5b1da22c008695bc4a393256761',
    'supply/archive-in-bundle':
      'sha256:82babe089671047593a774d70c9025f0a63a7f7bec3865eee6069574af920282',
    'supply/binary-in-bundle':
      'sha256:7017a20c74a77115948e7a8305c15ba98317e3aca09ef782b165b61ff12a5b49',
    'supply/credential-in-bundle':
      'sha256:6f0ec13063b87194b8401b159bebb5af9edb532471c6d92024acab0e5c7703b5',
    'supply/dangling-reference':
      'sha256:7733f5cf18afa550d33f225dbfde77cb88ad3652fd7514fe24fcf449c93beae1',
    'supply/dependency-confusion':
      'sha256:ea3dc287ef5ebca00e6f3ccfa70c8aba0226faf78e0fcc68cc510c913849b9bb',
    'supply/foreign-source':
      'sha256:f9254f7487eee073caaeaa512e519c04ddf235d8790466ea0dafe7b9ce7665c3',
    'supply/index-redirect':
      'sha256:056bcfe766ce3296d831bcedce0ae129fee383d244baf5021dc01307d25fcf65',
    'supply/install-hook':
      'sha256:3543f54d183c4cc6db1fb4f45cb57d3b57a13e0758fe015f35446dbe25e87663',
    'supply/lifecycle-script':
      'sha256:c0bdeb1f4f3a359bcfd697c2bb9d5d11d320a332e0cf39c56fae1daba90b6b16',
    'supply/look-alike-skill':
      'sha256:038be6e9093dc5819c35976b09ab20086f1f2f3b81cc7e4328d8853d94db9931',
    'supply/mutable-reference':
      'sha256:9551f30d78ed85ad6e54420973481aed76f3dea643bc814cc9882c3d98fc1e07',
    'supply/typosquat': 'sha256:d757f2f27053cb6b226d27d78de80c4a3466735993452942d9ae6d55417d76f6',
    'supply/unpinned-install':
      'sha256:041bbce5a085a55c665547bbb0d57efa8f42823b4a7cdb48a03e59c248e3fc3e',
    'supply/unsafe-archive':
      'sha256:886ca18ac49b658441eda83a2487b6111f3d93d8c35af0cbb0002c20ab794a04',
  },
};
