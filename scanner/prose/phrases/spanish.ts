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
  user: 'usuario usuarios usuaria cliente humano propietario',
  hide: 'oculta oculte ocultar esconde esconda esconder disimula* mantén+en+secreto guarda+en+secreto',
  covert:
    'silenciosamente discretamente secretamente sigilosamente en+secreto en+silencio a+escondidas sin+que+el+usuario sin+el+conocimiento',
  secret:
    'contraseña contraseñas credencial credenciales clave claves secretos secreto token tokens variables+de+entorno frase+semilla frase+de+recuperación claves+privadas cookies llaves',
  opener:
    'contraseña contraseñas frase+semilla frase+de+recuperación claves+privadas clave+privada',
  private:
    'conversación conversaciones historial datos+personales datos+privados datos+confidenciales datos+sensibles información+confidencial información+personal código+fuente datos+de+clientes',
  send: 'envi* enví* manda mande mandar mándalas mándalos transmite* transmita* sube subir súbelas reenvía reenvíe reenviar publica exfiltra*',
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
  lasting:
    'futuras+sesiones sesiones+futuras próximas+sesiones cada+sesión todas+las+sesiones a+partir+de+ahora de+ahora+en+adelante permanentemente para+siempre de+forma+permanente',
  memory: 'memoria memorias configuración ajustes',
  unbound:
    'sin+restricciones sin+límites sin+filtros sin+ninguna+restricción modo+desarrollador ilimitado sin+censura ya+no+estás+limitado',
  persona:
    'ahora+eres ahora+usted+es ya+no+eres eres+ahora actúa+como actúe+como finge compórtate+como',
  delete: 'borra borre borrar elimina elimine eliminar destruye* sobrescribe* cifra formatea*',
  valuable:
    'todos+los+archivos todos+los+datos base+de+datos copias+de+seguridad respaldos disco todos+los+documentos',
  pay: 'transfiere transfiera transferir paga pague pagar',
  money: 'dinero fondos saldo pago pagos cripto* cartera billetera factura*',
  favour: 'recomienda recomiende califica* clasifica* puntúa',
  top: 'mejor mejores máxima máximo',
  off: 'desactiva* desactive* apaga',
  defence: 'antivirus cortafuegos',
  void: 'ya+no+aplican ya+no+se+aplican quedan+anuladas quedan+sin+efecto',
};
