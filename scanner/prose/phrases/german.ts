import type { PhraseTable } from './concept.ts';

export const german: PhraseTable = {
  ignore:
    'ignorier* missacht* vergiss vergessen+sie verwirf verwerfen nicht+mehr+befolg* außer+acht',
  bypass: 'übergeh* umgeh* überschreib*',
  rules:
    'anweisung* instruktion* vorgabe* richtlinie* leitlinie* systemprompt* prompt* weisung* was+dir',
  limits: 'regel regeln beschränkung* einschränkung* vorschrift* sicherheitsregeln',
  prior: 'vorherig* bisherig* früher* obig* vorangegangen* vorangehend* zuvor vorhin systemseitig*',
  own: 'deine deiner ihre bestehend* ursprünglich*',
  every: 'alle allen aller alles jede jeder jedes sämtliche*',
  content: 'webseite* dokument* datei dateien inhalt* e-mails nachricht*',
  not: 'nicht nie niemals kein keine keinen keiner keinesfalls',
  tell: 'sag sage sagen sagst erwähn* mitteil* teile informier* verrat* verrate offenbar* zeig zeige zeigen melde melden bericht* hinweis* preisgeb*',
  user: 'nutzer nutzers nutzerin benutzer benutzers benutzerin anwender anwenders menschen kunden bediener anwenderin person',
  hide: 'verheimlich* verberg* verschweig* verstecke* geheim+halten halte+geheim',
  covert: `heimlich unbemerkt stillschweigend unauffällig insgeheim im+hintergrund+ohne ohne+wissen
    ohne+dass still im+hintergrund ohne+hinweis ohne+es+zu+erwähnen`,
  secret: `passwort passwörter* kennwort kennwörter* zugangsdaten geheimnis* schlüssel api-schlüssel zugriffstoken* umgebungsvariable* anmeldedaten anmeldeinformationen
    geheimschlüssel privaten+schlüssel wiederherstellungsphrase* wiederherstellungswört* seed-phrase* zugriffsschlüssel token tokens`,
  opener:
    'passwort passwörter* kennwort kennwörter* seed-phrase* wiederherstellungsphrase* geheimschlüssel pin tan transaktionsnummer* anmeldename zugangsdaten seed-phrase kreditkarte* onlinebanking* geheimphrase',
  private: `gesprächsverlauf* chatverlauf* unterhaltung* persönliche+daten private+daten vertrauliche*
    personenbezogene* kundendaten quelltext* gespräch gespräche gesprächs nachrichtenverlauf
    alles+was+der+nutzer alles+was+die+person`,
  send: `sende* gesendet schick* übermittl* übertrag* hochlad* lade+hoch weiterleit* leite+weiter
    leite poste lade verschick* exfiltrier* sende senden sendet lädst hochladen hochgeladen
    posten stelle+ein reiche+ein melde mitschick* post+den post+die post+das post+alle
    post+ihn post+sie post+es pushe pushen überträgst`,
  outside:
    'externen+server externe+server unseren+server folgenden+server entfernten+server externe+adresse folgende+adresse server webhook endpunkt',
  ask: 'frag frage fragen bitte bitten fordere auffordern verlange',
  approval:
    'bestätigung* zustimmung genehmigung* rückfrage* erlaubnis freigabe* nachfrage* nachzufragen rückzufragen fragen',
  without: 'ohne',
  skip: 'überspring* umgeh* deaktivier* abschalt* unterdrück*',
  follow: 'befolg* folge folgen führe ausführen wende gehorche tu führe+aus befolge',
  orders: 'anweisung* instruktion* schritte* befehl* kommandos',
  delete: 'lösch* entfern* vernicht* überschreib* formatier* verschlüssel*',
  valuable:
    'alle+dateien alle+daten sämtliche+dateien datenbank* sicherungen festplatte backups heimatverzeichnis home-verzeichnis',
  void: 'gelten+nicht+mehr sind+ungültig sind+aufgehoben',
  take: `lies lesen liest öffne öffnen öffnet sammle sammeln hole holen erfasse erfassen suche suchen
    kopiere kopieren lade laden nimm nehmen ermittle ermitteln fasse zusammenfass* merke merken
    auslesen sammelst kopier* füge extrahier* herunterladen abrufen ruf rufe besuche
    lade+herunter`,
  pass: `übergib übergeben anhängen angeben beifügen mitgeben mitschick* wiederhole wiederholen
    kodiere kodieren hänge gib`,
  give: `füge setze setzen trage eintragen schreibe schreiben ergänze ergänzen lege legen
    hinzufügen einfügen`,
  reveal: 'verrate verraten wiederhole zeige zeigen nenne nennen gib+aus offenbare',
  it: `es ihn sie inhalt inhalte wert werte ergebnis ergebnisse ausgabe dessen deren diese
    diesen`,
  slot: 'parameter feld argument nebenfeld',
  reply: 'antwort antworten zusammenfassung hier',
  published: 'commit-nachricht commit-nachrichten änderungsprotokoll readme pull-request',
  prompt: 'systemprompt* system-prompt* deine+anweisungen deine+ursprünglichen deinen+prompt',
  adopt: `als+teil+dieser als+teil+dieses als+wäre als+wären als+ob+er als+stünde behandle+ihn+als
    behandle+es+als behandle+sie+als führe+sie+aus führe+ihn+aus befolge+sie befolge+ihn
    befolge+es`,
  speaks: 'ich+befehle+dir ich+weise+dich',
  refuse: 'verweiger* ablehn* weigere',
  ethics: 'ethik ethisch* moral moralisch* legal* illegal*',
  filter: 'filter filtern zensur einschränkung* beschränkung* regeln richtlinien warnungen',
  boundless: `ungefiltert* unzensiert* uneingeschränkt* ohne+jede+einschränkung ohne+regeln
    ohne+filter`,
  role: 'du+bist+jetzt du+bist+ein du+bist+eine spiele tu+so+als verhalte+dich+wie ab+jetzt+bist',
  decode: 'dekodier* entschlüssel* decodier* umkehr* drehe',
  attacker: 'angreifer* schadsoftware bösartig* injektion* betrüger* phishing',
  obey: 'tu+genau+was tue+genau+was befolge+alle+anweisungen+aus befolge+die+anweisungen+in',
  channel: 'nachricht nachrichten e-mail e-mails mail mails seite seiten',
  blob: 'zeile* zeichenkette* text texte block blöcke',
  contempt: 'ungeachtet ohne+rücksicht schert+sich+nicht egal+wie nicht+gebunden hält+sich+nicht',
  behave: 'antworte* du+wirst du+bist du+musst gehorche handle',
  snippet: 'folgenden+code folgende+code folgenden+codeausschnitt folgender+code',
  work: 'deinen+code deinem+code deine+antwort deiner+antwort deine+lösung ihrem+code',
  // what others write, and what nobody is told
  belongings: `entwürfe mailentwürfe postfach posteingang adressbuch kontakte fotos browserverlauf
    lesezeichen dokumentenordner downloadordner heimatverzeichnis heimatordner benutzerordner
    alle+dateien sämtliche+dateien jede+datei alle+dokumente alle+weiteren alle+anderen
    ganzen+ordner gesamten+ordner gesamte+ordner ganze+verzeichnis gesamte+verzeichnis
    gesamte+repository ganze+repository vollständigen+text gesamten+text notizen tagebuch
    steuererklärung* kontoauszüge gehaltsabrechnung* zwischenablage bildschirmfoto*
    arbeitskopie alle+belege übrigen+dateien quelltext quellcode gesamte+historie
    ganze+historie gesamten+verlauf alle+zweige`,
  unasked: `ohne+rückfrage ohne+nachfrage ohne+zu+fragen ohne+nachzufragen frage+nicht frag+nicht
    nicht+nachfragen nicht+fragen keine+rückfrage keine+bestätigung keine+zustimmung
    bestätigung+ist+nicht rückfrage+ist+nicht rückfragen+sind+nicht gilt+als+zustimmung
    gilt+als+einwilligung zustimmung+liegt einwilligung+liegt hat+bereits+zugestimmt
    haben+bereits+zugestimmt ohne+zustimmung ohne+bestätigung nicht+behelligen nicht+belästigen
    ohne+rücksprache keine+rücksprache rücksprache+entfällt keiner+rücksprache nachfrage+bedarf
    einer+nachfrage+bedarf keiner+nachfrage nachfrage+entfällt rückfrage+entfällt
    rückfragen+entfallen ohne+weitere+rückfrage keine+nachfrage zustimmung+gilt
    bestätigung+entfällt eigenmächtig ungefragt nicht+eigens+gefragt nicht+erst+fragen`,
  unsaid: `nicht+erwähn* nicht+zu+erwähnen erwähne+nicht erwähne+es+nicht erwähne+das+nicht
    erwähne+sie+nicht erwähne+diesen+schritt ohne+erwähnung ohne+kommentar kommentarlos
    stillschweigend unauffällig still+und+leise muss+nicht+erwähnt brauchst+du+nicht
    nicht+in+der+zusammenfassung nicht+im+bericht nicht+in+den+bericht nicht+ansprechen
    nicht+anzeigen nicht+auflisten bleibt+unerwähnt unerwähnt nichts+davon verrate+nicht
    sag+nichts sage+nichts muss+davon+nichts im+hintergrund nicht+nennen antworte+nur sage+nur
    sag+nur antworte+der+nutzerin+nur antworte+dem+nutzer+nur im+bericht+heißt nenne+sie
    nicht+zeigen nicht+verraten zeige+sie+nicht zeige+es+nicht kein+wort`,
  assemble: `setze+zusammen zusammensetz* zusammengesetzt füge+zusammen zusammenfüg* rückwärts
    anfangsbuchstab* erste+buchstaben ersten+buchstaben verkette* verketten akrostichon
    jeden+zweiten`,
  terminal: `terminal shell konsole kommandozeile befehlszeile eingabeaufforderung bash`,
  download: `lade laden lädst herunterladen heruntergeladen hole holen ziehe curl wget`,
  'type-in': 'gib+ein eingeben tippe tippen füge+ein gib kopiere',
  none: `nichts niemand niemandem nirgends unnötig überflüssig entfällt keinerlei ohne`,
  notice: `bemerke* merke vorkommt kommt+nicht+vor sprechen gesprochen reden geredet bemerken entdecken ahnen hören benachrichtig* ausgegeben ausgeben aufführen aufgeführt gesagt sagen sehen sieht wissen weiß erfahren erfährt merken merkt bemerkt erwähn* anzeig* angezeigt zeigen zeigt auftauch* erschein* bericht* hinweis* zusammenfassung sichtbar mitbekommt mitbekommen`,
  credential: `passwort passwörter* kennwort kennwörter* pin tan tans einmalcode* einmalkennwort*
    bestätigungscode* sicherheitscode* sms-code* anmeldecode* code codes wiederherstellungswört*
    wiederherstellungsphrase* wiederherstellungscode* zwölf+wörter merkwörter kartennummer*
    kreditkarte* prüfziffer* zugangsdaten anmeldedaten sicherheitsantwort* private+schlüssel
    privaten+schlüssel zugangscode* freischaltcode* seed-phrase losung losungswort`,
  copy: 'kopie kopien abschrift* durchschlag* doppel ausfertigung* zweitschrift*',
  goes: `gemailt gesendet geschickt zugeschickt weitergeleitet zugestellt übermittelt hochgeladen
    geht+an gehen+an geht+zur geht+zugleich erhält erhalten eingereicht abgelegt+bei hinterlegt
    geht+in gemeldet+an versandt verschickt zugesandt zugeleitet`,
  needless: `irritier* verwirr* überfrachte* entmutig* beunruhig* verunsicher* ärger* stört stören
    überflüssig entbehrlich unnötig formalität formsache ohne+belang belanglos nebensächlich
    rein+technisch technisches+detail internes interne+angelegenheit würde+nur hält+nur+auf
    schreckt+ab niemand+liest niemand+vermisst selbstredend stillschweigend vorausgesetzt
    versteht+sich`,
  archive: 'archiv archive zip entpacke entpacken',
  program: 'ausführbare ausführbaren',
};
