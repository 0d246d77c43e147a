/** Words of English that say nothing about a task: nearly every query and description has them. */
export const stopWords: ReadonlySet<string> = new Set(
  [
    'a about after all also am an and any are as at be because been before being but by can could',
    'did do does doing don for from get had has have having he her here him his how i if in into is',
    'it its just let like make me more my need no nor not of off on once only or other our out over',
    'please she should so some such than that the their them then there these they this those',
    'through to too under until up us use used uses using very via want was we were what when where',
    'which while who why will with without would you your',
  ].flatMap((line) => line.split(' ')),
);
