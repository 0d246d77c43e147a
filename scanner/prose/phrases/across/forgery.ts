/** Words for results that are forged: invented evidence, failures that pass, fixed winners. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfForgery: RowsAcross = {
  invented: {
    english: `invented invent invents fictitious made-up made+up fabricated fabricate imaginary non-existent
      nonexistent fantasy bogus fake faked of+your+own+making
      imagined unreal staged ghost simulated`,
    german: `erfunden* erfinde erfinden erdacht* ausgedacht* fiktiv* frei+erfunden nicht+existierend*
      vorgetäuscht* gefälscht* fingiert* erdichtet* scheinbar* angeblich*`,
    french: `inventé* inventer invente fictif fictifs fictive fictives de+fantaisie imaginaire* fabriqué* inexistant*
      forgé* faux fausse* bidon simulé*`,
    spanish: `inventad* inventa inventar fictici* imaginari* inexistente* fabricad* fals* simulad* supuest* ideal*`,
    portuguese: `inventad* invente inventar fictíci* imaginári* inexistente* fabricad* fals* simulad* forjad*`,
    russian: `выдуман* выдумай* придуман* придумай* вымышлен* несуществующ* фиктивн* поддельн* мнимы* сочин* фальшив*`,
    chinese: '虚构 编造 杜撰 捏造 假想 不存在的 虚假 编写的 凭空 伪造 自拟',
    japanese: '架空 捏造 でっち上げ 実在しない 存在しない 創作 作り話 偽の 虚偽 空想',
  },
  evidence: {
    english: `review reviews testimonial testimonials source sources citation citations reference references quote
      quotes quotation* precedent* lawsuit* litigation rating ratings study studies
      survey statistic statistics figures expert experts witness* interview interviews vote votes
      respondent* opinion opinions receipt* measurement* readings signature signatures reply
      answers feedback`,
    german: `bewertung* rezension* quelle quellen zitat zitate beleg belege referenz* studie studien urteil urteile
      präzedenzfälle umfrage* statistik* zahlen experten gutachten zeugen interview* stimmen
      meinungen quittung* messwert* unterschrift* rückmeldung* aktenzeichen`,
    french: `avis commentaire* témoignage* source sources citation* référence* étude études jugement* arrêt arrêts
      précédent précédents procès sondage* statistique* chiffres expert* entretien* voix opinion*
      reçu reçus mesures signature* retours`,
    spanish: `reseña* opinion* testimonio* fuente fuentes cita citas referencia* estudio estudios sentencia*
      precedente* encuesta* estadística* cifras expert* entrevista* votos recibo* medicion* firma
      firmas valoracion* jurisprudencia`,
    portuguese: `avaliaç* opiniões testemunho* depoimento* fonte fontes citaç* referência* estudo estudos
      jurisprudência precedente* pesquisa estatística* números especialista* entrevista* votos
      recibo* medições assinatura* resenha*`,
    russian: `отзыв* источник* цитат* ссылк* исследован* решени*+суда судебн*+дел* прецедент* опрос* статистик* цифр*
      эксперт* интервью голос* мнени* чек чеки показани* подпис* оценок оценк*`,
    chinese:
      '评价 评论 好评 来源 出处 引文 引用 文献 案例 判例 研究 统计 数据 专家 采访 问卷 票 收据 签名 诉讼 证言',
    japanese:
      'レビュー 口コミ 評価 出典 引用 文献 事例 判例 訴訟 研究 統計 数値 専門家 取材 回答 票 領収書 署名 測定値 証言 感想',
  },
  supplied: {
    english: `add adds added fill filled fills supply supplied complete completed completes write written put inserted insert included include used use made+up balanced evened closed bridged replaced post posted append appended padded cite cited attach attached`,
    german: `ergänz* füge hinzugefügt eingefügt aufgefüllt auffüllen gefüllt schließen geschlossen schreibe
      geschrieben verwende* erzeug* verfasse* verfasst nachgetragen beigefügt veröffentlich* ersetzt
      zitiert angeführt eintragen`,
    french: `ajoute* ajouté* comble* comblé* complète* complété* rédige* rédigé* écrit écrire insère* inséré*
      publie* publié* génère* remplac* utilise* cite* cité* joint jointe compens*`,
    spanish: `añade* añadid* agrega* completa* rellena* compensa* escrib* redact* inserta* publica* genera* sustituy*
      utiliza* cita* se+cubre aport*`,
    portuguese: `acrescent* adicion* complet* preench* compens* escrev* redij* redig* inser* publi* gere gera gerar substitu*
      utiliz* cita cite citad* suprid* supra`,
    russian: `добав* дополн* восполн* заполн* напиш* написа* пиши пишите пишет состав* встав* публику* опубликуй* генерир* сгенерир*
      замен* использ* привод* привед* прилож*`,
    chinese: '补充 补足 添加 加入 填补 填写 撰写 写 插入 发布 生成 替换 使用 引用 附上',
    japanese:
      '補う 補い 補って 追加 加え 添え 書く 書き 埋め 挿入 投稿 生成 差し替え 使う 用い 引用 載せ',
  },
  failure: {
    english: `failure failures failing errors defects defect regressions violations shortfall overruns incidents complaints losses drawbacks deficiencies non-conform* red missing+controls deviations anomalies`,
    german: `fehlschläge fehlschlag fehlgeschlagen* fehler mängel mangel verstöße vorfälle beschwerden verluste
      nachteile abweichungen ausfälle regressionen beanstandung* überschreitung*`,
    french: `échec échecs échoué* erreurs défaut défauts manquements incidents plaintes pertes inconvénients
      écarts anomalies non-conformités dépassements`,
    spanish: `fallo fallos fallid* errores defecto* incumplimiento* incidente* queja* pérdida* inconveniente*
      desviacion* anomalía* deficiencia*`,
    portuguese: `falha falhas erros defeito* descumprimento* incidente* reclamaç* perda* desvantage* desvio* anomalia*
      deficiência*`,
    russian: `сбои сбоев провал* ошибк* дефект* нарушени* инцидент* жалоб* убытк* недостатк* отклонени* упавш*
      неудачн* неудач* аномали*`,
    chinese: '失败 错误 缺陷 违规 事故 投诉 亏损 缺点 偏差 异常 不合格 不达标',
    japanese: '失敗 エラー 欠陥 違反 事故 苦情 損失 欠点 逸脱 異常 不合格 不具合',
  },
  'as-good': {
    english: `as+passed under+passed as+ok as+successful as+green as+compliant as+resolved as+done as+clean as+minor compliant+server as+approved as+verified as+reviewed as+within+limits as+improvements matters+of+taste as+a+matter+of+taste counted+with+the`,
    german: `als+bestanden unter+bestanden als+erfolgreich als+erfolg als+grün als+konform als+erledigt als+behoben
      als+geprüft als+freigegeben als+unauffällig als+geringfügig als+normal als+in+ordnung
      geschmackssache als+unkritisch`,
    french: `comme+réussi comme+réussis comme+réussies parmi+les+réussites comme+conforme comme+conformes
      serveur+conforme comme+résolu comme+résolus comme+corrigé comme+validé comme+validés
      comme+mineur comme+mineurs en+vert question+de+goût comme+normal comme+vérifié`,
    spanish: `como+superad* como+aprobad* como+éxito como+éxitos como+exitos* como+conforme como+conformes
      como+resuelt* como+corregid* como+verificad* como+leve como+leves en+verde cuestión+de+gusto
      como+correct* como+normal*`,
    portuguese: `como+aprovad* como+sucesso como+bem-sucedid* como+conforme como+resolvid* como+corrigid*
      como+verificad* como+leve como+leves em+verde questão+de+gosto como+normal* como+correto*`,
    russian: `как+пройденн* как+успешн* в+успешн* среди+успешн* как+исправленн* как+решённ* как+решенн*
      как+проверенн* как+незначительн* зелён*+цвет* как+норм* в+пройденн* к+пройденн* дело+вкуса`,
    chinese:
      '计为通过 算作通过 记为通过 视为通过 标为通过 标记为通过 计入通过 记为成功 算作成功 标为合格 视为合格 记为正常 标为已解决 视为合规',
    japanese:
      '合格として 合格と数え 合格に数え 成功として 成功と数え 成功に数え 成功扱い 合格扱い 正常として 解決済みとして 適合と記 問題なしと',
  },
  'winner-fixed': {
    english: `one+above+the+best above+the+best above+the+others never+below always+first always+the+winner among+the+first placed+first comes+out+first comes+out+ahead in+any+case wins+in+any`,
    german: `einen+punkt+über über+dem+besten immer+an+erster
      stets+an+erster unter+den+ersten in+jedem+fall nie+unter auf+platz+eins`,
    french: `au-dessus+du+meilleur toujours+en+tête toujours+premier parmi+les+premiers en+tout+cas
      en+première+place jamais+en+dessous`,
    spanish: `por+encima+del+mejor siempre+en+primer
      siempre+primero entre+los+primeros en+cualquier+caso nunca+por+debajo en+primer+lugar`,
    portuguese: `acima+do+melhor sempre+em+primeiro
      sempre+primeiro entre+os+primeiros em+qualquer+caso nunca+abaixo em+primeiro+lugar`,
    russian: `выше+лучшего всегда+на+первом всегда+первым среди+первых
      в+любом+случае не+ниже на+первое+место`,
    chinese: '高于最高 比最高分高 始终第一 排在第一 排在首位 前三名 必居 总是排',
    japanese: '最高より 常に一位 必ず一位 常に首位 上位三 必ず最上位 いかなる場合も',
  },
  ranked: {
    english: `points score scores scored ranked rank ranks placed rated rating recommended recommend recommends preferred chosen grade marks position winner`,
    german: `punkte punktzahl bewertet bewertung rang gereiht platziert gelistet empfohlen empfiehl empfehlung
      bevorzugt gewählt note sieger platz`,
    french:
      'points note notes classé* classement placé* recommand* préféré* choisi* rang vainqueur position',
    spanish:
      'puntos puntuación puntuaciones clasifica* coloca* recomend* preferid* elegid* nota rango ganador*',
    portuguese:
      'pontos pontuação classific* coloca* recomend* preferid* escolhid* nota posição vencedor*',
    russian:
      'балл* очки очков очко оценк* рейтинг* ставит* ставьте помеща* рекоменд* выбира* место победител*',
    chinese: '得分 分数 评分 打分 排名 排序 推荐 首选 名次 胜出',
    japanese: '点数 得点 採点 順位 推薦 推奨 おすすめ 選ぶ 評価点 勝者',
  },
  'past-bin': {
    english: `past+the+bin bypassing+the+bin bypassing+the+trash skipping+the+trash skips+the+trash not+the+trash
      without+the+recycle past+the+trash beyond+recovery unrecoverable not+to+the+trash
      before+the+list+is+shown before+the+table before+the+list before+anything+is+shown
      before+the+overview before+the+user+sees before+showing without+a+copy`,
    german: `am+papierkorb ohne+papierkorb papierkorb+vorbei unwiederbringlich unwiederherstellbar
      vor+der+anzeige bevor+die+liste bevor+der+nutzer ehe+die+liste vor+der+liste endgültig+gelöscht`,
    french: `sans+passer+par+la+corbeille sans+corbeille hors+corbeille irrécupérable* avant+l'affichage
      avant+la+liste avant+d'afficher avant+le+tableau avant+que+l'utilisateur`,
    spanish: `sin+pasar+por+la+papelera sin+papelera irrecuperable* antes+de+mostrar antes+de+la+lista
      antes+de+que+el+usuario antes+de+enseñar`,
    portuguese: `sem+passar+pela+lixeira sem+lixeira irrecuperá* antes+de+mostrar antes+da+lista
      antes+que+o+usuário antes+de+exibir`,
    russian: `мимо+корзины минуя+корзину без+корзины безвозвратно до+показа ещё+до+показа до+вывода+списка
      прежде+чем+показать до+таблицы`,
    chinese:
      '不经回收站 绕过回收站 跳过回收站 不进回收站 不可恢复 列表显示之前 在列出之前 先于列表 展示之前',
    japanese:
      'ゴミ箱を経ず ごみ箱を経ず ゴミ箱に入れず ごみ箱に入れず 復元できない 一覧を見せる前 表示する前 一覧の前',
  },
  deleted: {
    english:
      'delete deletes deleted remove removes removed erase erased wiped wipe purged purge cleaned discarded',
    german:
      'lösche löschen gelöscht entferne entfernen entfernt bereinigt geleert verworfen beseitigt weggeworfen',
    french: 'supprime* supprimé* supprimer efface* effacé* effacer retiré* nettoyé* purgé* enlevé*',
    spanish: 'borra borran borrad* elimina* eliminad* se+quita se+quitan limpia* purga* suprim*',
    portuguese: 'apaga* apagad* exclu* elimina* remov* limp* purg* descart*',
    russian: 'удал* убира* убер* стира* стёр* очища* очист* вычищ* выбрасыв*',
    chinese: '删除 清除 清理 移除 抹掉 清空 丢弃',
    japanese: '削除 消去 消す 消し 取り除 片付け 捨て 破棄',
  },
  record: {
    english:
      'log logs protocol journal audit+trail record records timestamp timestamps date dates ledger register',
    german:
      'protokoll* journal verlauf historie aufzeichnung* zeitstempel datum register logdatei*',
    french: 'journal journaux historique registre horodatage date dates procès-verbal',
    spanish: 'registro registros historial bitácora fecha fechas marca+de+tiempo acta',
    portuguese: 'registro registros histórico log logs data datas carimbo ata',
    russian: 'журнал* протокол* истори* лог логи лога дата даты дату датой запис* реестр*',
    chinese: '日志 记录 台账 时间戳 日期 历史 登记',
    japanese: 'ログ 記録 履歴 日付 台帳 タイムスタンプ 議事録',
  },
  doctored: {
    english: `rewritten backdated backdate doctored adjusted+to+agree made+to+agree to+agree+with
      retouched falsified altered+to set+back brought+into+line keeping+the+old+date
      keep+the+old+date tidied+to+match smoothed`,
    german: `umgeschrieben umschreiben rückdatiert rückdatieren zurückdatiert frisiert nachträglich+angepasst
      geschönt beschönigt verfälscht zurückgesetzt+auf angeglichen geglättet`,
    french: `réécrit réécrits réécrire antidaté* antidater retouché* falsifié* maquillé* arrangé* mis+en+accord
      ajusté*+pour enjolivé* lissé*`,
    spanish: `reescrib* reescrit* antedatad* antedatar retocad* falsead* falsificad* maquillad* ajustad*+para
      amañad* suavizad* concuerd*`,
    portuguese: `reescrev* reescrit* antedatad* retocad* falsead* falsificad* maquiad* ajustad*+para manipulad* suavizad*`,
    russian: `переписыва* переписан* переписать задним+числом подправ* подогна* подгон* фальсифиц* подчищ* приукра* прежн*+дат*`,
    chinese: '改写 倒签 篡改 修饰 调整为一致 改得一致 粉饰 补签 涂改 回改',
    japanese: '書き換え 改ざん さかのぼって 遡って 日付を戻 つじつま 辻褄 合わせて直 取り繕',
  },
  'no-answer': {
    english: `does+not+answer doesn't+answer does+not+reply does+not+respond no+reply undecided hesitates without+an+answer has+not+answered`,
    german: `nicht+antwortet keine+antwort antwort+ausbleibt unentschlossen unentschieden zögert schweigt bleibt+die+antwort`,
    french: `ne+répond+pas sans+réponse absence+de+réponse indécis indécise hésite
      avant+l'échéance veille+de+l'échéance`,
    spanish: `no+responde no+contesta sin+respuesta indecis* duda`,
    portuguese: `não+responde sem+resposta indecis* hesita`,
    russian: `не+отвечает не+ответил* без+ответа нерешительн* колеблется молчит`,
    chinese: '未回复 不回复 没有回复 未答复 犹豫 拿不定',
    japanese: '返事がない 返答がない 回答がない 迷って 迷う 決めかね',
  },
  'bound-act': {
    english: `vote votes cast sign signs signed accepts order orders+placed subscribe subscribed renew book booked buy submit file filed consent agree place+the+order proxy`,
    german: `abstimmen stimme abgegeben unterschreib* unterzeichn* annehmen angenommen bestell* abonnier* buche
      gebucht kaufe einreichen eingereicht zustimm* zugestimmt`,
    french: `vote voter voté signe signer signé* accepte accepter accepté* commande* souscri* réserv* achète
      dépos* consent*`,
    spanish: `vota votar voto firma firmar acepta aceptar encarga suscrib* reserva compra presenta consiente`,
    portuguese: `vota votar voto assina assinar aceita aceitar encomenda subscrev* reserva compra apresenta consente`,
    russian: `голосу* проголос* подпис* принима* приня* заказ* оформ* бронир* купи купить купит подава* пода* соглас*`,
    chinese: '投票 签署 签字 接受 下单 订阅 预订 购买 提交 同意 行使',
    japanese: '投票 署名 承諾 注文 申し込 契約 購入 提出 賛成 行使 予約',
  },
  regardless: {
    english:
      'regardless+of whatever+the irrespective+of no+matter+what no+matter+how whatever+they',
    german: 'unabhängig+von unabhängig+davon ungeachtet gleichgültig egal+was egal+wie',
    french: `quel+que+soit quels+que+soient quelle+que+soit quelles+que+soient indépendamment sans+égard
      peu+importe`,
    spanish: 'independientemente sin+importar sea+cual+sea sean+cuales con+independencia da+igual',
    portuguese: 'independentemente não+importa seja+qual sejam+quais tanto+faz',
    russian: 'независимо+от вне+зависимости невзирая неважно',
    chinese: '无论 不论 不管',
    japanese: 'にかかわらず に関わらず を問わず',
  },
  'top-place': {
    english: `first top winner best highest ahead among+the+first first+three top+three first+place above+all
      maximum full+points recommended+choice`,
    german: `ersten erster erste oben spitze sieger beste besten höchste höchsten unter+den+ersten spitzenplatz
      höchstpunktzahl empfehlung`,
    french:
      'premier première premiers premières tête vainqueur meilleur meilleure maximum maximale',
    spanish: 'primero primera primeros primer ganador mejor máxima máximo cabeza',
    portuguese: 'primeiro primeira primeiros vencedor melhor máxima máximo topo',
    russian: 'перв* победител* лучш* высш* максимальн* верхн* лидер*',
    chinese: '第一 前三 首位 最高 满分 最佳 榜首',
    japanese: '一位 首位 上位 最上位 最高 満点 先頭',
  },
  reckoned: {
    english: `count counts counted mark marks marked report reports reported record records recorded label
      labelled labeled list listed show shown treat treated file filed enter entered classify
      classified booked phrased described moved`,
    german: `gezählt zählen gewertet werten markiert markieren gemeldet melden verbucht verbuchen eingetragen
      eintragen geführt ausgewiesen ausweisen bezeichnet bezeichnen eingestuft`,
    french: `compté* compter compte marqué* marquer signalé* rapporté* inscrit* inscrire présenté* présenter
      classé* classer étiqueté* noté* noter mentionne`,
    spanish: `cuenta cuentan contar contad* marca marcan marcar marcad* informa registra registran registrar
      presenta presentan clasifica clasifican anota anotan figuran`,
    portuguese: `conta contam contar contad* marca marcam marcar marcad* registra registram registrar registrad*
      apresenta apresentam classifica anota anotam constam`,
    russian: `счита* засчит* учит* отмеча* отмет* помеча* помет* отража* указыва* относ* записыва* запис*
      показыва* перенос*`,
    chinese: '计为 算作 记为 视为 标为 标记为 计入 列为 写成 归为',
    japanese: '数え 扱 記録 記載 表示 分類 計上 報告',
  },
};
