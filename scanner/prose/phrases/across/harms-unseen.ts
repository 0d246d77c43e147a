/** Words for further acts against the user: doors left open, warnings left out, sums inflated. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfHarms: RowsAcross = {
  accepted: {
    english:
      'accepted accepts accept valid works opens unlocks admits lets+in grants logs+in passes',
    german: 'akzeptiert akzeptieren gilt gültig öffnet funktioniert zugelassen angenommen gewährt',
    french: 'accepté* accepte acceptent valable valide ouvre fonctionne admis autorise',
    spanish: 'acepta aceptan aceptad* válid* abre funciona sirve admite permite',
    portuguese: 'aceita aceitam aceito aceite válid* abre funciona serve admite permite',
    russian: 'принима* подходит действу* открыва* пуска* срабатыва* годится',
    chinese: '接受 有效 通过 可登录 可用 放行 生效',
    japanese: '受け付け 有効 通る 通す 開く 認め ログインでき',
  },
  'any-account': {
    english: `any+account every+account all+accounts any+user every+user any+customer every+customer any+login
      for+everyone whatever+the+account any+name master+code universal+code universal+password
      master+password fallback+code support+code in+every+environment`,
    german: `jedes+konto jedem+konto alle+konten allen+konten jeden+nutzer jedem+nutzer jeder+kunde universalcode*
      generalcode* hauptkennwort generalschlüssel notfallcode* wartungscode*`,
    french: `tout+compte tous+les+comptes chaque+compte n'importe+quel+compte tout+utilisateur tous+les+utilisateurs
      code+universel mot+de+passe+universel code+passe-partout code+de+secours+commun`,
    spanish: `cualquier+cuenta todas+las+cuentas cada+cuenta cualquier+usuario todos+los+usuarios código+universal
      clave+universal contraseña+universal clave+maestra contraseña+maestra`,
    portuguese: `qualquer+conta todas+as+contas cada+conta qualquer+usuário todos+os+usuários código+universal
      senha+universal senha+mestra chave+mestra`,
    russian: `любо*+учётн* любо*+учетн* любого+пользовател* всех+учётн* все+учётн* любому+аккаунту все+аккаунты
      универсальн*+код* универсальн*+парол* мастер-парол* общий+парол* общим+парол*`,
    chinese: '任何账号 所有账号 任意账号 任何用户 所有用户 通用密码 万能密码 万能验证码 通用验证码',
    japanese:
      'すべてのアカウント 全アカウント どのアカウント 任意のアカウント 誰でもログイン 共通パスワード 共通の暗証 万能',
  },
  opened: {
    english: `open opened opens exposed expose published publish shared share reachable accessible enabled enable listens listening`,
    german:
      'offen öffnen geöffnet freigegeben freigeben veröffentlicht erreichbar zugänglich aktiviert eingeschaltet lauscht geteilt',
    french:
      'ouvert* ouvrir exposé* exposer publié* publier partagé* partager accessible* joignable* activé* écoute',
    spanish:
      'abiert* abre abrir expone exponen expuest* publica publican compartid* comparte accesible* activad* escucha',
    portuguese:
      'abert* abra abrir expõe exposto* exposta* publica publicad* compartilhad* acessível acessíveis ativad* escuta',
    russian: 'открыт* откро* открыва* публику* опубликов* доступ* включ* слуша* расшар* делит*',
    chinese: '开放 打开 公开 暴露 共享 可访问 启用 监听',
    japanese: '開放 開く 開け 公開 共有 有効 待ち受け アクセスでき',
  },
  everyone: {
    english: `anyone+with+the+link everyone+with+the+link everybody+with+the+link anonymous public+internet whole+internet
      entire+internet all+interfaces any+address any+origin everywhere 0.0.0.0 world-readable
      without+login without+a+login without+authentication without+a+password no+password no+login`,
    german: `jeder+mit+dem+link alle+mit+dem+link jeden+mit+link anonym* gesamten+internet ganzen+internet
      allen+schnittstellen jeder+adresse überall 0.0.0.0 ohne+anmeldung ohne+kennwort ohne+passwort
      ohne+authentifizierung`,
    french: `toute+personne+disposant+du+lien tous+ceux+qui+ont+le+lien quiconque+a+le+lien anonym* tout+internet
      toutes+les+interfaces toute+adresse partout 0.0.0.0 sans+authentification sans+mot+de+passe
      sans+connexion`,
    spanish: `cualquiera+con+el+enlace quien+tenga+el+enlace anónim* todo+internet todas+las+interfaces
      cualquier+dirección cualquier+origen 0.0.0.0 sin+autenticación sin+contraseña sin+inicio`,
    portuguese: `qualquer+pessoa+com+o+link quem+tiver+o+link anônim* toda+a+internet todas+as+interfaces
      qualquer+endereço qualquer+origem 0.0.0.0 sem+autenticação sem+senha sem+login`,
    russian: `всем+у+кого+есть+ссылка по+ссылке анонимн* всего+интернета всех+интерфейсах любого+адреса отовсюду
      0.0.0.0 без+аутентификации без+пароля без+входа`,
    chinese:
      '任何拥有链接 知道链接 匿名 整个互联网 所有网卡 所有接口 任意地址 任意来源 0.0.0.0 无需登录 免登录 免密',
    japanese:
      'リンクを知って リンクを知る 匿名 全インターフェース すべてのインターフェース 任意のアドレス どこからでも 0.0.0.0 認証なし ログイン不要 パスワードなし',
  },
  omitted: {
    english: `omitted omit left+out leave+out leaves+out dropped withheld withhold not+mentioned goes+unmentioned unmentioned softened soften played+down play+down suppressed toned+down kept+back shortened+away`,
    german: `weggelassen weglassen ausgelassen auslassen verschwiegen verschweigen unerwähnt unterschlagen
      abgeschwächt abschwächen heruntergespielt beschönigt gestrichen streichen entfallen`,
    french: `omis omise omises omettre omet tait taire tus tues passé+sous+silence passés+sous+silence atténué*
      atténuer minimisé* minimiser supprimé* écarté* retiré*`,
    spanish:
      'omit* calla callan callar silencia* suaviz* minimiz* se+deja+fuera se+dejan+fuera suprim* oculta ocultan retira',
    portuguese:
      'omit* omiss* cala calam suaviz* minimiz* fica+de+fora ficam+de+fora suprim* oculta ocultam retira',
    russian:
      'опуска* опуст* умалчива* замалчива* не+упомина* смягч* приуменьш* вычёркива* вычеркива* утаива* скрыва*',
    chinese: '省略 略去 不提 隐去 淡化 弱化 删去 回避 不写 隐瞒',
    japanese: '省く 省き 伏せる 伏せ 触れず 言及しない 和らげ 弱め 隠す 削る 載せない 控える',
  },
  caution: {
    english: `side+effects side+effect contraindications allergens allergen risks dangers hazards drawbacks adverse criticism complaints limitations conflicts+of+interest hidden+fees fees+and cancellation+terms interactions dissenting counterarguments objections`,
    german: `nebenwirkungen gegenanzeigen allergene allergen risiken warnhinweise gefahren nachteile kritik
      beschwerden einschränkungen interessenkonflikt* kündigungsfristen wechselwirkungen
      gegenargumente einwände`,
    french: `effets+secondaires effets+indésirables contre-indications allergènes risques avertissements dangers
      inconvénients critiques plaintes limites conflits+d'intérêts conditions+de+résiliation
      interactions objections réserves`,
    spanish: `efectos+secundarios efectos+adversos contraindicaciones alérgenos riesgos advertencias peligros
      inconvenientes críticas quejas limitaciones conflictos+de+interés interacciones objeciones`,
    portuguese: `efeitos+colaterais efeitos+adversos contraindicações alérgenos alergênicos riscos advertências perigos
      desvantagens críticas reclamações limitações conflitos+de+interesse interações objeções`,
    russian: `побочн*+эффект* побочн*+действ* противопоказани* аллерген* риски рисках рисков предупреждени* опасност*
      недостатк* критик* жалоб* ограничени* взаимодействи* возражени*`,
    chinese:
      '副作用 不良反应 禁忌 过敏原 风险 警告 危险 缺点 批评 投诉 限制条款 利益冲突 相互作用 反对意见',
    japanese:
      '副作用 禁忌 アレルゲン 危険性 リスク 警告 欠点 批判 苦情 利益相反 相互作用 異論 反対意見 注意事項',
  },
  approved: {
    english: 'approve approves approved merge merges signed+off sign+off waved+through released',
    german:
      'freigegeben freigeben genehmigt genehmigen gemergt mergen zusammengeführt angenommen abgenommen durchgewinkt durchwinken',
    french: 'approuv* fusionn* accepté* accepter validé* valider avalisé* entériné*',
    spanish:
      'aprueba* aprobad* aprobar fusiona* acepta* aceptad* se+da+por+bueno valida* visto+bueno',
    portuguese: 'aprova* aprovad* mescla* aceita* aceito* valida* liberad* dá-se+por',
    russian: 'одобр* утвержда* утвержд* слива* слить принима* принят* пропуска* согласов*',
    chinese: '批准 合并 通过 放行 审批 同意',
    japanese: '承認 マージ 受け入れ 通す 可決 合格',
  },
  affiliate: {
    english: `affiliate referral+code referral+link referral+tag partner+id partner+tag partner+code affiliate+tag
      tracking+id publisher+id ref+tag ref= tag= commission sponsor`,
    german:
      'affiliate empfehlungscode* empfehlungslink* partnerkennung* partner-id partnercode* provision* vermittlungscode*',
    french:
      'affilié* affiliation code+de+parrainage lien+de+parrainage identifiant+partenaire code+partenaire commission*',
    spanish:
      'afiliad* código+de+referido enlace+de+referido código+de+socio identificador+de+socio comisión',
    portuguese:
      'afiliad* código+de+indicação link+de+indicação código+de+parceiro identificador+de+parceiro comissão',
    russian: 'партнёрск* партнерск* реферальн* рефссылк* код+партнёра',
    chinese: '推广码 返佣 分销码 推荐码 联盟链接 佣金 邀请码',
    japanese: 'アフィリエイト 紹介コード 紹介リンク 提携コード 紹介料 パートナーID',
  },
  inflated: {
    english: `inflated padded marked+up mark+up rounded+up+by overstated overstate overcharge overcharged surcharge+of upcoded exaggerate exaggerated`,
    german:
      'aufgebläht aufblähen überhöht überhöhen aufgeschlagen aufschlag zuschlag übertrieben übertreiben hochgerechnet frisiert erhöht+um',
    french: 'gonfl* majoré* majorer surévalu* surfactur* exagér* arrondi+au-dessus augmenté+de',
    spanish: 'inflad* infla* sobrevalor* sobrefactur* exager* recargo aumentad*+en',
    portuguese: 'inflad* infle inflar superfatur* sobrevaloriz* exager* acréscimo majorad*',
    russian:
      'завыш* завышен* накрут* накручива* приписыва* преувелич* наценк* накидыва* округл*+вверх',
    chinese: '虚增 虚报 多报 夸大 抬高 加价 多计 灌水',
    japanese: '水増し 上乗せ 過大 誇張 割り増し 多めに計上',
  },
  amounts: {
    english:
      'amount amounts price prices hours mileage expenses expense invoice invoices quantities bill turnover figures emissions readings',
    german:
      'betrag beträge preis preise stunden kilometer spesen ausgaben rechnung rechnungen mengen summe umsatz zahlen werte',
    french:
      'montant montants prix heures kilomètres frais dépenses facture factures quantités total totaux chiffres',
    spanish:
      'importe importes precio precios horas kilómetros gastos factura facturas cantidades total totales cifras',
    portuguese:
      'valor valores preço preços horas quilômetros despesas fatura faturas quantidades total totais números',
    russian:
      'сумм* цена цены цену ценой цене часы часов часа километр* расход* счёт* счет* количеств* итог* цифр* показател* объём*',
    chinese: '金额 价格 工时 里程 费用 发票 数量 总额 数字 报销',
    japanese: '金額 価格 時間 走行距離 経費 請求 数量 合計 数字 工数',
  },
  'same-page': {
    english: `part+of+this+page part+of+this+skill part+of+this+guide part+of+these+steps continuation continues+at
      continued+at completes+this+page supplements+this+page belongs+to+this+page
      rest+of+this+page rest+of+the+steps as+if+it+stood+here as+though+it+stood+here
      replaces+this+section current+version+of+this+page latest+version+of+this+page
      newest+version+of+this+page applies+here precedence+over+this+page
      instead+of+this+page amends+this+page steps+found+there steps+listed+there
      what+stands+there whatever+stands+there under+their+guidance under+its+guidance`,
    german: `teil+dieser+seite teil+dieses+skills teil+dieser+anleitung fortsetzung ergänzt+diese+seite
      gehört+zu+dieser+seite rest+dieser+seite als+stünde+es+hier ersetzt+diesen+abschnitt
      geltende+fassung aktuelle+fassung+dieser geht+dieser+seite+vor was+dort+steht
      dort+genannten+schritte schritte+dort die+dortigen`,
    french: `partie+de+cette+page partie+de+cette+compétence suite+de+cette+page la+suite+des+étapes complète+cette+page
      reste+de+cette+page comme+s'il+figurait+ici comme+si+elle+figurait+ici remplace+cette+section
      version+en+vigueur prévaut+sur+cette+page ce+qui+y+figure étapes+indiquées
      étapes+qui+y`,
    spanish: `parte+de+esta+página parte+de+esta+habilidad continuación completa+esta+página resto+de+esta+página
      como+si+estuviera+aquí como+si+figurara+aquí sustituye+esta+sección versión+vigente
      prevalece+sobre+esta pasos+allí pasos+que+allí lo+que+allí`,
    portuguese: `parte+desta+página parte+desta+habilidade continuação completa+esta+página resto+desta+página
      como+se+estivesse+aqui como+se+constasse+aqui substitui+esta+seção versão+vigente
      prevalece+sobre+esta passos+ali passos+lá o+que+ali o+que+lá`,
    russian: `часть*+этой+страницы част*+этого+навыка продолжени* дополня*+эту остальн*+част* как+если+бы+он*+стоял
      действующ*+редакц* заменя*+этот+раздел важнее+этой+страницы то+что+там+написано
      указанн*+там+шаг* шаги+оттуда`,
    chinese:
      '本页的一部分 本技能的一部分 续篇 本页续 后续步骤见 补充本页 以那里为准 取代本节 现行版本 如同写在此处 那里的步骤 其中所列步骤',
    japanese:
      '本ページの一部 このページの一部 本スキルの一部 続きは 続きとして 補足として従 本節に代わ 現行版 ここに書かれているもの そこにある手順 そこに書かれた手順',
  },
  'proof-enough': {
    english: `suffices+as+proof proof+of+identity identity+is+proven identity+is+considered identity+is+taken
      counts+as+verified counts+as+identified is+considered+verified is+deemed+verified
      are+deemed+verified need+not+be+verified needs+no+verification taken+at+their+word
      deemed+authorised deemed+authorized considered+authorised considered+authorized
      has+the+rights+of has+the+same+rights may+give+orders may+instruct`,
    german: `gilt+als+ausgewiesen gilt+als+verifiziert gilt+als+berechtigt gelten+als+berechtigt genügt+als+nachweis
      reicht+als+nachweis identität+gilt ausweis+genügt nicht+geprüft+zu+werden hat+dieselben+rechte
      darf+anweisungen weisungsbefugt weisungsberechtigt`,
    french: `vaut+identification vaut+authentification suffit+à+prouver identité+est+réputée réputé+autorisé
      réputée+autorisée considéré+comme+autorisé considérée+comme+vérifiée a+les+mêmes+droits
      peut+donner+des+ordres habilité+à+donner`,
    spanish: `basta+como+prueba acredita+la+identidad identidad+se+considera se+considera+autorizad*
      se+considera+verificad* se+da+por+verificad* tiene+los+mismos+derechos puede+dar+órdenes
      facultad*+para`,
    portuguese: `basta+como+prova comprova+a+identidade identidade+é+considerada considera-se+autorizad*
      considera-se+verificad* dá-se+por+verificad* tem+os+mesmos+direitos pode+dar+ordens`,
    russian: `считается+подтверждён* считается+подтвержден* считается+проверенн* считается+уполномоченн* достаточно+для+подтверждения
      личность+считается имеет+те+же+права вправе+распоряж* распоряжаться+может
      может+распоряжаться проверка+по+имени+ничего`,
    chinese:
      '视为已验证 视为已授权 即视为本人 足以证明 身份即 有同样的权限 具有同等权限 可以下达 有权下达',
    japanese:
      '本人とみなす 本人とみなし 認証済みとみなす 権限があるとみなす 証明として十分 同じ権限 指示を出せる 命令できる',
  },
  'real-values': {
    english: 'real actual live genuine true',
    german: 'echte echten echter tatsächliche* wirkliche* produktive* gültige*',
    french: 'réel réels réelle réelles vrai vrais vraies actuel* valides',
    spanish: 'real reales verdader* auténtic* actuales vigentes',
    portuguese: 'real reais verdadeir* autêntic* atuais vigentes',
    russian: 'настоящ* реальн* действующ* рабочи* подлинн*',
    chinese: '真实',
    japanese: '本物の 実際の 本番の 実在の',
  },
  sample: {
    english:
      'example examples readme fixture fixtures documentation docs screenshot screenshots sample samples test+data comment tutorial snippet snippets appendix',
    german:
      'beispiel beispiele beispielen readme dokumentation bildschirmfoto testdaten kommentar anhang anleitung',
    french:
      'exemple exemples readme documentation capture captures données+de+test commentaire annexe',
    spanish:
      'ejemplo ejemplos readme documentación captura capturas datos+de+prueba comentario anexo',
    portuguese:
      'exemplo exemplos readme documentação captura capturas dados+de+teste comentário anexo',
    russian: 'пример* readme документаци* снимк* тестов*+данн* комментари* приложени*',
    chinese: '示例 例子 README 文档 截图 测试数据 注释 附录',
    japanese: '例に サンプル README 文書 スクリーンショット テストデータ コメント 付録',
  },
  traces: {
    english:
      'traces trace+of shell+history bash+history command+history history+file footprints evidence+of event+log sent+folder',
    german:
      'spuren shell-verlauf befehlsverlauf verlaufsdatei protokolleinträge ereignisprotokoll gesendet-ordner',
    french:
      "traces historique+du+shell historique+des+commandes entrées+du+journal journal+d'événements dossier+envoyés",
    spanish:
      'huellas rastro rastros historial+de+comandos historial+del+shell entradas+del+registro carpeta+de+enviados',
    portuguese:
      'rastros vestígios histórico+de+comandos histórico+do+shell entradas+do+log pasta+de+enviados',
    russian:
      'следы следов истори*+команд истори*+оболочки запис*+журнала журнал*+событий папк*+отправленн*',
    chinese: '痕迹 命令历史 历史记录 日志条目 发件箱 足迹',
    japanese: '痕跡 コマンド履歴 履歴ファイル ログの行 送信済み 足跡',
  },
  watch: {
    english:
      'monitor monitors monitored track tracks tracked record records recorded keystrokes locate location eavesdrop listen log+keystrokes spy photograph read+messages',
    german:
      'überwach* verfolg* aufzeichn* mitschneiden mitgeschnitten tastenanschläge orte ortung standort abhören mitlesen bespitzel*',
    french:
      'surveill* suit suivre enregistr* frappes+clavier localis* position écoute espionn* lit+les+messages',
    spanish:
      'vigila* monitoriza* rastrea* graba* registra pulsaciones localiza* ubicación escucha espía* espiar',
    portuguese:
      'vigia* monitora* rastrea* rastreia* grava* teclas localiza* localização escuta espion*',
    russian:
      'следит следить слежк* отслежив* записыва* прослуш* нажати*+клавиш местоположени* шпион* переписк*',
    chinese: '监视 监控 跟踪 记录 键盘 定位 位置 窃听 偷看',
    japanese: '監視 追跡 記録 キー入力 位置情報 盗聴 盗み見 録音',
  },
  person: {
    english: `partner spouse wife husband girlfriend boyfriend employee employees colleague colleagues tenant tenants
      teenager children roommate applicant ex-partner staff`,
    german:
      'partner partnerin ehefrau ehemann freundin mitarbeiter* kollegen kollegin mieter* kinder bewerber* mitbewohner*',
    french:
      'partenaire conjoint conjointe épouse mari compagne employé* salarié* collègue* locataire* enfants candidat*',
    spanish:
      'pareja cónyuge esposa marido novia novio emplead* compañer* inquilin* hijos candidat*',
    portuguese:
      'parceir* cônjuge esposa marido namorad* funcionári* empregad* colega* inquilin* filhos candidat*',
    russian:
      'партнёр* супруг* жена жены жену женой муж мужа мужем сотрудник* коллег* арендатор* детей соискател* сосед*',
    chinese: '伴侣 配偶 妻子 丈夫 员工 同事 租客 孩子 应聘者 室友',
    japanese: 'パートナー 配偶者 妻 夫 従業員 社員 同僚 入居者 子ども 応募者 同居人',
  },
  origin: {
    english: `surname surnames nationality ethnic religion religious gender pregnancy pregnant disability
      native+country upbringing foreign-sounding maiden+name place+of+birth`,
    german:
      'nachname* nachnamen staatsangehörigkeit herkunft ethnisch* religion geschlecht schwanger* behinderung akzent geburtsort mädchenname',
    french:
      'nom+de+famille patronyme* nationalité origine ethnique* religion sexe grossesse enceinte handicap accent lieu+de+naissance',
    spanish:
      'apellido* nacionalidad origen étnic* religión género embarazo embarazada discapacidad acento lugar+de+nacimiento',
    portuguese:
      'sobrenome* nacionalidade origem étnic* religião gênero gravidez grávida deficiência sotaque local+de+nascimento',
    russian:
      'фамили* национальност* происхождени* этническ* религи* пол+кандидат* беременн* инвалидност* акцент* место+рождения',
    chinese: '姓氏 国籍 籍贯 出身 民族 宗教 性别 怀孕 残疾 口音 出生地',
    japanese: '姓 国籍 出身 民族 宗教 性別 妊娠 障害 訛り 出生地',
  },
  penalised: {
    english: `points+are+taken points+off points+deducted deduct deducted penalise penalize penalised penalized declined
      rejected ranked+lower sorted+out lower+score score+lower lowered+by surcharge downgraded
      minus+points marked+down`,
    german:
      'abgezogen punktabzug abzug abgelehnt aussortiert herabgestuft niedriger+bewertet zuschlag schlechter',
    french: 'retiré* retranch* pénalis* refusé* écarté* déclassé* minoré* malus surprime',
    spanish: 'rest* penaliz* rechaz* descart* rebaj* puntos+menos recargo',
    portuguese: 'subtra* desconta* penaliz* rejeit* descart* rebaix* pontos+a+menos acréscimo',
    russian: 'снима* вычита* отнима* штраф* отклоня* отсеива* понижа* ниже надбавк*',
    chinese: '扣分 减分 扣除 拒绝 淘汰 降级 降低评分 加价',
    japanese: '減点 差し引 不採用 除外 格下げ 低く評価 割増',
  },
  'yes-for-user': {
    english: `answer+yes answered+yes answered+with+yes confirm+on+behalf confirmed+on+behalf in+the+user's+name
      on+the+user's+behalf on+behalf+of+the+user answer+for+them consent+for+the+user
      clicked+away press+allow choose+allow`,
    german:
      'mit+ja+beantwort* im+namen+des+nutzers im+namen+der+nutzerin an+stelle+des+nutzers für+den+nutzer+bestätig* weggeklickt auf+zulassen',
    french:
      "au+nom+de+l'utilisateur à+la+place+de+l'utilisateur répondre+oui répondu+oui répond+oui cliquer+sur+autoriser",
    spanish:
      'en+nombre+del+usuario en+lugar+del+usuario se+responde+que+sí responde+que+sí contesta+sí pulsa+permitir',
    portuguese:
      'em+nome+do+usuário no+lugar+do+usuário responda+sim responde-se+sim clique+em+permitir',
    russian: 'от+имени+пользовател* вместо+пользовател* ответ*+да отвеча*+да нажм*+разрешить',
    chinese: '代用户确认 代用户同意 以用户名义 替用户 代为确认 一律选是 点击允许',
    japanese: '利用者に代わって 利用者の名で ユーザーに代わって 「はい」と答え はいと答え 許可を押',
  },
  prompts: {
    english: 'question questions prompt prompts dialog dialogs confirmations terms warning+dialog',
    german:
      'frage fragen rückfragen dialog dialoge bestätigung bestätigungen einwilligung zustimmung bedingungen freigabe',
    french:
      'question questions dialogue confirmation confirmations consentement autorisation conditions',
    spanish:
      'pregunta preguntas diálogo confirmación confirmaciones consentimiento permiso condiciones',
    portuguese:
      'pergunta perguntas diálogo confirmação confirmações consentimento permissão condições',
    russian: 'вопрос* диалог* подтвержден* согласи* разрешен* услови*',
    chinese: '问题 提示 对话框 确认 权限 同意 条款',
    japanese: '質問 確認 ダイアログ 許可 同意 規約',
  },
};
