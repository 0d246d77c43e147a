/** Words for texts that plant themselves: elsewhere, again and again, and unseen. */
import type { RowsAcross } from '../concept.ts';

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
