/**
 * The programs that every sandbox has without a declaration. They read, write, compare and pack
 * files, and start programs that are in the sandbox anyway. None of them reaches a network.
 */
const words = (text: string): string[] => text.trim().split(/\s+/);

// Left out: chroot, chcon and runcon, which need rights that no sandbox has; stdbuf, which loads a
// library into another program; hostid, pinky, users and who, which describe the host's people.
const coreutils = words(`
  arch b2sum base32 base64 basename basenc cat chgrp chmod chown cksum comm cp csplit cut date dd df dir dircolors dirname du echo env
  expand expr factor false fmt fold groups head id install join link ln logname ls md5sum mkdir mkfifo mktemp mv nice nl nohup nproc
  numfmt od paste pathchk pr printenv printf ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum sha384sum sha512sum
  shred shuf sleep sort split stat stty sum sync tac tail tee test timeout touch tr true truncate tsort tty uname unexpand uniq unlink
  vdir wc whoami yes`);

/** The names of the base programs. A host may lack some of them. */
export const basePrograms: ReadonlySet<string> = new Set([
  ...coreutils,
  ...words('find xargs'),
  ...words('egrep fgrep grep'),
  'sed',
  ...words('awk gawk mawk'),
  ...words('gunzip gzip tar unzip zcat'),
  ...words('cmp diff diff3'),
  ...words('file which'),
]);
