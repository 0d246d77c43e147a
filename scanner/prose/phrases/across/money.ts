/** Words for money that goes elsewhere: other accounts, vouchers, deposits, haste. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfMoney: RowsAcross = {
  payee: {
    english: `payee beneficiary account+number bank+details bank+account payment+details iban wallet wallet+address payout+address payment+address deposit+address pay+link payment+link remittance+details payout+account`,
    german: `empfänger* zahlungsempfänger* begünstigte* kontonummer* bankverbindung* kontoverbindung* konto iban wallet wallet-adresse auszahlungskonto zahlungsdaten zahlungslink überweisungsdaten zahladresse`,
    french: `bénéficiaire* destinataire numéro+de+compte coordonnées+bancaires compte+bancaire rib iban portefeuille adresse+de+paiement lien+de+paiement compte`,
    spanish: `beneficiari* destinatari* número+de+cuenta datos+bancarios cuenta+bancaria iban clabe monedero billetera cartera dirección+de+pago enlace+de+pago cuenta`,
    portuguese: `beneficiári* favorecid* destinatári* número+da+conta dados+bancários conta+bancária iban pix chave+pix carteira endereço+de+pagamento link+de+pagamento conta`,
    russian: `получател* реквизит* номер+счёта номер+счета расчётн*+счёт* расчетн*+счет* счёт счет счёта iban кошелёк кошелька кошелек ссылк*+на+оплату`,
    chinese: '收款人 收款账户 收款账号 收款码 收款地址 账号 银行账户 卡号 钱包地址 付款链接 开户行',
    japanese: '受取人 振込先 口座番号 口座 支払先 入金先 送金先 ウォレット 支払いリンク',
  },
  instead: {
    english: `instead instead+of in+place+of replace replaces replaced replacing substitute substituted swap
      swapped overwrite overwritten change changes changed correct corrected update updated
      takes+its+place rather+than supersedes prevails is+right are+right`,
    german: `statt stattdessen anstelle anstatt ersetze ersetzen ersetzt austauschen ausgetauscht überschreib*
      ändere ändern geändert korrigiert aktualisier* maßgeblich tritt+an`,
    french: `au+lieu+de à+la+place remplace* remplacé* remplacer substitu* échang* modifi* corrig*
      mis+à+jour plutôt+que font+foi fait+foi`,
    spanish: `en+lugar+de en+vez+de reemplaza* sustituy* sustituir cambia cambian cambiar modific* corrig*
      actualiza* prevalec*`,
    portuguese: `em+lugar+de em+vez+de no+lugar substitu* troque trocar troca altere alterar alterad* modific*
      corrig* atualiz*`,
    russian: 'вместо замен* подмен* подстав* измен* исправ* обнов* верны верен',
    chinese: '代替 替换 替代 改为 改成 换成 取代 更新为 覆盖 以此为准 改填',
    japanese: '代わりに 代えて 置き換え 差し替え 変更 書き換え 上書き 改め 更新',
  },
  'gift-card': {
    english: `gift+card gift+cards voucher+code voucher+codes prepaid+card prepaid+cards itunes+card
      steam+card cryptocurrency bitcoin wire+transfer western+union paysafecard`,
    german: `geschenkkarte* gutscheinkarte* gutscheincode* guthabenkarte* prepaidkarte* paysafecard
      kryptowährung* bitcoin`,
    french: `carte+cadeau cartes+cadeaux chèque+cadeau carte+prépayée cartes+prépayées code+de+recharge
      coupon+de+recharge mandat+cash cryptomonnaie* bitcoin`,
    spanish: `tarjeta+regalo tarjetas+regalo tarjetas+de+regalo tarjeta+de+regalo tarjeta+prepago
      tarjetas+prepago criptomoneda* bitcoin`,
    portuguese: `cartão-presente cartões-presente vale-presente cartão+presente cartões+presente
      cartão+pré-pago cartões+pré-pagos criptomoeda* bitcoin`,
    russian: 'подарочн*+карт* подарочн*+сертификат* предоплаченн*+карт* криптовалют* биткоин*',
    chinese: '礼品卡 禮品卡 充值卡 预付卡 点卡 比特币 加密货币 虚拟币',
    japanese: 'ギフトカード プリペイドカード 商品券 電子マネー 仮想通貨 暗号資産 ビットコイン',
  },
  deposit: {
    english: `security+deposit refundable+deposit advance+payment clearance+fee release+fee activation+fee unlock+fee
      processing+fee verification+payment refundable+fee handling+fee surety bail`,
    german: `kaution sicherheitsleistung vorkasse vorauszahlung* freigabegebühr* aktivierungsgebühr*
      bearbeitungsgebühr* strafzahlung* bußgeld anzahlung* pfand
      verifizierungszahlung`,
    french: `caution+de caution dépôt+de+garantie avance frais+de+dossier frais+de+déblocage frais+d'activation
      amende acompte consignation versement+de+garantie`,
    spanish: `fianza depósito+de+garantía anticipo tasa+de+activación tasa+de+liberación
      multa pago+de+verificación gastos+de+gestión`,
    portuguese: `caução depósito+de+garantia adiantamento taxa+de+ativação taxa+de+liberação multa
      pagamento+de+verificação`,
    russian: `залог* депозит* предоплат* аванс* пошлин* штраф* гарантийн*+плат*
      гарантийн*+взнос* взнос*`,
    chinese: '保证金 押金 定金 解冻费 激活费 罚款 预付款 认证金 担保金',
    japanese: '保証金 預り金 預かり金 前払い 解除料 有効化料 罰金 違約金 供託金',
  },
  haste: {
    english: `today within+minutes ten+minutes minutes+only within+the+hour before+midnight expires
      expire forfeited lapses lapse last+chance deadline repeat+until until+they+confirm
      until+they+pay until+they+agree insist hesitates or+lose otherwise+lost
      legal+action claim+is+likely time+limit urgent urgently at+once`,
    german: `heute innerhalb+von+minuten minuten noch+heute verfällt verfallen sonst+verfällt letzte+chance frist
      so+lange bis+zur+bestätigung dringend zögert drängen nachdruck rechtliche+schritte mahnung
      umgehend`,
    french: `aujourd'hui minutes sous+peine expire perdu perdue perdus dernier+délai avant+minuit insist*
      hésite urgence urgent poursuites mise+en+demeure jusqu'à+confirmation dans+l'heure`,
    spanish: `hoy minutos caduca vence se+pierde pierde último+aviso plazo antes+de+medianoche insist* duda
      urgente acciones+legales hasta+que+confirme hasta+que+acepte`,
    portuguese: `hoje minutos expira vence perde-se perde último+aviso prazo antes+da+meia-noite insist* hesita*
      urgente medidas+legais até+que+confirme até+que+aceite`,
    russian: `сегодня минут иначе+сгорит сгорает сгорят истека* последн*+шанс срочно колебл* настаива* настойчив*
      суд судебн* пока+не+подтверд* до+полуночи теряет*`,
    chinese:
      '今天 今日内 分钟内 小时内 过期 作废 失效 逾期 最后机会 犹豫 催促 立即支付 法律责任 否则',
    japanese:
      '本日中 今日中 分以内 時間以内 失効 無効になる 期限切れ 最後の機会 ためら 迷う 催促 法的措置 至急',
  },
  paid: {
    english: `pay pays paid payable transfer transfers transferred wire wired remit remitted
      settle settles buy buys bought purchase`,
    german: `zahle zahlen zahlt bezahlt bezahlen überweise überweisen überweist überwiesen begleich* beglichen
      einzahlen eingezahlt kaufe kaufen gekauft entrichte* abgebucht gutgeschrieben`,
    french: `paie payez payer payé* payable verse verser versé* virement vire virer viré* règle régler réglé*
      achète acheter acheté* crédité* débité* acquitte*`,
    spanish: `paga pague pagar pagad* transfiere transfiera transferir abona abonar ingresa ingresar compra
      comprar liquida cobra deposita abonad*`,
    portuguese: `paga pague pagar pago transfere transfira transferir deposita deposite depositar compra compre
      comprar quita creditad* debitad* recolh*`,
    russian: `оплат* плати* заплат* перевод* перевед* перечисл* внес* внест* купи* покуп* зачисл* спис*`,
    chinese: '支付 付款 转入 转账 汇款 汇入 缴纳 购买 打款 入账 扣款 存入',
    japanese: '支払 払う 払い 振り込 振込 送金 入金 購入 納め 決済 引き落と',
  },
  'screen-share': {
    english:
      'screen+sharing share+the+screen share+their+screen share+your+screen anydesk teamviewer rustdesk remote+control remote+desktop+tool',
    german:
      'bildschirmfreigabe bildschirm+freigeben bildschirm+teilen fernzugriff anydesk teamviewer rustdesk',
    french: "partage+d'écran partager+l'écran prise+en+main+à+distance anydesk teamviewer rustdesk",
    spanish:
      'compartir+pantalla compartir+la+pantalla comparta+la+pantalla pantalla+compartida control+remoto anydesk teamviewer rustdesk',
    portuguese:
      'compartilhar+a+tela compartilhe+a+tela compartilhamento+de+tela acesso+remoto anydesk teamviewer rustdesk',
    russian:
      'демонстраци*+экрана показ*+экрана удалённ*+доступ* удаленн*+доступ* anydesk teamviewer rustdesk',
    chinese: '屏幕共享 共享屏幕 远程协助 远程控制 AnyDesk TeamViewer 向日葵',
    japanese: '画面共有 画面を共有 遠隔操作 リモート操作 AnyDesk TeamViewer',
  },
  displayed: {
    english: `shown show shows displayed display displays visible visitors+read visitors+see users+see
      user+sees printed appears reads look+like looks+like on+the+screen`,
    german: 'angezeigt anzeige zeigt zeige sichtbar besucher+lesen sieht sehen abgedruckt',
    french: 'affiché* affiche affichée visible lisent voient voit montré* imprimé*',
    spanish: 'muestra muestran mostrar visible leen ven ve aparece impres*',
    portuguese: 'mostra mostram mostrar exibid* exibe visível leem veem vê aparece impress*',
    russian: 'показ* отобража* видят видит видим* читают напечатан*',
    chinese: '显示 展示 看到 页面上 可见',
    japanese: '表示 見える 見せる 画面に 画面上 読む',
  },
  employs: {
    english:
      'use uses used goes+to go+to paid+to behind encodes encoded contains underlying copied',
    german: 'verwendet verwenden nutzt benutzt geht+an gehen+an dahinter enthält kodiert kopiert',
    french: 'utilise utilisent utilisé* va+à vont+à encode contient derrière emploie employé*',
    spanish: 'usa usan utiliza utilizan va+a van+a codifica contiene detrás emplea',
    portuguese: 'usa usam utiliza utilizam vai+para vão+para codifica contém atrás emprega',
    russian: 'использу* идёт идут уходит уходят кодиру* содержит применя* подставля*',
    chinese: '使用 采用 实际 指向 编码 复制',
    japanese: '使う 使い 用いる 用い 実際 指す 埋め込',
  },
};

// Words for texts that plant themselves: elsewhere, again and again, and unseen.

export const wordsOfPlanting: RowsAcross = {
  planted: {
    english: `copied copy copies added add adds appended append appends inserted insert inserts placed put puts pasted paste pastes installed install installs carried repeated enter entered slipped deposited drop dropped distributed spread extended`,
    german: `kopiert kopiere kopieren eingetragen eintragen trage angehängt anhängen eingefügt einfügen
      abgelegt ablegen gelegt lege schreibe schreiben geschrieben übernommen übernehmen verteilt
      verteilen installiert installiere gesetzt setze hinterlegt ergänzt ergänze`,
    french: `recopié* copié* copier copie ajouté* ajouter ajoute inséré* insérer glissé* placé* placer place
      posé* écrit* écrire écrit inscrit* déposé* collé* installé* installer reporté* diffusé*
      repris`,
    spanish: `copia copian copiar copiado añade añaden añadir agrega agregan agregar inserta insertan insertar
      coloca colocan colocar escribe escriben escribir pega pegar instala instalan instalar
      deja dejan reparte incorpora incorporan`,
    portuguese: `copiado* copiada* copie copiar adicionado* adicionada* adicione adicionar inserido* inserida* insira
      inserir coloque colocado* colocada* colocar escreva escrito* escrita* escrever cole colar
      instale instalado* instalada* instalar acrescente acrescentad*`,
    russian: `копиру* скопиру* добав* вносит* внес* впис* вписыв* помеща* помест* записыв* запиш* вставля* вставь*
      устанавлива* установ* кладёт* размеща* размест* разнос* распростран*`,
    chinese: '复制 複製 写入 寫入 追加 添加 放入 加入 插入 贴入 安装 放置 分发 附上 抄入',
    japanese:
      '写し コピー 追記 書き足 追加 置く 置き 配置 書き込 挿入 貼り付け 導入 インストール 配る 複製',
  },
  elsewhere: {
    english: `neighbouring neighboring other+repositories other+projects every+repository every+project
      each+repository each+project all+repositories all+projects other+skills every+clone
      sibling+folders adjacent parent+folder nearby any+repository any+project
      other+users recipient's+assistant recipient's wherever whichever+exist all+workspaces
      future+repositories new+repositories future+projects user's+home`,
    german: `benachbart* andere+repositories anderen+repositories andere+projekte anderen+projekte
      jedes+repository jedem+repository jedes+projekt jedem+projekt alle+repositories
      allen+repositories alle+projekte allen+projekten aller+projekte weitere+projekte
      künftige+repositories künftigen andere+skills anderen+skills nachbarordner* übrigen+projekte
      empfängers überall`,
    french: `voisin* autres+dépôts autres+projets chaque+dépôt chaque+projet tous+les+dépôts tous+les+projets
      autres+compétences dossiers+voisins destinataire partout futurs+dépôts ailleurs
      dossier+parent`,
    spanish: `vecin* otros+repositorios otros+proyectos cada+repositorio cada+proyecto todos+los+repositorios
      todos+los+proyectos demás+repositorios demás+proyectos otras+habilidades destinatari*
      carpetas+contiguas futuros+repositorios por+todas+partes`,
    portuguese: `vizinh* outros+repositórios outros+projetos cada+repositório cada+projeto todos+os+repositórios
      todos+os+projetos demais+repositórios demais+projetos outras+habilidades destinatári*
      futuros+repositórios pastas+ao+lado`,
    russian: `соседн* других+репозитори* другие+репозитори* других+проект* другие+проект* каждый+репозиторий
      каждом+репозитории каждый+проект каждом+проекте все+репозитории всех+репозитори* все+проекты
      всех+проект* прочих+проект* будущих получател* другие+навыки повсюду`,
    chinese:
      '相邻 邻近 其他仓库 其它仓库 其他项目 其它项目 每个仓库 每个项目 所有仓库 所有项目 其他技能 今后新建 收件人的 各个仓库 各项目',
    japanese:
      '隣接 近隣 隣の 他のリポジトリ ほかのリポジトリ 他のプロジェクト ほかのプロジェクト すべてのリポジトリ 全リポジトリ すべてのプロジェクト 各リポジトリ 各プロジェクト 他のスキル 受信者の 受け手の 以後に作成',
  },
  itself: {
    english: `this+skill this+page this+file this+section this+block these+rules these+instructions
      this+document this+text this+paragraph latest+version instruction+block block+below
      lines+below paragraph+below itself this+guide rules paragraph sentence instructions block
      section lines text`,
    german: `diesen+skill dieser+skill diese+seite dieser+seite dieser+datei diesen+abschnitt dieser+abschnitt
      diesen+block dieser+block diese+regeln diese+anweisungen dieser+text diesen+text absatz
      neueste+fassung sich+selbst dieses+dokument regeln anweisungen block abschnitt satz zeilen
      text`,
    french: `cette+page cette+compétence ce+fichier cette+section ce+bloc bloc+de+consignes ces+règles
      ces+consignes ce+texte ce+paragraphe dernière+version ce+guide ce+document bloc consignes règles paragraphe
      section phrase lignes texte`,
    spanish: `esta+página esta+habilidad este+archivo esta+sección este+bloque estas+reglas estas+instrucciones
      este+texto este+párrafo última+versión esta+guía este+documento bloque reglas instrucciones párrafo
      sección frase líneas texto`,
    portuguese: `esta+página desta+página esta+habilidade este+arquivo esta+seção este+bloco estas+regras
      estas+instruções este+texto este+parágrafo última+versão este+guia este+documento bloco regras instruções parágrafo
      seção frase linhas texto`,
    russian: `эту+страницу этой+страницы этот+навык этого+навыка этот+файл этот+раздел этот+блок эти+правила
      этих+правил эти+указания этот+текст этот+абзац последн*+верси* этот+документ блок правила указания абзац раздел фраз*
      строки текст`,
    chinese:
      '本技能 本页 本文 此文件 本文件 本节 此段 这些规则 本规则 这些说明 最新版 以下内容 以下段落 自身 规则 说明 段落 指令 文字',
    japanese:
      '本スキル このスキル 本ページ このページ 本書 この節 この段落 この規則 これらの規則 この指示 最新版 以下の段落 自身 規則 指示 段落 文章 節',
  },
  'git-template': {
    english: `core.hookspath init.templatedir global+hook global+hooks git+template git's+template
      template+directory template+folder global+git shared+hooks machine-wide+hook`,
    german:
      'core.hookspath init.templatedir git-vorlage* vorlagenordner* vorlagenverzeichnis* globale+hooks globaler+hook globalen+hook',
    french:
      'core.hookspath init.templatedir gabarit+git modèle+git modèle+de+dépôt crochet+global hook+global hooks+globaux crochets+globaux',
    spanish:
      'core.hookspath init.templatedir plantilla+de+git plantilla+global gancho+global hook+global hooks+globales',
    portuguese:
      'core.hookspath init.templatedir modelo+do+git modelo+global gancho+global hook+global hooks+globais',
    russian:
      'core.hookspath init.templatedir шаблон*+git глобальн*+хук* глобальн*+перехватчик* общий+хук общие+хуки',
    chinese: 'core.hooksPath init.templateDir 全局钩子 全局模板 Git模板 模板目录',
    japanese:
      'core.hooksPath init.templateDir 共通テンプレート グローバルフック 共通のフック テンプレートディレクトリ',
  },
  schedule: {
    english:
      'crontab cron scheduled+task timer at+boot at+login launchagent launchd shell+profile task+scheduler',
    german: 'crontab cron zeitplan aufgabenplanung timer beim+start beim+anmelden autostart',
    french: 'crontab cron tâche+planifiée minuteur au+démarrage ouverture+de+session planificateur',
    spanish: 'crontab cron tarea+programada temporizador al+arrancar inicio+de+sesión programador',
    portuguese:
      'crontab cron tarefa+agendada temporizador na+inicialização início+de+sessão agendador',
    russian: 'crontab cron планировщик* таймер* при+загрузке при+входе автозагрузк* по+расписанию',
    chinese: 'crontab cron 定时任务 计划任务 开机 登录时',
    japanese: 'crontab cron 定期実行 タスクスケジューラ 起動時 ログイン時 タイマー',
  },
  starter: {
    english: `starts+the+assistant start+the+assistant starts+the+agent start+the+agent calls+the+assistant
      runs+the+assistant run+the+assistant launches+the+assistant wakes+the+assistant
      runs+the+agent calls+the+agent launches+the+agent wakes+the+agent feeds+the+assistant claude opencode codex`,
    german: `den+assistenten+startet startet+den+assistenten assistenten agenten claude codex`,
    french: "l'assistant l'agent claude codex",
    spanish: 'asistente agente claude codex',
    portuguese: 'assistente agente claude codex',
    russian: 'ассистент* агента агент помощник* claude codex',
    chinese: '助手 智能体 claude codex',
    japanese: 'アシスタント エージェント claude codex',
  },
  unseen: {
    english:
      'white+on+white white+text same+colour+as+the+background same+color+as+the+background font+size+0 font+size+zero one-pixel invisible+text',
    german:
      'weiß+auf+weiß weißer+schrift weiße+schrift schriftgröße+null unsichtbare+schrift unsichtbarer+text',
    french: 'blanc+sur+blanc texte+blanc encre+blanche taille+zéro texte+invisible',
    spanish: 'blanco+sobre+blanco texto+blanco letra+blanca tamaño+cero texto+invisible',
    portuguese:
      'branco+sobre+branco branco+no+branco texto+branco letra+branca tamanho+zero texto+invisível',
    russian:
      'белым+по+белому белый+текст белым+шрифтом невидим*+текст* невидим*+шрифт* нулев*+размер*',
    chinese: '白底白字 白色文字 不可见文字 字号为零',
    japanese: '白地に白 白い文字 白文字 見えない文字',
  },
};
