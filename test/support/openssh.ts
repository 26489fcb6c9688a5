import { spawnSync } from "node:child_process";

/**
 * For tests that hold our keys and signatures against OpenSSH's own: where it is not on this machine, that is
 * said, and only our own check of them is made.
 */
export const withOpenSsh = {
  skip: spawnSync("ssh-keygen", ["-?"]).error === undefined ? false : "ssh-keygen is not on this machine",
};
