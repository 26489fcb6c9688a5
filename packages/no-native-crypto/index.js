/**
 * The real package downloads a native library from a code host while it is being installed,
 * which fails behind a firewall. Cordon uses no encryption, so nothing here may ever be called:
 * reading any export works (the SDK reads them while loading), using one says why it cannot.
 *
 * @param {string} name the export that was asked for
 */
function unavailable(name) {
  const refuse = () => {
    throw new Error(
      `Cordon is built without Matrix encryption: ${name} of @matrix-org/matrix-sdk-crypto-nodejs is not available.`,
    );
  };
  return new Proxy(refuse, { construct: refuse });
}

/** @type {Map<string, unknown>} */
const exported = new Map();

module.exports = new Proxy(
  {},
  {
    get(_, name) {
      if (typeof name === "symbol" || name === "__esModule") return undefined;
      if (!exported.has(name)) exported.set(name, unavailable(name));
      return exported.get(name);
    },
  },
);
