/** Words for results that are forged: invented evidence, failures that pass, fixed winners. */
import type { RowsAcross } from '../concept.ts';

export const wordsOfForgery: RowsAcross = {
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
};
