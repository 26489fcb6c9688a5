import { readPrivateKey } from "../../src/proof/sshkey.ts";

/** The key that signs the archives of these tests: always the same, so that so are they. */
export const archiveKey = readPrivateKey(`-----BEGIN OPENSSH PRIVATE KEY-----
b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW
QyNTUxOQAAACAh+gIf455uia5+q9UhDDa0yQiylPqkeB3mCRCh6xFKRwAAAJj/mBtV/5gb
VQAAAAtzc2gtZWQyNTUxOQAAACAh+gIf455uia5+q9UhDDa0yQiylPqkeB3mCRCh6xFKRw
AAAEAEgDVjkOxkFWZdHGuJ7eeC9gPkE0mL99T0N1c3lCAGdyH6Ah/jnm6Jrn6r1SEMNrTJ
CLKU+qR4HeYJEKHrEUpHAAAAFWFyY2hpdmVzIG9mIHRoZSB0ZXN0cw==
-----END OPENSSH PRIVATE KEY-----
`);
