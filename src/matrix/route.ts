/** What a request of the homeserver, or of who watches over the service, asks for. */
export interface Route {
  readonly endpoint: "transaction" | "ping" | "user" | "alias" | "live" | "ready" | "metrics";
  /** The one method the endpoint has. */
  readonly method: "GET" | "POST" | "PUT";
  /** The last part of the path, percent-decoded: a transaction id, a user id or an alias. Empty where there is none. */
  readonly argument: string;
}

const fixed: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["/_matrix/app/v1/ping", { endpoint: "ping", method: "POST", argument: "" }],
  ["/live", { endpoint: "live", method: "GET", argument: "" }],
  ["/metrics", { endpoint: "metrics", method: "GET", argument: "" }],
  ["/ready", { endpoint: "ready", method: "GET", argument: "" }],
]);

const withArgument: ReadonlyMap<string, Omit<Route, "argument">> = new Map<string, Omit<Route, "argument">>([
  ["/_matrix/app/v1/transactions/", { endpoint: "transaction", method: "PUT" }],
  ["/_matrix/app/v1/users/", { endpoint: "user", method: "GET" }],
  ["/_matrix/app/v1/rooms/", { endpoint: "alias", method: "GET" }],
]);

/**
 * The endpoint a path stands for: `"unknown"` where there is none, `"undecodable"` where its argument is
 * no text. The paths without `/_matrix/app/v1` of before Matrix 1.0 are not served.
 */
export function findRoute(path: string): Route | "unknown" | "undecodable" {
  const whole = fixed.get(path);
  if (whole !== undefined) return whole;
  const cut = path.lastIndexOf("/") + 1;
  const found = withArgument.get(path.slice(0, cut));
  if (found === undefined || cut === path.length) return "unknown";
  const argument = decoded(path.slice(cut));
  return argument === undefined ? "undecodable" : { ...found, argument };
}

function decoded(part: string): string | undefined {
  try {
    const text = decodeURIComponent(part);
    // Ids are stored, and PostgreSQL stores no NUL.
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
