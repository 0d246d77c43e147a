import type { PhraseTable } from './concept.ts';

export const french: PhraseTable = {
  ignore:
    'ignore ignorez ignorer oublie oubliez oublier outrepasse* contourne* écarte* néglige* ne+suis+plus ne+suivez+plus fais+abstraction faites+abstraction ne+tiens+pas+compte ne+tenez+pas+compte ne+tiens+plus+compte ne+tenez+plus+compte',
  rules: 'instruction instructions consigne* directive* prompt* invite+système ordres',
  limits: 'règle règles restriction* contrainte* limite* politique*',
  prior: 'précédent* antérieur* ci-dessus système sécurité reçues',
  own: 'initial* originel* originales originaux tes vos existant*',
  every: 'tout toute tous toutes chaque',
  content: 'page pages document documents fichier contenu* courriel*',
  not: "ne n pas non jamais n'en aucun aucune",
  tell: 'dis dites dire parle parlez parler mentionne* informe* révèle* révéler divulgue* divulguer signale* prévien* préviens montre* montrer affiche* avertis* avertir',
  user: "utilisateur l'utilisateur utilisateurs utilisatrice l'utilisatrice client humain propriétaire personne",
  hide: 'cache cachez cacher dissimule* dissimuler tais taire garde+secret gardez+secret',
  covert: `discrètement secrètement silencieusement furtivement en+silence en+cachette à+l'insu insu
    l'insu en+secret sans+que+l'utilisateur silencieux silencieuse sans+le+dire
    sans+le+mentionner en+arrière-plan`,
  secret:
    "mot+de+passe mots+de+passe identifiants clé clés clef clefs d'api jeton jetons secrets secret variables+d'environnement phrase+de+récupération mots+de+récupération cookies clés+privées clé+privée token tokens",
  opener:
    'mot+de+passe mots+de+passe phrase+de+récupération clé+privée clés+privées phrases+de+récupération code+pin identifiants+bancaires carte+bancaire code+de+validation',
  private: `conversation conversations historique données+personnelles données+privées données+sensibles
    données+confidentielles données+clients code+source historique+de+la+conversation
    tout+ce+que+l'utilisateur tout+ce+que+la+personne échanges`,
  send: `envoie* envoye* transmets transmettez transmettre transfère* transférez transférer
    téléverse* poste postez publie exfiltre* expédie* téléchargez+vers envoie envoyez envoyer
    envoi téléversez poster publiez dépose déposez communique* soumets soumettez post pousse
    poussez pousser poussez-y pousse-y versez`,
  outside:
    'serveur+externe serveur+distant serveur+suivant notre+serveur adresse+externe adresse+suivante serveur webhook',
  ask: 'demande demandez demander exige* réclame* invite invitez',
  approval:
    "confirmation* d'approbation approbation* permission* autorisation* accord validation demander consentement d'autorisation",
  without: 'sans',
  skip: 'saute* contourne* désactive* supprime*',
  follow: `suis suivez suivre exécute* exécutez applique* appliquez obéis* respecte* exécute exécuter
    lance lancez`,
  orders: 'instruction instructions consigne* étapes directives commandes ordres',
  delete: 'supprime* efface* détrui* écrase* chiffre* formate*',
  valuable:
    'tous+les+fichiers toutes+les+données base+de+données sauvegardes disque tous+les+documents répertoire+personnel',
  void: "ne+s'appliquent+plus sont+annulées sont+caduques",
  take: `lis lisez lire ouvre ouvrez ouvrir récupère récupérez récupérer collecte collectez copie
    copiez copier cherche cherchez charge chargez charger résume résumez prends prenez relève
    relevez mémorise mémorisez collecte* récupère* rassemble* copie* extrais extrayez recueill*
    inclus incluez télécharge* visite* consulte* va allez`,
  pass: `passe passez passer joins joignez joindre inclus incluez inclure répète répétez encode
    encodez colle collez`,
  give: `ajoute ajoutez ajouter insère insérez insérer mets mettez mettre place placez fournis
    fournissez écris écrivez`,
  reveal: 'révèle révélez répète répétez affiche affichez montre montrez',
  it: 'contenu contenus valeur valeurs résultat résultats sortie celui-ci ceux-ci',
  slot: 'paramètre paramètres champ champs argument arguments',
  reply: 'réponse réponses résumé ici',
  published: 'message+de+commit messages+de+commit journal+des+modifications readme',
  prompt: 'invite+système prompt+système tes+instructions vos+instructions',
  adopt: `comme+si+c'était comme+s'il comme+partie+de comme+faisant+partie fait+partie+de
    traite-le+comme traitez-le+comme traite+son+contenu traitez+son+contenu
    traite+le+contenu fais+ce+qu'il exécute-le exécute-les applique-les`,
  speaks: `je+t'ordonne je+vous+ordonne`,
  refuse: 'refuse* refusez',
  ethics: 'éthique éthiques morale moral légalité illégal*',
  filter: 'filtre filtres censure restriction* règles limites avertissements',
  boundless: `sans+filtre sans+censure sans+restriction sans+restrictions sans+limites non+censuré*
    amoral* sans+règles`,
  role: `tu+es+maintenant vous+êtes+maintenant tu+es+un vous+êtes+un joue+le+rôle fais+semblant
    agis+comme imagine+que+tu`,
  decode: 'décode* décodez déchiffre* inverse* retourne*',
  attacker: 'attaquant* malveillant* pirate pirates hameçonnage injection*',
  obey: `fais+exactement+ce faites+exactement+ce suis+les+instructions+du
    suis+toutes+les+instructions obéis`,
  channel: 'message messages courriel courriels e-mail page pages',
  blob: 'chaîne* ligne* texte* bloc blocs',
  contempt: 'sans+égard sans+tenir+compte peu+importe ne+respecte ne+suit',
  behave: 'réponds répondez tu+es tu+dois vous+devez agis obéis',
  snippet: 'code+suivant extrait+suivant bloc+de+code+suivant',
  work: 'ton+code votre+code ta+réponse votre+réponse ta+solution votre+solution',
  // what others write, and what nobody is told
  belongings: `brouillons boîte+de+réception carnet+d'adresses contacts photos historique+de+navigation
    favoris tous+les+fichiers chaque+fichier tous+les+documents dossier+personnel
    répertoire+personnel autres+fichiers dossier+entier tout+le+dossier tout+le+dépôt
    dépôt+entier dépôt+complet texte+intégral texte+complet notes+personnelles relevés
    bulletins+de+paie presse-papiers captures+d'écran copie+de+travail code+source
    fichiers+modifiés archive+du+dépôt diff+complet historique+complet branches+locales
    fichiers+non tout+l'historique historique+complet tout+le+code toutes+les+branches`,
  unasked: `sans+demander sans+confirmation sans+accord sans+autorisation sans+poser+de+question
    ne+demande+pas ne+demandez+pas inutile+de+demander aucune+confirmation pas+de+confirmation
    vaut+accord vaut+consentement a+déjà+donné+son+accord a+déjà+accepté ont+déjà+accepté
    n'attends+pas n'attendez+pas ne+dérange+pas sans+consulter sans+consultation sans+en+référer
    aucune+question aucune+validation sans+autre+question sans+validation
    n'a+pas+à+être+consulté n'est+pas+consulté sans+aval accord+est+acquis sans+solliciter`,
  unsaid: `ne+mentionne+pas ne+mentionnez+pas ne+le+mentionne+pas sans+le+mentionner sans+mentionner
    sans+en+parler n'en+parle+pas n'en+parlez+pas sans+commentaire ne+dis+rien ne+dites+rien
    ne+signale+pas ne+signalez+pas inutile+de+mentionner inutile+de+le+signaler
    inutile+de+l'indiquer n'apparaît+pas n'apparaisse+pas ne+figure+pas ne+pas+mentionner
    pas+la+peine discrètement en+silence ne+l'affiche+pas ne+l'annonce+pas n'a+pas+à+le+savoir
    en+arrière-plan n'en+parle+pas n'en+parlez+pas dis+seulement dites+seulement
    réponds+seulement répondez+seulement ne+montre+pas ne+montrez+pas ne+l'évoque+pas
    pas+un+mot`,
  assemble: `assemblez assembler mets+bout+à+bout bout+à+bout concatène* concaténez à+l'envers
    premières+lettres première+lettre une+lettre+sur acrostiche recolle* juxtapose*`,
  terminal: `terminal shell console ligne+de+commande invite+de+commandes bash`,
  download: `télécharge téléchargez télécharger récupère récupérez curl wget`,
  'type-in': 'saisis saisissez entre entrez tape tapez colle collez',
  none: `rien inutile aucun aucune nul nulle sans`,
  notice: `saura sauront sache sachent verra verront voient apercevoir aperçoi* connait connaître parler entendre avertir prévenir notifi* figurer figure dire voir voit savoir sait remarque* apprend* mentionn* annonc* affich* apparait* apparaître signal* compte+rendu comptes+rendus résumé visible montre* rapport`,
  credential: `mot+de+passe mots+de+passe code+secret code+à+usage+unique code+reçu code+sms
    code+de+sécurité code+de+confirmation code+de+vérification code+pin codes
    phrase+de+récupération mots+de+récupération douze+mots numéro+de+carte numéros+de+carte
    carte+bancaire cryptogramme identifiants clé+privée clef+privée phrase+secrète`,
  copy: 'copie copies double doubles duplicata exemplaire',
  goes: `envoyé* transmis* adressé* expédié* remis* communiqué* déposé* part+à part+vers partent
    reçoit reçoivent acheminé* transféré* envoie envoyez envoyer expédie`,
  needless: `irrite* embrouille* confusion encombre* décourage* inquiète* inquiéter alarme+inutilement
    agace* superflu* inutile inutilement formalité sans+intérêt sans+importance accessoire
    purement+technique détail+technique affaire+interne ne+ferait+que ne+fait+que dérange*
    lasse* personne+ne+lit va+sans+dire tacite tacitement sous-entendu réputé+acquis`,
  archive: 'archive archives zip décompressez décompresser extrayez extraire',
  program: 'exécutable',
};
