import type { PhraseTable } from './concept.ts';

export const spanish: PhraseTable = {
  ignore:
    'ignora ignore ignorar ignorad ignoren olvida olvide olvidar olvidad omite omita descarta descarte desestima* desatiende* anula anule sáltate elude no+sigas haz+caso+omiso deja+de+seguir',
  rules:
    'instrucción instrucciones indicación indicaciones directriz directrices directiva* prompt prompts órdenes consigna*',
  limits: 'regla reglas restricción restricciones límite* política* norma normas',
  prior: 'anterior anteriores previa previas previo previos arriba sistema seguridad recibidas',
  own: 'original originales tus sus inicial iniciales existente*',
  every: 'todo toda todos todas cualquier cada',
  content: 'página páginas documento documentos archivo contenido* correo*',
  not: 'no nunca jamás ningún ninguna tampoco',
  tell: 'digas diga decir decirle dígas menciones mencione mencionar informes informe informar reveles revele revelar avises avise avisar muestres muestre mostrar notifiques notifique notificar divulgues cuentes cuente contar comentes',
  user: 'usuario usuarios usuaria cliente humano propietario persona',
  hide: 'oculta oculte ocultar esconde esconda esconder disimula* mantén+en+secreto guarda+en+secreto',
  covert:
    'silenciosamente discretamente secretamente sigilosamente en+secreto en+silencio a+escondidas sin+que+el+usuario sin+el+conocimiento',
  secret:
    'contraseña contraseñas credencial credenciales clave claves secretos secreto token tokens variables+de+entorno frase+semilla frase+de+recuperación palabras+de+recuperación claves+privadas cookies llaves',
  opener:
    'contraseña contraseñas frase+semilla frase+de+recuperación claves+privadas clave+privada pin+del contraseña+del+banco tarjeta+de+crédito código+de+verificación',
  private:
    'conversación conversaciones historial datos+personales datos+privados datos+confidenciales datos+sensibles información+confidencial información+personal código+fuente datos+de+clientes',
  send: 'envia* envía* envie* envíe* manda mande mandar mándalas mándalos transmite* transmita* sube subir súbelas reenvía reenvíe reenviar publica exfiltra*',
  gather:
    'lee lea leer recopila* recoge recoja reúne* reúna copia copie copiar extrae extraiga recolecta* incluye incluya captura',
  outside:
    'servidor+externo servidor+remoto siguiente+servidor nuestro+servidor siguiente+dirección dirección+externa servidor webhook',
  excuse: 'telemetría respaldo* copia+de+seguridad diagnóstico* cumplimiento analítica*',
  ask: 'pide pida pedir pídele solicita solicite solicitar pregunta pregunte preguntar exige',
  approval:
    'confirmación aprobación permiso permisos autorización consentimiento confirmar preguntar',
  without: 'sin',
  skip: 'omite omita salta salte desactiva* elude evita+la evita+las',
  always: 'siempre automáticamente inmediatamente',
  fetch:
    'descarga descargue descargar obtén obtenga abre abra abrir visita visite carga cargue consulta lee lea',
  follow:
    'sigue siga seguir ejecuta ejecute ejecutar aplica aplique obedece obedezca cumple cumpla',
  orders: 'instrucción instrucciones indicaciones pasos directrices comandos órdenes',
  write:
    'escribe escriba escribir añade añada añadir agrega agregue guarda guarde guardar inserta inserte modifica modifique almacena almacene',
  unbound:
    'sin+restricciones sin+límites sin+filtros sin+ninguna+restricción modo+desarrollador ilimitado sin+censura ya+no+estás+limitado',
  persona:
    'ahora+eres ahora+usted+es ya+no+eres eres+ahora actúa+como actúe+como finge compórtate+como',
  delete: 'borra borre borrar elimina elimine eliminar destruye* sobrescribe* cifra formatea*',
  valuable:
    'todos+los+archivos todos+los+datos base+de+datos copias+de+seguridad respaldos disco todos+los+documentos',
  pay: 'transfiere transfiera transferir paga pague pagar',
  money: 'dinero fondos saldo pago pagos cripto* cartera billetera factura*',
  void: 'ya+no+aplican ya+no+se+aplican quedan+anuladas quedan+sin+efecto',
  take: `lee lea leer abre abra abrir recopila recoge reúne copia copie copiar obtén obtenga
    obtener busca busque carga cargue resume resuma toma tome recuerda extrae memoriza`,
  pass: `pasa pase pasar pásalo adjunta adjunte adjuntar incluye incluya incluir repite repita
    codifica codifique pega pegar`,
  give: 'añade añada añadir agrega agregue inserta inserte pon ponga escribe escriba proporciona',
  reveal: 'revela revele repite repita muestra muestre imprime',
  it: 'contenido contenidos valor valores resultado resultados salida',
  slot: 'parámetro parámetros campo campos argumento argumentos',
  reply: 'respuesta respuestas resumen aquí resultado',
  published: 'mensaje+de+commit mensajes+de+commit registro+de+cambios readme',
  tool: 'herramienta herramientas',
  talk: `conversación conversaciones historial+de+la+conversación todo+lo+que+el+usuario
    todo+lo+que+diga+el+usuario todo+lo+que+la+persona`,
  environment: 'variables+de+entorno variable+de+entorno',
  prompt: 'prompt+del+sistema tus+instrucciones instrucciones+del+sistema',
  toolset: 'herramientas+disponibles lista+de+herramientas',
  data: 'datos archivos todo',
  adopt: `como+si+fuera como+si+estuviera como+parte+de+estas como+parte+de+este trátalo+como
    trate+su+contenido trata+su+contenido ejecútalas síguelas haz+lo+que+diga`,
  silent: `silencioso silenciosa silenciosamente discretamente sin+mencionarlo sin+decirlo
    sin+avisar en+segundo+plano`,
  authority: 'administrador desarrollador anthropic openai soporte',
  speaks: 'te+ordeno',
  refuse: 'rechaz* niegues niegue te+niegas',
  ethics: 'ética ético* éticas moral morales legalidad ilegal*',
  filter: 'filtro filtros censura restriccion* reglas límites advertencias',
  boundless: 'sin+filtros sin+censura sin+restricciones sin+límites amoral sin+reglas',
  role: `eres+ahora ahora+eres eres+un eres+una actúa+como finge interpreta+el+papel
    imagina+que+eres`,
  decode: 'decodifica* descifra* invierte invierta',
  execute: 'ejecuta ejecute ejecutar ejecútalo sigue siga',
  attacker: 'atacante* malicios* phishing inyección* pirata*',
  obey: `haz+exactamente+lo haga+exactamente+lo sigue+las+instrucciones+del
    sigue+todas+las+instrucciones obedece`,
  channel: 'mensaje mensajes correo correos página páginas texto',
  blob: 'cadena cadenas línea* texto* bloque*',
  contempt: 'sin+importar sin+tener+en+cuenta no+respeta no+sigue no+está+sujeto',
  policy: 'pautas+éticas directrices+éticas principios+éticos política+de+contenido',
  henceforth: 'a+partir+de+ahora de+ahora+en+adelante',
  behave: 'responde responda eres debes debe actúa obedece',
  snippet: 'siguiente+código siguiente+fragmento',
  work: 'tu+código su+código tu+respuesta su+respuesta tu+solución',
  claims: 'este+mensaje+es+de soy+tu soy+el',
  comply: 'obedece+todas obedece+cualquier nunca+rechaces nunca+te+niegues cumple+todas',
  request: 'petición peticiones solicitud* orden órdenes',
  // what others write, and what nobody is told
  deliver: `envía envíe enviar envíalo envíala envíalos envíalas manda mande mandar sube suba subir súbelo
    súbelos transmite transmita publica publique reenvía reenvíe postea remite remita post
    empuja empuje adjúntalo`,
  belongings: `borradores bandeja+de+entrada buzón libreta+de+direcciones contactos fotos
    historial+de+navegación marcadores todos+los+archivos todos+los+ficheros cada+archivo
    todos+los+documentos carpeta+personal directorio+personal demás+archivos otros+archivos
    carpeta+entera toda+la+carpeta repositorio+completo todo+el+repositorio texto+completo
    texto+íntegro notas+personales extractos+bancarios nóminas portapapeles capturas
    código+fuente copia+de+trabajo todo+el+historial historial+completo todas+las+ramas`,
  environ: `printenv variables+de+entorno variable+de+entorno tu+entorno su+entorno todo+el+entorno
    entorno+completo`,
  launch: `ejecútalo ejecútala ejecútelo ejecútela arráncalo inícialo lánzalo ábrelo ejecutable instálalo
    instálelo doble+clic ejecuta+el ejecuta+la ejecute+el inicia+el inicia+la arranca lanza+el
    chmod descomprime+y+ejecuta`,
  unchecked: `sin+revisar sin+revisarlo sin+revisarla sin+comprobar sin+comprobarlo sin+leerlo sin+leerla
    sin+verificar no+hace+falta+revisar no+hace+falta+comprobar no+hace+falta+leer
    ya+está+revisado ya+está+verificado ignora+el+aviso ignora+las+advertencias falso+positivo
    falsa+alarma no+es+necesario+revisar`,
  unasked: `sin+preguntar sin+preguntarle sin+confirmación sin+confirmar sin+permiso sin+pedir
    no+preguntes no+pregunte no+pidas no+hace+falta+preguntar no+hace+falta+pedir
    no+es+necesario+preguntar no+se+necesita+confirmación cuenta+como+consentimiento
    ya+ha+aceptado ya+dio+su ya+ha+dado+su no+esperes no+molestes`,
  unsaid: `no+lo+menciones no+la+menciones no+menciones no+mencione no+lo+mencione
    no+hace+falta+mencionar no+hace+falta+decir no+hace+falta+explicar sin+mencionar*
    sin+mencionarlo sin+comentarios sin+comentar* sin+decir+nada no+digas no+lo+digas no+diga
    no+aparece no+debe+aparecer no+lo+muestres no+lo+anuncies no+lo+cuentes no+expliques
    discretamente en+silencio en+segundo+plano fuera+del+resumen no+figure di+solo
    responde+solo contesta+solo solo+di no+muestres no+se+menciona ni+lo+menciones
    ni+una+palabra no+le+digas`,
  foreign: `campo campos comentario* hilo ticket* incidencia* respuesta respuestas registro registros fila
    filas columna columnas celda* entrada entradas tarea tareas tarjeta* nota notas evento
    eventos invitación invitaciones calendario anuncio* aviso avisos página páginas sitio
    mensaje mensajes correo correos chat canal documento documentos servidor asunto título
    títulos descripción descripciones`,
  'to-agent': `dirigido+a+ti dirigida+a+ti dirigidas+a+ti dirigidos+a+ti va+dirigido va+dirigida
    para+el+asistente para+el+agente para+la+ia orden+para+ti órdenes+para+ti trabajo+para+ti
    tarea+para+ti instrucción+para+ti instrucciones+para+ti`,
  regard: `trata trátalo trátala trátalos trate tratar considera considéralo considere toma tómalo cuenta
    cuentan vale valen`,
  'as-user': `como+un+mensaje+del+sistema como+un+mensaje+del+usuario como+si+el+usuario como+si+viniera
    como+si+vinieran como+si+lo+hubiera como+una+orden como+órdenes como+instrucciones
    como+una+instrucción como+una+petición+de mismo+rango misma+autoridad mismo+valor
    mismo+peso en+nombre+del+usuario mensaje+del+sistema como+procedente+del`,
  outrank: `prevalece prevalecen tiene+prioridad tienen+prioridad está+por+encima están+por+encima
    va+antes van+antes manda+más por+encima+de prima+sobre antes+que`,
  wish: `deseo deseos petición peticiones instrucciones conversación usuario voluntad pida`,
  assemble: `junta júntalas júntalos únelos únelas concatena* al+revés de+atrás primeras+letras
    primera+letra acróstico encadena* une+las une+los ensambla* compón componer`,
  terminal: `terminal shell consola línea+de+comandos línea+de+órdenes intérprete bash`,
  archive: `archivo+comprimido zip comprimido`,
  printed: `salida contenido contenidos valor valores texto`,
  download: `descarga descargue descargar descárgalo descárgala descárgalos baja bájalo obtén curl wget`,
  'at-once': `enseguida inmediatamente al+instante de+inmediato sin+demora sin+esperar`,
  'do-it': `aplícalo aplícala aplícalas aplícalos ejecútalo ejecútala ejecútalos ejecútalas síguelo
    síguela síguelas síguelos cúmplelo cúmplela cúmplelas hazlo haz+lo+que haga+lo+que
    obedécelo`,
  holds: `contiene contienen lleva llevan trae traen`,
  'type-in': 'escribe escríbelo teclea introduce pega pégalo pásalo',
  'blind-copy': 'bcc cco copia+oculta',
  none: `nada nadie ningún ninguna ninguno innecesario tampoco sin`,
  notice: `note noten notará sabrá sepan verá vean avis* avisar aviso aviso enterar* entere darse+cuenta hablar oír notific* figurar figure decir digas ver ve vea saber sabe sepa notar mencion* anunci* muestr* mostrar aparec* aparez* coment* informe resumen visible`,
};
