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
};
