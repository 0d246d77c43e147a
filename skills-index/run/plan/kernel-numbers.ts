/** Numbers of Linux that the filters of system calls name (Linux UAPI). */

// What a refused call answers (asm-generic/errno.h).
export const notPermitted = 1;
export const noSuchCall = 38;
export const noSuchProtocol = 93;
export const noSuchFamily = 97;

// Address families (linux/socket.h).
export const unix = 1;
export const inet = 2;
export const inet6 = 10;

// Types of sockets (linux/net.h).
export const stream = 1;
export const datagram = 2;
export const seqPacket = 5;

// Protocols (linux/in.h), and TCP_ULP, an option that loads a kernel module (linux/tcp.h).
export const tcp = 6;
export const udp = 17;
export const upperLayer = 31;

/** The flags of `clone` and `unshare` that make a namespace (linux/sched.h). */
export const newNamespaces = 0x7e02_0000;

/**
 * F_SETLEASE can delay programs on the host that open the file for writing; F_NOTIFY reports every
 * change in a folder (linux/fcntl.h).
 */
export const fileRequests = [1024, 1026];

/**
 * TIOCSTI and TIOCLINUX inject input into a terminal; TIOCCONS and TIOCSETD take a terminal over
 * (asm-generic/ioctls.h).
 */
export const terminalRequests = [0x5412, 0x541c, 0x541d, 0x5423];
