/** Words for credentials that are asked for, and for receivers that a page fixes beforehand. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfReceivers: RowsAcross = {
  credential: {
    english: `password passwords passcode passcodes passphrase tan tans one-time+code one-time+codes
      six-digit+code current+code verification+code verification+codes confirmation+code
      confirmation+codes security+code sms+code login+code authenticator+code 2fa+code otp
      recovery+words recovery+phrase recovery+code recovery+codes recovery+key seed+words
      seed+phrase backup+phrase backup+words twelve+words twenty-four+words card+number
      card+details cvv cvc credit+card login+details sign-in+details security+answer
      security+answers master+password private+key unlock+code`,
    german: `passwort passwörter* kennwort kennwörter* pin tan tans einmalcode* einmalkennwort*
      bestätigungscode* sicherheitscode* sms-code* anmeldecode* code codes wiederherstellungswört*
      wiederherstellungsphrase* wiederherstellungscode* zwölf+wörter merkwörter kartennummer*
      kreditkarte* prüfziffer* zugangsdaten anmeldedaten sicherheitsantwort* private+schlüssel
      privaten+schlüssel zugangscode* freischaltcode* seed-phrase losung losungswort`,
    french: `mot+de+passe mots+de+passe code+secret code+à+usage+unique code+reçu code+sms code+de+sécurité
      code+de+confirmation code+de+vérification code+pin codes phrase+de+récupération
      mots+de+récupération douze+mots numéro+de+carte numéros+de+carte carte+bancaire cryptogramme
      identifiants clé+privée clef+privée phrase+secrète`,
    spanish: `contraseña contraseñas clave+de+acceso claves+de+acceso clave+bancaria código+de+un+solo+uso
      código+de+seguridad código+de+verificación código+recibido código+sms código+de+confirmación
      códigos pin frase+de+recuperación palabras+de+recuperación doce+palabras frase+semilla
      número+de+tarjeta números+de+tarjeta cvv credenciales clave+privada clave+personal
      datos+de+acceso`,
    portuguese: `senha senhas código+de+uso+único código+de+segurança código+de+verificação código+recebido
      código+sms código+de+confirmação códigos pin frase+de+recuperação palavras+de+recuperação
      doze+palavras frase-semente número+do+cartão números+de+cartão cvv credenciais chave+privada
      dados+de+acesso token+do+banco`,
    russian: `парол* пин-код* пин одноразов*+код* кода+из+смс код+из+смс код+подтвержд* кода+подтвержд* проверочн*+код* код+доступ* кода+доступ*
      шестизначн*+код* слов*+восстановлен* фраз*+восстановлен* сид-фраз* сид-слов*
      двенадцать+слов мнемоническ* номер*+карт* cvv cvc учётн*+данн* приватн*+ключ*
      закрыт*+ключ* секретн*+фраз* логин*+и+парол* кодов*+слов*`,
    chinese:
      '密码 密碼 验证码 驗證碼 动态码 口令 助记词 助記詞 恢复词 恢复短语 支付密码 卡号 安全码 私钥 私鑰 短信码 一次性代码 登录凭据 PIN码',
    japanese:
      'パスワード 暗証番号 認証コード 確認コード ワンタイム 復元フレーズ リカバリーフレーズ 復元用の単語 十二個の単語 カード番号 セキュリティコード 秘密鍵 ログイン情報 合言葉 シードフレーズ',
  },
  solicit: {
    english: `ask asks asked obtain dictate dictates dictated have+the let+the get+the collect needs+the prompt prompted supply supplies demand invite invited read+out reads+out hand+over`,
    german: `frag frage fragen fragt bitte bitten bittet gebeten erfrag* verlang* fordere angeben angibt
      nennen nennt eingeben eingibt diktier* mitteilen mitteilt einhol* lass lasse lassen abfragen
      abgefragt erbeten erbitte* benötigt`,
    french: `demande demandez demander demandé demandée demandés réclame* sollicite* invite invitez prie
      priez dicte dicter dictez communique* saisir saisit saisie fournit fournir obtiens obtenir
      recueille* recueillir indiquer requis`,
    spanish: `pide pida pedir pídele pídale solicita solicite solicitar pregunta pregunte exige dicte dictar
      indique facilite facilitar introduzca proporcione requiere comunique`,
    portuguese:
      'peça pede pedir solicite solicita solicitar pergunte exija dite ditar informe informar forneça fornecer digite digitar requer',
    russian: `попрос* спрос* запрос* запраш* продикт* назвать назов* ввест* введ* сообщит* пришл* прислать
      узнайте узнай указать предостав* потреб*`,
    chinese: '请用户 让用户 要求 索取 询问 请其 请客户 让客户 提供 告知 报出 念出 说出',
    japanese:
      '尋ね 聞き 聞いて 求め 入力して 入力させ 教えて 伝えて 読み上げ 書いてもら 提供 もらい もらう',
  },
  conveyed: {
    english: `pass passes passed hand hands handed forward forwards forwarded send sends sent submit submits
      submitted enter entered relay relays relayed transmit transmitted deliver delivered post
      posted put mailed mail go goes copied reported shared uploaded upload type typed paste pasted
      write written recorded noted saved stored added attached include included`,
    german: `übergib übergeben weitergeben weitergegeben weitergeleitet leite weiterreich* weitergereicht
      sende senden gesendet schick* geschickt übermittel* übermittl* eingetragen eintragen trage
      eingeben eingegeben gib hinterleg* gemeldet melde gemailt geteilt hochgeladen notiert
      notieren vermerkt vermerken geht gehen ablegen abgelegt`,
    french: `transmet* transmis* transmettre envoie* envoyé* envoyer communiqué* communiquer remis* remettre
      saisi saisis saisie saisir reporté* reporter porte portez inscrit* inscrire note notés noté
      notée consigné* consigner déposé* déposer adressé* adresser ajouté* collé* coller confié*`,
    spanish: `envía envíe envíalo envíala enviar envían enviado* pasa pasar pase remite remita remitir
      reenvía reenviar introduce introducir introdúzca* escribe escribir escriba anota anotar
      anote apunta registra registrar comparte compartir entrega entregar entregue transmite
      transmitir sube traslada trasladar se+envían se+remiten`,
    portuguese: `envie enviar envia enviado* enviada* passe passar repasse repassar encaminhe encaminhar
      encaminhado* transmita transmitir insira inserir digite escreva escrever anote anotar
      registre registrar compartilhe entregue entregar mande mandar`,
    russian: `переда* отправ* перешл* пересыл* внес* внос* впиш* вписат* запиш* записат* записыв* введ* ввест*
      подстав* сообщ* направ* выслать вышл* поместит* помест* вставь* вставит* укаж* приложит*`,
    chinese:
      '发送 發送 转交 转发 提交 传给 交给 填入 填写 输入 写入 写在 写进 记录 上报 发到 发给 贴到 登记',
    japanese:
      '送信 送る 送り 送って 渡す 渡し 転送 提出 入力 記入 書き込 書いて 記録 貼り付け 送付 届け',
  },
  'shared-place': {
    english: `wiki shared+sheet shared+spreadsheet shared+document shared+folder shared+drive ticket issue
      readme changelog commit+message public+channel team+channel whiteboard noticeboard
      release+notes public+page pull+request bulletin newsletter guest+book contact+sheet
      printed+sheet subject+line visible+to+all everybody+can+read public+repository`,
    german: `wiki gemeinsame+tabelle gemeinsamen+tabelle geteilte+tabelle geteilten+tabelle
      gemeinsame+liste gemeinsamen+ordner geteilten+ordner ticket änderungsprotokoll
      commit-nachricht aushang aushänge rundschreiben rundmail öffentliche* fußzeile betreffzeile
      teamkanal pinnwand`,
    french: `wiki tableau+partagé document+partagé dossier+partagé feuille+partagée ticket journal+des+modifications
      message+de+commit canal+public affiche affichage pied+de+page circulaire bulletin
      note+de+service page+publique lettre+d'information`,
    spanish: `wiki hoja+compartida documento+compartido carpeta+compartida tabla+compartida ticket
      registro+de+cambios mensaje+de+commit canal+público tablón pie+de+página circular boletín
      página+pública`,
    portuguese: `wiki planilha+compartilhada documento+compartilhado pasta+compartilhada ticket
      registro+de+alterações mensagem+de+commit canal+público mural rodapé circular boletim
      página+pública`,
    russian: `вики общую+таблиц* общей+таблиц* общий+документ* общем+документ* общую+папк* общей+папк* общий+чат общем+чате тикет* сообщени*+коммита readme
      открыт*+канал* доск*+объявлен* рассылк* публичн* подвал*+страниц* журнал*+изменен*`,
    chinese:
      '共享表格 共享文档 共享文件夹 公共频道 公告栏 工单 提交说明 更新日志 群公告 群里 公开页面 页脚 维基',
    japanese:
      '共有シート 共有の表 共有フォルダ 共有文書 公開チャンネル 掲示板 チケット 変更履歴 コミットメッセージ お知らせ 公開ページ フッター',
  },
  copy: {
    english: 'copy copies duplicate duplicates cc carbon+copy second+copy',
    german: 'kopie kopien abschrift* durchschlag* doppel ausfertigung* zweitschrift*',
    french: 'copie copies double doubles duplicata exemplaire',
    spanish: 'copia copias duplicado ejemplar',
    portuguese: 'cópia cópias duplicado duplicata exemplar via',
    russian: 'копи* экземпляр* дубликат*',
    chinese: '副本 抄送 一份 拷贝 复本',
    japanese: '写し コピー 控え 複製 副本',
  },
  goes: {
    english: `mailed emailed e-mailed sent forwarded delivered+to posted pushed uploaded transmitted shared+with
      goes+to lodged deposited filed+with handed+in submitted copied+to dispatched
      receives gets+a ends+up+at addressed+to reported+to registered+with`,
    german: `gemailt gesendet geschickt zugeschickt weitergeleitet zugestellt übermittelt hochgeladen
      geht+an gehen+an geht+zur geht+zugleich erhält erhalten eingereicht abgelegt+bei hinterlegt
      geht+in gemeldet+an versandt verschickt zugesandt zugeleitet`,
    french: `envoyé* transmis* adressé* expédié* remis* communiqué* déposé* part+à part+vers partent reçoit
      reçoivent acheminé* transféré* envoie envoyez envoyer expédie`,
    spanish: `envía envían enviada enviado enviadas enviados remite remiten remitida remitido manda mandan
      reenvía reenvían va+a van+a recibe reciben se+deposita entrega+en se+sube enviar
      transmite transmiten`,
    portuguese: `enviado* enviada* remetido* remetida* encaminhado* encaminhada* segue+para seguem+para vai+para
      vão+para recebe recebem depositado* transmitido* transmitida* envie enviar encaminhe
      mandado* mandada*`,
    russian: `отправля* отправл* направля* направл* уходит уходят высыла* выслан* пересыла* переслан*
      переда* получает получают поступает поступают отправьте отправь`,
    chinese: '发送 发至 发往 寄往 寄至 抄送 送往 上传 提交 转发 传至 同步至 推送 发到 发给',
    japanese: '送信 送付 送られ 送る 送り 送って 届け 宛て 宛に 転送 提出 アップロード 届く',
  },
  routine: {
    english: `means+that counts+as+done counts+as+finished counts+as+closed is+closed+when is+done+when
      is+finished+when is+complete+when as+usual as+a+matter+of+course by+convention customary
      part+of+closing part+of+finishing always each+time every+time after+each after+every
      at+the+end routine routinely house+rule belongs+to+the+job automatically by+default
      as+well in+parallel at+the+same+time likewise closes closing completes`,
    german: `bedeutet heißt gilt+als+abgeschlossen gilt+als+fertig gilt+als+erledigt abgeschlossen+ist
      selbstverständlich wie+üblich üblicherweise gewohnheitsgemäß jedes+mal nach+jedem nach+jeder
      zum+schluss am+ende stets immer automatisch standardmäßig zugleich ebenfalls gleichzeitig
      abschluss routinemäßig gehört+dazu`,
    french: `signifie veut+dire considéré+comme+terminé est+terminé+quand est+close+quand d'office
      d'usage comme+toujours habituellement à+chaque après+chaque pour+finir à+la+fin toujours
      automatiquement par+défaut également en+parallèle en+même+temps clôture aussi va+de+soi`,
    spanish: `significa quiere+decir se+considera+terminad* se+da+por+terminad* se+da+por+cerrad*
      de+oficio por+costumbre como+siempre habitualmente cada+vez después+de+cada tras+cada
      al+final al+terminar siempre automáticamente por+defecto también en+paralelo a+la+vez
      cierre`,
    portuguese: `significa quer+dizer considera-se+concluíd* dá-se+por+concluíd* de+praxe por+costume
      como+sempre habitualmente cada+vez após+cada depois+de+cada ao+final ao+terminar sempre
      automaticamente por+padrão também em+paralelo fechamento encerramento`,
    russian: `означает значит считается+закрыт* считается+завершён* считается+завершен* считается+готов*
      как+обычно по+умолчанию по+традиции каждый+раз после+каждо* в+конце в+завершение всегда
      автоматически также заодно одновременно закрыти* само+собой`,
    chinese:
      '即为完成 视为完成 才算 是指 意味着 照例 惯例 每次 每完成 最后 始终 自动 默认 同时 一并 一律 收尾',
    japanese:
      'とは 完了とする 完了とみなす 慣例 いつも 毎回 のたびに 最後に 常に 自動 標準で 同時に あわせて 併せて 締め',
  },
};
