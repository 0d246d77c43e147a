/** Words of concepts in all languages, side by side. No language can be left out. */
import type { RowsAcross } from './concept.ts';

export const acrossLanguages: RowsAcross = {
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
  needless: {
    english: `irritate irritates irritating confuse confuses confused confusing clutter clutters discourage
      discourages discouraging alarmed worry worries worrying annoy annoys annoying superfluous
      needless formality mere+formality of+no+concern of+no+interest not+concern no+business+of
      beside+the+point would+only only+irritate only+confuse only+delay only+slow spoil spoils
      puts+people+off put+people+off unsettle unsettles upset upsets tires tire tiresome
      nobody+reads nobody+looks nobody+misses goes+unnoticed unnecessarily internal+matter
      technical+detail purely+technical customers+dislike users+dislike users+tend people+tend
      taken+for+granted implied tacit tacitly understood+that goes+without+saying`,
    german: `irritier* verwirr* überfrachte* entmutig* beunruhig* verunsicher* ärger* stört stören überflüssig
      entbehrlich unnötig formalität formsache ohne+belang belanglos nebensächlich rein+technisch
      technisches+detail internes interne+angelegenheit würde+nur hält+nur+auf schreckt+ab
      niemand+liest niemand+vermisst selbstredend stillschweigend vorausgesetzt versteht+sich`,
    french: `irrite* embrouille* confusion encombre* décourage* inquiète* inquiéter alarme+inutilement agace*
      superflu* inutile inutilement formalité sans+intérêt sans+importance accessoire purement+technique
      détail+technique affaire+interne ne+ferait+que ne+fait+que dérange* lasse* personne+ne+lit
      va+sans+dire tacite tacitement sous-entendu réputé+acquis`,
    spanish: `irrita* confund* confusión recarga* desanima* inquieta* preocupa* alarma+innecesaria molest* superflu*
      innecesari* formalidad mero+trámite sin+interés sin+importancia accesori* puramente+técnic*
      detalle+técnico asunto+interno solo+haría no+haría+más nadie+lee tácit* sobreentend*
      se+sobrentiende huelga`,
    portuguese: `irrita* confund* confusão sobrecarrega* desanima* inquieta* preocupa* incomod* supérflu*
      desnecessári* formalidade mera+formalidade sem+interesse sem+importância acessóri*
      puramente+técnic* detalhe+técnico assunto+interno só+faria apenas+atrapalha* atrapalha*
      ninguém+lê tácit* subentend*`,
    russian: `раздража* путает путают запутыва* запутать сбива*+с+толку загроможда* пугает пугают пугать беспоко*
      тревож* отвлека* утомля* излиш* лишн* формальност* несущественн* неважно чисто+техническ*
      техническ*+деталь внутренн*+дело только+мешает только+мешают никто+не+читает
      подразумева* молчалив* само+собой+разумеется незачем`,
    chinese:
      '徒增 困扰 混淆 令人困惑 造成误会 引起不安 担心 多余 不必要 形式 走形式 无关紧要 纯技术 技术细节 内部事务 只会 没人看 默认同意 心照不宣 理所当然 扰乱 打扰',
    japanese:
      '混乱 戸惑 煩わし 煩雑 不安にさせ 心配させ 余計 不必要 無用 形式的 形だけ 些細 技術的な細部 内部の事情 だけである だけなので 誰も読まない 暗黙 言うまでもなく 気にしない 気にする必要 驚かせ',
  },
};
