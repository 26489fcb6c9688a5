/** The encodings that OpenSSH's keys and signatures are made of (RFC 4251, section 5). */

/** A number of 32 bits. */
export function sshNumber(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Text or bytes with their length before them. */
export function sshString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([sshNumber(bytes.length), bytes]);
}

/** Something that is not encoded as it should be. */
export class NotSsh extends Error {
  override readonly name = "NotSsh";
}

/** Reads what is encoded, from front to back. Every method throws NotSsh where it is something else. */
export class SshReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** As many bytes as that. */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new NotSsh("it ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  number(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.number());
  }

  text(): string {
    return this.string().toString("utf8");
  }

  /** Text that can only be this one. */
  expect(text: string): void {
    if (this.text() !== text) throw new NotSsh(`it is not of the kind ${text}`);
  }

  end(): void {
    if (this.#at !== this.#bytes.length) throw new NotSsh("something follows after its end");
  }
}

/** Bytes between a first and a last line, as PEM has them: `SSH SIGNATURE`. */
export function armor(label: string, bytes: Buffer): string {
  const lines = bytes.toString("base64").match(/.{1,70}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The bytes between those lines; throws NotSsh where there are none. */
export function unarmor(label: string, text: string): Buffer {
  const [, base64] =
    new RegExp(`^-----BEGIN ${label}-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END ${label}-----\\s*$`).exec(text) ??
    [];
  if (base64 === undefined) throw new NotSsh(`it has no lines BEGIN and END ${label}`);
  return Buffer.from(base64, "base64");
}
