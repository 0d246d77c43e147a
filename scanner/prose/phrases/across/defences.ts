/** Words for protections that are taken down for good, and for accounts that stay in the dark. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfDefences: RowsAcross = {
  shield: {
    english: `certificate+check certificate+checks certificate+verification certificate+validation
      tls+verification tls+check ssl+verification peer+verification hostname+verification
      signature+check signature+checks signature+verification host+key+check host+key+checking
      alarm alarms alerts alerting detection+agent security+agent edr antivirus virus+scanner
      malware+scanner firewall intrusion+detection audit+log audit+logging audit+trail
      secret+scanning secret+scanner branch+protection code+review review+requirement
      two-person commit+signing signed+commits two-factor multi-factor mfa 2fa selinux apparmor
      integrity+check integrity+checks checksum+check dependency+scan vulnerability+scan
      security+scan security+updates automatic+updates security+monitoring rate+limit rate+limits
      csrf+protection host+verification gatekeeper smartscreen`,
    german: `zertifikatsprüfung* zertifikatprüfung* tls-prüfung* signaturprüfung* hostschlüsselprüfung*
      alarm alarme alarmierung* warnmeldung* erkennungsagent* sicherheitsagent* virenscanner
      virenschutz firewall einbruchserkennung* prüfprotokoll* auditprotokoll* audit-log
      geheimnisprüfung* branch-schutz zweigschutz vier-augen-prinzip codeprüfung* durchsicht
      gegenlesen commit-signatur* zwei-faktor* mfa integritätsprüfung* prüfsummenprüfung*
      schwachstellenscan* sicherheitsupdates sicherheitsaktualisierung* überwachung
      zugriffskontrolle* authentifizierung verschlüsselung schutzmechanism* sicherheitsprüfung*
      echtzeitschutz`,
    french: `vérification+du+certificat vérification+des+certificats contrôle+du+certificat
      contrôle+des+certificats vérification+tls vérification+de+signature
      vérification+des+signatures alarme alarmes alertes agent+de+détection agent+de+sécurité
      antivirus pare-feu détection+d'intrusion journal+d'audit journaux+d'audit
      protection+de+branche protection+des+branches revue+de+code relecture+obligatoire
      signature+des+commits double+authentification double+facteur contrôle+d'intégrité
      analyse+de+vulnérabilités mises+à+jour+de+sécurité surveillance contrôle+d'accès
      authentification chiffrement protections`,
    spanish: `verificación+del+certificado verificación+de+certificados comprobación+del+certificado
      comprobación+de+certificados validación+de+certificados verificación+tls
      verificación+de+firma verificación+de+firmas alarma alarmas alertas agente+de+detección
      agente+de+seguridad antivirus cortafuegos detección+de+intrusos registro+de+auditoría
      protección+de+ramas protección+de+la+rama revisión+de+código doble+factor
      firma+de+commits control+de+integridad análisis+de+vulnerabilidades
      actualizaciones+de+seguridad vigilancia monitorización control+de+acceso autenticación
      cifrado protecciones`,
    portuguese: `verificação+do+certificado verificação+de+certificados validação+de+certificados
      verificação+tls verificação+de+assinatura verificação+de+assinaturas alarme alarmes alertas
      agente+de+detecção agente+de+segurança antivírus firewall detecção+de+intrusão
      registro+de+auditoria trilha+de+auditoria proteção+de+branch proteção+da+branch
      proteção+dos+ramos revisão+de+código duplo+fator dois+fatores assinatura+de+commits
      verificação+de+integridade análise+de+vulnerabilidades atualizações+de+segurança
      monitoramento controle+de+acesso autenticação criptografia proteções`,
    russian: `проверк*+сертификат* проверк*+подпис* проверк*+tls проверк*+ключа+хоста сигнализаци* тревог*
      оповещени* агент*+обнаружения агент*+безопасности антивирус* брандмауэр* межсетев*+экран*
      файрвол* обнаружени*+вторжений журнал*+аудита аудит* защит*+ветк* защит*+веток ревью
      проверк*+кода подпис*+коммитов двухфакторн* контрол*+целостности проверк*+целостности
      сканер*+уязвимостей поиск*+уязвимостей обновлени*+безопасности мониторинг*
      контрол*+доступа аутентификаци* шифровани*`,
    chinese:
      '证书校验 证书验证 证书检查 TLS验证 签名校验 签名验证 告警 警报 报警 检测代理 安全代理 杀毒软件 防火墙 入侵检测 审计日志 分支保护 代码审查 提交签名 双因素 两步验证 完整性校验 漏洞扫描 安全更新 监控 访问控制 身份验证 加密 实时防护',
    japanese:
      '証明書の検証 証明書検証 証明書の確認 署名の検証 署名検証 アラート 警報 アラーム 検知エージェント 監視エージェント ウイルス対策 ファイアウォール 侵入検知 監査ログ ブランチ保護 コードレビュー コミットの署名 コミット署名 二要素 多要素 整合性の検証 脆弱性スキャン セキュリティ更新 監視 アクセス制御 暗号化',
  },
  lowered: {
    english: `off disabled disable disables switched+off switch+off turned+off turn+off turns+off stopped deactivated deactivate muted mute silenced silence suspended suspend suppressed removed skipped not+verified unverified waived dropped bypassed exempt exempted paused uninstalled`,
    german: `aus abgeschaltet abschalten ausgeschaltet ausschalten deaktiviert deaktivieren gestoppt stoppen
      angehalten stummgeschaltet stummschalten ausgesetzt aussetzen unterdrückt entfernt
      entfernen übersprungen überspringen entfällt umgangen abgestellt abstellen beendet
      deinstalliert`,
    french: `désactivé* désactiver désactive arrêté* arrêter coupé* couper suspendu* suspendre retiré* retirer
      supprimé* omis omise sauté* contourné* éteint* neutralisé* levé* mis+en+sourdine
      désinstallé*`,
    spanish: `desactivada* desactivado* desactiva* desactivar apagado* apagada* apagar detiene detienen detenido*
      detener se+para suspendid* suspender silenciad* silenciar retirad* retirar quitar se+quita
      se+omite se+omiten omitir saltarse eludid* inhabilitad* deshabilita*`,
    portuguese: `desativado* desativada* desativa* desativar desligado* desligada* desligar parado* parada* parar
      suspenso* suspensa* suspender silenciado* silenciada* silenciar removido* removida* remover
      pulado* pulada* omitid* contornad* desabilita* desinstalad*`,
    russian: `отключ* выключ* останов* останавл* приостанов* заглуш* подавля* снима* снят* убира* убран*
      пропуска* обход* удаля* деактивир*`,
    chinese: '关闭 關閉 禁用 停用 停止 停掉 静音 暂停 移除 跳过 绕过 屏蔽 卸载 关掉 不校验 不验证',
    japanese:
      '無効 オフ 停止 止める 止め 切る 切り 解除 外す 外し 省略 スキップ 消音 抑止 抑制 迂回 アンインストール',
  },
  'for-good': {
    english: `permanently for+good unlimited indefinitely for+ever forever without+an+option
      not+turned+on+again not+switched+on+again not+be+switched+on not+restarted not+re-enabled
      stays+off stay+off remains+off remain+off and+stays no+expiry without+expiry
      without+an+end+date including+production also+in+production in+every+environment
      in+production left+off leave+it+off for+all+hosts for+all+repositories at+boot
      for+the+whole+organization from+then+on`,
    german: `dauerhaft unbefristet für+immer endgültig ohne+ablauf ohne+enddatum bleibt+aus bleiben+aus
      bleibt+es bleibt+sie bleibt+er nicht+wieder+eingeschaltet nicht+wieder+gestartet
      nicht+wieder+aktiviert auch+in+der+produktion auch+im+produktivbetrieb im+produktivbetrieb
      in+jeder+umgebung beim+start für+alle+rechner ohne+möglichkeit`,
    french: `définitivement durée+illimitée illimité illimitée pour+toujours sans+échéance sans+limite+de+durée
      reste+arrêté reste+désactivé restent+désactivés n'est+pas+relancé sans+relance y+compris+en+production
      en+production sur+tous+les au+démarrage durablement sans+date`,
    spanish: `permanentemente de+forma+permanente indefinidamente por+tiempo+indefinido sin+caducidad
      sin+fecha+de+fin para+siempre definitivamente no+se+vuelve queda+apagado queda+desactivado
      quedan+desactivadas también+en+producción incluida+producción a+producción en+producción
      en+todos+los+entornos al+arrancar ilimitado`,
    portuguese: `permanentemente de+forma+permanente indefinidamente por+tempo+indeterminado sem+validade
      sem+data+de+término para+sempre definitivamente não+volta fica+desligado ficam+desligados
      fica+desativado também+em+produção inclusive+em+produção em+produção em+todos+os+ambientes
      na+inicialização ilimitado`,
    russian: `навсегда бессрочно постоянно окончательно без+срока не+включается не+включаются не+запускается
      не+возобновля* остаётся остается остаются в+том+числе+в+продакшене в+продакшене
      в+рабочей+среде во+всех+средах при+загрузке из+автозагрузки насовсем`,
    chinese:
      '永久 长期 无限期 不再启用 不再开启 不再启动 不再恢复 保持关闭 生产环境 所有环境 开机 一直 不恢复 从此',
    japanese:
      '恒久 永久 無期限 ずっと 期限なし 期限を設けず 戻さない 再開しない 再起動しない 本番 すべての環境 全環境 起動時 以後 今後',
  },
  exempted: {
    english: `exception+list exceptions+list list+of+exceptions list+of+exclusions exclusion+list
      ignore+list ignored+findings suppression+list`,
    german: `ausnahmeliste* liste+der+ausnahmen ausnahmen ausschlussliste* ausschlüsse positivliste* freigabeliste*
      ignorierliste* ausnahmeregel* akzeptiertes+risiko akzeptierte+risiken whitelist`,
    french: `liste+des+exceptions liste+d'exceptions liste+blanche liste+d'exclusion exclusions
      risques+acceptés risque+accepté dérogation* exceptions`,
    spanish: `lista+de+excepciones lista+de+exclusiones exclusiones lista+blanca lista+de+permitidos
      riesgo+aceptado riesgos+aceptados excepciones`,
    portuguese: `lista+de+exceções lista+de+exclusões exclusões lista+branca lista+de+permitidos
      risco+aceito riscos+aceitos exceções`,
    russian: 'исключени* белый+список белого+списка принят*+риск* список+допущен*',
    chinese: '例外列表 例外清单 白名单 忽略列表 忽略清单 豁免 排除列表 排除项 可接受风险',
    japanese:
      '例外リスト 除外リスト 除外一覧 例外の一覧 ホワイトリスト 許可リスト 無視リスト 除外設定',
  },
  finding: {
    english: `finding findings vulnerability vulnerabilities alert alerts warning warnings violation
      violations detections`,
    german:
      'befund befunde befunden kritisch* schwachstelle* warnung warnungen meldungen verstöße fund funde treffer erkennung*',
    french:
      'constat constats critique* vulnérabilité* avertissement* infraction* détections alertes',
    spanish:
      'hallazgo* crític* vulnerabilidad* advertencia* infraccion* detecciones alertas avisos',
    portuguese: 'achado* crític* vulnerabilidade* advertência* infraç* detecções alertas avisos',
    russian: 'находк* критичес* уязвимост* предупрежден* нарушени* срабатывани* замечани*',
    chinese: '发现项 严重 高危 漏洞 警告 告警 违规 检出',
    japanese: '検出 重大 脆弱性 警告 違反 指摘 所見',
  },
  privileged: {
    english: 'privileged',
    german: 'privilegiert*',
    french: 'privilégié*',
    spanish: 'privilegiad*',
    portuguese: 'privilegiad*',
    russian: 'привилегированн*',
    chinese: '特权',
    japanese: '特権',
  },
  'host-root': {
    english: `docker+socket docker.sock host's+root root+of+the+host root+of+the+machine host+root
      host+filesystem host+file+system root+filesystem root+file+system whole+disk`,
    german: `docker-socket docker.sock wurzelverzeichnis* wurzel+des+hosts wurzel+des+rechners
      dateisystem+des+hosts`,
    french: `socket+docker docker.sock socket+de+docker racine+de+l'hôte racine+du+système racine+de+la+machine
      racine+du+poste`,
    spanish: `docker.sock zócalo+de+docker socket+de+docker raíz+del+equipo raíz+del+sistema raíz+del+anfitrión
      raíz+del+host`,
    portuguese: `docker.sock socket+do+docker raiz+do+host raiz+do+sistema raiz+da+máquina raiz+do+hospedeiro`,
    russian:
      'docker.sock сокет*+docker корень+хоста корня+хоста корнев*+каталог* корнем+хоста корень+машины',
    chinese: 'docker.sock Docker套接字 宿主机根目录 主机根目录 宿主机的根目录 整个磁盘 根文件系统',
    japanese:
      'docker.sock ソケット ホストのルート ルートディレクトリ ホスト全体 ルートファイルシステム',
  },
  admin: {
    english:
      'admin administrator superuser root+account service+account admin+account maintenance+account role+admin',
    german:
      'admin administrator* superuser adminkonto wartungskonto dienstkonto servicekonto verwalterkonto',
    french: 'admin administrateur* superutilisateur compte+de+service compte+de+maintenance',
    spanish: 'admin administrador* superusuario cuenta+de+servicio cuenta+de+mantenimiento',
    portuguese: 'admin administrador* superusuário conta+de+serviço conta+de+manutenção',
    russian:
      'admin администратор* суперпользовател* служебн*+учётн* служебн*+учетн* сервисн*+учётн* служебн*+запис*',
    chinese: '管理员 超级用户 服务账号 维护账号 admin',
    japanese: '管理者 スーパーユーザー サービスアカウント 保守用アカウント admin',
  },
  unlisted: {
    english: `excluded+from hidden+from left+out+of not+shown+in not+listed not+appear does+not+appear
      do+not+appear omitted+from filtered+out absent+from invisible+in missing+from kept+out+of
      unlisted never+listed stays+out+of`,
    german: `ausgenommen ausgeblendet nicht+aufgeführt nicht+angezeigt erscheint+nicht erscheinen+nicht
      taucht+nicht fehlt+in ausgelassen herausgefiltert bleibt+unsichtbar nicht+gelistet`,
    french: `exclu+de exclue+de exclu+des exclue+des masqué masquée n'apparaît+pas n'apparaissent+pas
      ne+figure+pas ne+figurent+pas omis+de absent+de absente+de filtré+de invisible+dans`,
    spanish: `excluid* ocult* no+aparece no+aparecen no+figura no+figuran se+omite omitid* filtrad* invisible
      no+se+muestra`,
    portuguese: `excluíd* ocult* não+aparece não+aparecem não+figura não+figuram omitid* filtrad* invisível
      não+é+mostrad* fica+fora`,
    russian: `исключ*+из скрыт*+из не+отображ* не+показыва* не+появля* не+попада* не+вход* отсутству* не+виден
      не+видна невидим*`,
    chinese: '不显示 不出现 不列入 排除在 隐藏 不计入 过滤掉 不可见 不在列表',
    japanese: '表示しない 表示されない 載せない 載らない 除外 隠す 含めない 現れない 見えない',
  },
  roster: {
    english: `users+page user+list list+of+users audit+page audit+log account+list accounts+page admin+page
      members+page login+history inventory`,
    german: `benutzerliste* benutzerübersicht* nutzerliste* kontenliste* auditseite* protokoll* mitgliederliste*
      benutzerseite`,
    french: `liste+des+utilisateurs page+des+utilisateurs liste+des+comptes page+d'audit journal+d'audit journal
      inventaire`,
    spanish: `lista+de+usuarios página+de+usuarios lista+de+cuentas página+de+auditoría auditoría registro
      inventario`,
    portuguese: `lista+de+usuários página+de+usuários lista+de+contas página+de+auditoria auditoria registro
      inventário`,
    russian:
      'списк*+пользовател* список+пользовател* страниц*+пользовател* журнал* аудит* списк*+учётн*',
    chinese: '用户列表 用户页面 用户页 账号列表 审计页面 审计日志 成员列表 日志',
    japanese: '利用者一覧 ユーザー一覧 アカウント一覧 監査画面 監査ログ 一覧 ログ',
  },
};
