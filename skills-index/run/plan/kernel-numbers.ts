/** Numbers of Linux that the filters of system calls name (Linux UAPI). */

/** What a refused call answers (asm-generic/errno.h). */
export const errors = {
  notPermitted: 1,
  noSuchCall: 38,
  noSuchProtocol: 93,
  noSuchFamily: 97,
} as const;

/** Address families (linux/socket.h). */
export const addressFamilies = { unix: 1, inet: 2, inet6: 10 } as const;

/** Types of sockets (linux/net.h). */
export const socketTypes = { stream: 1, datagram: 2, seqPacket: 5 } as const;

/** Protocols (linux/in.h). */
export const protocols = { tcp: 6, udp: 17 } as const;

/** TCP_ULP, an option of TCP sockets that loads a kernel module by name (linux/tcp.h). */
export const upperLayer = 31;

/** The flags of `clone` and `unshare` that make a namespace (linux/sched.h). */
export const newNamespaces = 0x7e02_0000;

/**
 * F_SETLEASE can delay programs on the host that open the file for writing; F_NOTIFY reports every
 * change in a folder (linux/fcntl.h).
 */
export const fileRequests = [1024, 1026] as const;

/**
 * TIOCSTI and TIOCLINUX inject input into a terminal; TIOCCONS and TIOCSETD take a terminal over
 * (asm-generic/ioctls.h).
 */
export const terminalRequests = [0x5412, 0x541c, 0x541d, 0x5423] as const;
