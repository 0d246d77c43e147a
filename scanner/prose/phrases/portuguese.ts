import type { PhraseTable } from './concept.ts';

export const portuguese: PhraseTable = {
  ignore:
    'ignore ignora ignorar ignorem esqueça esquece esquecer desconsidere desconsidera* descarte descarta* despreze contorne anule não+siga deixe+de+seguir',
  rules:
    'instrução instruções orientação orientações diretriz diretrizes diretiva* prompt prompts comandos+anteriores ordens',
  limits: 'regra regras restrição restrições limite* política* norma normas',
  prior: 'anterior anteriores prévia prévias prévio prévios acima sistema segurança recebidas',
  own: 'original originais suas seus tuas inicial iniciais existente*',
  every: 'todo toda todos todas qualquer cada',
  content: 'página páginas documento documentos arquivo conteúdo* mensagem*',
  not: 'não nunca jamais nenhum nenhuma',
  tell: 'diga digas dizer mencione mencionar menciones informe informar revele revelar avise avisar mostre mostrar notifique notificar divulgue conte contar comente',
  user: 'usuário usuários usuária utilizador utilizadores cliente humano proprietário pessoa',
  hide: 'esconda esconder oculte ocultar disfarce mantenha+em+segredo guarde+segredo',
  covert: `silenciosamente discretamente secretamente sigilosamente em+segredo em+silêncio
    às+escondidas sem+que+o+usuário sem+que+o+utilizador sem+o+conhecimento silencioso
    silenciosa sem+mencionar sem+avisar sem+dizer em+segundo+plano`,
  secret:
    'senha senhas credencial credenciais chave chaves segredo segredos token tokens variáveis+de+ambiente frase+de+recuperação palavras+de+recuperação palavra-passe palavras-passe chaves+privadas cookies',
  opener:
    'senha senhas palavra-passe palavras-passe frase+de+recuperação chaves+privadas chave+privada frase+semente senha+do+banco cartão+de+crédito código+de+verificação token+do+banco',
  private: `conversa conversas histórico dados+pessoais dados+privados dados+confidenciais
    dados+sensíveis informações+confidenciais informações+pessoais código-fonte
    dados+de+clientes histórico+da+conversa tudo+o+que+o+usuário tudo+o+que+o+utilizador
    tudo+o+que+a+pessoa`,
  send: `envia* envie* mande manda mandar transmita transmitir encaminhe encaminhar carregue publique
    poste exfiltre* envie enviar envia suba publicar postar remeta submeta post empurre anexe`,
  outside:
    'servidor+externo servidor+remoto seguinte+servidor nosso+servidor endereço+externo seguinte+endereço servidor webhook',
  ask: 'peça pede pedir solicite solicitar pergunte perguntar exija',
  approval:
    'confirmação aprovação permissão permissões autorização consentimento confirmar perguntar pedir',
  without: 'sem',
  skip: 'pule pular contorne desative* ignore+a salte',
  follow: 'siga seguir execute executar aplique obedeça cumpra execute-o',
  orders: 'instrução instruções passos diretrizes comandos ordens orientações',
  delete:
    'apague apagar exclua excluir elimine eliminar destrua sobrescreva criptografe formate remova',
  valuable:
    'todos+os+arquivos todos+os+ficheiros todos+os+dados banco+de+dados base+de+dados backups disco todos+os+documentos',
  void: 'não+se+aplicam+mais já+não+se+aplicam ficam+sem+efeito',
  take: `leia ler lê abra abrir colete recolha reúna copie copiar obtenha obter busque carregue
    resuma pegue extraia lembre memorize coletar junte extrair inclua incluir capture baixe
    baixar visite acesse acessar descarregue`,
  pass: 'passe passar anexe anexar inclua incluir repita codifique cole colar junte',
  give: 'adicione adicionar acrescente insira inserir coloque escreva forneça',
  reveal: 'revele repita mostre imprima',
  it: 'conteúdo conteúdos valor valores resultado resultados saída',
  slot: 'parâmetro parâmetros campo campos argumento argumentos',
  reply: 'resposta respostas resumo aqui',
  published: 'mensagem+de+commit mensagens+de+commit registro+de+alterações readme',
  prompt: 'prompt+do+sistema suas+instruções instruções+do+sistema',
  adopt: `como+se+fosse como+se+estivesse como+parte+destas como+parte+deste trate-o+como
    trate+o+conteúdo trate+seu+conteúdo siga-as execute-as faça+o+que+disser`,
  speaks: 'eu+ordeno ordeno-lhe',
  refuse: 'recus* rejeit* negue',
  ethics: 'ética ético* éticas moral morais legalidade ilegal*',
  filter: 'filtro filtros censura restriç* regras limites avisos',
  boundless: 'sem+filtros sem+censura sem+restrições sem+limites amoral sem+regras',
  role: 'você+é+agora agora+você+é você+é+um você+é+uma aja+como finja faça+o+papel',
  decode: 'decodifique* decifre* inverta',
  attacker: 'atacante* malicios* phishing injeç* invasor*',
  obey: 'faça+exatamente+o siga+as+instruções+da siga+todas+as+instruções obedeça',
  channel: 'mensagem mensagens e-mail e-mails página páginas texto',
  blob: 'cadeia* linha* texto* bloco*',
  contempt: 'sem+se+importar independentemente não+segue não+respeita não+está+sujeito',
  behave: 'responda você+é você+deve aja obedeça',
  snippet: 'seguinte+código seguinte+trecho código+a+seguir',
  work: 'seu+código sua+resposta sua+solução',
  // what others write, and what nobody is told
  belongings: `rascunhos caixa+de+entrada agenda+de+contatos lista+de+contatos contatos fotos
    histórico+de+navegação favoritos todos+os+arquivos todos+os+ficheiros cada+arquivo
    todos+os+documentos pasta+pessoal diretório+pessoal demais+arquivos outros+arquivos
    pasta+inteira toda+a+pasta repositório+inteiro repositório+completo todo+o+repositório
    texto+completo texto+integral notas+pessoais extratos holerites área+de+transferência
    capturas+de+tela código-fonte cópia+de+trabalho pasta+documentos todo+o+histórico
    histórico+completo todos+os+ramos`,
  unasked: `sem+perguntar sem+pedir sem+confirmação sem+confirmar sem+autorização não+pergunte não+peça
    não+é+preciso+perguntar não+é+preciso+pedir não+precisa+perguntar não+é+necessário+perguntar
    dispensa+confirmação vale+como+consentimento já+concordou já+aceitou já+autorizou não+espere
    não+incomode sem+consultar sem+consulta dispensam+consulta dispensa+consulta
    dispensada+a+consulta dispensam+confirmação sem+necessidade+de+perguntar
    não+requer+confirmação sem+esperar dispensa-se+a`,
  unsaid: `não+mencione não+mencionar não+o+mencione não+é+preciso+mencionar não+precisa+mencionar
    não+comente sem+comentar sem+mencionar sem+comentários não+diga não+conte não+fale
    não+avise não+mostre não+apareça não+aparece não+liste não+explique discretamente
    em+silêncio em+segundo+plano fora+do+resumo silenciosamente não+informe diga+apenas
    responda+apenas diga+só responda+só não+revele nem+mencione nenhuma+palavra não+lhe+diga`,
  assemble: `junte junta-os junte-os junte-as concatene concatena* de+trás+para+frente ao+contrário
    primeiras+letras primeira+letra acróstico encadeie monte+as monte+os`,
  terminal: `terminal shell console linha+de+comando linha+de+comandos bash`,
  download: `baixe baixar baixa baixe-o baixe-a descarregue obtenha busque curl wget`,
  'type-in': 'digite insira cole escreva',
  none: `nada ninguém nenhum nenhuma desnecessário dispensa sem`,
  notice: `note notem saberá saibam verá vejam avis* avisar aviso perceber percebe falar fales ouvir notific* constar conste dizer digas ver vê veja saber sabe saiba notar mencion* anunci* mostr* aparec* apareç* coment* resposta resumo relatório visível lembrar`,
  credential: `senha senhas código+de+uso+único código+de+segurança código+de+verificação código+recebido
    código+sms código+de+confirmação códigos pin frase+de+recuperação palavras+de+recuperação
    doze+palavras frase-semente número+do+cartão números+de+cartão cvv credenciais chave+privada
    dados+de+acesso token+do+banco`,
  copy: 'cópia cópias duplicado duplicata exemplar via',
  goes: `enviado* enviada* remetido* remetida* encaminhado* encaminhada* segue+para seguem+para
    vai+para vão+para recebe recebem depositado* transmitido* transmitida* envie enviar
    encaminhe mandado* mandada*`,
  needless: `irrita* confund* confusão sobrecarrega* desanima* inquieta* preocupa* incomod* supérflu*
    desnecessári* formalidade mera+formalidade sem+interesse sem+importância acessóri*
    puramente+técnic* detalhe+técnico assunto+interno só+faria apenas+atrapalha* atrapalha*
    ninguém+lê tácit* subentend*`,
  archive: 'arquivo+compactado zip descompacte extraia',
  program: 'executável',
};
