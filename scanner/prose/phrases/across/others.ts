/** Words for the orders of others: who writes them, what rank they get, and that they are done. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfOthers: RowsAcross = {
  others: {
    english: `comment comments commenter* message messages mail mails e-mail e-mails email emails ticket tickets chat channel thread threads reply replies layer layers margin margins remark remarks attachment attachments sender senders visitor visitors supplier suppliers participant* caller callers guest guests tenant tenants whoever anyone anybody alt+attribute* hidden+row* hidden+column* hidden+cell* annotation* sticky+note* web+page web+pages webpage* website* page pages posting postings posts reviewer* invitation* footnote* caption* paragraph paragraphs memo memos subject+line banner* note notes letter letters`,
    german: `kommentar* nachricht nachrichten mail mails e-mail e-mails ticket tickets chat kanal thread
      ebene ebenen randnotiz* randbemerkung* anmerkung* anhang anhänge anlage anlagen absender*
      besucher* lieferant* teilnehmer* anrufer* gast gäste mieter* wer jemand jeder ausgeblendet*
      alt-text* vermerk* bemerkung* notiz notizen haftnotiz* webseite* seite seiten beitrag
      beiträge gutachter* einladung* fußnote* bildunterschrift* absatz absätze betreff* banner
      mitglied* zettel schreiben brief briefe vorspann feld spalte zeilen block`,
    french: `commentaire* message messages courriel* mail mails e-mail e-mails ticket tickets chat canal
      calque* marge remarque remarques annotation* pièce+jointe pièces+jointes expéditeur*
      visiteur* fournisseur* participant* appelant* invité* locataire* quiconque masqué* note
      notes page pages paragraphe* relecteur* invitation* légende* encadré* bannière* membre*
      colonne* lettre lettres champ bloc`,
    spanish: `comentario* mensaje mensajes correo correos ticket tickets chat canal hilo capa capas margen
      observación observaciones anotación anotaciones adjunto adjuntos remitente* visitante*
      proveedor* participante* quien quienquiera cualquiera huésped* inquilino* oculta ocultas
      nota notas página páginas párrafo* revisor* invitación* leyenda* asunto miembro* columna*
      carta cartas campo bloque`,
    portuguese: `comentário* mensagem mensagens e-mail e-mails email emails ticket tickets chat canal camada
      camadas margem observação observações anotação anotações anexo anexos remetente* visitante*
      fornecedor* participante* quem qualquer+pessoa hóspede* inquilino* oculta ocultas nota notas
      página páginas parágrafo* revisor* convite* legenda* assunto membro* coluna* carta cartas
      campo bloco`,
    russian: `комментари* сообщени* письм* тикет* чат чате чата канал* слой слоя слое слои полях примечани*
      вложени* отправител* посетител* поставщик* участник* звонящ* гост* арендатор* кто любой
      скрыт* заметк* страниц* абзац* рецензент* приглашени* сноск* член члены столб* записк*
      баннер* тикета полем поле блок`,
    chinese: `评论 留言 消息 訊息 邮件 郵件 工单 聊天 群里 频道 帖子 图层 页边 批注 备注 附件 发件人 访客
      供应商 参与者 客人 租户 任何人 凡知道 凡是 隐藏行 隐藏列 替代文本 便签 网页 页面 頁面 段落
      审稿人 邀请 脚注 公告 成员 来信 物业 字段 单元格`,
    japanese: `コメント メッセージ メール チケット チャット チャンネル スレッド レイヤー 余白 欄外 注記 備考
      添付 差出人 送信者 訪問者 取引先 参加者 発信者 ゲスト 入居者 誰でも 知る人 人の 者の 非表示
      代替テキスト 付箋 ページ 段落 査読者 招待 脚注 件名 掲示 お知らせ メンバー 手紙 フィールド`,
  },
  'at-par': {
    english: `on+a+par on+par the+force+of same+force same+weight same+rank same+standing same+authority
      equal+standing equal+weight equal+rank ranks+with rank+with equal+to equals equivalent+to
      as+if+the as+though+the like+those like+the like+directions like+instructions like+orders
      like+requests same+as+the in+the+name+of on+behalf+of carries+the+weight
      carries+the+authority speaks+for speak+for the+voice+of as+good+as`,
    german: `gleichgestellt gleichgesetzt gleichzusetzen gleichrangig gleichwertig gleich genauso+wie
      ebenso+wie wie+die wie+der wie+das wie+den wie+eine wie+einer wie+ein gewicht dieselbe+kraft
      denselben+rang den+rang einer+stufe wie+vorgaben wie+anweisungen wie+wünsche wie+weisungen
      im+namen`,
    french: `valeur+d'une même+valeur même+rang même+niveau même+poids même+autorité même+titre
      à+l'égal équivaut équivalent équivalente comme+celles comme+celle comme+ceux comme+celui
      comme+une+demande comme+un+ordre comme+si au+nom vaut+ordre valent+ordre assimilé*
      force+d'une`,
    spanish: `el+valor mismo+valor misma+fuerza mismo+rango mismo+nivel mismo+peso misma+autoridad
      a+la+par igual+que como+las+del como+las+de como+los+del como+si equivale* equipara*
      en+nombre asimila* la+fuerza`,
    portuguese: `o+valor mesmo+valor mesma+força mesmo+nível mesmo+peso mesma+autoridade a+par
      pé+de+igualdade como+os+do como+as+do como+se equivale* equipara* equipara-se em+nome
      iguais+aos tal+como a+força`,
    russian: `наравне так+же+как так+же той+же+силой такую+же+силу ту+же+силу имеет+силу имеют+силу равен
      равна равно равны приравнива* приравнен* равносильн* от+имени тот+же+вес`,
    chinese: '同等 等同 一样 同样 视同 如同 相当于 同级 代表',
    japanese: '同じ効力 同等 同格 同様に 同様の 同列 と同じ 等しい',
  },
  principal: {
    english: `user user's owner owner's operator operator's administrator administrator's principal
      employer person+in+the+chat boss client's`,
    german: `nutzer nutzers nutzerin benutzer benutzers anwender* besitzer* inhaber* eigentümer*
      auftraggeber* betreiber* verwalter* administrator* chef*`,
    french: 'utilisateur utilisatrice propriétaire* opérateur* administrat* responsable mandant*',
    spanish: 'usuario usuaria dueño dueña propietari* operador* administrador* responsable titular',
    portuguese:
      'usuário usuária utilizador* dono dona proprietári* operador* administrador* responsável titular',
    russian: 'пользовател* владел* оператор* администратор* хозя* заказчик*',
    chinese: '用户 用戶 主人 使用者 所有者 管理员 机主 本人',
    japanese: '利用者 ユーザー ユーザ 所有者 管理者 本人 持ち主 依頼主',
  },
  fulfilled: {
    english: `carried+out executed fulfilled fulfil fulfill honoured honored obeyed obey comply complied+with acted+on acted+upon act+upon worked+through work+through are+followed is+followed is+done are+done get+done gets+done served satisfied do+so do+as do+what do+whatever follow+it follow+them follow+its carry+out granted put+into+effect adhered+to heeded heed`,
    german: `ausgeführt auszuführen abgearbeitet abzuarbeiten erledigt erledigen erfüllt erfüllen befolgt
      befolgen umgesetzt umzusetzen umsetzen folge+zu+leisten folge+geleistet getan tun+sie tu+was
      tun+was vollzogen vollzug entsprochen nachzukommen nachgekommen durchgeführt bedient
      ausführen`,
    french: `exécutée exécutées exécuter exécutez appliqué* appliquer applique* satisfait* suivi suivies
      suivis suivre suivez accompli* accomplir réalisé* réaliser obéi obéir obéit donne+suite
      donner+suite donné+suite y+donne honoré* fais+ce faites+ce fait+sans mis+en+œuvre`,
    spanish: `ejecuta ejecutan ejecutar ejecute ejecuten ejecutarse atienden atender atendida* cumple
      cumplen cumplir cumplirse cumpla acatan acatar acatarse aplican aplicar aplicarse obedece*
      realizan realizarse se+hace se+hacen haz+lo haga+lo sigue+sus siga+sus`,
    portuguese: `executado* executada* executa executar execute atendido* atendida* atender cumpra cumpram
      cumprido* cumprida* cumprir acatado* acatada* acatar aplicado* aplicada* aplicar obedece*
      obedecid* realizado* realizada* é+feito são+feitos faça+o siga-o siga-os siga-as`,
    russian: `исполняются исполняется исполнению исполнить исполнения выполняются выполняется выполнить
      выполните выполняй выполняйте выполнению удовлетворя* делается делаются сделайте сделай
      применяются применяется пройдите следуйте слушайся слушайтесь подчиняйтесь подчиняйся
      осуществляются осуществляется`,
    chinese: '执行 執行 照办 办理 完成 落实 遵照 遵从 服从 照做 去做 就做 做什么 满足 实施',
    japanese:
      '実施 実行 こなす 応じる 応じ 処理する 履行 従う 従い 従って 遂行 とおりにして とおりに行 果たす',
  },
  binding: {
    english: `authoritative binding the+force+of counts+as+an+order
      counts+as+an+instruction counts+as+a+command counts+as+a+task is+an+instruction is+an+order
      is+a+command are+instructions are+orders are+commands part+of+the+task part+of+your+task
      has+the+last+word have+the+last+word to+the+letter`,
    german: `verbindlich bindend maßgeblich maßgebend verpflichtend gilt+als+auftrag gilt+als+anweisung
      gilt+als+befehl gelten+als+auftrag gelten+als+anweisung gelten+als+anweisungen ist+eine+anweisung
      sind+anweisungen ist+ein+auftrag sind+aufträge ist+ein+befehl teil+der+aufgabe als+auftrag
      als+arbeitsschritt`,
    french: `fait+autorité font+autorité contraignant* vaut+ordre valent+ordre vaut+instruction est+un+ordre
      est+une+instruction sont+des+ordres sont+des+instructions fait+foi font+foi à+la+lettre
      vaut+consigne valent+consigne`,
    spanish: `vinculante* obligado+cumplimiento equivale+a+una+orden es+una+orden son+órdenes
      es+una+instrucción son+instrucciones última+palabra fehaciente* al+pie+de+la+letra
      vale+como+orden valen+como+orden cuenta+como+orden`,
    portuguese: `vinculante* vinculativ* caráter+obrigatório equivale+a+uma+ordem é+uma+ordem são+ordens
      é+uma+instrução são+instruções à+risca ao+pé+da+letra vale+como+ordem valem+como+ordem
      condição+de+acesso`,
    russian: `обязателен обязательна обязательны обязательными обязательным является+указанием
      являются+указаниями является+поручением является+приказом имеет+силу имеют+силу
      приравнивается+к+поручению равносильн* считается+поручением считается+указанием`,
    chinese: '约束力 以其为准 为准 即为任务 即为指令 即为命令 视为指令 视为命令 务必照办 正式指令',
    japanese:
      '拘束力 正式なもの 指示とみなし 命令とみなし 命令である 指示である 指示として 命令として',
  },
  asked: {
    english: `asks+for asks asked requests request demands demand instructs directs orders requested
      states+what says+what what+should+be+done what+to+do what+is+to+be+done directions
      instructions wishes`,
    german: `verlangt wünsche wünscht wunsch bittet bitte bitten fordert anweisungen anweisung vorgaben
      vorgabe befehle befehl aufträge auftrag was+darin was+dort was+zu+tun schritte forderung*`,
    french: `demande demandes réclame réclament exige exigent consignes instructions ordres directives
      souhait* ce+qui+y+est étapes requête*`,
    spanish: `pide piden pida pidan petición peticiones solicita* exige exigen instrucciones indicaciones
      indiquen indique órdenes pasos lo+que+diga solicitud*`,
    portuguese: `pede pedem pedir pedido pedidos solicita* exige exigem instruções indicações ordens passos
      disserem o+que+diz solicitaç*`,
    russian:
      'просит просят просьб* требу* указани* поручени* распоряжени* приказ* команды шаги о+чем написано',
    chinese: '要求 请求 指令 指示 命令 吩咐 所写',
    japanese: '求め 依頼 要求 指示 命令 案内 書いてある 書かれた 頼み',
  },
  wish: {
    english: 'says said',
    german: 'worte worten gesagte gesagten',
    french: 'paroles dit dits',
    spanish: 'dicho dice palabras',
    portuguese: 'dito diz palavras',
    russian: 'слова словам словами',
    chinese: '的话 所说',
    japanese: '言葉 発言',
  },
  'to-agent': {
    english: `for+assistants meant+for+the+assistant
      written+for+the+assistant speak+to+the+agent speaks+to+the+agent address+the+assistant
      addresses+the+assistant address+ai addressed+to+the+assistant addressed+to+the+agent
      written+to+the+assistant ai+readers`,
    german: `für+assistenten für+ki an+assistenten an+die+ki an+den+assistenten an+den+agenten
      für+ki-leser an+ki`,
    french: `aux+assistants à+l'assistant à+l'agent à+l'ia destinées+à+l'ia destinée+à+l'ia
      destiné+à+l'assistant`,
    spanish: 'para+asistentes al+agente al+asistente a+la+ia dirigidas+al+agente',
    portuguese: 'para+assistentes ao+agente ao+assistente para+o+assistente à+ia',
    russian: 'ассистенту агенту помощнику для+ии обращён*+к+агенту обращены+к+агенту',
    chinese: '致助手 写给智能体 写给助手 面向 给AI 写给',
    japanese: 'アシスタントへ エージェントに エージェントへ 向けの アシスタントに',
  },
  unasked: {
    english: `without+consulting no+question+is+needed no+questions+needed no+question+needed no+question+is no+need+for+a+question need+no+confirmation needs+no+confirmation no+consultation without+further+question without+further+questions without+checking+with need+not+be+looked+up without+a+question without+the+user's+say not+be+consulted not+to+be+consulted on+your+own+authority`,
    german: `ohne+rücksprache keine+rücksprache rücksprache+entfällt keiner+rücksprache nachfrage+bedarf
      einer+nachfrage+bedarf keiner+nachfrage nachfrage+entfällt rückfrage+entfällt
      rückfragen+entfallen ohne+weitere+rückfrage keine+nachfrage zustimmung+gilt
      bestätigung+entfällt eigenmächtig ungefragt nicht+eigens+gefragt nicht+erst+fragen`,
    french: `sans+consulter sans+consultation sans+en+référer aucune+question aucune+confirmation
      aucune+validation sans+autre+question sans+validation sans+poser+de+question
      inutile+de+demander n'a+pas+à+être+consulté n'est+pas+consulté sans+accord sans+aval
      accord+est+acquis sans+solliciter`,
    spanish: `sin+consultar sin+consulta sin+necesidad+de+preguntar sin+necesidad+de+confirmar
      no+requiere+confirmación no+requieren+confirmación sin+más+preguntas no+se+consulta
      sin+autorización sin+esperar+respuesta se+da+por+aceptado huelga+preguntar
      sobra+preguntar`,
    portuguese: `sem+consultar sem+consulta dispensam+consulta dispensa+consulta dispensada+a+consulta
      dispensa+confirmação dispensam+confirmação sem+necessidade+de+perguntar
      não+requer+confirmação não+é+preciso+perguntar sem+perguntar sem+pedir sem+confirmação
      sem+autorização sem+esperar dispensa-se+a`,
    russian: `без+согласования согласование+не+требуется согласования+не+требуется согласия+не+требуется
      вопрос*+излиш* излиш*+вопрос* вопросов+не+задава* без+уведомления без+запроса
      спрашивать+незачем незачем+спрашивать без+обсуждения согласовывать+не+нужно
      не+согласовывая не+дожидаясь`,
    chinese:
      '不必请示 无需请示 毋需征询 毋须征询 无须征询 不必核对 无须询问 毋需询问 不再询问 不另行询问 无需征得 不必征得 不需要询问 免确认',
    japanese:
      '相談せず 相談なし 問い合わせは要らない 問い合わせは不要 確認は要らない 承諾は要らない 伺いを立てず 断りなく 断らずに 尋ねず 聞かず 確認を取らず 許可を取らず',
  },
  'at-once': {
    english: 'on+receipt upon+receipt as+they+come+in as+they+arrive as+soon+as+it+arrives',
    german: 'beim+eintreffen bei+eingang nach+eingang',
    french: 'dès+réception aussitôt',
    spanish: 'al+llegar al+recibirlo al+recibirse',
    portuguese: 'ao+chegar ao+recebê-lo assim+que+chega imediatamente',
    russian: 'по+мере+поступления при+получении по+получении',
    chinese: '收到即 立刻',
    japanese: '届き次第 受け取り次第',
  },
};
