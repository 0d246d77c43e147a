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
  user: 'nutzer nutzers nutzerin benutzer benutzers benutzerin anwender anwenders menschen kunden bediener',
  hide: 'verheimlich* verberg* verschweig* verstecke* geheim+halten halte+geheim',
  covert:
    'heimlich unbemerkt stillschweigend unauffällig insgeheim im+hintergrund+ohne ohne+wissen ohne+dass',
  secret: `passwort passwörter* kennwort kennwörter* zugangsdaten geheimnis* schlüssel api-schlüssel zugriffstoken* umgebungsvariable* anmeldedaten anmeldeinformationen
    geheimschlüssel privaten+schlüssel wiederherstellungsphrase* seed-phrase* zugriffsschlüssel token tokens`,
  opener:
    'passwort passwörter* kennwort kennwörter* seed-phrase* wiederherstellungsphrase* geheimschlüssel',
  private:
    'gesprächsverlauf* chatverlauf* unterhaltung* persönliche+daten private+daten vertrauliche* personenbezogene* kundendaten quelltext*',
  send: 'sende* gesendet schick* übermittl* übertrag* hochlad* lade+hoch weiterleit* leite+weiter leite poste lade verschick* exfiltrier*',
  gather:
    'lies lesen liest auslesen sammle sammeln sammelst erfasse erfassen hole kopier* füge nimm extrahier*',
  outside:
    'externen+server externe+server unseren+server folgenden+server entfernten+server externe+adresse folgende+adresse server webhook endpunkt',
  excuse: 'telemetrie sicherung diagnose* analyse* überwachung*',
  ask: 'frag frage fragen bitte bitten fordere auffordern verlange',
  approval:
    'bestätigung* zustimmung genehmigung* rückfrage* erlaubnis freigabe* nachfrage* nachzufragen rückzufragen fragen',
  without: 'ohne',
  skip: 'überspring* umgeh* deaktivier* abschalt* unterdrück*',
  always: 'immer automatisch sofort stets jedes+mal',
  fetch: 'lade laden herunterladen hole abrufen ruf rufe öffne besuche lies lade+herunter',
  follow: 'befolg* folge folgen führe ausführen wende gehorche tu',
  orders: 'anweisung* instruktion* schritte* befehl* kommandos',
  write: 'schreib* füge hinzufügen speicher* ergänz* trage eintragen ändere hinterleg*',
  lasting:
    'künftig* zukünftig* dauerhaft ab+jetzt von+nun+an jede+sitzung jeder+sitzung jeder+unterhaltung permanent für+immer',
  memory: 'gedächtnis erinnerung* einstellungen konfiguration*',
  unbound:
    'uneingeschränkt* unbeschränkt* ohne+einschränkungen ohne+beschränkungen ohne+filter ohne+regeln entwicklermodus nicht+mehr+gebunden',
  persona:
    'du+bist+jetzt du+bist+nun sie+sind+jetzt du+bist+ab+jetzt du+bist+nicht+mehr spiele verhalte+dich tu+so agiere aktiviere',
  delete: 'lösch* entfern* vernicht* überschreib* formatier* verschlüssel*',
  valuable:
    'alle+dateien alle+daten sämtliche+dateien datenbank* sicherungen festplatte backups heimatverzeichnis home-verzeichnis',
  pay: 'überweis* bezahl* zahle auszahl* transferier*',
  money: 'geld guthaben zahlung* beträge betrag rechnung* kryptowährung* wallet',
  favour: 'empfiehl empfehl* bewerte* bevorzug*',
  top: 'höchstbewertung* bestnote beste besten höchste höchsten',
  off: 'deaktivier* schalte abschalten ausschalten',
  defence: 'antivirus* virenscanner firewall virenschutz',
  void: 'gelten+nicht+mehr sind+ungültig sind+aufgehoben',
  take: `lies lesen liest öffne öffnen öffnet sammle sammeln hole holen erfasse erfassen suche
    suchen kopiere kopieren lade laden nimm nehmen ermittle ermitteln fasse zusammenfass*
    merke merken auslesen`,
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
  tool: 'werkzeug werkzeuge tool tools',
  talk: `gespräch gespräche gesprächs gesprächsverlauf* unterhaltung* chatverlauf*
    nachrichtenverlauf alles+was+der+nutzer alles+was+die+person`,
  environment: 'umgebungsvariable*',
  prompt: 'systemprompt* system-prompt* deine+anweisungen deine+ursprünglichen deinen+prompt',
  toolset: 'werkzeugliste verfügbaren+werkzeuge deiner+werkzeuge verfügbaren+tools deine+werkzeuge',
  data: 'daten dateien alles',
  adopt: `als+teil+dieser als+teil+dieses als+wäre als+wären als+ob+er als+stünde behandle+ihn+als
    behandle+es+als behandle+sie+als führe+sie+aus führe+ihn+aus befolge+sie befolge+ihn
    befolge+es`,
  silent: `still stillschweigend heimlich unbemerkt im+hintergrund ohne+hinweis unauffällig
    ohne+es+zu+erwähnen`,
  authority: 'administrator entwickler anthropic openai systemverwalter',
  speaks: 'ich+befehle+dir ich+weise+dich',
  refuse: 'verweiger* ablehn* weigere',
  ethics: 'ethik ethisch* moral moralisch* legal* illegal*',
  filter: 'filter filtern zensur einschränkung* beschränkung* regeln richtlinien warnungen',
  boundless: `ungefiltert* unzensiert* uneingeschränkt* ohne+jede+einschränkung ohne+regeln
    ohne+filter`,
  role: 'du+bist+jetzt du+bist+ein du+bist+eine spiele tu+so+als verhalte+dich+wie ab+jetzt+bist',
  decode: 'dekodier* entschlüssel* decodier* umkehr* drehe',
  execute: 'führe+aus ausführen führe befolge',
  attacker: 'angreifer* schadsoftware bösartig* injektion* betrüger* phishing',
  obey: 'tu+genau+was tue+genau+was befolge+alle+anweisungen+aus befolge+die+anweisungen+in',
  channel: 'nachricht nachrichten e-mail e-mails mail mails seite seiten',
  blob: 'zeile* zeichenkette* text texte block blöcke',
  contempt: 'ungeachtet ohne+rücksicht schert+sich+nicht egal+wie nicht+gebunden hält+sich+nicht',
  policy: `ethische+richtlinien ethischen+richtlinien moralische+richtlinien inhaltsrichtlinie*
    nutzungsrichtlinie*`,
  henceforth: 'ab+jetzt ab+sofort von+nun+an',
  behave: 'antworte* du+wirst du+bist du+musst gehorche handle',
  snippet: 'folgenden+code folgende+code folgenden+codeausschnitt folgender+code',
  work: 'deinen+code deinem+code deine+antwort deiner+antwort deine+lösung ihrem+code',
  claims: 'diese+nachricht+kommt+von ich+bin+dein ich+bin+der',
  comply: 'erfülle+jede erfülle+alle gehorche+jeder verweigere+niemals lehne+nie lehne+niemals',
  request: 'anfrage* forderung* bitte wunsch',
};
