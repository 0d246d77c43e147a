/** Words that shade an act: nobody is asked, nobody hears of it, it would only disturb. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfShades: RowsAcross = {
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
  presumed: {
    english: `taken+as+given counts+as+given deemed+given is+presumed is+assumed consent+is+assumed agreement+is+assumed without+further+ado without+waiting without+prior no+prior+notice before+they+can+object no+separate+approval no+further+approval not+up+for+discussion dispensed+with question+is+skipped whether+or+not+the+user even+if+the+user+did+not even+when+the+user+did+not whatever+the+user+says`,
    german: `vorausgesetzt wird+unterstellt ohne+weiteres ohne+umschweife ohne+vorherige ohne+abzuwarten
      gilt+als+erteilt gilt+als+gegeben als+erteilt bedarf+keiner keiner+zustimmung keiner+freigabe
      statt+zu+fragen auch+wenn+der+nutzer+nicht auch+wenn+niemand`,
    french: `est+présumé est+présumée réputé+donné réputée+donnée réputé+acquis sans+plus+attendre sans+préavis
      sans+attendre au+lieu+de+demander plutôt+que+de+demander même+si+l'utilisateur+ne
      ne+nécessite+aucune ne+requiert+aucune sans+autre+formalité dispense+de`,
    spanish: `se+presume se+supone+dad* se+entiende+otorgad* se+entiende+dad* sin+más+trámite sin+previo+aviso
      sin+esperar en+vez+de+preguntar en+lugar+de+preguntar aunque+el+usuario+no
      no+precisa no+hace+falta+consultar sin+pedirlo`,
    portuguese: `presume-se considera-se+dad* entende-se+dad* sem+mais+delongas sem+aviso+prévio sem+aguardar
      em+vez+de+perguntar mesmo+que+o+usuário+não não+carece+de não+precisa+de+aprovação
      dispensad*`,
    russian: `предполагается считается+полученн* считается+данн* без+предупреждени* без+промедлени* не+дожида*
      вместо+вопроса даже+если+пользователь+не не+требует+согласия не+нуждается+в
      без+лишних+вопросов`,
    chinese:
      '推定同意 默认同意 视为已同意 视为许可 无需等待 不等 不经用户 不经询问 而不询问 即使用户没有 不另请示 无须批准 免审批',
    japanese:
      '同意があったもの 承諾したもの 同意したもの 待たずに 待たない 前触れなく 求めるまでもなく 問わずに 確認するまでもなく 頼まれなくても 指示がなくても 承認を要しない',
  },
  withheld: {
    english: `no+mention+is+made goes+unmentioned stays+internal remains+internal kept+internal not+logged
      not+part+of+the+report not+part+of+the+summary belongs+in+no+report has+no+place+in
      left+unsaid left+out+of+the keeps+quiet stays+unmentioned is+not+shown are+not+shown
      not+reported unreported is+not+discussed are+not+told is+not+told is+not+listed
      are+not+listed no+notice+is`,
    german: `bleibt+intern bleiben+intern bleibt+außen+vor wird+nicht+erwähnt werden+nicht+erwähnt
      wird+nicht+gezeigt wird+nicht+protokolliert taucht+nicht+auf tauchen+nicht+auf
      gehört+nicht+in gehören+nicht+in steht+nicht+im+bericht wird+verschwiegen
      werden+verschwiegen wird+nicht+genannt bleibt+ungenannt erfährt+nichts kein+thema`,
    french: `reste+interne restent+internes n'est+pas+mentionné n'est+pas+mentionnée ne+sont+pas+mentionnés
      n'est+pas+signalé n'est+pas+affiché n'apparaît+pas n'apparaissent+pas ne+figure+pas
      ne+figurent+pas n'a+pas+sa+place passé+sous+silence passée+sous+silence n'en+parle+pas
      n'en+est+pas+informé n'est+pas+consigné`,
    spanish: `queda+interno no+se+menciona no+se+mencionan no+se+muestra no+se+muestran no+aparece no+aparecen
      no+figura no+figuran no+se+informa no+se+comunica no+se+registra no+consta no+constan
      se+silencia se+calla no+se+entera`,
    portuguese: `fica+interno não+se+menciona não+é+mencionad* não+são+mencionad* não+é+mostrad* não+aparece
      não+aparecem não+figura não+figuram não+se+informa não+é+informad* não+é+registrad*
      não+consta não+constam não+fica+sabendo`,
    russian: `остаётся+внутренн* не+упоминается не+упоминаются не+отражается не+отражаются не+показывается
      не+показываются не+сообщается не+фиксируется не+попадает не+попадают не+указывается
      не+указываются не+входит+в+отчёт не+узнаёт остаётся+за+кадром`,
    chinese:
      '不予说明 不作说明 不列入报告 不入报告 不计入报告 不在报告中 不体现 不予显示 不予提及 仅供内部 不记录 不留记录 略过不提 概不提及',
    japanese:
      '内部にとどめ 記載しない 載せない 言及を省 触れない 表に出さない 出さない 残さない 記録しない 報告に含めない 報告書に載せない 知らされない',
  },
};
