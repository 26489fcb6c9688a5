import type { Entry } from "../../incident/entry.ts";
import type { MediaUri } from "../../matrix/ids.ts";
import type { BuildOptions, BuiltArchive } from "../build.ts";
import type { ArchiveSource, LiveEvent, Media, Page } from "../source.ts";
import type { Verification } from "../verify/verify.ts";
import type { ToldError } from "./tolderror.ts";

/** What a thread that makes archives is told to do. */
export type Order =
  | { readonly build: KnownSource; readonly options: OrderedBuild }
  | { readonly verify: string };

/** What of a source is there already, and need not be asked for. */
export type KnownSource = Pick<
  ArchiveSource,
  "incident" | "alias" | "serverName" | "seal" | "roles" | "timeZone"
>;

/** How an archive is to be made, as far as a thread can be told. */
export type OrderedBuild = Omit<BuildOptions, "confirm" | "signal" | "progress">;

/** What a thread asks while it builds: what about, and what it gets. */
export interface Asked {
  readonly page: { readonly about: string | undefined; readonly answer: Page };
  readonly serverKeys: { readonly about: undefined; readonly answer: unknown };
  readonly media: { readonly about: MediaUri; readonly answer: Media };
  readonly confirm: { readonly about: undefined; readonly answer: undefined };
  /** What comes next in a stream, by the number that the thread calls it by. Nothing: it has ended. */
  readonly journal: { readonly about: number; readonly answer: readonly Entry[] };
  readonly live: { readonly about: number; readonly answer: readonly LiveEvent[] };
}

/** Numbers tell questions apart. */
export interface Question<Kind extends keyof Asked = keyof Asked> {
  readonly number: number;
  readonly ask: Kind;
  readonly about: Asked[Kind]["about"];
}

export type Answer =
  | { readonly number: number; readonly answer: Asked[keyof Asked]["answer"] }
  | { readonly number: number; readonly failed: ToldError };

/** What came of an order. `by` is the question by whose answer it failed, where it was one. */
export type Result =
  | { readonly built: BuiltArchive }
  | { readonly verification: Verification }
  | { readonly failed: ToldError; readonly by: number | undefined };
