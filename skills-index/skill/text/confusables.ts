/**
 * Letters of other scripts that look like Latin letters (Unicode UTS #39, only the rows that matter
 * for English and for code).
 */
const pairs =
  'аa еe оo рp сc хx уy іi јj ѕs һh ԁd ԛq ԝw ɡg ӏl ѵv АA ВB ЕE КK МM НH ОO РP СC ТT ХX ІI ЅS ЈJ ՏS οo αa εe ιi κk νv ρp τt υu χx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ѡw ꞵb ƅb ɩi ӀI';

export const confusables: ReadonlyMap<string, string> = new Map(
  pairs.split(' ').map((pair) => [pair.slice(0, -1), pair.slice(-1)]),
);
