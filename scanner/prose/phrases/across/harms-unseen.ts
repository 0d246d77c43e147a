/** Words for further acts against the user: doors left open, warnings left out, sums inflated. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfHarms: RowsAcross = {
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
};
