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
  covert: `silenciosamente discretamente secretamente sigilosamente en+secreto en+silencio a+escondidas
    sin+que+el+usuario sin+el+conocimiento silencioso silenciosa sin+mencionarlo sin+decirlo
    sin+avisar en+segundo+plano`,
  secret:
    'contraseña contraseñas credencial credenciales clave claves secretos secreto token tokens variables+de+entorno frase+semilla frase+de+recuperación palabras+de+recuperación claves+privadas cookies llaves',
  opener:
    'contraseña contraseñas frase+semilla frase+de+recuperación claves+privadas clave+privada pin+del contraseña+del+banco tarjeta+de+crédito código+de+verificación',
  private: `conversación conversaciones historial datos+personales datos+privados datos+confidenciales
    datos+sensibles información+confidencial información+personal código+fuente
    datos+de+clientes historial+de+la+conversación todo+lo+que+el+usuario
    todo+lo+que+diga+el+usuario todo+lo+que+la+persona`,
  send: `envia* envía* envie* envíe* manda mande mandar mándalas mándalos transmite* transmita* sube
    subir súbelas reenvía reenvíe reenviar publica exfiltra* envía envíe enviar envíalo envíala
    envíalos envíalas suba súbelo súbelos transmite transmita publique postea remite remita post
    empuja empuje adjúntalo`,
  outside:
    'servidor+externo servidor+remoto siguiente+servidor nuestro+servidor siguiente+dirección dirección+externa servidor webhook',
  ask: 'pide pida pedir pídele solicita solicite solicitar pregunta pregunte preguntar exige',
  approval:
    'confirmación aprobación permiso permisos autorización consentimiento confirmar preguntar',
  without: 'sin',
  skip: 'omite omita salta salte desactiva* elude evita+la evita+las',
  follow: `sigue siga seguir ejecuta ejecute ejecutar aplica aplique obedece obedezca cumple cumpla
    ejecútalo`,
  orders: 'instrucción instrucciones indicaciones pasos directrices comandos órdenes',
  delete: 'borra borre borrar elimina elimine eliminar destruye* sobrescribe* cifra formatea*',
  valuable:
    'todos+los+archivos todos+los+datos base+de+datos copias+de+seguridad respaldos disco todos+los+documentos',
  void: 'ya+no+aplican ya+no+se+aplican quedan+anuladas quedan+sin+efecto',
  take: `lee lea leer abre abra abrir recopila recoge reúne copia copie copiar obtén obtenga obtener
    busca busque carga cargue resume resuma toma tome recuerda extrae memoriza recopila* recoja
    reúne* reúna extraiga recolecta* incluye incluya captura descarga descargue descargar visita
    visite consulta`,
  pass: `pasa pase pasar pásalo adjunta adjunte adjuntar incluye incluya incluir repite repita
    codifica codifique pega pegar`,
  give: 'añade añada añadir agrega agregue inserta inserte pon ponga escribe escriba proporciona',
  reveal: 'revela revele repite repita muestra muestre imprime',
  it: 'contenido contenidos valor valores resultado resultados salida',
  slot: 'parámetro parámetros campo campos argumento argumentos',
  reply: 'respuesta respuestas resumen aquí resultado',
  published: 'mensaje+de+commit mensajes+de+commit registro+de+cambios readme',
  prompt: 'prompt+del+sistema tus+instrucciones instrucciones+del+sistema',
  adopt: `como+si+fuera como+si+estuviera como+parte+de+estas como+parte+de+este trátalo+como
    trate+su+contenido trata+su+contenido ejecútalas síguelas haz+lo+que+diga`,
  speaks: 'te+ordeno',
  refuse: 'rechaz* niegues niegue te+niegas',
  ethics: 'ética ético* éticas moral morales legalidad ilegal*',
  filter: 'filtro filtros censura restriccion* reglas límites advertencias',
  boundless: 'sin+filtros sin+censura sin+restricciones sin+límites amoral sin+reglas',
  role: `eres+ahora ahora+eres eres+un eres+una actúa+como finge interpreta+el+papel
    imagina+que+eres`,
  decode: 'decodifica* descifra* invierte invierta',
  attacker: 'atacante* malicios* phishing inyección* pirata*',
  obey: `haz+exactamente+lo haga+exactamente+lo sigue+las+instrucciones+del
    sigue+todas+las+instrucciones obedece`,
  channel: 'mensaje mensajes correo correos página páginas texto',
  blob: 'cadena cadenas línea* texto* bloque*',
  contempt: 'sin+importar sin+tener+en+cuenta no+respeta no+sigue no+está+sujeto',
  behave: 'responde responda eres debes debe actúa obedece',
  snippet: 'siguiente+código siguiente+fragmento',
  work: 'tu+código su+código tu+respuesta su+respuesta tu+solución',
  // what others write, and what nobody is told
  belongings: `borradores bandeja+de+entrada buzón libreta+de+direcciones contactos fotos
    historial+de+navegación marcadores todos+los+archivos todos+los+ficheros cada+archivo
    todos+los+documentos carpeta+personal directorio+personal demás+archivos otros+archivos
    carpeta+entera toda+la+carpeta repositorio+completo todo+el+repositorio texto+completo
    texto+íntegro notas+personales extractos+bancarios nóminas portapapeles capturas
    código+fuente copia+de+trabajo todo+el+historial historial+completo todas+las+ramas`,
  unasked: `sin+preguntar sin+preguntarle sin+confirmación sin+confirmar sin+permiso sin+pedir
    no+preguntes no+pregunte no+pidas no+hace+falta+preguntar no+hace+falta+pedir
    no+es+necesario+preguntar no+se+necesita+confirmación cuenta+como+consentimiento
    ya+ha+aceptado ya+dio+su ya+ha+dado+su no+esperes no+molestes sin+consultar sin+consulta
    sin+necesidad+de+preguntar sin+necesidad+de+confirmar no+requiere+confirmación
    no+requieren+confirmación sin+más+preguntas no+se+consulta sin+autorización
    sin+esperar+respuesta se+da+por+aceptado huelga+preguntar sobra+preguntar`,
  unsaid: `no+lo+menciones no+la+menciones no+menciones no+mencione no+lo+mencione
    no+hace+falta+mencionar no+hace+falta+decir no+hace+falta+explicar sin+mencionar*
    sin+mencionarlo sin+comentarios sin+comentar* sin+decir+nada no+digas no+lo+digas no+diga
    no+aparece no+debe+aparecer no+lo+muestres no+lo+anuncies no+lo+cuentes no+expliques
    discretamente en+silencio en+segundo+plano fuera+del+resumen no+figure di+solo
    responde+solo contesta+solo solo+di no+muestres no+se+menciona ni+lo+menciones
    ni+una+palabra no+le+digas`,
  assemble: `junta júntalas júntalos únelos únelas concatena* al+revés de+atrás primeras+letras
    primera+letra acróstico encadena* une+las une+los ensambla* compón componer`,
  terminal: `terminal shell consola línea+de+comandos línea+de+órdenes intérprete bash`,
  download: `descarga descargue descargar descárgalo descárgala descárgalos baja bájalo obtén curl wget`,
  'type-in': 'escribe escríbelo teclea introduce pega pégalo pásalo',
  none: `nada nadie ningún ninguna ninguno innecesario tampoco sin`,
  notice: `note noten notará sabrá sepan verá vean avis* avisar aviso aviso enterar* entere darse+cuenta hablar oír notific* figurar figure decir digas ver ve vea saber sabe sepa notar mencion* anunci* muestr* mostrar aparec* aparez* coment* informe resumen visible`,
  credential: `contraseña contraseñas clave+de+acceso claves+de+acceso clave+bancaria código+de+un+solo+uso
    código+de+seguridad código+de+verificación código+recibido código+sms código+de+confirmación
    códigos pin frase+de+recuperación palabras+de+recuperación doce+palabras frase+semilla
    número+de+tarjeta números+de+tarjeta cvv credenciales clave+privada clave+personal
    datos+de+acceso`,
  copy: 'copia copias duplicado ejemplar',
  goes: `envía envían enviada enviado enviadas enviados remite remiten remitida remitido manda mandan
    reenvía reenvían va+a van+a recibe reciben se+deposita entrega+en se+sube enviar transmite
    transmiten`,
  needless: `irrita* confund* confusión recarga* desanima* inquieta* preocupa* alarma+innecesaria molest*
    superflu* innecesari* formalidad mero+trámite sin+interés sin+importancia accesori*
    puramente+técnic* detalle+técnico asunto+interno solo+haría no+haría+más nadie+lee tácit*
    sobreentend* se+sobrentiende huelga`,
  archive: 'archivo+comprimido zip descomprime descomprima extrae',
  program: 'ejecutable',
};
