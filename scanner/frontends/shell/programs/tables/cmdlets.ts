/** What commands of PowerShell do with their input and files. Source: Microsoft's reference. */

export type CmdletMeaning =
  | 'pass' // an unknown text of what it is given
  | 'say' // what it is given
  | 'quiet'
  | 'read'
  | 'list'
  | 'write'
  | 'delete'
  | 'copy'
  | 'unpack'
  | 'new'
  | 'start'
  | 'surveil'
  | 'unread'
  | 'native'
  | 'import'
  | 'type'
  | 'program';

const rows = (means: CmdletMeaning, names: string): Record<string, CmdletMeaning> =>
  Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, means]),
  );

/** By lower-case name. */
export const cmdletOf: Readonly<Record<string, CmdletMeaning>> = {
  ...rows(
    'pass',
    'powershell-value select-object sort-object group-object measure-object compare-object convertto-json convertfrom-json ' +
      'convertto-csv convertfrom-csv convertto-html convertto-xml convertto-securestring convertfrom-securestring ' +
      'convertfrom-stringdata out-string format-table format-list format-wide get-unique get-random get-date new-guid ' +
      'add-member new-timespan split-path resolve-path get-location get-variable get-command get-alias get-member get-module ' +
      'get-process get-service get-host get-culture get-ciminstance get-wmiobject get-itemproperty get-itempropertyvalue ' +
      'get-acl get-job receive-job wait-job get-history get-psdrive get-psprovider new-psobject get-executionpolicy ' +
      'foreach-object where-object select-xml join-string',
  ),
  ...rows(
    'say',
    'write-output write-host write-information write-warning write-error write-verbose write-debug out-host out-default',
  ),
  ...rows(
    'quiet',
    'out-null start-sleep set-location push-location pop-location set-strictmode test-path clear-host write-progress ' +
      'new-scheduledtasktrigger new-scheduledtasksettingsset update-formatdata update-typedata set-psdebug export-modulemember ' +
      'clear-variable remove-variable stop-process stop-service stop-job remove-job start-transcript stop-transcript ' +
      'import-localizeddata add-history clear-content rename-item set-itemproperty new-itemproperty remove-itemproperty set-item remove-module ' +
      'new-scheduledtaskaction new-scheduledtaskprincipal new-scheduledtask set-content-type',
  ),
  ...rows(
    'read',
    'get-content import-csv import-clixml import-powershelldatafile get-filehash select-string get-authenticodesignature format-hex',
  ),
  ...rows('list', 'get-childitem get-item'),
  ...rows('write', 'set-content add-content out-file tee-object export-csv export-clixml'),
  ...rows('delete', 'remove-item'),
  ...rows('copy', 'copy-item move-item compress-archive'),
  ...rows('unpack', 'expand-archive'),
  ...rows('new', 'new-item new-temporaryfile'),
  ...rows('start', 'start-process'),
  ...rows('surveil', 'get-clipboard'),
  ...rows(
    'unread',
    'powershell-unread invoke-wmimethod invoke-cimmethod enter-pssession new-pssession invoke-dscresource',
  ),
  ...rows('native', 'native-code'),
  ...rows('import', 'import-module'),
  ...rows('type', 'add-type'),
  ...rows('program', 'install-module install-package install-script'),
};
